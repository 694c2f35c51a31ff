//! The rows of a list of cases, as the desk's pages show them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use linli_acts::House;
use linli_base::Day;
use linli_casework::{CaseRow, shown};
use linli_db::Read;
use linli_web::DirectoryService;
use linli_web::ui::Chip;
use linli_words::Lang;

use crate::error::DeskError;

/// A case in a row.
pub(crate) struct Shown {
    pub id: String,
    /// What a ticked box sends: the case as it stands.
    pub tick: String,
    pub ticked: bool,
    pub chip: Chip,
    pub title: String,
    pub number: String,
    pub place: String,
    pub state: &'static str,
    pub handler: String,
}

/// Rows with their lights and names.
pub(crate) fn rows(
    r: &mut Read<'_>,
    house: &House,
    cases: Vec<CaseRow>,
    lang: Lang,
    ticked: &[String],
) -> Result<Vec<Shown>, DeskError> {
    let directory = house.service::<DirectoryService>();
    let today: Day = r.now().day();
    let (near, calendar) = (shown::soon(r, today)?, linli_rules::calendar(r)?);
    let (mut places, mut staff) = (HashMap::new(), HashMap::new());
    let mut out = Vec::with_capacity(cases.len());
    for case in cases {
        if let Entry::Vacant(place) = places.entry(case.place) {
            let named = directory.0.place_name(r, case.place, today)?;
            place.insert(named.map(|(zh, en)| lang.pick(&zh, &en).into_owned()).unwrap_or_default());
        }
        if let Some(Entry::Vacant(name)) = case.handler.map(|h| staff.entry(h)) {
            let named = directory.0.staff_name(r, *name.key())?;
            name.insert(named.unwrap_or_default());
        }
        let due = shown::due_of(&case);
        let left = shown::days_left(&calendar, today, due);
        let tick = format!("{}:{}", case.id, case.rev);
        out.push(Shown {
            chip: shown::light_chip(lang, shown::light_of(&case, today, near), left, due),
            title: shown::title(lang, &case),
            place: places.get(&case.place).cloned().unwrap_or_default(),
            state: shown::state_words(lang, &case),
            handler: case.handler.and_then(|h| staff.get(&h).cloned()).unwrap_or_default(),
            ticked: ticked.contains(&tick),
            id: case.id.to_string(),
            number: case.number,
            tick,
        });
    }
    Ok(out)
}
