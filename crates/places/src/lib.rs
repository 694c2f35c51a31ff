#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
pub mod offers;
mod store;
#[cfg(test)]
mod tests;

pub use acts::PlacesError;
pub use domain::{BuildingId, Division, UnitId};

linli_acts::duty_kind! {
    /// May change divisions, buildings and units in the place of the duty.
    pub EDITOR = "places.editor", "区划管理", "Keeping divisions and addresses", personal: false, apart: None;
}

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "places", migrations: linli_db::migrations![1 => "0001_places.sql"] };

linli_db::sql! {
    SWEEP_ROWS: () = "DELETE FROM place_import_rows WHERE (import, line) IN (SELECT r.import, r.line FROM place_import_rows r
        JOIN place_imports i ON i.id = r.import WHERE i.begun_at < $1 ORDER BY r.import, r.line LIMIT 1000)";
    SWEEP_FAULTS: () = "DELETE FROM place_import_faults WHERE (import, n) IN (SELECT f.import, f.n FROM place_import_faults f
        JOIN place_imports i ON i.id = f.import WHERE i.begun_at < $1 ORDER BY f.import, f.n LIMIT 1000)";
}

linli_acts::retention! {
    "divisions", keep, "区划沿革是公共信息，长期保存。", "The history of divisions is public and is kept.";
    "division_successors", keep, "区划沿革是公共信息，长期保存。", "The history of divisions is public and is kept.";
    "buildings", keep, "楼栋地址用于定位，停用后仍被旧记录引用。", "Addresses are referred to by old records.";
    "building_keys", keep, "地址检索用，随楼栋更新。", "The index for finding addresses, renewed with its building.";
    "units", keep, "房号用于定位，停用后仍被旧记录引用。", "Doors are referred to by old records.";
    "place_imports", keep, "导入记录说明资料来源，不含个人信息。", "Imports tell where the data came from; nothing personal.";
    "place_import_rows", days: 30, "导入的原始行保存三十天，便于核对。", "Staged rows are kept 30 days for checking.", sweep: SWEEP_ROWS;
    "place_import_faults", days: 180, "导入错误报告保存半年。", "Reports of bad rows are kept half a year.", sweep: SWEEP_FAULTS;
}
