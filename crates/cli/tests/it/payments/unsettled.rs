//! A payment that is not posted, as those see it who would only receive it: in no environment, under no key.

use crate::support::{Server, Store, stories};

stories!(what_waits_does_not_exist_for_the_receiver, the_senders_other_environment_is_told,);

fn what_waits_does_not_exist_for_the_receiver(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let receiver = server.organization("Receiver");
    let from = owner.guarded(100);
    let [yes, no] =
        [owner.ask(&from, &receiver.wallet, "10.00"), owner.ask(&from, &receiver.wallet, "20.00")];
    let assert_unknown = |payment: &str| {
        for caller in [&receiver.owner, &receiver.live] {
            caller.get(&format!("/payments/{payment}")).refused(404, "NOT_FOUND");
            caller.act(&format!("/payments/{payment}/reverse")).refused(404, "NOT_FOUND");
            assert!(!caller.all_ids("/payments").contains(&payment.to_owned()));
        }
    };
    assert_unknown(&yes.payment);
    assert_unknown(&no.payment);
    owner.approve(&yes.approval).ok();
    owner.reject(&no.approval).ok();
    assert_unknown(&no.payment);
    let path = format!("/payments/{}", yes.payment);
    receiver.owner.get(&path).ok();
    receiver.live.get(&path).refused(403, "ENVIRONMENT_MISMATCH");
    receiver.live.act(&format!("{path}/reverse")).refused(403, "ENVIRONMENT_MISMATCH");
    receiver.owner.act(&format!("{path}/reverse")).ok();
}

fn the_senders_other_environment_is_told(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let receiver = server.organization("Receiver");
    let from = owner.guarded(100);
    for to in [receiver.wallet.as_str(), &owner.wallet("Own")] {
        let waiting = owner.ask(&from, to, "10.00");
        let path = format!("/payments/{}", waiting.payment);
        for settled in [false, true] {
            if settled {
                owner.approve(&waiting.approval).ok();
            }
            live.get(&path).refused(403, "ENVIRONMENT_MISMATCH");
            live.act(&format!("{path}/reverse")).refused(403, "ENVIRONMENT_MISMATCH");
        }
    }
}
