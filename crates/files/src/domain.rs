//! What a file is, and why one is refused. Pure.

use linli_acts::Subject;
use linli_base::Instant;
use serde::{Deserialize, Serialize};

linli_db::id! {
    /// A file.
    pub struct FileId;
}

linli_db::codes! {
    /// What a file is by its content. What is not here is not taken.
    pub enum FileKind {
        Jpeg = "jpeg",
        Png = "png",
        Pdf = "pdf",
        /// GB/T 33190.
        Ofd = "ofd",
        Docx = "docx",
        Xlsx = "xlsx",
    }
}

impl FileKind {
    /// As it is sent; never a type that a browser would run.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    #[must_use]
    pub fn extension(self) -> &'static str {
        if self == Self::Jpeg { "jpg" } else { self.word() }
    }

    /// Kinds that an ending of a name promises; `None`: it promises nothing that we know.
    fn promised(ending: &str) -> Option<&'static [Self]> {
        match ending {
            // Telephones call either so.
            "jpg" | "jpeg" | "jpe" | "jfif" | "png" => Some(&[Self::Jpeg, Self::Png]),
            "pdf" => Some(&[Self::Pdf]),
            "ofd" => Some(&[Self::Ofd]),
            "docx" => Some(&[Self::Docx]),
            "xlsx" => Some(&[Self::Xlsx]),
            _ => None,
        }
    }

    /// Whether a name says something else than the content.
    #[must_use]
    pub fn belies(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
        Self::promised(&ending).is_some_and(|kinds| !kinds.contains(&self))
    }
}

linli_db::codes! {
    /// Whether a file is whole.
    pub enum FileState {
        Incoming = "incoming",
        Stored = "stored",
    }
}

linli_db::codes! {
    /// What the virus scanner said.
    pub enum Scan {
        /// It could not be asked yet; a job goes on asking.
        Waiting = "waiting",
        /// There is none: told to whoever opens the file.
        NotScanned = "unscanned",
        Clean = "clean",
        /// Never opened again.
        Infected = "infected",
    }
}

linli_db::codes! {
    /// What whoever opens a file should know.
    pub enum Mark {
        /// A PDF with a password or with parts in a form that we do not read: what it holds was not looked into.
        Locked = "locked",
    }
}

linli_db::codes! {
    /// Why a file is not taken. The words are keys of the locales.
    pub enum Refusal {
        None = "file-none",
        Empty = "file-empty",
        Large = "file-large",
        Unknown = "file-unknown",
        Heic = "file-heic",
        Lying = "file-lying",
        Broken = "file-broken",
        Script = "file-script",
        Macro = "file-macro",
        Virus = "file-virus",
        Day = "file-day",
    }
}

/// What lies sealed beside a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// As she named it, tidied.
    pub name: String,
    /// SHA-256 of what is kept, hexadecimal.
    pub digest: String,
    pub marks: Vec<Mark>,
}

/// A name as it is shown: its last part, no control characters, at most 80 characters.
#[must_use]
pub fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let tidy = linli_base::text::tidy(last);
    let keep: String = tidy.chars().take(80).collect();
    if keep.is_empty() { "file".to_owned() } else { keep }
}

/// What a file is used for: the record of a room, and which part of it.
#[derive(Clone, Debug)]
pub struct Use {
    pub owner: Subject,
    /// Key of the material.
    pub purpose: String,
    /// It ends by itself then; `None`: with its record.
    pub until: Option<Instant>,
}

/// A size in words.
#[must_use]
pub fn shown_size(bytes: i64) -> String {
    let kb = (bytes.max(0) + 1023) / 1024;
    if kb < 1024 { format!("{kb} kB") } else { format!("{}.{} MB", kb / 1024, kb % 1024 * 10 / 1024) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path_and_may_not_belie_its_content() {
        assert_eq!(shown_name("C:\\Users\\chen\\出生证明.jpg"), "出生证明.jpg");
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name(""), "file");
        assert!(FileKind::Jpeg.belies("a.pdf") && FileKind::Pdf.belies("a.JPG"));
        assert!(!FileKind::Jpeg.belies("a.png") && !FileKind::Jpeg.belies("照片"));
    }

    #[test]
    fn sizes_are_told_in_words() {
        assert_eq!(shown_size(1), "1 kB");
        assert_eq!(shown_size(3 * 1024 * 1024 / 2), "1.5 MB");
    }
}
