//! Many callers at one moment.

use std::sync::Barrier;
use std::thread;

use super::answer::Answer;

/// All callers act at the same moment; their answers, in the callers' order.
pub(crate) fn all_at_once(callers: usize, act: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let barrier = Barrier::new(callers);
    thread::scope(|scope| {
        let (act, barrier) = (&act, &barrier);
        let running: Vec<_> = (0..callers)
            .map(|number| {
                scope.spawn(move || {
                    barrier.wait();
                    act(number)
                })
            })
            .collect();
        running.into_iter().map(|caller| caller.join().expect("a caller that ends")).collect()
    })
}

/// How many succeeded; all others were refused with this status and code.
#[track_caller]
pub(crate) fn succeeded(answers: &[Answer], status: u16, code: &str) -> usize {
    let (good, bad): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status < 300);
    bad.iter().for_each(|answer| {
        answer.refused(status, code);
    });
    good.len()
}
