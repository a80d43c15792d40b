//! What the stream bears: many sockets, loud ones, and such as do not read.

use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tungstenite::Message;

use crate::support::socket::sequence_of;
use crate::support::{Api, Heard, Server, Socket, Store, all_at_once, stories};

stories!(
    noise_is_passed_over,
    whoever_does_not_read_is_closed,
    there_are_only_so_many_places,
    two_thousand_wait_at_little_cost,
);

/// Sockets that wait at the same time.
const MANY: usize = 2_000;
/// What each of them may cost, as is promised.
const SOCKET_KIB_MAX: usize = 16;
/// The longest that the server waits for a client that does not read.
const GIVEN_UP: Duration = Duration::from_secs(30);
/// More bytes of events than lie between a server and a client that does not read.
const EVENTS: usize = 640;
const EVENT_BYTES: usize = 15_000;

fn noise_is_passed_over(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let (mut loud, mut large, mut other) = (owner.follow(""), owner.follow(""), owner.follow(""));
    for socket in [&mut loud, &mut large, &mut other] {
        socket.ping();
    }
    for _ in 0..50 {
        loud.send(Message::text("{\"subscribe\":\"everything\"}"));
        loud.send(Message::binary(vec![0_u8, 159, 146, 150]));
        loud.send(Message::Ping("?".into()));
        loud.send(Message::Pong("unasked".into()));
    }
    loud.send(Message::text("x".repeat(4_000)));
    large.send(Message::text("x".repeat(1 << 20)));
    owner.fund(&wallet, 1);
    let event = owner.events_behind(owner.last_sequence() - 1).remove(0);
    assert_eq!(loud.event(), event);
    assert_eq!(other.event(), event);
    let (heard, end) = large.end();
    assert!(heard.is_empty() || heard == [event], "{heard:?}");
    assert!(matches!(end, Heard::Lost | Heard::Closed(_)), "{end:?}");
    owner.fund(&wallet, 2);
    assert_eq!(sequence_of(&loud.event()), sequence_of(&other.event()));
}

fn whoever_does_not_read_is_closed(store: Store) {
    let server = Server::start_with(store, &["--sockets-max", "2"]);
    let owner = server.owner();
    let mut asleep = owner.follow("");
    let mut awake = owner.follow("");
    let begun: i64 = awake.ping().parse().expect("a sequence");
    let wallets: Vec<String> = (0..8).map(|_| owner.wallet("Large")).collect();
    let all = wallets.len() + EVENTS;
    let heard = thread::scope(|scope| {
        let reading = scope.spawn(|| awake.events(all));
        all_at_once(wallets.len(), |number| {
            let path = format!("/wallets/{}", wallets[number]);
            let change = |at: usize| {
                let metadata = json!({ "at": at, "filler": "x".repeat(EVENT_BYTES) });
                owner.patch(&path, &json!({ "metadata": metadata })).expect(200)
            };
            (1..EVENTS / 8).for_each(|at| drop(change(at)));
            change(0)
        });
        reading.join().expect("a reader that ends")
    });
    let expected: Vec<i64> = (begun + 1..).take(all).collect();
    let numbers: Vec<i64> = heard.iter().map(|it| sequence_of(it)).collect();
    assert_eq!(numbers, expected, "whoever reads hears everything meanwhile");
    // When its place is free the server has given up on it. To look at it would be to read.
    drop(follow_when_there_is_room(&owner, ""));
    let (late, end) = asleep.end();
    assert!(matches!(end, Heard::Closed(4008) | Heard::Lost), "{end:?}");
    assert!(late.len() < all, "all {all} were kept for it");
    assert_eq!(late, heard[..late.len()], "what it was told is in order");
    let last = late.last().map_or(begun, |it| sequence_of(it));
    let mut again = follow_when_there_is_room(&owner, &format!("?after={last}"));
    let rest = again.events(all - late.len());
    assert_eq!(rest, heard[late.len()..], "it can go on");
}

/// Tries until one of the places is free.
#[track_caller]
fn follow_when_there_is_room(owner: &Api, query: &str) -> Socket {
    let until = Instant::now() + GIVEN_UP;
    loop {
        match owner.try_follow(query) {
            Ok(socket) => return socket,
            Err(error) => assert!(Instant::now() < until, "no place became free: {error}"),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn there_are_only_so_many_places(store: Store) {
    let server = Server::start_with(store, &["--sockets-max", "3"]);
    let (owner, live) = (server.owner(), server.live());
    let mut sockets = [owner.follow(""), owner.follow("?after=0"), live.follow("")];
    for caller in [&owner, &live] {
        let refused = caller.handshake("");
        refused.refused(503, "SERVICE_UNAVAILABLE");
        assert!(refused.header("retry-after").is_some(), "{}", refused.story());
    }
    owner.wallet("Others are served");
    sockets[0].send(Message::Close(None));
    sockets[0].end();
    let mut again = follow_when_there_is_room(&owner, "");
    again.ping();
    owner.handshake("").refused(503, "SERVICE_UNAVAILABLE");
}

fn two_thousand_wait_at_little_cost(store: Store) {
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files }).expect("a new limit");
    let mut server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    // What the first sockets make the server load is not what each one costs.
    let mut sockets: Vec<Socket> = (0..50).map(|_| owner.follow("")).collect();
    let before = server.memory_kib();
    for _ in 0..MANY {
        sockets.push(owner.follow(""));
    }
    for socket in &mut sockets {
        socket.ping();
    }
    if let (Some(before), Some(after)) = (before, server.memory_kib()) {
        let each = after.saturating_sub(before) / MANY;
        println!("{each} KiB for each of {MANY} sockets, {before} -> {after}");
        assert!(each <= SOCKET_KIB_MAX, "{each} KiB for each socket, {before} -> {after}");
    }
    owner.fund(&wallet, 1);
    let last = owner.last_sequence();
    for socket in &mut sockets {
        assert_eq!(sequence_of(&socket.event()), last);
    }
    server.signal("-TERM");
    let ends: Vec<Heard> = sockets.iter_mut().map(|socket| socket.end().1).collect();
    let told = ends.iter().filter(|end| **end == Heard::Closed(1001)).count();
    assert_eq!(told, ends.len(), "each is told that the server stops");
    let status = server.stop();
    assert!(status.success(), "{status}\n{}", server.log());
}
