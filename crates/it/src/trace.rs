//! Reads what `strace -f -y` wrote and proves the order of things on the disk and on the wire: each answer goes out after the
//! sync of the commit that holds what it answers for. A crash between the two is then harmless at any moment, which kill −9 can
//! only try.
//!
//! The proof of one answer needs a *mark*: bytes that stand in the row that the act wrote (a digest of the token that the answer
//! hands out). From the first page of the write-ahead log that bears the mark it follows SQLite's file format: a frame is a
//! header of 24 bytes and a page; a header whose bytes 4–7 are not zero ends a transaction. The sync must begin after that frame
//! was written and have ended before the first byte of the answer is sent.

use std::collections::HashMap;
use std::fmt;

/// Where a call writes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Wal,
    Socket,
}

/// A write (`data`) or a sync, with the lines of the trace on which it began and ended; no end: it failed or never returned.
struct Call {
    target: Target,
    data: Option<Vec<u8>>,
    begin: usize,
    end: Option<usize>,
}

/// What happens to the write-ahead log: it has one writer, so its steps follow each other.
enum Step {
    Frame { page: Vec<u8>, ends_transaction: bool, begin: usize, end: Option<usize> },
    Sync { begin: usize, end: Option<usize> },
}

/// The answers of one run and the steps of its log.
pub struct Trace {
    answers: Vec<(usize, Vec<u8>)>,
    log: Vec<Step>,
}

/// Why an answer is not proved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The trace has no such answer.
    NoAnswer,
    /// No page with the mark was written before the answer went out.
    NotWritten,
    /// The transaction of the mark has no last frame before the answer.
    NotCommitted,
    /// No sync of the log between the last frame and the answer.
    NotSynced,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAnswer => "the answer is not in the trace",
            Self::NotWritten => "answered before its row was written",
            Self::NotCommitted => "answered before its transaction was ended",
            Self::NotSynced => "answered before the sync of its commit",
        })
    }
}

const FRAME_HEADER: usize = 24;
/// The header of the whole file, written when the log begins anew.
const FILE_HEADER: usize = 32;

impl Trace {
    /// Reads the text of a trace.
    ///
    /// # Errors
    /// With the line that has a form we do not know: an unread line could hide a write.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut answers = Vec::new();
        let mut log = Vec::new();
        let mut header: Option<Vec<u8>> = None;
        for call in calls(text)? {
            match (call.target, call.data) {
                (Target::Socket, Some(data)) if data.starts_with(b"HTTP/1.1 ") => {
                    answers.push((call.begin, data));
                }
                (Target::Socket, _) => {}
                (Target::Wal, None) => log.push(Step::Sync { begin: call.begin, end: call.end }),
                (Target::Wal, Some(data)) if data.len() == FILE_HEADER => {}
                (Target::Wal, Some(data)) if data.len() == FRAME_HEADER => header = Some(data),
                (Target::Wal, Some(page)) => {
                    let header = header
                        .take()
                        .filter(|_| page.len() >= 512 && page.len().is_power_of_two())
                        .ok_or_else(|| format!("line {}: neither header nor page", call.begin))?;
                    let ends_transaction = header.get(4..8).is_some_and(|size| size != [0; 4]);
                    log.push(Step::Frame { page, ends_transaction, begin: call.begin, end: call.end });
                }
            }
        }
        Ok(Self { answers, log })
    }

    /// How many answers contain `text`.
    pub fn answers(&self, text: &str) -> usize {
        self.answers.iter().filter(|(_, data)| contains(data, text.as_bytes())).count()
    }

    /// How many syncs of the log there were.
    pub fn syncs(&self) -> usize {
        self.log.iter().filter(|step| matches!(step, Step::Sync { .. })).count()
    }

    /// Proves that the answer that contains `text` went out after the sync of the commit of the row with `mark`.
    ///
    /// # Errors
    /// Why it is not proved.
    pub fn prove(&self, text: &str, mark: &[u8]) -> Result<(), Refused> {
        let (answer, _) =
            *self.answers.iter().find(|(_, d)| contains(d, text.as_bytes())).ok_or(Refused::NoAnswer)?;
        let mut steps = self.log.iter();
        let first = steps
            .find_map(|step| match step {
                Step::Frame { page, ends_transaction, begin, end } if contains(page, mark) => {
                    Some((*begin, *ends_transaction, *end))
                }
                _ => None,
            })
            .filter(|(begin, ..)| *begin < answer)
            .ok_or(Refused::NotWritten)?;
        let last = match first {
            (_, true, end) => end,
            _ => steps
                .find_map(|step| match step {
                    Step::Frame { ends_transaction: true, end, .. } => Some(*end),
                    _ => None,
                })
                .flatten(),
        };
        let last = last.filter(|end| *end < answer).ok_or(Refused::NotCommitted)?;
        let synced = steps.any(|step| match step {
            Step::Sync { begin, end: Some(end) } => *begin > last && *end < answer,
            _ => false,
        });
        if synced { Ok(()) } else { Err(Refused::NotSynced) }
    }
}

/// Writes to logs and sockets and syncs of logs, in the order in which they began.
fn calls(text: &str) -> Result<Vec<Call>, String> {
    let mut calls: Vec<Call> = Vec::new();
    // What a thread has begun and not ended: others were seen meanwhile.
    let mut open: HashMap<&str, usize> = HashMap::new();
    for (n, line) in text.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else { continue };
        let rest = rest.trim_start();
        if rest.starts_with("<... ") {
            if let Some(call) = open.remove(thread).and_then(|index| calls.get_mut(index)) {
                call.end = succeeded(rest).then_some(n);
            }
            continue;
        }
        let Some((name, args)) = rest.split_once('(') else { continue };
        let Some(target) = target(args) else { continue };
        let data = match name {
            "fsync" | "fdatasync" => None,
            "write" | "writev" | "pwrite64" | "pwritev" | "pwritev2" | "sendto" | "sendmsg" => {
                Some(strings(args).ok_or_else(|| format!("line {n}: a string that was cut"))?)
            }
            _ => continue,
        };
        let unfinished = rest.ends_with("<unfinished ...>");
        if unfinished {
            open.insert(thread, calls.len());
        }
        let end = (!unfinished && succeeded(rest)).then_some(n);
        calls.push(Call { target, data, begin: n, end });
    }
    Ok(calls)
}

fn contains(data: &[u8], part: &[u8]) -> bool {
    data.windows(part.len()).any(|w| w == part)
}

/// What the first argument, `9</path/of/it>`, is.
fn target(args: &str) -> Option<Target> {
    let (fd, rest) = args.split_once('<')?;
    if fd.is_empty() || !fd.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if rest.starts_with("socket:") || rest.starts_with("TCP") {
        return Some(Target::Socket);
    }
    rest.split('>').next()?.ends_with("-wal").then_some(Target::Wal)
}

fn succeeded(rest: &str) -> bool {
    // A call that was resumed is padded before the sign: `<... fsync resumed>)              = 0`.
    rest.rsplit_once(" = ").is_some_and(|(call, result)| {
        call.trim_end().ends_with(')') && result.bytes().next().is_some_and(|b| b.is_ascii_digit())
    })
}

/// All strings of a call, joined; `None` if one was cut.
fn strings(args: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = args.bytes().peekable();
    while let Some(b) = bytes.next() {
        if b != b'"' {
            continue;
        }
        loop {
            match bytes.next()? {
                b'"' => break,
                b'\\' => out.push(escaped(&mut bytes)?),
                plain => out.push(plain),
            }
        }
        if bytes.peek() == Some(&b'.') {
            return None;
        }
    }
    Some(out)
}

fn escaped(bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>) -> Option<u8> {
    Some(match bytes.next()? {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'v' => 0x0b,
        b'f' => 0x0c,
        first @ b'0'..=b'7' => {
            let mut value = u32::from(first - b'0');
            for _ in 0..2 {
                let Some(next) = bytes.next_if(|b| matches!(b, b'0'..=b'7')) else { break };
                value = value * 8 + u32::from(next - b'0');
            }
            u8::try_from(value).ok()?
        }
        other => other,
    })
}
