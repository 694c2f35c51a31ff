//! The list of cases that a filter finds as CSV: read page by page, written as it is read, never whole in memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use linli_acts::{House, StaffId};
use linli_base::{Day, PlaceCode};
use linli_casework::search::{self, Ask};
use linli_casework::{CaseRow, shown};
use linli_db::Read;
use linli_web::{Cut, DirectoryService};
use linli_words::Lang;
use tokio::sync::mpsc::{Receiver, channel};

use crate::Words;
use crate::error::DeskError;

/// Rows read at once.
const PAGE: usize = 1_000;
/// Pieces that may lie between reading and sending.
const PIECES: usize = 4;

/// What was named already: places and officers come again and again.
#[derive(Default)]
struct Names {
    places: HashMap<PlaceCode, String>,
    staff: HashMap<StaffId, String>,
}

/// Writes the list in pieces; nothing of the applicants stands in it. Reading stops when nobody takes the pieces any more.
#[must_use]
pub fn export(house: House, ask: Ask, lang: Lang, today: Day) -> Receiver<Result<Vec<u8>, Cut>> {
    let (send, receive) = channel(PIECES);
    tokio::spawn(async move {
        let w = Words::from(lang);
        let head = [
            w.number(),
            w.col_item(),
            w.col_state(),
            w.place(),
            w.handler(),
            w.filed_on(),
            w.due_on(),
            w.decided_on(),
        ];
        let mut first = b"\xef\xbb\xbf".to_vec();
        first.extend(line(head.iter().map(|h| (*h).to_owned())));
        let mut piece = Ok(first);
        let (mut after, mut names) = (Some(search::start()), Names::default());
        loop {
            let over = piece.is_err();
            if send.send(piece).await.is_err() || over {
                return;
            }
            let Some(from) = after else { return };
            let (inside, asked, known) = (house.clone(), ask.clone(), std::mem::take(&mut names));
            let known = std::sync::Arc::new(std::sync::Mutex::new(known));
            let shared = std::sync::Arc::clone(&known);
            let read = house
                .read(move |r| {
                    let mut names = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    page(r, &inside, &asked, from, lang, today, &mut names)
                })
                .await;
            match read {
                Ok((text, next)) => {
                    after = next;
                    piece = Ok(text);
                }
                Err(e) => {
                    tracing::error!("export: {e}");
                    piece = Err(Cut);
                }
            }
            names = std::mem::take(&mut *known.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        }
    });
    receive
}

type Page = (Vec<u8>, Option<(Day, linli_casework::offers::CaseId)>);

fn page(
    r: &mut Read<'_>,
    house: &House,
    ask: &Ask,
    from: (Day, linli_casework::offers::CaseId),
    lang: Lang,
    today: Day,
    names: &mut Names,
) -> Result<Page, DeskError> {
    let directory = house.service::<DirectoryService>();
    let found = search::find(r, ask, from, PAGE)?;
    let mut text = Vec::with_capacity(found.rows.len() * 120);
    for case in found.rows {
        if let Entry::Vacant(place) = names.places.entry(case.place) {
            let named = directory.0.place_name(r, case.place, today)?;
            place.insert(named.map(|(zh, en)| lang.pick(&zh, &en).into_owned()).unwrap_or_default());
        }
        if let Some(Entry::Vacant(name)) = case.handler.map(|h| names.staff.entry(h)) {
            let named = directory.0.staff_name(r, *name.key())?;
            name.insert(named.unwrap_or_default());
        }
        text.extend(row(&case, lang, names));
    }
    Ok((text, found.next))
}

fn row(case: &CaseRow, lang: Lang, names: &Names) -> Vec<u8> {
    let state = shown::state_words(lang, case).to_owned();
    line([
        case.number.clone(),
        shown::title(lang, case),
        state,
        names.places.get(&case.place).cloned().unwrap_or_default(),
        case.handler.and_then(|h| names.staff.get(&h).cloned()).unwrap_or_default(),
        case.filed_at.day().to_string(),
        shown::due_of(case).to_string(),
        case.decided_on.map(|d| d.to_string()).unwrap_or_default(),
    ])
}

/// One line, neutralised against formulas.
fn line(cells: impl IntoIterator<Item = String>) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let cells: Vec<String> = cells.into_iter().map(|c| linli_sheets::neutral(&c)).collect();
    // Writing into memory does not fail.
    let _ = out.write_record(&cells);
    out.into_inner().unwrap_or_default()
}
