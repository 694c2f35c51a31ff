//! Tables of the editors out and in: CSV, XLSX or JSON, the same columns in each.

use std::collections::BTreeMap;

use linli_sheets::{Column, Faults, Limits, Row, SheetError};
use linli_web::{Fault, Missing, Reply, Req};

/// A table as it is asked for: `?as=csv`, `xlsx` or `json`.
///
/// # Errors
/// If another form is asked for.
pub fn sent(req: &Req, name: &str, header: &[&str], rows: Vec<Vec<String>>) -> Result<Reply, Fault> {
    match req.query().raw("as") {
        "csv" => Ok(Reply::download(
            "text/csv; charset=utf-8",
            &format!("{name}.csv"),
            linli_sheets::csv(header, rows),
        )),
        "xlsx" => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let bytes = linli_sheets::xlsx(name, header, rows).map_err(|_| Missing)?;
            Ok(Reply::download(kind, &format!("{name}.xlsx"), bytes))
        }
        "json" => {
            let rows: Vec<BTreeMap<&str, String>> =
                rows.into_iter().map(|row| header.iter().copied().zip(row).collect()).collect();
            let bytes = serde_json::to_vec_pretty(&rows).map_err(|_| Missing)?;
            Ok(Reply::download("application/json", &format!("{name}.json"), bytes))
        }
        _ => Err(Missing.into()),
    }
}

/// Reads a table of any of the three forms.
///
/// # Errors
/// If the file as a whole cannot be read.
pub fn taken(bytes: &[u8], columns: &[Column], each: impl FnMut(&mut Row<'_>)) -> Result<Faults, SheetError> {
    let json: Option<Vec<BTreeMap<String, serde_json::Value>>> =
        bytes.trim_ascii_start().starts_with(b"[").then(|| serde_json::from_slice(bytes).ok()).flatten();
    let table = json.map(|rows| {
        let header: Vec<&str> = columns.iter().map(|c| c.key).collect();
        let cell = |row: &BTreeMap<String, serde_json::Value>, key: &str| match row.get(key) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        let cells: Vec<Vec<String>> =
            rows.iter().map(|row| header.iter().map(|key| cell(row, key)).collect()).collect();
        linli_sheets::csv(&header, cells)
    });
    let bytes = table.as_deref().unwrap_or(bytes);
    Ok(linli_sheets::read(bytes, &Limits::default(), columns, each)?.faults)
}
