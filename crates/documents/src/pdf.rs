//! As much of PDF as signing needs: classic cross-reference tables, indirect objects, incremental updates.

use crate::error::DocumentError;

const NOT_OURS: DocumentError = DocumentError::Pdf("no classic cross-reference table");

/// A file with the places of its objects.
pub(crate) struct Pdf<'a> {
    pub bytes: &'a [u8],
    /// Object number → offset of its latest form.
    offsets: Vec<Option<usize>>,
    pub size: u32,
    pub root: u32,
    pub id: String,
    pub info: Option<u32>,
    pub start: usize,
}

fn find(hay: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    hay.get(from..)?.windows(needle.len()).position(|w| w == needle).map(|p| p + from)
}

fn find_last(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).rposition(|w| w == needle)
}

/// The number that follows a place, white space skipped.
fn number(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while bytes.get(at)?.is_ascii_whitespace() {
        at += 1;
    }
    let end = (at..).find(|i| !bytes.get(*i).is_some_and(u8::is_ascii_digit))?;
    let n = std::str::from_utf8(bytes.get(at..end)?).ok()?.parse().ok()?;
    Some((n, end))
}

/// The value after a key of a dictionary: `/Root 5 0 R` gives 5.
pub(crate) fn reference(dict: &str, key: &str) -> Option<u32> {
    let mut from = 0;
    while let Some(at) = dict.get(from..)?.find(key).map(|p| p + from) {
        let rest = dict.get(at + key.len()..)?;
        // `/Size` must not be met inside `/Sizes`.
        if rest.starts_with(|c: char| c.is_ascii_whitespace() || c.is_ascii_digit() || c == '[') {
            let digits: String = rest
                .trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '[')
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            return digits.parse().ok();
        }
        from = at + key.len();
    }
    None
}

impl<'a> Pdf<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, DocumentError> {
        let last = find_last(bytes, b"startxref").ok_or(NOT_OURS)?;
        let (start, _) = number(bytes, last + 9).ok_or(NOT_OURS)?;
        let mut pdf =
            Self { bytes, offsets: Vec::new(), size: 0, root: 0, id: String::new(), info: None, start };
        let mut next = Some(start);
        let mut tables = 0;
        while let Some(at) = next.take() {
            tables += 1;
            if tables > 100 {
                return Err(DocumentError::Pdf("more than 100 updates"));
            }
            let trailer = pdf.table(at)?;
            if tables == 1 {
                pdf.size = reference(&trailer, "/Size").ok_or(NOT_OURS)?;
                pdf.root = reference(&trailer, "/Root").ok_or(NOT_OURS)?;
                pdf.info = reference(&trailer, "/Info");
                pdf.id = trailer
                    .split_once("/ID")
                    .and_then(|(_, rest)| rest.split_once(']'))
                    .map(|(id, _)| format!("/ID{id}]"))
                    .unwrap_or_default();
            }
            next = reference(&trailer, "/Prev").and_then(|n| usize::try_from(n).ok());
        }
        Ok(pdf)
    }

    /// Reads one table; keeps offsets that no later table has set; returns the trailer's text.
    fn table(&mut self, at: usize) -> Result<String, DocumentError> {
        let bytes = self.bytes;
        if bytes.get(at..at + 4) != Some(b"xref") {
            return Err(NOT_OURS);
        }
        let mut at = at + 4;
        loop {
            let trimmed =
                at + bytes.get(at..).unwrap_or(&[]).iter().take_while(|b| b.is_ascii_whitespace()).count();
            if bytes.get(trimmed..trimmed + 7) == Some(b"trailer") {
                let end = find(bytes, b"startxref", trimmed).ok_or(NOT_OURS)?;
                let text = bytes.get(trimmed..end).unwrap_or(&[]);
                return Ok(String::from_utf8_lossy(text).into_owned());
            }
            let (first, after) = number(bytes, trimmed).ok_or(NOT_OURS)?;
            let (count, after) = number(bytes, after).ok_or(NOT_OURS)?;
            if first + count > 1_000_000 {
                return Err(DocumentError::Pdf("too many objects"));
            }
            at = after
                + bytes.get(after..).unwrap_or(&[]).iter().take_while(|b| b.is_ascii_whitespace()).count();
            for n in first..first + count {
                let entry = bytes.get(at..at + 20).ok_or(NOT_OURS)?;
                let (offset, _) = number(entry, 0).ok_or(NOT_OURS)?;
                if self.offsets.len() <= n {
                    self.offsets.resize(n + 1, None);
                }
                if let Some(slot) = self.offsets.get_mut(n)
                    && slot.is_none()
                    && entry.get(17) == Some(&b'n')
                {
                    *slot = Some(offset);
                }
                at += 20;
            }
        }
    }

    /// The text of an object between `obj` and `endobj`. Dictionaries only: streams are not asked for.
    pub(crate) fn object(&self, n: u32) -> Result<String, DocumentError> {
        let missing = DocumentError::Pdf("an object is missing");
        let index = usize::try_from(n).unwrap_or(usize::MAX);
        let Some(offset) = self.offsets.get(index).copied().flatten() else { return Err(missing) };
        let start = find(self.bytes, b"obj", offset).ok_or(missing)? + 3;
        let end = find(self.bytes, b"endobj", start).ok_or(NOT_OURS)?;
        Ok(String::from_utf8_lossy(self.bytes.get(start..end).unwrap_or(&[])).trim().to_owned())
    }

    /// Number of the last page.
    pub(crate) fn last_page(&self) -> Result<u32, DocumentError> {
        let mut node = reference(&self.object(self.root)?, "/Pages").ok_or(DocumentError::Pdf("no pages"))?;
        for _ in 0..20 {
            let dict = self.object(node)?;
            let Some((_, kids)) = dict.split_once("/Kids") else { return Ok(node) };
            let list = kids.split(']').next().unwrap_or("");
            let numbers: Vec<u32> = list
                .split(" R")
                .filter_map(|r| {
                    r.trim_start_matches([' ', '[', '\n', '\r']).split_whitespace().next()?.parse().ok()
                })
                .collect();
            node = *numbers.last().ok_or(DocumentError::Pdf("no pages"))?;
        }
        Err(DocumentError::Pdf("pages nested too deep"))
    }
}

/// Objects to be appended.
pub(crate) struct Update<'a> {
    pdf: &'a Pdf<'a>,
    pub out: Vec<u8>,
    places: Vec<(u32, usize)>,
    next: u32,
}

impl<'a> Update<'a> {
    pub(crate) fn new(pdf: &'a Pdf<'a>) -> Self {
        let mut out = pdf.bytes.to_vec();
        if out.last() != Some(&b'\n') {
            out.push(b'\n');
        }
        Self { pdf, out, places: Vec::new(), next: pdf.size }
    }

    pub(crate) fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// Writes an object; returns where its body begins.
    pub(crate) fn write(&mut self, n: u32, body: &str) -> usize {
        self.places.push((n, self.out.len()));
        self.out.extend_from_slice(format!("{n} 0 obj\n").as_bytes());
        let at = self.out.len();
        self.out.extend_from_slice(body.as_bytes());
        self.out.extend_from_slice(b"\nendobj\n");
        at
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.places.sort_unstable();
        let start = self.out.len();
        let mut table = String::from("xref\n");
        let mut i = 0;
        while let Some((first, _)) = self.places.get(i).copied() {
            let run: Vec<usize> = self
                .places
                .iter()
                .skip(i)
                .zip(first..)
                .take_while(|((n, _), want)| n == want)
                .map(|((_, at), _)| *at)
                .collect();
            table.push_str(&format!("{first} {}\n", run.len()));
            for at in &run {
                table.push_str(&format!("{at:010} 00000 n \n"));
            }
            i += run.len();
        }
        let info = self.pdf.info.map(|n| format!("/Info {n} 0 R")).unwrap_or_default();
        table.push_str(&format!(
            "trailer\n<</Size {}/Root {} 0 R{info}{}/Prev {}>>\nstartxref\n{start}\n%%EOF\n",
            self.next, self.pdf.root, self.pdf.id, self.pdf.start
        ));
        self.out.extend_from_slice(table.as_bytes());
        self.out
    }
}
