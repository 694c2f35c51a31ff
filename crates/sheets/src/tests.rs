//! Files as they come.

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Formula, Workbook};

use crate::*;

const COLUMNS: &[Column] = &[
    Column::need("code", &["区划代码", "code"]),
    Column::need("name", &["名称", "name"]),
    Column::may("from", &["生效日期", "valid_from"]),
];

type Seen = Vec<(u32, Option<String>, Option<String>, Option<Option<linli_base::Day>>)>;

fn seen(bytes: &[u8]) -> Result<(Seen, Outcome), SheetError> {
    let mut rows = Vec::new();
    let outcome = read(bytes, &Limits { cell: 50, ..Limits::default() }, COLUMNS, |row| {
        rows.push((row.line(), row.need("code", 12), row.need("name", 10), row.day_may("from")));
    })?;
    Ok((rows, outcome))
}

#[test]
fn a_chinese_excel_saves_gbk() {
    let text = "区划代码,名称,备注\r\n440105001101,下渡社区,x\r\n\r\n440105001102,鹭江社区,\r\n";
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend_from_slice(text.as_bytes());
    let mut wide: Vec<u8> = vec![0xff, 0xfe];
    wide.extend(text.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes));
    for bytes in [gbk.as_ref(), text.as_bytes(), &marked, &wide, text.replace(',', ";").as_bytes()] {
        let (rows, outcome) = seen(bytes).unwrap();
        let got: Vec<_> = rows.iter().map(|r| (r.0, r.1.as_deref(), r.2.as_deref())).collect();
        assert_eq!(
            got,
            [(2, Some("440105001101"), Some("下渡社区")), (4, Some("440105001102"), Some("鹭江社区"))]
        );
        assert_eq!(outcome.ignored, ["备注"]);
        assert!(outcome.faults.is_empty());
    }
}

#[test]
fn each_fault_has_line_column_and_reason() {
    let long = "长".repeat(60);
    let text = format!("名称,Code*,生效日期\n下渡社区,,2026-13-01\n{long},440105001102,2026年3月5日\n");
    let (_, outcome) = seen(text.as_bytes()).unwrap();
    let got: Vec<_> =
        outcome.faults.list.iter().map(|f| (f.line, f.column.as_str(), f.kind.as_str())).collect();
    assert_eq!(got, [(2, "Code*", "missing"), (2, "生效日期", "not-a-day"), (3, "名称", "cell-too-long")]);
    assert_eq!((outcome.rows, outcome.faults.bad_rows), (2, 2));
    for f in &outcome.faults.list {
        for lang in linli_words::Lang::ALL {
            assert!(fault_words(f, lang).is_some(), "{f:?}");
        }
    }
}

#[test]
fn a_file_as_a_whole() {
    assert_eq!(seen(b"").unwrap_err(), SheetError::Empty);
    assert_eq!(
        seen("名称\n甲\n".as_bytes()).unwrap_err(),
        SheetError::MissingColumns(vec!["区划代码".into()])
    );
    assert_eq!(seen("名称,name,code\n".as_bytes()).unwrap_err(), SheetError::DoubledColumn("name".into()));
    assert_eq!(seen(b"\xff\xff\xff\xff\xff").unwrap_err(), SheetError::Encoding);
    assert_eq!(seen(b"PK\x03\x04 is no archive").unwrap_err(), SheetError::Unreadable);
    assert_eq!(seen(b"name,code\n\0,1\n").unwrap_err(), SheetError::Unreadable);
    let many = Limits { rows: 2, ..Limits::default() };
    let four = "code,name\n1,a\n2,b\n3,c\n";
    assert_eq!(read(four.as_bytes(), &many, COLUMNS, |_| {}).unwrap_err(), SheetError::TooManyRows(2));
    let small = Limits { bytes: 3, ..Limits::default() };
    assert_eq!(read(four.as_bytes(), &small, COLUMNS, |_| {}).unwrap_err(), SheetError::TooLarge);
}

#[test]
fn a_workbook_is_read_with_days_and_lost_digits_are_told() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (i, head) in ["code", "name", "valid_from"].iter().enumerate() {
        sheet.write_string(0, u16::try_from(i).unwrap(), *head).unwrap();
    }
    sheet.write_number(1, 0, 440_105_001_101.0).unwrap();
    sheet.write_string(1, 1, "下渡社区").unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_datetime_with_format(1, 2, ExcelDateTime::from_ymd(2026, 3, 5).unwrap(), &date).unwrap();
    sheet.write_number(3, 0, 440_105_194_611_242_345.0).unwrap();
    sheet.write_formula(3, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    // A stray cell at the far end of the sheet.
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let (rows, outcome) = seen(&bytes).unwrap();
    assert_eq!(rows[0].1.as_deref(), Some("440105001101"));
    assert_eq!(rows[0].3, Some(linli_base::Day::new(2026, 3, 5)));
    let got: Vec<_> = outcome.faults.list.iter().map(|f| (f.line, f.kind.as_str())).collect();
    assert!(got.contains(&(4, "lost-digits")), "{got:?}");
    assert!(got.contains(&(1_048_576, "too-many-columns")), "{got:?}");
    assert_eq!(rows.len(), 3);
}

#[test]
fn an_archive_that_unpacks_to_much_is_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..200 {
        sheet.write_string(row, 0, "甲".repeat(2_000)).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let tight = Limits { unpacked: 4_000, ..Limits::default() };
    assert_eq!(read(&bytes, &tight, COLUMNS, |_| {}).unwrap_err(), SheetError::TooLarge);
}

#[test]
fn what_is_written_runs_nowhere_and_reads_back() {
    let rows = [["440105001101", "=HYPERLINK(\"x\")"], ["-5", "+86 20"], ["440105194611242345", "@a"]];
    let out = csv(&["code", "name"], rows);
    let text = String::from_utf8(out.clone()).unwrap();
    assert!(
        text.contains("'=HYPERLINK") && text.contains("\r\n-5,'+86 20") && text.contains(",'@a"),
        "{text}"
    );
    let mut back = Vec::new();
    for bytes in [out, xlsx("区划", &["code", "name"], rows).unwrap()] {
        read(&bytes, &Limits::default(), COLUMNS, |row| back.push([row.text("code"), row.text("name")]))
            .unwrap();
    }
    let twice: Vec<_> = rows.iter().chain(&rows).map(|r| r.map(str::to_owned)).collect();
    assert_eq!(back, twice);
}

#[test]
fn days_as_people_write_them() {
    let want = linli_base::Day::new(2026, 3, 5);
    for typed in ["2026-03-05", "2026/3/5", "2026.3.5", "2026年3月5日", "20260305"] {
        assert_eq!(parse_day(typed), want, "{typed}");
    }
    for wrong in ["3/5/2026", "2026-02-30", "一月", "", "2026-3", "2026-03-05x"] {
        assert_eq!(parse_day(wrong), None, "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), zip in any::<bool>()) {
        let mut input = if zip { b"PK\x03\x04".to_vec() } else { Vec::new() };
        input.extend(bytes);
        let _ = seen(&input);
    }

    #[test]
    fn a_damaged_workbook_is_an_error_or_rows(at in 0usize..2000, to in any::<u8>()) {
        let mut bytes = xlsx("a", &["code", "name"], [["1", "甲"]]).unwrap();
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = seen(&bytes);
    }

    #[test]
    fn no_cell_is_written_as_a_formula(cell in "\\PC{0,12}") {
        let out = neutral(&cell);
        prop_assert!(!out.starts_with(['=', '+', '@', '\t', '\r']));
        prop_assert!(!out.starts_with('-') || out.strip_prefix('-').unwrap().chars().all(|c| c.is_ascii_digit() || c == '.'));
    }
}
