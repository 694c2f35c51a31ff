//! Setting an official paper: typst behind a small world of our own, with fonts in the binary and no access to files.

use std::path::Path;

use serde::Serialize;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Smart, Str, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::error::DocumentError;

const REGULAR: &[u8] = include_bytes!("../assets/NotoSerifSC-Regular-GB2312.otf");
const BOLD: &[u8] = include_bytes!("../assets/NotoSerifSC-Bold-GB2312.otf");
const FORM: &str = include_str!("../assets/official.typ");

/// A table of a paper. Every row has as many cells as the head.
#[derive(Clone, Debug, Default)]
pub struct PaperTable {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// What an official paper says. The same words in give the same bytes out.
#[derive(Clone, Debug, Default)]
pub struct OfficialPaper {
    pub title: String,
    /// A second title line in English; may be empty.
    pub title_en: String,
    pub number: String,
    /// Whom a notice addresses, with its colon; may be empty.
    pub addressee: String,
    pub paragraphs: Vec<String>,
    pub table: PaperTable,
    /// Paragraphs after the table.
    pub after: Vec<String>,
    /// Name of the issuing body, as the seal bears it.
    pub body: String,
    /// As papers print it: 2026年11月24日.
    pub date: String,
    /// Whether the body's seal is drawn; the signature's field lies over it.
    pub sealed: bool,
    /// The line inside the seal, for example 电子证明专用章.
    pub seal_kind: String,
    /// What the QR code holds; empty: no code.
    pub qr: String,
    /// Lines beside the code: how to check, check code, checkpoint.
    pub foot: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Data<'a> {
    title: &'a str,
    title_en: &'a str,
    number: &'a str,
    addressee: &'a str,
    paragraphs: &'a [String],
    head: &'a [String],
    rows: &'a [Vec<String>],
    after: &'a [String],
    body: &'a str,
    date: &'a str,
    seal: &'a str,
    seal_kind: &'a str,
    qr: String,
    qr_alt: &'a str,
    foot: &'a [String],
}

/// A QR code as SVG.
///
/// # Errors
/// If the text is too long for a code.
pub fn qr_svg(text: &str) -> Result<String, DocumentError> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M)
        .map_err(|e| DocumentError::Qr(e.to_string()))?;
    Ok(code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build())
}

/// Sets papers. Make one and share it.
pub struct Typesetter {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    source: Source,
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typesetter({} fonts)", self.fonts.len())
    }
}

impl Typesetter {
    /// With the fonts in the binary and those of a folder (`.otf`, `.ttf`, `.ttc`): for names with rare characters.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn new(fonts_folder: Option<&Path>) -> Result<Self, DocumentError> {
        let mut fonts: Vec<Font> = Vec::new();
        for bytes in [REGULAR, BOLD] {
            fonts.extend(Font::iter(Bytes::new(bytes)));
        }
        if let Some(folder) = fonts_folder {
            let fail = |_| DocumentError::Fonts(folder.display().to_string());
            let mut files: Vec<_> =
                std::fs::read_dir(folder).map_err(fail)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
            files.sort();
            for file in files {
                let kind = file.extension().and_then(|e| e.to_str()).unwrap_or("");
                if matches!(kind, "otf" | "ttf" | "ttc" | "otc") {
                    fonts.extend(Font::iter(Bytes::new(std::fs::read(&file).map_err(fail)?)));
                }
            }
        }
        let book = LazyHash::new(FontBook::from_fonts(&fonts));
        let path = VirtualPath::new("/official.typ").map_err(|e| DocumentError::Typeset(format!("{e:?}")))?;
        let main = RootedPath::new(VirtualRoot::Project, path).intern();
        Ok(Self { book, fonts, main, source: Source::new(main, FORM.to_owned()) })
    }

    /// The characters of a text that no font has, in order, each once.
    #[must_use]
    pub fn missing(&self, text: &str) -> String {
        let mut out = String::new();
        for c in text.chars() {
            if c != '\n'
                && !out.contains(c)
                && !self.fonts.iter().any(|f| f.info().coverage.contains(u32::from(c)))
            {
                out.push(c);
            }
        }
        out
    }

    /// Sets a paper.
    ///
    /// # Errors
    /// [`DocumentError::Glyphs`] if a character has no glyph; otherwise a fault of the form.
    pub fn official(&self, paper: &OfficialPaper) -> Result<Vec<u8>, DocumentError> {
        let data = Data {
            title: &paper.title,
            title_en: &paper.title_en,
            number: &paper.number,
            addressee: &paper.addressee,
            paragraphs: &paper.paragraphs,
            head: &paper.table.head,
            rows: &paper.table.rows,
            after: &paper.after,
            body: &paper.body,
            date: &paper.date,
            seal: if paper.sealed { &paper.body } else { "" },
            seal_kind: &paper.seal_kind,
            qr: if paper.qr.is_empty() { String::new() } else { qr_svg(&paper.qr)? },
            qr_alt: &paper.qr,
            foot: &paper.foot,
        };
        let text = serde_json::to_string(&data).map_err(|e| DocumentError::Typeset(e.to_string()))?;
        let missing = self.missing(&text);
        if !missing.is_empty() {
            return Err(DocumentError::Glyphs(missing));
        }
        let mut inputs = Dict::new();
        inputs.insert(Str::from("data"), Value::Str(Str::from(text)));
        let world =
            Form { setter: self, library: LazyHash::new(Library::builder().with_inputs(inputs).build()) };
        let words = |errors: &[typst::diag::SourceDiagnostic]| {
            DocumentError::Typeset(
                errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; "),
            )
        };
        let document: PagedDocument = typst::compile(&world).output.map_err(|e| words(&e))?;
        let options = PdfOptions { ident: Smart::Custom(paper.number.clone()), ..PdfOptions::default() };
        typst_pdf::pdf(&document, &options).map_err(|e| words(&e))
    }
}

struct Form<'a> {
    setter: &'a Typesetter,
    library: LazyHash<Library>,
}

impl World for Form<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.setter.book
    }
    fn main(&self) -> FileId {
        self.setter.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.setter.main { Ok(self.setter.source.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.setter.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
