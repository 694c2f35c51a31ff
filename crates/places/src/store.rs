//! Statements and rows.

use linli_acts::StaffId;
use linli_base::{Instant, PlaceCode};
use linli_db::{Json, row, sql};

use crate::domain::{BuildingId, Division, ImportId, UnitId};

row! {
    /// A building.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Building {
        pub id: BuildingId,
        pub community: PlaceCode,
        pub name: String,
        pub address: String,
        pub rev: i64,
        pub closed: bool,
    }
}

row! {
    /// A unit with its building.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Unit {
        pub id: UnitId,
        pub name: String,
        pub building: BuildingId,
        pub building_name: String,
        pub address: String,
        pub community: PlaceCode,
        pub rev: i64,
        pub closed: bool,
    }
}

impl Unit {
    /// As written on an envelope: road and number, building, door.
    #[must_use]
    pub fn line(&self) -> String {
        if self.address == self.building_name {
            format!("{}{}", self.building_name, self.name)
        } else {
            format!("{}{}{}", self.address, self.building_name, self.name)
        }
    }
}

sql! {
    pub(crate) ALL_OF: Division = "SELECT code, valid_from, valid_to, name_zh, name_en, rev FROM divisions
        WHERE code = $1 ORDER BY valid_from LIMIT 200";
    pub(crate) LAST_OF: Division = "SELECT code, valid_from, valid_to, name_zh, name_en, rev FROM divisions
        WHERE code = $1 ORDER BY valid_from DESC LIMIT 1";
    /// Those that hold on the day or begin later: a division with one of these cannot end.
    pub(crate) CHILD_NOT_ENDED: (PlaceCode,) = "SELECT code FROM divisions
        WHERE parent = $1 AND (valid_to IS NULL OR valid_to > $2) ORDER BY code LIMIT 1";
    pub(crate) INSERT_DIVISION: () = "INSERT INTO divisions (code, valid_from, valid_to, level, parent, name_zh, name_en, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub(crate) END_DIVISION: () = "UPDATE divisions SET valid_to = $3, rev = rev + 1 WHERE code = $1 AND valid_to IS NULL AND rev = $2";
    pub(crate) TOUCH_DIVISION: () = "UPDATE divisions SET rev = rev + 1 WHERE code = $1 AND valid_to IS NULL AND rev = $2";
    pub(crate) CORRECT_DIVISION: () = "UPDATE divisions SET name_zh = $3, name_en = $4, rev = rev + 1
        WHERE code = $1 AND valid_to IS NULL AND rev = $2";
    pub(crate) LINK: () = "INSERT INTO division_successors (code, successor, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    pub(crate) SUCCESSORS: (PlaceCode, linli_base::Day) = "SELECT successor, since FROM division_successors WHERE code = $1 ORDER BY since, successor LIMIT 100";
    pub(crate) PREDECESSORS: (PlaceCode, linli_base::Day) = "SELECT code, since FROM division_successors WHERE successor = $1 ORDER BY since, code LIMIT 100";

    pub(crate) BUILDING: Building = "SELECT id, community, name, address, rev, closed_at IS NOT NULL AS closed FROM buildings WHERE id = $1";
    pub(crate) BUILDING_BY_NAME: Building = "SELECT id, community, name, address, rev, closed_at IS NOT NULL AS closed FROM buildings WHERE community = $1 AND name = $2";
    pub(crate) BUILDINGS_IN: Building = "SELECT id, community, name, address, rev, closed_at IS NOT NULL AS closed FROM buildings
        WHERE community = $1 AND id > $2 ORDER BY id LIMIT $3";
    pub(crate) COUNT_BUILDINGS: (i64,) = "SELECT count(*) AS n FROM buildings WHERE community = $1 AND closed_at IS NULL";
    pub(crate) INSERT_BUILDING: () = "INSERT INTO buildings (id, community, name, address, rev, closed_at) VALUES ($1, $2, $3, $4, 1, NULL)";
    pub(crate) UPDATE_BUILDING: () = "UPDATE buildings SET community = $3, name = $4, address = $5, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) CLOSE_BUILDING: () = "UPDATE buildings SET closed_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2 AND closed_at IS NULL";
    pub(crate) REOPEN_BUILDING: () = "UPDATE buildings SET closed_at = NULL, rev = rev + 1 WHERE id = $1 AND rev = $2 AND closed_at IS NOT NULL";
    pub(crate) INSERT_TAIL: () = "INSERT INTO building_keys (tail, building) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    pub(crate) DROP_TAILS: () = "DELETE FROM building_keys WHERE building = $1";
    pub(crate) FIND_BUILDINGS: Building = "SELECT b.id, b.community, b.name, b.address, b.rev, b.closed_at IS NOT NULL AS closed
        FROM (SELECT DISTINCT building FROM building_keys WHERE tail >= $1 AND tail < $2 ORDER BY building LIMIT 200) k
        JOIN buildings b ON b.id = k.building WHERE b.closed_at IS NULL ORDER BY b.community, b.id LIMIT $3";

    pub(crate) UNIT: Unit = "SELECT u.id, u.name, u.building, b.name AS building_name, b.address, b.community, u.rev, u.closed_at IS NOT NULL AS closed
        FROM units u JOIN buildings b ON b.id = u.building WHERE u.id = $1";
    pub(crate) UNIT_BY_NAME: Unit = "SELECT u.id, u.name, u.building, b.name AS building_name, b.address, b.community, u.rev, u.closed_at IS NOT NULL AS closed
        FROM units u JOIN buildings b ON b.id = u.building WHERE u.building = $1 AND u.name = $2";
    pub(crate) UNITS_IN: Unit = "SELECT u.id, u.name, u.building, b.name AS building_name, b.address, b.community, u.rev, u.closed_at IS NOT NULL AS closed
        FROM units u JOIN buildings b ON b.id = u.building WHERE u.building = $1 AND u.id > $2 ORDER BY u.id LIMIT $3";
    pub(crate) INSERT_UNIT: () = "INSERT INTO units (id, building, name, rev, closed_at) VALUES ($1, $2, $3, 1, NULL)";
    pub(crate) RENAME_UNIT: () = "UPDATE units SET name = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) CLOSE_UNIT: () = "UPDATE units SET closed_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2 AND closed_at IS NULL";
    pub(crate) REOPEN_UNIT: () = "UPDATE units SET closed_at = NULL, rev = rev + 1 WHERE id = $1 AND rev = $2 AND closed_at IS NOT NULL";
    pub(crate) COMMUNITY_OF_UNIT: (PlaceCode,) = "SELECT b.community FROM units u JOIN buildings b ON b.id = u.building WHERE u.id = $1";
}

linli_db::kept! {
    pub(crate) AT of ["divisions"]: Division = "SELECT code, valid_from, valid_to, name_zh, name_en, rev FROM divisions
        WHERE code = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)";
    /// The name nearest to a day: the last one before it, else the first one after.
    pub(crate) NEAREST of ["divisions"]: Division = "SELECT code, valid_from, valid_to, name_zh, name_en, rev FROM divisions
        WHERE code = $1 ORDER BY CASE WHEN valid_from <= $2 THEN 0 ELSE 1 END,
            CASE WHEN valid_from <= $2 THEN valid_from END DESC, valid_from LIMIT 1";
    pub(crate) CHILDREN of ["divisions"]: Division = "SELECT code, valid_from, valid_to, name_zh, name_en, rev FROM divisions
        WHERE parent = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY code LIMIT 1000";
    pub(crate) OF_LEVEL of ["divisions"]: Division = "SELECT code, valid_from, valid_to, name_zh, name_en, rev FROM divisions
        WHERE level = $1 AND code > $2 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3) ORDER BY code LIMIT $4";
}

linli_db::codes! {
    /// What a file holds.
    pub enum ImportKind {
        Divisions = "divisions",
        Dwellings = "dwellings",
    }
}

linli_db::codes! {
    /// How far a file is.
    pub enum ImportState {
        /// Rows are being put aside.
        Staging = "staging",
        /// Rows are being switched live.
        Applying = "applying",
        Done = "done",
        /// Rows are bad, and the whole file was wanted: nothing was written.
        Refused = "refused",
    }
}

row! {
    /// A file on its way in, or what became of it.
    #[derive(Clone, Debug)]
    pub struct Import {
        pub id: ImportId,
        pub kind: ImportKind,
        pub state: ImportState,
        pub partial: bool,
        pub staff: Option<StaffId>,
        pub file_name: String,
        pub rows_total: i64,
        pub rows_bad: i64,
        pub rows_applied: i64,
        pub faults_total: i64,
        pub created: i64,
        pub changed: i64,
        pub begun_at: Instant,
        pub ended_at: Option<Instant>,
        pub rev: i64,
    }
}

row! {
    pub(crate) struct FaultRow { pub n: i64, pub line: u32, pub col: String, pub kind: String, pub args: Json<Vec<String>> }
}

sql! {
    pub(crate) ALL_DIVISIONS: Division = "SELECT code, valid_from, valid_to, name_zh, name_en, rev FROM divisions
        WHERE (code, valid_from) > ($1, $2) ORDER BY code, valid_from LIMIT $3";
    pub(crate) IMPORT: Import = "SELECT id, kind, state, partial, staff, file_name, rows_total, rows_bad, rows_applied, faults_total, created, changed, begun_at, ended_at, rev
        FROM place_imports WHERE id = $1";
    pub(crate) IMPORTS: Import = "SELECT id, kind, state, partial, staff, file_name, rows_total, rows_bad, rows_applied, faults_total, created, changed, begun_at, ended_at, rev
        FROM place_imports WHERE id < $1 ORDER BY id DESC LIMIT $2";
    pub(crate) RUNNING_IMPORT: (ImportId,) = "SELECT id FROM place_imports WHERE digest = $1 AND state IN ('staging', 'applying') AND begun_at > $2 ORDER BY id LIMIT 1";
    pub(crate) INSERT_IMPORT: () = "INSERT INTO place_imports (id, digest, kind, state, partial, staff, file_name, rows_total, rows_bad, rows_applied, faults_total, created, changed, begun_at, ended_at, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, 0, $11, $12, 1)";
    pub(crate) IMPORT_STATE: () = "UPDATE place_imports SET state = $3, ended_at = $4, rev = rev + 1 WHERE id = $1 AND state = $2";
    pub(crate) IMPORT_COUNTS: () = "UPDATE place_imports SET rows_applied = rows_applied + $2, created = created + $3, changed = changed + $4,
        rows_bad = rows_bad + $5, faults_total = faults_total + $5, rev = rev + 1 WHERE id = $1";
    pub(crate) STAGE: () = "INSERT INTO place_import_rows (import, n, line, content) VALUES ($1, $2, $3, $4)";
    pub(crate) STAGED: (i64, u32, Json<crate::import::Staged>) = "SELECT n, line, content FROM place_import_rows WHERE import = $1 ORDER BY n LIMIT $2";
    pub(crate) UNSTAGE: () = "DELETE FROM place_import_rows WHERE import = $1 AND n <= $2";
    pub(crate) FAULT: () = "INSERT INTO place_import_faults (import, n, line, col, kind, args) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(crate) FAULTS: FaultRow = "SELECT n, line, col, kind, args FROM place_import_faults WHERE import = $1 AND n > $2 ORDER BY n LIMIT $3";
    pub(crate) LAST_FAULT: (i64,) = "SELECT COALESCE(max(n), 0) AS n FROM place_import_faults WHERE import = $1";
    pub(crate) COUNT_OF_LEVEL: (i64,) = "SELECT count(*) AS n FROM divisions WHERE level = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)";
}
