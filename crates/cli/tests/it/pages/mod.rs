//! Hosted pages, as a browser gets them.

mod guarding;
mod invoices;
mod links;
mod refusals;
mod setup;

use crate::support::{Answer, Api};

/// Bytes that a whole page may take, with what it loads.
const PAGE_BYTES_MAX: usize = 60 * 1024;

/// A page; its path is absolute.
#[track_caller]
fn page(caller: &Api, path: &str) -> Answer {
    let answer = caller.get(&format!("/{path}"));
    assert_html(&answer);
    answer
}

#[track_caller]
fn assert_html(answer: &Answer) {
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8"),
        "{}",
        answer.story()
    );
    assert!(answer.text.starts_with("<!DOCTYPE html>"), "{}", answer.story());
}

/// Sends a form from the page itself.
#[track_caller]
fn send(caller: &Api, path: &str, form: &str) -> Answer {
    send_from(&caller.with_header("Sec-Fetch-Site", "same-origin"), path, form)
}

/// Sends a form from wherever the caller says.
#[track_caller]
fn send_from(caller: &Api, path: &str, form: &str) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    caller.send_bytes("POST", &format!("/{path}"), kind, form.as_bytes())
}

/// The value of a field that the page's form sends by itself.
#[track_caller]
fn hidden(answer: &Answer, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    let rest = answer.text.split_once(&begin).expect("a hidden field").1;
    rest.split('"').next().expect("its value").to_owned()
}
