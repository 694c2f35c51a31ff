#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod figures;
pub mod import;
pub mod offers;
mod pages;
mod store;
#[cfg(test)]
mod tests;

pub use acts::PlacesError;
pub use domain::{BuildingId, Division, UnitId};
pub use pages::routes;

linli_words::include_words!();

linli_acts::duty_kind! {
    /// May change divisions, buildings and units in the place of the duty.
    pub EDITOR = "places.editor", "区划管理", "Keeping divisions and addresses", personal: false, apart: None;
}

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "places", migrations: linli_db::migrations![1 => "0001_places.sql"] };

linli_db::sql! {
    SWEEP_ROWS: () = "DELETE FROM place_import_rows WHERE (import, n) IN (SELECT r.import, r.n FROM place_import_rows r
        JOIN place_imports i ON i.id = r.import WHERE i.begun_at < $1 ORDER BY r.import, r.n LIMIT 1000)";
    IMPORT_STATES: (i64, Option<String>) = "SELECT id, state FROM place_imports WHERE id > $1 ORDER BY id LIMIT $2";
    SWEEP_FAULTS: () = "DELETE FROM place_import_faults WHERE (import, n) IN (SELECT f.import, f.n FROM place_import_faults f
        JOIN place_imports i ON i.id = f.import WHERE i.begun_at < $1 ORDER BY f.import, f.n LIMIT 1000)";
}

linli_acts::inventory::submit! {
    linli_acts::StateProof { subject_kind: "place_import", page: &IMPORT_STATES }
}

linli_acts::act_words! {
    "places.created" = "设立区划", "Division made";
    "places.corrected" = "更正区划名称", "Division's name put right";
    "places.renamed" = "区划更名", "Division renamed";
    "places.split" = "拆分区划", "Division split";
    "places.closed" = "撤销区划", "Division ended";
    "places.building_added" = "新增楼栋", "Building added";
    "places.building_changed" = "修改楼栋", "Building changed";
    "places.building_moved" = "楼栋调整社区", "Building moved to another community";
    "places.building_closed" = "楼栋停用", "Building out of use";
    "places.building_reopened" = "楼栋恢复使用", "Building in use again";
    "places.unit_added" = "新增房号", "Unit added";
    "places.unit_renamed" = "更正房号", "Unit's number put right";
    "places.unit_closed" = "房号停用", "Unit out of use";
    "places.unit_reopened" = "房号恢复使用", "Unit in use again";
    "places.dwellings_put" = "导入地址", "Addresses imported";
    "places.import_begun" = "开始导入区划或地址", "Import begun";
    "places.import_refused" = "导入文件有误，未导入", "Import refused";
    "places.import_done" = "导入完成", "Import done";
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
