//! JPEG (ITU T.81): segment by segment. Kept: the picture, its colour profile, and which way is up. Dropped: where and when it
//! was taken and with what (EXIF, XMP, IPTC), comments, embedded smaller pictures, and all that follows the end.

use crate::domain::Refusal;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const COM: u8 = 0xFE;

enum At {
    /// `FF D8` not seen yet: how many of the two were.
    Start(u8),
    /// Before a marker.
    Marker,
    /// After `FF`.
    Code,
    /// One byte of the length still to come, or none.
    Length(u8, Option<u8>),
    /// A segment that passes or goes.
    Body {
        code: u8,
        keep: bool,
        left: usize,
    },
    /// A segment of which the content decides.
    Held {
        code: u8,
        left: usize,
    },
    /// Between `SOS` and the next marker: the coded picture.
    Coded,
    CodedMark,
    End,
}

pub struct Jpeg {
    at: At,
    held: Vec<u8>,
    seen_picture: bool,
    turned: bool,
}

impl Default for Jpeg {
    fn default() -> Self {
        Self { at: At::Start(0), held: Vec::new(), seen_picture: false, turned: false }
    }
}

fn is_alone(code: u8) -> bool {
    matches!(code, 0x01 | 0xD0..=0xD7)
}

impl Jpeg {
    pub fn push(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        while let Some((&b, rest)) = input.split_first() {
            let mut rest = rest;
            self.at = match self.at {
                At::End => return Ok(()),
                At::Start(0) if b == 0xFF => At::Start(1),
                At::Start(1) if b == SOI => {
                    out.extend_from_slice(&[0xFF, SOI]);
                    At::Marker
                }
                At::Start(_) => return Err(Refusal::Broken),
                At::Marker if b == 0xFF => At::Code,
                At::Marker => return Err(Refusal::Broken),
                // Fill bytes.
                At::Code if b == 0xFF => At::Code,
                At::Code => Self::marked(b, out)?,
                At::Length(code, None) => At::Length(code, Some(b)),
                At::Length(code, Some(high)) => {
                    let length = usize::from(u16::from_be_bytes([high, b]));
                    self.segment(code, length, out)?
                }
                At::Body { code, keep, left } => {
                    let (now, after) = input.split_at(left.min(input.len()));
                    if keep {
                        out.extend_from_slice(now);
                    }
                    rest = after;
                    let left = left - now.len();
                    if left > 0 { At::Body { code, keep, left } } else { self.after(code) }
                }
                At::Held { code, left } => {
                    let (now, after) = input.split_at(left.min(input.len()));
                    self.held.extend_from_slice(now);
                    rest = after;
                    let left = left - now.len();
                    if left > 0 {
                        At::Held { code, left }
                    } else {
                        self.judge(code, out);
                        At::Marker
                    }
                }
                At::Coded => {
                    let n = input.iter().position(|b| *b == 0xFF).unwrap_or(input.len());
                    let (now, after) = input.split_at(n);
                    out.extend_from_slice(now);
                    match after.split_first() {
                        Some((_, after)) => {
                            rest = after;
                            At::CodedMark
                        }
                        None => {
                            rest = after;
                            At::Coded
                        }
                    }
                }
                At::CodedMark if b == 0 || is_alone(b) => {
                    out.extend_from_slice(&[0xFF, b]);
                    At::Coded
                }
                At::CodedMark if b == 0xFF => At::CodedMark,
                At::CodedMark => Self::marked(b, out)?,
            };
            input = rest;
        }
        Ok(())
    }

    /// A marker outside the coded picture.
    fn marked(code: u8, out: &mut Vec<u8>) -> Result<At, Refusal> {
        match code {
            EOI => {
                out.extend_from_slice(&[0xFF, EOI]);
                Ok(At::End)
            }
            0 | SOI => Err(Refusal::Broken),
            code if is_alone(code) => {
                out.extend_from_slice(&[0xFF, code]);
                Ok(At::Marker)
            }
            code => Ok(At::Length(code, None)),
        }
    }

    fn segment(&mut self, code: u8, length: usize, out: &mut Vec<u8>) -> Result<At, Refusal> {
        let left = length.checked_sub(2).ok_or(Refusal::Broken)?;
        if matches!(code, 0xE0 | 0xE1 | 0xE2 | 0xEE) {
            self.held.clear();
            if left == 0 {
                return Ok(At::Marker);
            }
            return Ok(At::Held { code, left });
        }
        let keep = !matches!(code, 0xE0..=0xEF | COM);
        if keep {
            out.extend_from_slice(&[0xFF, code]);
            out.extend_from_slice(&u16::try_from(length).map_err(|_| Refusal::Broken)?.to_be_bytes());
        }
        if left == 0 { Ok(self.after(code)) } else { Ok(At::Body { code, keep, left }) }
    }

    fn after(&mut self, code: u8) -> At {
        if code == SOS {
            self.seen_picture = true;
            return At::Coded;
        }
        At::Marker
    }

    /// Which of the application segments stay.
    fn judge(&mut self, code: u8, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let keep = match code {
            // JFIF without a smaller picture in it.
            0xE0 => held.starts_with(b"JFIF\0") && held.len() == 14,
            0xE2 => held.starts_with(b"ICC_PROFILE\0"),
            0xEE => held.starts_with(b"Adobe"),
            _ => false,
        };
        if keep {
            put(code, &held, out);
        } else if code == 0xE1
            && !self.turned
            && let Some(way) = held.strip_prefix(b"Exif\0\0").and_then(orientation)
        {
            self.turned = true;
            put(code, &upright(way), out);
        }
    }

    pub fn finish(self) -> Result<(), Refusal> {
        if matches!(self.at, At::End) && self.seen_picture { Ok(()) } else { Err(Refusal::Broken) }
    }
}

fn put(code: u8, body: &[u8], out: &mut Vec<u8>) {
    if let Ok(length) = u16::try_from(body.len() + 2) {
        out.extend_from_slice(&[0xFF, code]);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(body);
    }
}

/// Tag 0x0112 of the first directory, where it says that the picture is turned (2 to 8).
fn orientation(tiff: &[u8]) -> Option<u8> {
    let big = match tiff.get(..4)? {
        [b'M', b'M', 0, 42] => true,
        [b'I', b'I', 42, 0] => false,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let two = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let four = <[u8; 4]>::try_from(tiff.get(4..8)?).ok()?;
    let first = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    let first = usize::try_from(first).ok()?;
    for n in 0..usize::from(u16_at(first)?) {
        let entry = first.checked_add(2 + n * 12)?;
        if u16_at(entry)? == 0x0112 {
            return u8::try_from(u16_at(entry + 8)?).ok().filter(|way| (2..=8).contains(way));
        }
    }
    None
}

/// EXIF that says which way is up and nothing else.
fn upright(way: u8) -> Vec<u8> {
    let mut out = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    out.extend_from_slice(&[way, 0, 0, 0, 0, 0, 0]);
    out
}
