//! Tells what a file is by its content and takes out what nobody needs to know, as it streams through. Pure; holds a few
//! kilobytes at a time.

mod jpeg;
mod names;
mod pdf;
mod png;
mod zip;

use crate::domain::{FileKind, Mark, Refusal};

/// How much of the beginning tells the kind.
pub const HEAD: usize = 16;

/// A file on its way.
pub enum Cleaner {
    Jpeg(jpeg::Jpeg),
    Png(png::Png),
    Pdf(Box<pdf::Pdf>),
    Zip(zip::Zip),
}

impl Cleaner {
    /// By its first bytes.
    ///
    /// # Errors
    /// If it is nothing that we take.
    pub fn for_head(head: &[u8]) -> Result<Self, Refusal> {
        if head.is_empty() {
            return Err(Refusal::Empty);
        }
        if head.starts_with(&[0xFF, 0xD8, 0xFF]) {
            return Ok(Self::Jpeg(jpeg::Jpeg::default()));
        }
        if head.starts_with(png::SIGNATURE) {
            return Ok(Self::Png(png::Png::default()));
        }
        if head.starts_with(b"%PDF-") {
            return Ok(Self::Pdf(Box::default()));
        }
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Self::Zip(zip::Zip::default()));
        }
        if head.get(4..8) == Some(b"ftyp") {
            return Err(Refusal::Heic);
        }
        Err(Refusal::Unknown)
    }

    /// Takes bytes in; what is kept comes out.
    ///
    /// # Errors
    /// As soon as something in it is not taken.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        match self {
            Self::Jpeg(c) => c.push(input, out),
            Self::Png(c) => c.push(input, out),
            Self::Pdf(c) => {
                out.extend_from_slice(input);
                c.look(input)
            }
            Self::Zip(c) => {
                out.extend_from_slice(input);
                c.look(input)
            }
        }
    }

    /// What it was, now that all of it was seen.
    ///
    /// # Errors
    /// If it is cut off or is something else after all.
    pub fn finish(self) -> Result<(FileKind, Vec<Mark>), Refusal> {
        match self {
            Self::Jpeg(c) => c.finish().map(|()| (FileKind::Jpeg, Vec::new())),
            Self::Png(c) => c.finish().map(|()| (FileKind::Png, Vec::new())),
            Self::Pdf(c) => c.finish().map(|marks| (FileKind::Pdf, marks)),
            Self::Zip(c) => c.finish().map(|kind| (kind, Vec::new())),
        }
    }
}

#[cfg(test)]
mod tests;
