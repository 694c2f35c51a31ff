use proptest::prelude::*;

use super::*;

/// Through a cleaner in blocks of a size.
fn clean(file: &[u8], step: usize) -> Result<(FileKind, Vec<Mark>, Vec<u8>), Refusal> {
    let mut cleaner = Cleaner::for_head(file.get(..HEAD).unwrap_or(file))?;
    let mut out = Vec::new();
    for block in file.chunks(step.max(1)) {
        cleaner.push(block, &mut out)?;
    }
    let (kind, marks) = cleaner.finish()?;
    Ok((kind, marks, out))
}

fn segment(code: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, code];
    out.extend_from_slice(&u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

/// EXIF with an orientation and a place, little-endian as telephones write it.
fn exif(way: u8) -> Vec<u8> {
    let mut out = b"Exif\0\0II\x2A\0\x08\0\0\0\x02\0".to_vec();
    out.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, way, 0, 0, 0]);
    out.extend_from_slice(&[0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    out.extend_from_slice(b"\0\0\0\0GPS 23.08N 113.32E");
    out
}

fn jpeg() -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    out.extend(segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"));
    out.extend(segment(0xE1, &exif(6)));
    out.extend(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0GPS again"));
    out.extend(segment(0xE2, b"ICC_PROFILE\0\x01\x01profile"));
    out.extend(segment(0xE2, b"MPF\0second picture"));
    out.extend(segment(0xED, b"Photoshop 3.0\0IPTC"));
    out.extend(segment(0xFE, b"taken at home"));
    out.extend(segment(0xDB, &[0; 65]));
    out.extend(segment(0xDA, &[1, 2, 3]));
    out.extend_from_slice(&[1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4]);
    out.extend_from_slice(&[0xFF, 0xD9]);
    out.extend_from_slice(b"GPS of the second picture");
    out
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

fn pdf(object: &[u8]) -> Vec<u8> {
    [b"%PDF-1.7\n1 0 obj\n".as_slice(), object, b"\nendobj\ntrailer <<>>\n%%EOF\n"].concat()
}

fn stream(dictionary: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {dictionary} /Length {} >>\nstream\r\n", body.len()).into_bytes();
    out.extend_from_slice(body);
    out.extend_from_slice(b"\nendstream");
    out
}

fn entry(name: &str) -> Vec<u8> {
    let mut out = b"PK\x01\x02".to_vec();
    out.extend_from_slice(&[0; 24]);
    out.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
    out.extend_from_slice(&[0; 16]);
    out.extend_from_slice(name.as_bytes());
    out
}

fn package(names: &[&str]) -> Vec<u8> {
    let mut out = b"PK\x03\x04 contents PK contents".to_vec();
    for name in names {
        out.extend(entry(name));
    }
    out.extend_from_slice(b"PK\x05\x06");
    out.extend_from_slice(&[0; 18]);
    out
}

#[test]
fn a_photograph_loses_where_it_was_taken_and_keeps_which_way_is_up() {
    let (kind, _, out) = clean(&jpeg(), 7).unwrap();
    assert_eq!(kind, FileKind::Jpeg);
    assert!(!has(&out, b"GPS") && !has(&out, b"home") && !has(&out, b"IPTC") && !has(&out, b"MPF"));
    assert!(has(&out, b"JFIF") && has(&out, b"ICC_PROFILE"));
    assert!(has(&out, &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]), "turned as before");
    assert!(out.ends_with(&[4, 0xFF, 0xD9]));
    // Cleaning again changes nothing.
    assert_eq!(clean(&out, 64).unwrap().2, out);
}

#[test]
fn a_cut_off_or_broken_picture_is_refused() {
    let whole = jpeg();
    assert_eq!(clean(&whole[..whole.len() - 40], 9).unwrap_err(), Refusal::Broken);
    assert_eq!(clean(b"\xFF\xD8\xFF\xD9", 9).unwrap_err(), Refusal::Broken);
    assert_eq!(clean(b"\xFF\xD8\xFFpicture.exe", 9).unwrap_err(), Refusal::Broken);
}

#[test]
fn a_png_loses_its_texts() {
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        [&u32::try_from(body.len()).unwrap().to_be_bytes(), kind.as_slice(), body, &[9; 4]].concat()
    };
    let file = [
        png::SIGNATURE.to_vec(),
        chunk(b"IHDR", &[0; 13]),
        chunk(b"tEXt", b"Author\0Chen"),
        chunk(b"eXIf", b"GPS"),
        chunk(b"IDAT", &[5; 30]),
        chunk(b"IEND", b""),
        b"hidden".to_vec(),
    ]
    .concat();
    let (kind, _, out) = clean(&file, 5).unwrap();
    assert_eq!(kind, FileKind::Png);
    assert!(!has(&out, b"Chen") && !has(&out, b"GPS") && !has(&out, b"hidden"));
    assert!(has(&out, b"IHDR") && has(&out, b"IDAT"));
    assert_eq!(clean(&out, 64).unwrap().2, out);
}

#[test]
fn a_pdf_that_runs_something_is_refused_however_it_is_written() {
    assert_eq!(clean(&pdf(b"<< /Type /Catalog >>"), 3).unwrap().0, FileKind::Pdf);
    assert_eq!(clean(&pdf(b"<< /S /JavaScript /JS (x) >>"), 3).unwrap_err(), Refusal::Script);
    assert_eq!(clean(&pdf(b"<< /S /Java#53cript/JS (x) >>"), 3).unwrap_err(), Refusal::Script);
    assert_eq!(clean(&pdf(b"<< /S /Launch >>"), 3).unwrap_err(), Refusal::Script);
    assert_eq!(clean(&pdf(b"(stream\n) << /S /JavaScript >>"), 3).unwrap_err(), Refusal::Script);
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(b"1 0 << /S /JavaScript >> 2 0 << >>", 6);
    let hidden = pdf(&stream("/Type /ObjStm /Filter /FlateDecode", &packed));
    assert_eq!(clean(&hidden, 5).unwrap_err(), Refusal::Script);
    // A page that speaks of it runs nothing.
    let harmless = miniz_oxide::deflate::compress_to_vec_zlib(b"<< /Type /Page >> JavaScript", 6);
    let file = pdf(&stream("/Type /ObjStm /Filter /FlateDecode", &harmless));
    assert_eq!(clean(&file, 5).unwrap().1, []);
}

#[test]
fn a_pdf_that_cannot_be_looked_into_is_marked() {
    assert_eq!(clean(&pdf(b"<< /Encrypt 5 0 R >>"), 4).unwrap().1, [Mark::Locked]);
    assert_eq!(clean(&pdf(&stream("/Type /ObjStm /Filter /LZWDecode", b"x")), 4).unwrap().1, [Mark::Locked]);
    assert_eq!(clean(b"%PDF-1.7 and no end", 4).unwrap_err(), Refusal::Broken);
}

#[test]
fn packages_are_told_by_their_directory() {
    assert_eq!(clean(&package(&["OFD.xml", "Doc_0/Document.xml"]), 11).unwrap().0, FileKind::Ofd);
    assert_eq!(clean(&package(&["[Content_Types].xml", "word/document.xml"]), 11).unwrap().0, FileKind::Docx);
    assert_eq!(clean(&package(&["[Content_Types].xml", "xl/workbook.xml"]), 11).unwrap().0, FileKind::Xlsx);
    let macros = package(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
    assert_eq!(clean(&macros, 11).unwrap_err(), Refusal::Macro);
    assert_eq!(clean(&package(&["run.exe"]), 11).unwrap_err(), Refusal::Unknown);
    assert_eq!(clean(b"PK\x03\x04 cut off", 11).unwrap_err(), Refusal::Broken);
}

#[test]
fn what_is_none_of_these_is_refused() {
    assert_eq!(clean(b"<html><script>", 4).unwrap_err(), Refusal::Unknown);
    assert_eq!(clean(b"MZ\x90\0", 4).unwrap_err(), Refusal::Unknown);
    assert_eq!(clean(b"\0\0\0\x18ftypheic", 4).unwrap_err(), Refusal::Heic);
    assert_eq!(clean(b"", 4).unwrap_err(), Refusal::Empty);
}

proptest! {
    /// Where the blocks are cut changes nothing.
    #[test]
    fn blocks_may_be_cut_anywhere(step in 1usize..400) {
        for file in [jpeg(), package(&["[Content_Types].xml", "word/document.xml"]), pdf(b"<< /Encrypt 5 0 R >>")] {
            prop_assert_eq!(clean(&file, step), clean(&file, file.len()));
        }
    }

    /// Nothing that anybody sends brings it down.
    #[test]
    fn any_bytes_are_survived(kind in 0usize..4, rest in proptest::collection::vec(any::<u8>(), 0..600), step in 1usize..70) {
        let heads: [&[u8]; 4] = [b"\xFF\xD8\xFF", png::SIGNATURE, b"%PDF-1.4\n", b"PK\x03\x04"];
        let file = [heads[kind], rest.as_slice()].concat();
        let _ = clean(&file, step);
    }
}
