//! PNG (ISO/IEC 15948): chunk by chunk. Kept: what draws the picture. Dropped: texts, times, EXIF, unknown chunks, and all that
//! follows the end.

use crate::domain::Refusal;

pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Chunks that a viewer needs.
const KEPT: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD",
    b"hIST", b"pHYs", b"cICP", b"sPLT",
];

#[derive(Default)]
pub struct Png {
    /// Signature, or length and type of a chunk, as far as it has come.
    head: Vec<u8>,
    began: bool,
    seen_picture: bool,
    /// Bytes of the chunk that are still to come, its check sum included, and whether they stay.
    body: Option<(usize, bool)>,
    last: bool,
    end: bool,
}

impl Png {
    pub fn push(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        while !input.is_empty() && !self.end {
            if let Some((left, keep)) = self.body {
                let (now, after) = input.split_at(left.min(input.len()));
                if keep {
                    out.extend_from_slice(now);
                }
                input = after;
                let left = left - now.len();
                self.body = (left > 0).then_some((left, keep));
                self.end = left == 0 && self.last;
                continue;
            }
            let (now, after) = input.split_at((8 - self.head.len()).min(input.len()));
            self.head.extend_from_slice(now);
            input = after;
            if self.head.len() == 8 {
                self.headed(out)?;
                self.head.clear();
            }
        }
        Ok(())
    }

    fn headed(&mut self, out: &mut Vec<u8>) -> Result<(), Refusal> {
        if !self.began {
            self.began = true;
            out.extend_from_slice(&self.head);
            return if self.head == SIGNATURE { Ok(()) } else { Err(Refusal::Broken) };
        }
        let (length, kind) = self.head.split_at(4);
        let length = <[u8; 4]>::try_from(length).map(u32::from_be_bytes).map_err(|_| Refusal::Broken)?;
        let length = usize::try_from(length).map_err(|_| Refusal::Broken)?;
        if length > 0x7FFF_FFFF || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Refusal::Broken);
        }
        let keep = KEPT.iter().any(|k| k.as_slice() == kind);
        if keep {
            out.extend_from_slice(&self.head);
        }
        self.seen_picture |= kind == b"IDAT";
        self.last = kind == b"IEND";
        self.body = Some((length + 4, keep));
        Ok(())
    }

    pub fn finish(self) -> Result<(), Refusal> {
        if self.end && self.seen_picture { Ok(()) } else { Err(Refusal::Broken) }
    }
}
