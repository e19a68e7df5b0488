//! One HTTP request that starts or continues a `.part` file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use ureq::http::Response;
use ureq::{Agent, Body, Error, Timeout};

/// Why a transfer failed, by what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) enum Failure {
    /// The mirror cannot be reached: try another one.
    Unreachable(String),
    /// The mirror does not have the file: try another one.
    Refused(String),
    /// The mirror is busy, or the line broke: try again.
    Transient(String),
    /// The received file is wrong: fetch it once more.
    Wrong(String),
    /// The file cannot be written: no mirror helps.
    Write(#[from] io::Error),
}

/// Receives `url` into `part`, continuing its content; refuses to write more than `limit` bytes.
///
/// `on_bytes` gets the number of bytes so far and, if the server gives it, the total.
pub(super) fn receive(
    agent: &Agent,
    url: &str,
    part: &Path,
    limit: u64,
    on_bytes: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(), Failure> {
    let present = fs::metadata(part).map_or(0, |metadata| metadata.len());
    let mut request = agent.get(url);
    if present > 0 {
        request = request.header("Range", format!("bytes={present}-"));
    }
    let response = request.call().map_err(|error| no_answer(&error))?;
    let start = match response.status().as_u16() {
        200 => 0,
        206 if range_start(&response) == Some(present) => present,
        // The file has no more bytes than the part: it may be whole, and the check of its content decides.
        416 if present > 0 => return Ok(()),
        206 => {
            // This part cannot be continued.
            fs::remove_file(part)?;
            return Err(Failure::Transient("it sent a range that was not requested".to_owned()));
        }
        status @ (408 | 425 | 429 | 500..=599) => return Err(Failure::Transient(format!("it answered {status}"))),
        status => return Err(Failure::Refused(format!("it answered {status}"))),
    };
    let file = OpenOptions::new().create(true).append(true).open(part)?;
    file.set_len(start)?;
    save(response, file, start, limit, on_bytes)
}

fn save(
    response: Response<Body>,
    mut file: File,
    start: u64,
    limit: u64,
    on_bytes: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(), Failure> {
    let total = response.body().content_length().map(|length| start + length);
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    let mut received = start;
    on_bytes(received, total);
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::Transient(format!("the transfer broke: {error}"))),
        };
        received += count as u64;
        if received > limit {
            file.set_len(0)?;
            return Err(Failure::Refused("it sends more bytes than the file can have".to_owned()));
        }
        file.write_all(&buffer[..count])?;
        on_bytes(received, total);
    }
    match total {
        Some(total) if received < total => Err(Failure::Transient("the transfer broke off".to_owned())),
        _ => Ok(()),
    }
}

/// The first byte of a partial answer: 1000 in `Content-Range: bytes 1000-4999/5000`.
fn range_start(response: &Response<Body>) -> Option<u64> {
    let range = response.headers().get("content-range")?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

fn no_answer(error: &Error) -> Failure {
    let reason = error.to_string();
    match error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::ConnectProxyFailed(_)
        | Error::InvalidProxyUrl
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => Failure::Unreachable(reason),
        Error::Io(cause) if !broke_later(cause) => Failure::Unreachable(reason),
        Error::Io(_) | Error::Timeout(_) => Failure::Transient(reason),
        _ => Failure::Refused(reason),
    }
}

/// Whether an established connection failed; the other errors (no route, refused, no resolver) come before.
fn broke_later(cause: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof};
    matches!(cause.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | TimedOut | UnexpectedEof)
}
