//! PDF (ISO 32000): nothing in it may run, open something else or carry other files. The objects are looked at as they pass;
//! compressed object streams are opened for looking. What cannot be looked into is marked, not refused: a bank's statement is
//! often locked against printing.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use super::names::Names;
use crate::domain::{Mark, Refusal};

/// Names behind which something runs, opens or is carried. Long enough that no compressed picture holds them by chance.
const NO: [&[u8]; 9] = [
    b"JavaScript",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"RichMedia",
    b"GoToE",
    b"ImportData",
    b"SubmitForm",
    b"Movie",
];
/// How much of one object stream is opened: a page of text is some kilobytes.
const MOST_OPENED: usize = 32 * 1024 * 1024;
/// Where the last mark of the end stands.
const TAIL: usize = 2048;
const END_OF_STREAM: &[u8] = b"endstream";

#[derive(Default)]
pub struct Pdf {
    names: Names,
    /// Run of letters outside a name: finds `obj` and `stream`.
    word: Vec<u8>,
    /// Names of the object so far.
    object_stream: bool,
    deflated: bool,
    other_filter: bool,
    inside: Option<Inside>,
    /// `stream` was read; a carriage return may stand before the line feed.
    opening: bool,
    locked: bool,
    tail: Vec<u8>,
}

/// Inside a stream.
struct Inside {
    /// How much of `endstream` has just been seen.
    ending: usize,
    opened: Option<Opened>,
}

struct Opened {
    state: Box<InflateState>,
    names: Names,
    /// Bytes that wait to be opened together.
    waiting: Vec<u8>,
    total: usize,
    done: bool,
}

impl Pdf {
    pub fn look(&mut self, input: &[u8]) -> Result<(), Refusal> {
        for &b in input {
            self.byte(b)?;
        }
        if let Some(Inside { opened: Some(opened), .. }) = &mut self.inside {
            opened.open(&mut self.locked)?;
        }
        self.tail.extend_from_slice(input.get(input.len().saturating_sub(TAIL)..).unwrap_or(input));
        let more = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..more);
        Ok(())
    }

    fn byte(&mut self, b: u8) -> Result<(), Refusal> {
        // Readers trust other lengths than we do, so names that may not be are looked for inside streams too.
        if let Some(name) = self.names.push(b) {
            if NO.contains(&name.as_slice()) {
                return Err(Refusal::Script);
            }
            if self.inside.is_none() {
                self.noted(&name);
            }
        }
        if let Some(inside) = &mut self.inside {
            let bytes_over = inside.step(b);
            if bytes_over {
                let mut inside = self.inside.take();
                if let Some(opened) = inside.as_mut().and_then(|i| i.opened.as_mut()) {
                    opened.open(&mut self.locked)?;
                }
                self.word.clear();
            }
            return Ok(());
        }
        if self.opening {
            self.opening = false;
            if b == b'\r' {
                self.opening = true;
                return Ok(());
            }
            self.enter();
            if b != b'\n' {
                return self.byte(b);
            }
            return Ok(());
        }
        if b.is_ascii_alphabetic() {
            self.word.push(b);
            if self.word.len() > 12 {
                self.word.remove(0);
            }
            return Ok(());
        }
        match self.word.as_slice() {
            b"obj" => (self.object_stream, self.deflated, self.other_filter) = (false, false, false),
            b"stream" if matches!(b, b'\r' | b'\n') => {
                self.opening = b == b'\r';
                if b == b'\n' {
                    self.enter();
                }
            }
            _ => {}
        }
        self.word.clear();
        Ok(())
    }

    fn noted(&mut self, name: &[u8]) {
        match name {
            b"ObjStm" => self.object_stream = true,
            b"FlateDecode" | b"Fl" => self.deflated = true,
            b"LZWDecode" | b"ASCII85Decode" | b"ASCIIHexDecode" | b"Crypt" => self.other_filter = true,
            b"Encrypt" => self.locked = true,
            // Forms of another kind, with scripts of their own.
            b"XFA" => self.locked = true,
            _ => {}
        }
    }

    fn enter(&mut self) {
        if self.object_stream && self.other_filter {
            self.locked = true;
        }
        let opened = (self.object_stream && self.deflated && !self.other_filter).then(Opened::new);
        self.inside = Some(Inside { ending: 0, opened });
    }

    pub fn finish(self) -> Result<Vec<Mark>, Refusal> {
        if !self.tail.windows(5).any(|w| w == b"%%EOF") {
            return Err(Refusal::Broken);
        }
        Ok(if self.locked { vec![Mark::Locked] } else { Vec::new() })
    }
}

impl Inside {
    /// Whether the stream ended with this byte.
    fn step(&mut self, b: u8) -> bool {
        if let Some(opened) = &mut self.opened {
            opened.waiting.push(b);
        }
        self.ending = match END_OF_STREAM.get(self.ending) {
            Some(next) if *next == b => self.ending + 1,
            // "endstre" ends with the "e" with which it begins.
            _ if self.ending == 7 && b == b'n' => 2,
            _ => usize::from(b == b'e'),
        };
        self.ending == END_OF_STREAM.len()
    }
}

impl Opened {
    fn new() -> Self {
        let state = InflateState::new_boxed(DataFormat::Zlib);
        Self { state, names: Names::default(), waiting: Vec::new(), total: 0, done: false }
    }

    fn open(&mut self, locked: &mut bool) -> Result<(), Refusal> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut input = waiting.as_slice();
        let mut out = vec![0; 32 * 1024];
        while !self.done && !input.is_empty() {
            let result = inflate(&mut self.state, input, &mut out, MZFlush::None);
            for &b in out.iter().take(result.bytes_written) {
                if self.names.push(b).is_some_and(|name| NO.contains(&name.as_slice())) {
                    return Err(Refusal::Script);
                }
            }
            input = input.get(result.bytes_consumed..).unwrap_or_default();
            self.total = self.total.saturating_add(result.bytes_written);
            match result.status {
                Ok(MZStatus::StreamEnd) => self.done = true,
                Ok(_) if self.total > MOST_OPENED => (self.done, *locked) = (true, true),
                Ok(_) if result.bytes_consumed == 0 && result.bytes_written == 0 => break,
                Ok(_) => {}
                Err(_) => (self.done, *locked) = (true, true),
            }
        }
        Ok(())
    }
}
