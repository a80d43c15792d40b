//! What a client makes of a network that does not answer, or not like our server.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use wallgent::types::organizations::UpdateOrganization;
use wallgent::{Client, Error, Options};

/// Accepts connections and answers each with this text; never, without one.
fn listener(answer: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let mut open = Vec::new();
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            if let Some(text) = answer {
                let _ = connection.read(&mut [0; 4096]);
                let _ = connection.write_all(text.as_bytes());
            }
            open.push(connection);
        }
    });
    format!("http://{address}")
}

fn client(base_url: String, max_retries: u32) -> Client {
    let options = Options { base_url, max_retries, ..Options::default() };
    Client::with_options("wg_test_0123456789", options).expect("a client")
}

/// The error of a reading, sent once.
async fn failed_reading(base_url: String) -> Error {
    client(base_url, 0).organizations().me().await.expect_err("no organization")
}

#[tokio::test]
async fn silence_ends_at_the_timeout() {
    let client = client(listener(None), 1);
    let change = UpdateOrganization { name: Some("New".to_owned()) };
    let call = client.organizations().update(&change).timeout(Duration::from_millis(20));
    // A call can be done on another thread.
    let error = tokio::spawn(call.idempotency_key("k").into_future()).await.unwrap();
    let error = error.expect_err("nobody answers");
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert_eq!(error.idempotency_key(), Some("k"));
}

#[tokio::test]
async fn nobody_listens() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = failed_reading(format!("http://{address}")).await;
    assert!(matches!(error, Error::Transport { idempotency_key: None, .. }), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_not_ours_is_told_from_a_refusal() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let error = failed_reading(listener(Some(moved))).await;
    assert!(matches!(error, Error::Unrecognized { status: 302, .. }), "{error:?}");
    let page = "HTTP/1.1 200 OK\r\nX-Request-Id: r\r\nContent-Length: 6\r\n\r\n<html>";
    let error = failed_reading(listener(Some(page))).await;
    assert!(matches!(error, Error::Decode { status: 200, .. }), "{error:?}");
    assert_eq!(error.request_id(), Some("r"));
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 60\r\nConnection: close\r\n\r\n{}";
    let base_url = listener(Some(cut));
    let call = client(base_url, 0).organizations().me().timeout(Duration::from_millis(50));
    let error = call.await.expect_err("half an answer");
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn a_key_that_no_header_can_hold_is_not_sent() {
    let change = UpdateOrganization::default();
    let call = client(listener(None), 0).organizations().update(&change).idempotency_key("a\nb");
    let error = call.await.expect_err("no key");
    assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
}
