//! An officer's pages of divisions.

use askama::Template;
use linli_base::{Day, FieldError, Level, PlaceCode};
use linli_db::{DbError, Read};
use linli_web::ui::{Choice, Choose, Errors, Field, Kind};
use linli_web::{Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use crate::domain::{Division, NewDivision};
use crate::pages::{level_name, summary, wrong_fields};
use crate::store::{self, Import, ImportState};
use crate::{EDITOR, Words, acts, offers};

/// The places of the officer's duties of this kind.
fn my_places(req: &Req) -> Vec<PlaceCode> {
    let mut all: Vec<PlaceCode> =
        req.actor().held.iter().filter(|h| h.kind == EDITOR.key).map(|h| h.place).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A line of the table of divisions.
struct Line {
    code: PlaceCode,
    level: &'static str,
    name: String,
    from: Day,
    to: String,
    edit: bool,
}

#[derive(Template)]
#[template(path = "office_places.html")]
struct HomePage {
    f: Frame,
    w: Words,
    up: Vec<(PlaceCode, String)>,
    name: String,
    under: Option<PlaceCode>,
    lines: Vec<Line>,
    imports: Vec<(String, String, String)>,
}

fn pick(lang: Lang, d: &Division) -> String {
    lang.pick(&d.name_zh, &d.name_en).into_owned()
}

pub(crate) fn state_words(w: &Words, i: &Import) -> &'static str {
    match i.state {
        ImportState::Staging => w.import_staging(),
        ImportState::Applying => w.import_applying(),
        ImportState::Done => w.import_done(),
        ImportState::Refused => w.import_refused(),
    }
}

pub(crate) async fn home(req: Req) -> Result<Reply, Fault> {
    let (lang, w) = (req.lang(), req.words::<Words>());
    let mine = my_places(&req);
    let under: Option<PlaceCode> = req.ask("under");
    let starts = mine.clone();
    let (list, up, imports) = req
        .read(move |r| {
            let today = r.now().day();
            let mut list = Vec::new();
            match under {
                Some(code) => list.extend(offers::children(r, code, today)?),
                None => {
                    for code in &starts {
                        list.extend(offers::by_code(r, *code, today)?);
                    }
                    // Nothing imported yet: the first division is made from here.
                    if list.is_empty() {
                        list.extend(offers::district(r, today)?);
                    }
                }
            }
            let up = under.map_or(Ok(Vec::new()), |code| offers::path(r, code, today))?;
            Ok::<_, DbError>((list, up, r.all(&store::IMPORTS, (i64::MAX, 10))?))
        })
        .await?;
    let lines = list
        .iter()
        .map(|d| Line {
            code: d.code,
            level: level_name(&w, d.level()),
            name: pick(lang, d),
            from: d.valid_from,
            to: d.valid_to.map(|e| e.to_string()).unwrap_or_default(),
            edit: mine.iter().any(|m| m.contains(d.code)),
        })
        .collect();
    let imports = imports
        .iter()
        .map(|i| {
            (
                i.id.to_string(),
                i.file_name.clone(),
                format!("{} · {}", state_words(&w, i), i.begun_at.minute()),
            )
        })
        .collect();
    let name = up.last().map_or_else(|| w.my_area().to_owned(), |d| pick(lang, d));
    let f = req.frame();
    let up = up.iter().map(|d| (d.code, pick(lang, d))).collect();
    Ok(Reply::page(&HomePage { f, w, up, name, under, lines, imports }))
}

#[derive(Template)]
#[template(path = "office_place_new.html")]
struct NewPage {
    f: Frame,
    w: Words,
    errors: Errors,
    fields: Vec<Field>,
}

fn name_fields(req: &Req, errors: &Errors, zh: &str, en: &str) -> Vec<Field> {
    let w: Words = req.words();
    let (form, posted) = (req.form(), req.form().has("name_zh"));
    let of = |name: &str, known: &str| if posted { form.raw(name).to_owned() } else { known.to_owned() };
    vec![
        Field::new("name_zh", w.name_zh(), &of("name_zh", zh)).error(errors.of("name_zh")),
        Field::new("name_en", w.name_en(), &of("name_en", en))
            .optional(req.frame().words().optional())
            .error(errors.of("name_en")),
    ]
}

fn day_field(req: &Req, label: &str, hint: &str, errors: &Errors) -> Field {
    let typed = req.form().raw("day");
    let value = if typed.is_empty() { req.now().day().to_string() } else { typed.to_owned() };
    Field::new("day", label, &value).hint(hint).kind(Kind::Day).error(errors.of("day"))
}

fn new_page(req: &Req, errors: Errors) -> Reply {
    let w: Words = req.words();
    let code = if req.form().has("code") { req.form().raw("code") } else { req.query().raw("code") };
    let mut fields = vec![
        Field::new("code", w.code(), code).hint(w.code_hint()).kind(Kind::Number).error(errors.of("code")),
    ];
    fields.extend(name_fields(req, &errors, "", ""));
    fields.push(day_field(req, w.holds_from(), w.holds_from_hint(), &errors));
    let status = if errors.is_empty() { 200 } else { 422 };
    Reply::page(&NewPage { f: req.frame(), w, errors, fields }).status(status)
}

pub(crate) async fn new(req: Req) -> Result<Reply, Fault> {
    Ok(new_page(&req, Errors::default()))
}

/// The day of a form; a fault beside its field if it is none.
fn day_of(req: &Req, faults: &mut Vec<FieldError>) -> Option<Day> {
    let day = linli_sheets::parse_day(&req.form().text("day"));
    if day.is_none() {
        faults.push(FieldError::new("day", "not-a-day"));
    }
    day
}

fn code_of(typed: &str, field: &str, faults: &mut Vec<FieldError>) -> Option<PlaceCode> {
    let code = typed.parse().ok();
    if code.is_none() {
        faults.push(FieldError::new(field, "bad-code"));
    }
    code
}

pub(crate) async fn create(req: Req) -> Result<Reply, Fault> {
    let (form, w) = (req.form(), req.words::<Words>());
    let mut faults = Vec::new();
    let code = code_of(&form.text("code"), "code", &mut faults);
    let day = day_of(&req, &mut faults);
    let (Some(code), Some(day)) = (code, day) else { return Ok(new_page(&req, summary(&req, &faults))) };
    let new = NewDivision { code, name_zh: form.text("name_zh"), name_en: form.text("name_en") };
    match req.act(move |act| acts::create_division(act, &new, day)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/office/places/{code}")).flash(w.saved())),
        Err(e) => Ok(new_page(&req, summary(&req, &wrong_fields(e)?))),
    }
}

#[derive(Template)]
#[template(path = "office_place.html")]
struct PlacePage {
    f: Frame,
    w: Words,
    errors: Errors,
    code: PlaceCode,
    rev: i64,
    up: Vec<(PlaceCode, String)>,
    name: String,
    level: &'static str,
    spans: Vec<(String, String)>,
    /// Whether it has an end already: then nothing can be changed.
    ended: bool,
    community: bool,
    has_below: bool,
    may_split: bool,
    buildings: i64,
    below: Option<String>,
    rename: Vec<Field>,
    close: Vec<Field>,
    successor: Choose,
}

struct Found {
    last: Division,
    spans: Vec<Division>,
    up: Vec<Division>,
    siblings: Vec<Division>,
    children: usize,
    buildings: i64,
}

fn load(r: &mut Read<'_>, code: PlaceCode) -> Result<Option<Found>, DbError> {
    let today = r.now().day();
    let spans = r.all(&store::ALL_OF, (code,))?;
    let Some(last) = spans.last().cloned() else { return Ok(None) };
    let mut up = offers::path(r, code, today)?;
    up.retain(|d| d.code != code);
    let siblings = code.parent().map_or(Ok(Vec::new()), |p| offers::children(r, p, today))?;
    let children = offers::children(r, code, today)?.len();
    let buildings = r.one(&store::COUNT_BUILDINGS, (code,))?.0;
    Ok(Some(Found { last, spans, up, siblings, children, buildings }))
}

async fn place_page(req: &Req, code: PlaceCode, faults: &[FieldError]) -> Result<Reply, Fault> {
    let (lang, w, f) = (req.lang(), req.words::<Words>(), req.frame());
    let found = req.read(move |r| load(r, code)).await?.ok_or(Missing)?;
    let errors = summary(req, faults);
    let last = &found.last;
    let rename_errors = if req.form().has("name_zh") { errors.clone() } else { Errors::default() };
    let close_errors = if req.form().has("successor") { errors.clone() } else { Errors::default() };
    let mut rename = name_fields(req, &rename_errors, &last.name_zh, &last.name_en);
    rename.push(day_field(req, w.rename_from(), w.rename_hint(), &rename_errors));
    // Both forms have a day; ids on one page must differ, so the second stands on a page part of its own name.
    let mut close_day = day_field(req, w.close_from(), w.close_hint(), &close_errors);
    close_day.name = "end_day".to_owned();
    close_day.error = close_errors.of("end_day").unwrap_or_default();
    if req.form().has("end_day") {
        close_day.value = req.form().raw("end_day").to_owned();
    }
    let mut choices = vec![Choice::new("", w.no_successor())];
    choices.extend(
        found
            .siblings
            .iter()
            .filter(|d| d.code != code)
            .map(|d| Choice::new(&d.code.to_string(), &pick(lang, d))),
    );
    let successor = Choose::new("successor", w.successor_label(), req.form().raw("successor"), choices)
        .list()
        .error(close_errors.of("successor"));
    let street = code.parent().unwrap_or(code);
    let status = if errors.is_empty() { 200 } else { 422 };
    let span = |d: &Division| {
        let end = d.valid_to.map(|e| e.to_string()).unwrap_or_default();
        (pick(lang, d), format!("{} – {end}", d.valid_from))
    };
    Ok(Reply::page(&PlacePage {
        rev: last.rev,
        name: pick(lang, last),
        level: level_name(&w, code.level()),
        ended: last.valid_to.is_some(),
        community: code.level() == Level::Community,
        has_below: found.children > 0,
        may_split: my_places(req).iter().any(|m| m.contains(street)),
        buildings: found.buildings,
        below: (code.level() != Level::Community).then(|| format!("/office/places?under={code}")),
        spans: found.spans.iter().rev().map(span).collect(),
        up: found.up.iter().map(|d| (d.code, pick(lang, d))).collect(),
        close: vec![close_day],
        rename,
        successor,
        errors,
        code,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    place_page(&req, code, &[]).await
}

pub(crate) async fn rename(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    let (form, w) = (req.form(), req.words::<Words>());
    let rev: i64 = form.parse_as("rev")?;
    let mut faults = Vec::new();
    let Some(day) = day_of(&req, &mut faults) else { return place_page(&req, code, &faults).await };
    let (zh, en) = (form.text("name_zh"), form.text("name_en"));
    match req.act(move |act| acts::rename_division(act, code, rev, &zh, &en, day)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/office/places/{code}")).flash(w.saved())),
        Err(e) => place_page(&req, code, &wrong_fields(e)?).await,
    }
}

pub(crate) async fn close(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    let (form, w) = (req.form(), req.words::<Words>());
    let rev: i64 = form.parse_as("rev")?;
    let mut faults = Vec::new();
    let day = linli_sheets::parse_day(&form.text("end_day"));
    if day.is_none() {
        faults.push(FieldError::new("end_day", "not-a-day"));
    }
    let typed = form.text("successor");
    let successor = if typed.is_empty() { None } else { code_of(&typed, "successor", &mut faults) };
    let Some(day) = day.filter(|_| faults.is_empty()) else { return place_page(&req, code, &faults).await };
    match req.act(move |act| acts::close_division(act, code, rev, day, successor)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/office/places/{code}")).flash(w.closed())),
        Err(e) => {
            let mut faults = wrong_fields(e)?;
            for fault in faults.iter_mut().filter(|f| f.field == "day") {
                "end_day".clone_into(&mut fault.field);
            }
            place_page(&req, code, &faults).await
        }
    }
}

/// How many new parts the form has room for.
const PARTS: usize = 4;

#[derive(Template)]
#[template(path = "office_split.html")]
struct SplitPage {
    f: Frame,
    w: Words,
    errors: Errors,
    code: PlaceCode,
    rev: i64,
    name: String,
    day: Field,
    stays: Choose,
    parts: Vec<Vec<Field>>,
}

/// The next free number in the street: what the statistics bureau would most likely give.
fn free_code(siblings: &[Division], code: PlaceCode) -> Option<PlaceCode> {
    let top = siblings.iter().map(|d| d.code.raw()).max()?.max(code.raw());
    PlaceCode::try_from(top + 1).ok().filter(|next| next.level() == code.level())
}

async fn split_page(req: &Req, code: PlaceCode, faults: &[FieldError]) -> Result<Reply, Fault> {
    let (lang, w, f) = (req.lang(), req.words::<Words>(), req.frame());
    let found = req.read(move |r| load(r, code)).await?.ok_or(Missing)?;
    let errors = summary(req, faults);
    let form = req.form();
    let mut parts = Vec::new();
    for i in 1..=PARTS {
        let key = |name: &str| format!("{name}_{i}");
        let typed = form.raw(&key("code"));
        let suggested = free_code(&found.siblings, code).filter(|_| i == 1 && !form.has("rev"));
        let value = suggested.map_or_else(|| typed.to_owned(), |c| c.to_string());
        parts.push(vec![
            Field::new(&key("code"), w.code(), &value).kind(Kind::Number).error(errors.of(&key("code"))),
            Field::new(&key("name_zh"), w.name_zh(), form.raw(&key("name_zh")))
                .error(errors.of(&key("name_zh"))),
            Field::new(&key("name_en"), w.name_en(), form.raw(&key("name_en")))
                .optional(f.words().optional())
                .error(errors.of(&key("name_en"))),
        ]);
    }
    let chosen = if form.raw("stays").is_empty() { "yes" } else { form.raw("stays") };
    let stays = vec![Choice::new("yes", w.split_stays()), Choice::new("no", w.split_ends())];
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&SplitPage {
        rev: found.last.rev,
        name: pick(lang, &found.last),
        day: day_field(req, w.holds_from(), w.holds_from_hint(), &errors),
        stays: Choose::new("stays", w.split_what(), chosen, stays),
        parts,
        errors,
        code,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn split(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    split_page(&req, code, &[]).await
}

pub(crate) async fn do_split(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    let (form, w) = (req.form(), req.words::<Words>());
    let rev: i64 = form.parse_as("rev")?;
    let mut faults = Vec::new();
    let day = day_of(&req, &mut faults);
    let mut parts = Vec::new();
    for i in 1..=PARTS {
        let (typed, zh) = (form.text(&format!("code_{i}")), form.text(&format!("name_zh_{i}")));
        if typed.is_empty() && zh.is_empty() {
            continue;
        }
        if zh.is_empty() {
            faults.push(FieldError::new(&format!("name_zh_{i}"), "empty"));
        }
        if let Some(part) = code_of(&typed, &format!("code_{i}"), &mut faults) {
            parts.push(NewDivision { code: part, name_zh: zh, name_en: form.text(&format!("name_en_{i}")) });
        }
    }
    let Some(day) = day.filter(|_| faults.is_empty()) else { return split_page(&req, code, &faults).await };
    let stays = form.raw("stays") != "no";
    match req.act(move |act| acts::split_division(act, code, rev, day, stays, &parts)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/office/places/{code}/buildings")).flash(w.split_done())),
        Err(e) => {
            let mut faults = wrong_fields(e)?;
            for fault in &mut faults {
                match fault.field.as_str() {
                    "code" => "code_1".clone_into(&mut fault.field),
                    "name_zh" => "name_zh_1".clone_into(&mut fault.field),
                    _ => {}
                }
            }
            split_page(&req, code, &faults).await
        }
    }
}
