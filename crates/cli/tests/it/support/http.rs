//! A small blocking HTTP client: one connection a request, and no request is too odd to send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The longest any single answer may take; a hanging server fails the test.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// What came back, before anything is made of it.
#[derive(Clone, Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Sends the bytes as they are and reads until the server closes; `None` when no complete answer came.
pub(crate) fn exchange(address: &str, request: &[u8]) -> Option<RawAnswer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_nodelay(true).ok()?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT)).ok()?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT)).ok()?;
    // A server may refuse a body before it has read it all, so a failed write is not yet a failed exchange.
    let _ = stream.write_all(request);
    read_answer(&mut stream)
}

/// Reads one answer, passing over interim ones (100 Continue).
fn read_answer(stream: &mut TcpStream) -> Option<RawAnswer> {
    let mut received = Vec::new();
    loop {
        let head_end = read_until_head(stream, &mut received)?;
        let (status, headers) = parse_head(&received[..head_end])?;
        received.drain(..head_end + 4);
        if status >= 200 {
            let body = read_body(stream, received, status, &headers)?;
            return Some(RawAnswer { status, headers, body });
        }
    }
}

fn read_until_head(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(end) = find(received, b"\r\n\r\n") {
            return Some(end);
        }
        read_some(stream, received)?;
    }
}

fn read_some(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0_u8; 16 * 1024];
    match stream.read(&mut buffer) {
        Ok(count) if count > 0 => {
            received.extend_from_slice(&buffer[..count]);
            Some(())
        }
        _ => None,
    }
}

fn parse_head(head: &[u8]) -> Option<(u16, Vec<(String, String)>)> {
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some((status, headers))
}

fn read_body(
    stream: &mut TcpStream,
    mut received: Vec<u8>,
    status: u16,
    headers: &[(String, String)],
) -> Option<Vec<u8>> {
    let named = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    if status == 204 || status == 304 {
        return Some(Vec::new());
    }
    if named("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        while find(&received, b"\r\n0\r\n").is_none() && !received.starts_with(b"0\r\n") {
            read_some(stream, &mut received)?;
        }
        return unchunk(&received);
    }
    let length = match named("content-length") {
        Some(length) => length.parse().ok()?,
        None => {
            while read_some(stream, &mut received).is_some() {}
            return Some(received);
        }
    };
    while received.len() < length {
        read_some(stream, &mut received)?;
    }
    received.truncate(length);
    Some(received)
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = find(rest, b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line_end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let start = line_end + 2;
        body.extend_from_slice(rest.get(start..start + size)?);
        rest = rest.get(start + size + 2..)?;
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
