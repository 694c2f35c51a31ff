//! The officer's queue over all cases of her duties and places, by last day.

use askama::Template;
use linli_acts::{BodyId, House, StaffId};
use linli_base::{Day, PlaceCode};
use linli_casework::offers::{CaseId, State};
use linli_casework::{DECIDER, DESK_DUTIES, HANDLER, search, shown};
use linli_db::Read;
use linli_web::ui::{Choice, Choose, Errors, Field, Pager};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};
use linli_words::Lang;

use super::table::{Shown, rows};
use crate::acts::bulk;
use crate::error::DeskError;
use crate::filter::{Filter, LightAsk, RUNNING, reach};
use crate::store::{self, BulkAct, FilterId, ReminderId, ReminderKind};
use crate::{SUPERVISOR, Words};

/// Rows of a page.
const ROWS: usize = 50;
/// Counting stops here: nobody reads further, and a million open cases must not make a page slow.
const MOST: i64 = 1_000;

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    f: Frame,
    w: Words,
    errors: Errors,
    works_here: bool,
    handles: bool,
    tiles: [Tile; 4],
    filters: Vec<Pill>,
    kept: Vec<Kept>,
    reminders: Vec<Reminder>,
    ask: Asked,
    query: String,
    export: String,
    rows: Vec<Shown>,
    pager: Pager,
    all: bool,
    bulk: BulkForm,
    open_filter: bool,
}

struct Tile {
    n: String,
    class: &'static str,
    label: &'static str,
    href: String,
}

struct Pill {
    href: String,
    label: String,
    on: bool,
}

/// A kept filter; her own can be deleted.
struct Kept {
    href: String,
    name: String,
    on: bool,
    own: Option<FilterId>,
}

struct Reminder {
    id: ReminderId,
    href: String,
    words: String,
}

/// The inputs of the filter.
struct Asked {
    q: String,
    state: Choose,
    item: Choose,
    light: Choose,
    place: Choose,
    who: Choose,
    days: Field,
    name: Field,
    shared: Choose,
}

/// What can be done to many.
struct BulkForm {
    which: Choose,
    act: Choose,
    to: Choose,
    body: Choose,
    why: Field,
}

fn number(n: i64) -> String {
    if n >= MOST { format!("{}+", MOST - 1) } else { n.to_string() }
}

struct Counted {
    late: i64,
    soon: i64,
    rest: i64,
    states: Vec<(State, i64)>,
}

fn counted(
    r: &mut Read<'_>,
    reach: &[(BodyId, PlaceCode)],
    today: Day,
    near: Day,
) -> Result<Counted, DeskError> {
    let (first, last) = (today.plus_days(-36_500), today.plus_days(36_500));
    let mut states = Vec::new();
    for state in State::OPEN {
        states.push((state, search::count(r, reach, &[state], None, MOST)?));
    }
    Ok(Counted {
        late: search::count(r, reach, RUNNING, Some((first, today.plus_days(-1))), MOST)?,
        soon: search::count(r, reach, RUNNING, Some((today, near)), MOST)?,
        rest: search::count(r, reach, RUNNING, Some((near.plus_days(1), last)), MOST)?,
        states,
    })
}

/// Everything of the page that is read.
struct Seen {
    rows: Vec<Shown>,
    next: Option<(Day, CaseId)>,
    counted: Counted,
    items: Vec<Choice>,
    places: Vec<Choice>,
    colleagues: Vec<Choice>,
    bodies: Vec<Choice>,
    own_bodies: Vec<Choice>,
    kept: Vec<store::FilterRow>,
    reminders: Vec<(ReminderId, String, String, ReminderKind)>,
    most: usize,
}

struct Asking {
    me: StaffId,
    reach: Vec<(BodyId, PlaceCode)>,
    supervises: Vec<(BodyId, PlaceCode)>,
    filter: Filter,
    after: (Day, CaseId),
    ticked: Vec<String>,
    lang: Lang,
}

fn nothing() -> Vec<Choice> {
    vec![Choice::new("", "—")]
}

fn see(r: &mut Read<'_>, house: &House, a: &Asking) -> Result<Seen, DeskError> {
    let today = r.now().day();
    let near = shown::soon(r, today)?;
    let directory = house.service::<DirectoryService>();
    let (found, next) = if a.filter.words.is_empty() {
        let found = search::find(r, &a.filter.ask(&a.reach, a.me, today, near), a.after, ROWS)?;
        (found.rows, found.next)
    } else {
        (search::by_words(r, house.vault(), &a.reach, &a.filter.words, ROWS)?, None)
    };
    let mut bodies: Vec<BodyId> = a.reach.iter().map(|(body, _)| *body).collect();
    bodies.dedup();
    let (mut items, mut places, mut colleagues, mut own_bodies) =
        (nothing(), nothing(), nothing(), nothing());
    for body in &bodies {
        for (key, zh, en) in search::items(r, *body)? {
            items.push(Choice::new(&key, &a.lang.pick(&zh, &en)));
        }
        for place in search::places(r, *body)? {
            let named = directory.0.place_name(r, place, today)?;
            let named = named.map(|(zh, en)| a.lang.pick(&zh, &en).into_owned()).unwrap_or_default();
            places.push(Choice::new(&place.to_string(), &named));
        }
        for (staff, name) in directory.0.holders(r, &HANDLER, *body)? {
            colleagues.push(Choice::new(&staff.to_string(), &name));
        }
        if let Some((zh, en)) = directory.0.body_name(r, *body)? {
            own_bodies.push(Choice::new(&body.to_string(), &a.lang.pick(&zh, &en)));
        }
    }
    let mut others = nothing();
    for (body, zh, en) in directory.0.bodies_with(r, &HANDLER)? {
        if !bodies.contains(&body) {
            others.push(Choice::new(&body.to_string(), &a.lang.pick(&zh, &en)));
        }
    }
    let mut kept = r.all(&store::FILTERS_OF, (a.me,))?;
    for body in &bodies {
        kept.extend(r.all(&store::FILTERS_SHARED, (*body, a.me))?);
    }
    Ok(Seen {
        rows: rows(r, house, found, a.lang, &a.ticked)?,
        next,
        counted: counted(r, &a.reach, today, near)?,
        items: once_each(items),
        places: once_each(places),
        colleagues: once_each(colleagues),
        bodies: others,
        own_bodies,
        kept,
        reminders: reminders(r, a)?,
        most: bulk::most(r)?,
    })
}

fn once_each(mut choices: Vec<Choice>) -> Vec<Choice> {
    let mut seen = std::collections::HashSet::new();
    choices.retain(|c| seen.insert(c.value.clone()));
    choices
}

/// Whether it is about a question that her own body was asked: the case need not lie in her place.
fn asked(x: &store::ReminderRow) -> bool {
    x.task.raw() != 0 && x.kind == ReminderKind::Person
}

/// Where a reminder leads: a co-handling body opens the question, a supervisor the list, everybody else the case.
fn href(x: &store::ReminderRow) -> String {
    match x.kind {
        ReminderKind::Escalated | ReminderKind::CoAbove | ReminderKind::CoLeadAbove => {
            "/desk/overdue".to_owned()
        }
        ReminderKind::CoSoon | ReminderKind::CoLate => format!("/desk/tasks/{}", x.task),
        ReminderKind::Person if asked(x) => format!("/desk/tasks/{}", x.task),
        _ => format!("/desk/cases/{}", x.case_id),
    }
}

/// Her own reminders, those of her desk that nobody has taken up, and what a supervisor is told.
fn reminders(
    r: &mut Read<'_>,
    a: &Asking,
) -> Result<Vec<(ReminderId, String, String, ReminderKind)>, DeskError> {
    let mut all = r.all(&store::REMINDERS_OF, (a.me,))?;
    for (body, place) in &a.reach {
        for kind in [ReminderKind::Late, ReminderKind::Soon, ReminderKind::Person, ReminderKind::CoLead] {
            let found = r.all(&store::REMINDERS_AT, (*body, kind))?;
            all.extend(found.into_iter().filter(|x| asked(x) || place.contains(x.place)));
        }
        for kind in [ReminderKind::CoSoon, ReminderKind::CoLate] {
            all.extend(r.all(&store::REMINDERS_AT, (*body, kind))?);
        }
    }
    for (body, place) in &a.supervises {
        for kind in [ReminderKind::Escalated, ReminderKind::CoLeadAbove] {
            let found = r.all(&store::REMINDERS_AT, (*body, kind))?;
            all.extend(found.into_iter().filter(|x| place.contains(x.place)));
        }
        all.extend(r.all(&store::REMINDERS_AT, (*body, ReminderKind::CoAbove))?);
    }
    all.sort_by_key(|x| std::cmp::Reverse(x.id));
    all.dedup_by_key(|x| x.id);
    all.truncate(10);
    let mut out = Vec::new();
    for x in all {
        let case = linli_casework::offers::case(r, x.case_id)?;
        let words = format!("{} {}", case.number, shown::title(a.lang, &case));
        out.push((x.id, href(&x), words, x.kind));
    }
    Ok(out)
}

/// The page; `typed`: a form on it that was sent and has to be shown again.
pub(crate) async fn page(req: &Req, filter: Filter, errors: Errors) -> Result<Reply, Fault> {
    let form = req.form();
    let asking = Asking {
        me: req.officer()?,
        reach: reach(&req.actor().held, DESK_DUTIES),
        supervises: reach(&req.actor().held, &[&SUPERVISOR]),
        filter: filter.clone(),
        after: match (req.ask("due"), req.ask("after")) {
            (Some(due), Some(id)) => (due, id),
            _ => search::start(),
        },
        ticked: form.all("tick").collect(),
        lang: req.lang(),
    };
    let works_here = !asking.reach.is_empty();
    let handles = req.actor().holds_any(&HANDLER).is_ok();
    let decides = req.actor().holds_any(&DECIDER).is_ok();
    let (house, w) = (req.house().clone(), req.words::<Words>());
    let seen = req.read(move |r| see(r, &house, &asking)).await?;
    let f = req.frame();
    let mut pills = vec![Pill {
        href: "/desk".to_owned(),
        label: w.all_open().to_owned(),
        on: filter == Filter::default(),
    }];
    let mine = Filter { who: crate::WhoAsk::Me, ..Filter::default() };
    if handles {
        pills.push(Pill { href: mine.href("/desk"), label: w.mine().to_owned(), on: filter == mine });
    }
    for (state, n) in &seen.counted.states {
        let of = Filter { state: Some(*state), ..Filter::default() };
        let label = format!("{} {}", shown::state_name(req.lang(), *state), number(*n));
        pills.push(Pill { href: of.href("/desk"), label, on: filter == of });
    }
    let light = |l: LightAsk| Filter { light: Some(l), ..Filter::default() }.href("/desk");
    let tiles = [
        Tile {
            n: number(seen.counted.late),
            class: "late",
            label: w.tile_late(),
            href: light(LightAsk::Red),
        },
        Tile {
            n: number(seen.counted.soon),
            class: "due",
            label: w.tile_soon(),
            href: light(LightAsk::Yellow),
        },
        Tile { n: number(seen.counted.rest), class: "", label: w.tile_rest(), href: light(LightAsk::Green) },
        Tile {
            n: seen.reminders.len().to_string(),
            class: "",
            label: w.tile_reminders(),
            href: "#reminders".to_owned(),
        },
    ];
    let here = filter.href("/desk");
    let next = seen.next.map(|(due, id)| {
        let mark = if here.contains('?') { '&' } else { '?' };
        format!("{here}{mark}due={due}&after={id}")
    });
    let states = State::OPEN.iter().map(|s| Choice::new(s.word(), shown::state_name(req.lang(), *s)));
    let lights = LightAsk::ALL
        .iter()
        .map(|(_, word)| Choice::new(word, w.by_key(&format!("light-{word}")).unwrap_or_default()));
    let mut who =
        vec![Choice::new("", "—"), Choice::new("me", w.mine()), Choice::new("nobody", w.nobody_yet())];
    who.extend(seen.colleagues.iter().skip(1).cloned());
    let list = |name: &str, label: &str, value: &str, choices: Vec<Choice>| {
        Choose::new(name, label, value, choices).list()
    };
    let with = |choices: Vec<Choice>| nothing().into_iter().chain(choices).collect::<Vec<_>>();
    let value = |o: Option<String>| o.unwrap_or_default();
    let ask = Asked {
        q: filter.words.clone(),
        state: list(
            "state",
            w.col_state(),
            &value(filter.state.map(|s| s.word().to_owned())),
            with(states.collect()),
        ),
        item: list("item", w.col_item(), &value(filter.item.clone()), seen.items),
        light: list("light", w.light(), filter.light.map_or("", LightAsk::word), with(lights.collect())),
        place: list("place", w.place(), &value(filter.place.map(|p| p.to_string())), seen.places),
        who: list("who", w.handler(), &filter.who_word(), who),
        days: Field::new("days", w.days_since(), &value(filter.days.map(|d| d.to_string())))
            .kind(linli_web::ui::Kind::Number)
            .optional(f.words().optional()),
        name: Field::new("name", w.filter_name(), form.raw("name")).error(errors.of("name")),
        shared: Choose::new("shared", w.filter_shared(), form.raw("shared"), {
            let mut all = seen.own_bodies;
            if let Some(first) = all.first_mut() {
                *first = Choice::new("", w.filter_own());
            }
            all
        })
        .list(),
    };
    let mut acts = Vec::new();
    for act in BulkAct::ALL {
        if handles || (decides && *act == BulkAct::Remind) {
            acts.push(Choice::new(
                act.word(),
                w.by_key(&format!("bulk-{}", act.word().replace('_', "-"))).unwrap_or_default(),
            ));
        }
    }
    let which = form.raw("which");
    let bulk = BulkForm {
        which: Choose::new(
            "which",
            w.bulk_which(),
            if which.is_empty() { "ticked" } else { which },
            vec![Choice::new("ticked", w.bulk_ticked()), Choice::new("all", &w.bulk_all(&seen.most))],
        )
        .error(errors.of("which")),
        act: Choose::new("act", w.bulk_act(), form.raw("act"), acts).error(errors.of("act")),
        to: list("to", w.bulk_to(), form.raw("to"), seen.colleagues).error(errors.of("to")),
        body: list("to_body", w.bulk_body(), form.raw("to_body"), seen.bodies).error(errors.of("to_body")),
        why: Field::new("why", w.bulk_why(), form.raw("why")).error(errors.of("why")),
    };
    let kept = seen.kept.into_iter().map(|k| {
        let of = Filter::read(&linli_web::Form::parse(k.query.as_bytes()));
        let own = (Some(k.staff) == req.officer().ok()).then_some(k.id);
        Kept { href: of.href("/desk"), on: filter == of, name: k.name, own }
    });
    let reminders = seen.reminders.into_iter().map(|(id, href, words, kind)| Reminder {
        id,
        href,
        words: {
            let why = w.by_key(&format!("remind-{}", kind.word().replace('_', "-"))).unwrap_or_default();
            w.reminder(&words, &why)
        },
    });
    let export = {
        let query = filter.query(false);
        if query.is_empty() { "/desk/export.csv".to_owned() } else { format!("/desk/export.csv?{query}") }
    };
    Ok(Reply::page(&QueuePage {
        works_here,
        handles,
        tiles,
        filters: pills,
        kept: kept.collect(),
        reminders: reminders.collect(),
        query: filter.query(true),
        export,
        rows: seen.rows,
        pager: Pager {
            next: next.unwrap_or_default(),
            first: if req.query().raw("after").is_empty() { String::new() } else { here },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        all: filter == Filter::default(),
        open_filter: filter != Filter::default(),
        ask,
        bulk,
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let filter = Filter::read(req.query());
    page(&req, filter, Errors::default()).await
}
