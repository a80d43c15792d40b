//! What a key that has ended must not be told, however the stream was opened.

use std::sync::Barrier;
use std::thread;

use crate::operations::standby::pair;
use crate::support::socket::sequence_of;
use crate::support::{Api, Heard, Server, Socket, Store, stories};

stories!(
    a_key_revoked_behind_a_stream_that_waits_hears_nothing,
    a_key_revoked_while_it_connects_hears_nothing,
);

/// How often a key is revoked while it connects.
const RACES: usize = 40;

/// It asked for events that lie ahead. When they come its key is no longer one.
fn a_key_revoked_behind_a_stream_that_waits_hears_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (key, caller) = owner.colleague(&["webhooks:read"]);
    let ahead = owner.last_sequence() + 3;
    let mut socket = caller.follow(&format!("?after={ahead}"));
    assert!(matches!(socket.hear(), Heard::Ping(_)));
    owner.delete(&format!("/api-keys/{key}")).expect(204);
    for _ in 0..6 {
        owner.fund(&wallet, 1);
    }
    assert_told_nothing_behind(0, &mut socket);
}

/// Its revocation commits between the check of the key and the first look at the events.
fn a_key_revoked_while_it_connects_hears_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    for _ in 0..RACES {
        let (key, caller) = owner.colleague(&["webhooks:read"]);
        let opened = revoked_while_it_connects(&owner, &key, &caller);
        let last = owner.last_sequence();
        owner.fund(&wallet, 1);
        for mut socket in opened {
            assert_told_nothing_behind(last, &mut socket);
        }
    }
}

/// The stream is cut off before it tells anything behind a sequence.
#[track_caller]
fn assert_told_nothing_behind(last: i64, socket: &mut Socket) {
    loop {
        match socket.hear() {
            Heard::Event(text) => {
                assert!(sequence_of(&text) <= last, "a revoked key is told of {text}");
            }
            Heard::Ping(_) => {}
            end => return assert_eq!(end, Heard::Closed(4001)),
        }
    }
}

/// The sockets that were opened while the key was revoked.
fn revoked_while_it_connects(owner: &Api, key: &str, caller: &Api) -> Vec<Socket> {
    let barrier = Barrier::new(4);
    thread::scope(|scope| {
        let connecting: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let opened = std::iter::from_fn(|| caller.try_follow("").ok());
                    opened.take(20).collect::<Vec<Socket>>()
                })
            })
            .collect();
        barrier.wait();
        owner.delete(&format!("/api-keys/{key}")).expect(204);
        connecting.into_iter().flat_map(|it| it.join().expect("a caller that ends")).collect()
    })
}

/// A process that only reads looks at its keys anew once a second; what it opens meanwhile must not stay open.
#[test]
fn a_key_revoked_at_another_process_hears_nothing() {
    let Some((server, standby)) = pair("a_key_revoked_at_another_process_hears_nothing") else {
        return;
    };
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (key, caller) = owner.colleague(&["webhooks:read"]);
    let caller = standby.nobody().as_holder_of(&caller);
    caller.get("/events").ok();
    owner.delete(&format!("/api-keys/{key}")).expect(204);
    let last = owner.last_sequence();
    let opened = caller.try_follow("");
    owner.fund(&wallet, 1);
    if let Ok(mut socket) = opened {
        assert_told_nothing_behind(last, &mut socket);
    }
    assert_eq!(standby.stop(), Some(0));
}
