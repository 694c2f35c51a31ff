//! The officer's queue over all cases of her duties and places, by last day.

use askama::Template;
use linli_acts::{BodyId, Held, StaffId};
use linli_base::{Day, PlaceCode};
use linli_db::Read;
use linli_web::ui::{Chip, Pager};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};

use super::{light_chip, state_words, title};
use crate::domain::{CaseId, State, light};
use crate::error::CaseError;
use crate::store::{self, CaseRow};
use crate::view::{days_left, soon};
use crate::{DESK_DUTIES, HANDLER, Words};

/// Rows of a page.
const ROWS: usize = 50;
/// Counting stops here: nobody reads further, and a million open cases must not make a page slow.
const MOST: i64 = 1_000;

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    f: Frame,
    w: Words,
    works_here: bool,
    late: String,
    soon: String,
    rest: String,
    in_time: String,
    filters: Vec<Filter>,
    rows: Vec<Shown>,
    pager: Pager,
    all: bool,
}

struct Filter {
    href: String,
    label: String,
    on: bool,
}

struct Shown {
    id: CaseId,
    chip: Chip,
    title: String,
    number: String,
    place: String,
    state: &'static str,
    handler: String,
}

/// Body and places of a duty at the desk.
type Reach = (BodyId, PlaceCode);

fn reach(held: &[Held]) -> Vec<Reach> {
    let mut all: Vec<Reach> = held
        .iter()
        .filter(|h| DESK_DUTIES.iter().any(|d| d.key == h.kind))
        .map(|h| (h.body, h.place))
        .collect();
    all.sort_unstable();
    all.dedup();
    // A place within another of the same body is covered by it.
    let whole = all.clone();
    all.retain(|(body, place)| !whole.iter().any(|(b, p)| b == body && p != place && p.contains(*place)));
    all
}

/// One page of the queue: every stage and reach by itself, each bounded, put together by last day.
fn page(
    read: &mut Read<'_>,
    reach: &[Reach],
    states: &[State],
    mine: Option<StaffId>,
    after: (Day, CaseId),
) -> Result<Vec<CaseRow>, CaseError> {
    let limit = u16::try_from(ROWS + 1).unwrap_or(u16::MAX);
    let mut rows = Vec::new();
    for (body, place) in reach {
        let (first, last) = place.range();
        for state in states {
            rows.extend(
                read.all(&store::QUEUE, (*body, *state, first, last, after.0, after.1, mine, limit))?,
            );
        }
    }
    rows.sort_by_key(|c| (c.due, c.id));
    rows.truncate(ROWS + 1);
    Ok(rows)
}

fn count(
    read: &mut Read<'_>,
    reach: &[Reach],
    states: &[State],
    from: Day,
    to: Day,
) -> Result<i64, CaseError> {
    let mut sum = 0;
    for (body, place) in reach {
        let (first, last) = place.range();
        for state in states {
            sum += read.one(&store::COUNT, (*body, *state, first, last, from, to, MOST))?.0;
        }
    }
    Ok(sum)
}

fn number(n: i64) -> String {
    if n >= MOST { format!("{}+", MOST - 1) } else { n.to_string() }
}

const RUNNING: &[State] = &[State::Submitted, State::Accepted, State::Proposed];

struct Counted {
    late: i64,
    soon: i64,
    rest: i64,
    states: Vec<(State, i64)>,
    decided: i64,
    in_time: i64,
}

fn counted(read: &mut Read<'_>, reach: &[Reach], today: Day, near: Day) -> Result<Counted, CaseError> {
    let (first, last) = (today.plus_days(-36_500), today.plus_days(36_500));
    let mut states = Vec::new();
    for state in State::OPEN {
        states.push((state, count(read, reach, &[state], first, last)?));
    }
    let mut bodies: Vec<BodyId> = reach.iter().map(|(body, _)| *body).collect();
    bodies.dedup();
    let (mut decided, mut in_time) = (0, 0);
    for body in bodies {
        let (n, ok) = read.one(&store::DECIDED_SINCE, (body, today.plus_days(-30)))?;
        decided += n;
        in_time += ok;
    }
    Ok(Counted {
        late: count(read, reach, RUNNING, first, today.plus_days(-1))?,
        soon: count(read, reach, RUNNING, today, near)?,
        rest: count(read, reach, RUNNING, near.plus_days(1), last)?,
        states,
        decided,
        in_time,
    })
}

/// What of the queue is asked for.
fn asked(word: &str) -> (Vec<State>, bool) {
    match (word, State::from_word(word).filter(|s| s.is_open())) {
        (_, Some(state)) => (vec![state], false),
        ("mine", _) => (State::OPEN.to_vec(), true),
        _ => (State::OPEN.to_vec(), false),
    }
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let staff = req.officer()?;
    let reach = reach(&req.actor().held);
    let handles = req.actor().holds_any(&HANDLER).is_ok();
    let word: String = req.query().text("show");
    let (states, mine) = asked(&word);
    let after: (Day, CaseId) = match (req.ask("due"), req.ask("after")) {
        (Some(due), Some(id)) => (due, id),
        _ => (req.now().day().plus_days(-36_500), CaseId::from_raw(0)),
    };
    let first_page = req.query().raw("after").is_empty();
    let house = req.house().clone();
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    let works_here = !reach.is_empty();
    let (rows, more, counted) = req
        .read(move |r| {
            let near = soon(r, today)?;
            let mut found = page(r, &reach, &states, mine.then_some(staff), after)?;
            let more = found.len() > ROWS;
            found.truncate(ROWS);
            let directory = house.service::<DirectoryService>();
            let calendar = linli_rules::calendar(r)?;
            let mut rows = Vec::new();
            for case in found {
                let light = light(case.state, case.due, today, near);
                let left = days_left(&calendar, today, case.due);
                let place = directory.0.place_name(r, case.place, today)?;
                let handler = match case.handler {
                    Some(h) => directory.0.staff_name(r, h)?.unwrap_or_default(),
                    None => String::new(),
                };
                rows.push((
                    (case.due, case.id),
                    Shown {
                        id: case.id,
                        chip: light_chip(w, light, left, &case, lang),
                        title: title(lang, &case),
                        place: place.map(|(zh, en)| lang.pick(&zh, &en).into_owned()).unwrap_or_default(),
                        state: state_words(w, &case),
                        number: case.number,
                        handler,
                    },
                ));
            }
            let counted = counted(r, &reach, today, near)?;
            Ok::<_, CaseError>((rows, more, counted))
        })
        .await?;
    let f = req.frame();
    let here = |show: &str| if show.is_empty() { "/desk".to_owned() } else { format!("/desk?show={show}") };
    let mut filters = vec![Filter { href: here(""), label: w.all_open().to_owned(), on: word.is_empty() }];
    if handles {
        filters.push(Filter { href: here("mine"), label: w.mine().to_owned(), on: word == "mine" });
    }
    for (state, n) in &counted.states {
        let label = format!("{} {}", w.by_key(state.key()).unwrap_or_default(), number(*n));
        filters.push(Filter { href: here(state.word()), label, on: word == state.word() });
    }
    let next = rows.last().filter(|_| more).map(|((due, id), _)| {
        let base = here(&word);
        let mark = if base.contains('?') { '&' } else { '?' };
        format!("{base}{mark}due={due}&after={id}")
    });
    let in_time = if counted.decided == 0 {
        "–".to_owned()
    } else {
        format!("{}%", counted.in_time * 100 / counted.decided)
    };
    Ok(Reply::page(&QueuePage {
        works_here,
        late: number(counted.late),
        soon: number(counted.soon),
        rest: number(counted.rest),
        in_time,
        filters,
        rows: rows.into_iter().map(|(_, shown)| shown).collect(),
        pager: Pager {
            next: next.unwrap_or_default(),
            first: if first_page { String::new() } else { here(&word) },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        all: word.is_empty(),
        f,
        w,
    }))
}
