#![doc = include_str!("../README.md")]

pub mod acts;
pub mod codec;
pub mod compare;
pub mod domain;
mod error;
pub mod exchange;
mod inputs;
pub mod offers;
mod pages;
pub mod proposals;
pub mod shape;
mod store;
pub mod terms;
pub mod typed;

use linli_web::{Gate, Route};

pub use error::DraftingError;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "drafting", migrations: linli_db::migrations![1 => "0001_drafting.sql"] };

linli_acts::duty_kind! {
    /// Writes the items of a department; proposes to retire them and to bring them back (事项编辑).
    pub EDITOR = "drafting.editor", "事项编辑", "Edits service items", personal: false, apart: Some("work");
    /// Approves what an editor has written or proposed (事项审批).
    pub APPROVER = "drafting.approver", "事项审批", "Approves service items", personal: false, apart: Some("work");
}

/// A file of items: two hundred whole ones fit.
const FILE_LIMIT: usize = 4 * 1024 * 1024;

/// Who comes to the editors.
static DESK: &[&linli_acts::DutyKind] = &[&EDITOR, &APPROVER];

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    let (desk, editor) = (Gate::AnyDuty(DESK), Gate::Duty(&EDITOR));
    vec![
        Route::get("/office/abolished", desk, pages::lists::proofs),
        Route::post("/office/abolished", editor, pages::lists::add_proof),
        Route::post("/office/abolished/{id}/remove", editor, pages::lists::remove_proof),
        Route::get("/office/synonyms", desk, pages::lists::synonyms),
        Route::post("/office/synonyms", editor, pages::lists::add_synonym),
        Route::post("/office/synonyms/{id}/remove", editor, pages::lists::remove_synonym),
        Route::get("/office/catalogue", desk, pages::list::show),
        Route::get("/office/catalogue/export", desk, pages::exchange::out),
        Route::get("/office/catalogue/import", editor, pages::exchange::import),
        Route::post("/office/catalogue/import", editor, pages::exchange::take).body_limit(FILE_LIMIT),
        Route::get("/office/catalogue/new", editor, pages::list::new),
        Route::post("/office/catalogue/new", editor, pages::list::begin),
        Route::get("/office/catalogue/{key}", desk, pages::item::show),
        Route::get("/office/catalogue/{key}/edit/{at}", editor, pages::edit::show),
        Route::post("/office/catalogue/{key}/edit/{at}", editor, pages::edit::save),
        Route::get("/office/catalogue/{key}/export", desk, pages::exchange::one),
        Route::get("/office/catalogue/{key}/newer", desk, pages::version::newer),
        Route::get("/office/catalogue/{key}/preview", desk, pages::version::preview),
        Route::get("/office/catalogue/{key}/preview/{page}", desk, pages::version::preview_page),
        Route::get("/office/catalogue/{key}/try", desk, pages::tryout::show),
        Route::get("/office/catalogue/{key}/versions/{n}", desk, pages::version::show),
        Route::post("/office/catalogue/{key}/{act}", desk, pages::item::act),
    ]
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        // The faults of a guide are named by it.
        let faults = concat!(env!("CARGO_MANIFEST_DIR"), "/../guide/src");
        let read = |file: std::fs::DirEntry| std::fs::read_to_string(file.path()).ok();
        let guide: String =
            std::fs::read_dir(faults).unwrap().filter_map(Result::ok).filter_map(read).collect();
        let unused = linli_words::unused_keys(env!("CARGO_MANIFEST_DIR"));
        let unused = unused.into_iter().filter(|key| !guide.contains(&format!("\"{key}\"")));
        assert_eq!(unused.collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn every_label_has_words() {
        use crate::shape::{Part, Record, SECTIONS, Shape};
        let w = crate::Words::from(linli_words::Lang::ZhHans);
        fn parts(w: crate::Words, all: &[Part]) {
            for part in all {
                assert!(w.by_key(part.label).is_some(), "{}", part.label);
                assert!(part.hint.is_empty() || w.by_key(part.hint).is_some(), "{}", part.hint);
                match &part.shape {
                    Shape::One(choices) | Shape::Many(choices) => {
                        choices.iter().for_each(|c| assert!(w.by_key(c.1).is_some(), "{}", c.1));
                    }
                    Shape::Rows(rows) => parts(w, rows),
                    _ => {}
                }
            }
        }
        fn record(w: crate::Words, r: &Record) {
            parts(w, r.parts);
            for list in r.lists {
                assert!(w.by_key(list.label).is_some() && w.by_key(list.add).is_some(), "{}", list.add);
                record(w, list.record);
            }
        }
        SECTIONS.iter().for_each(|s| record(w, s.record));
    }
}
