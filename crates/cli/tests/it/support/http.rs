//! A small blocking HTTP client: one connection a request, and no request is too odd to send.

use std::io::{self, Read, Write};
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

/// Sends the bytes as they are and reads one answer; in words when no complete one came.
pub(crate) fn exchange(address: &str, request: &[u8]) -> Result<RawAnswer, String> {
    let mut stream = connect(address).map_err(|error| format!("no connection: {error}"))?;
    // A server may refuse a body before it has read it all, so a failed write is not yet a failed exchange.
    let written = stream.write_all(request);
    read_answer(&mut stream).map_err(|error| format!("{error}, after writing: {written:?}"))
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    Ok(stream)
}

/// Reads one answer, passing over interim ones (100 Continue).
fn read_answer(stream: &mut TcpStream) -> Result<RawAnswer, String> {
    let mut received = Vec::new();
    loop {
        let head_end = read_until(stream, &mut received, b"\r\n\r\n")?;
        let head = parse_head(&received[..head_end]);
        let (status, headers) = head.ok_or("a head that is no HTTP")?;
        received.drain(..head_end + 4);
        if status >= 200 {
            let body = read_body(stream, received, status, &headers)?;
            return Ok(RawAnswer { status, headers, body });
        }
    }
}

fn read_until(
    stream: &mut TcpStream,
    received: &mut Vec<u8>,
    mark: &[u8],
) -> Result<usize, String> {
    loop {
        if let Some(at) = find(received, mark) {
            return Ok(at);
        }
        read_some(stream, received)?;
    }
}

fn read_some(stream: &mut TcpStream, received: &mut Vec<u8>) -> Result<(), String> {
    let mut buffer = [0_u8; 16 * 1024];
    let count = stream.read(&mut buffer).map_err(|error| error.to_string())?;
    if count == 0 {
        return Err(format!("closed after {} bytes", received.len()));
    }
    received.extend_from_slice(&buffer[..count]);
    Ok(())
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
) -> Result<Vec<u8>, String> {
    let named =
        |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    if status == 204 || status == 304 {
        return Ok(Vec::new());
    }
    if named("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        received.splice(0..0, *b"\r\n");
        read_until(stream, &mut received, b"\r\n0\r\n")?;
        return unchunk(&received[2..]).ok_or_else(|| "broken chunks".to_owned());
    }
    let Some(length) = named("content-length") else {
        while read_some(stream, &mut received).is_ok() {}
        return Ok(received);
    };
    let length = length.parse().map_err(|_| format!("Content-Length: {length}"))?;
    while received.len() < length {
        read_some(stream, &mut received)?;
    }
    received.truncate(length);
    Ok(received)
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
