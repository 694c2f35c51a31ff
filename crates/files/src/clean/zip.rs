//! Packages (ZIP) of office programs and OFD (GB/T 33190), told by the names in their directory. Nothing is ever unpacked.

use crate::domain::{FileKind, Refusal};

const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Fixed part of a directory entry.
const FIXED: usize = 46;
const MOST_NAME: usize = 512;

#[derive(Default)]
pub struct Zip {
    /// What may be the beginning of an entry that goes on in the next block.
    carry: Vec<u8>,
    ofd: bool,
    office: bool,
    word: bool,
    excel: bool,
    ended: bool,
}

impl Zip {
    pub fn look(&mut self, input: &[u8]) -> Result<(), Refusal> {
        let mut buffer = std::mem::take(&mut self.carry);
        buffer.extend_from_slice(input);
        let (mut from, mut keep) = (0, None);
        while let Some(at) = find(&buffer, from, b"PK") {
            let rest = buffer.get(at..).unwrap_or_default();
            if rest.len() < ENTRY.len() {
                break;
            }
            self.ended |= rest.starts_with(END);
            if rest.starts_with(ENTRY) {
                // An entry that goes on in the next block is looked at then.
                keep = Some(at);
                let Some(&[low, high]) = rest.get(28..30).and_then(|two| two.first_chunk()) else { break };
                let length = usize::from(u16::from_le_bytes([low, high])).min(MOST_NAME);
                let Some(name) = rest.get(FIXED..FIXED + length) else { break };
                self.named(&String::from_utf8_lossy(name))?;
                keep = None;
            }
            from = at + 2;
        }
        let keep = keep.unwrap_or_else(|| buffer.len().saturating_sub(ENTRY.len() - 1).max(from));
        self.carry = buffer.split_off(keep.min(buffer.len()));
        Ok(())
    }

    fn named(&mut self, name: &str) -> Result<(), Refusal> {
        let name = name.to_ascii_lowercase();
        if name.ends_with("vbaproject.bin") || name.contains("/activex/") || name.contains("/embeddings/") {
            return Err(Refusal::Macro);
        }
        self.ofd |= name == "ofd.xml";
        self.office |= name == "[content_types].xml";
        self.word |= name == "word/document.xml";
        self.excel |= name == "xl/workbook.xml";
        Ok(())
    }

    pub fn finish(self) -> Result<FileKind, Refusal> {
        match (self.ended, self.ofd, self.office, self.word, self.excel) {
            (false, ..) => Err(Refusal::Broken),
            (_, true, ..) => Ok(FileKind::Ofd),
            (_, _, true, true, _) => Ok(FileKind::Docx),
            (_, _, true, _, true) => Ok(FileKind::Xlsx),
            _ => Err(Refusal::Unknown),
        }
    }
}

fn find(buffer: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    buffer.get(from..)?.windows(what.len()).position(|w| w == what).map(|at| at + from)
}
