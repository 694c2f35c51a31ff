//! The pages: rules for everybody to read, rules and calendar for whoever keeps them.

use askama::Template;
use linli_base::Day;
use linli_sheets::{Faults, SheetError};
use linli_web::ui::{Chip, Choice, Choose, Errors, Field, Kind, Tone};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};

use crate::acts::NewStretch;
use crate::error::RuleError;
use crate::kinds::{ADD_DAYS, REMOVE_DAYS, RULE, Removal, RuleContent};
use crate::proposals::{self, ProposalState};
use crate::registry::{Certainty, Rule, Value, rules};
use crate::store::{self, StretchId};
use crate::{KEEPER, Words, value};

struct ShownRule {
    key: &'static str,
    name: String,
    value: String,
    source: String,
    certainty: String,
    doubtful: bool,
}

#[derive(Template)]
#[template(path = "rules_public.html")]
struct PublicPage {
    f: Frame,
    w: Words,
    rules: Vec<ShownRule>,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct ListPage {
    f: Frame,
    w: Words,
    rules: Vec<ShownRule>,
    keeper: bool,
}

struct Past {
    chip: Chip,
    value: String,
    from: String,
    source: String,
    by: String,
    when: String,
}

#[derive(Template)]
#[template(path = "rule.html")]
struct RulePage {
    f: Frame,
    w: Words,
    errors: Errors,
    rule: ShownRule,
    past: Vec<Past>,
    open: Vec<Waiting>,
    keeper: bool,
    why: Field,
    value: Field,
    from: Field,
    source: Field,
    certainty: Choose,
}

/// A proposal that waits to be decided.
struct Waiting {
    href: String,
    title: String,
}

struct ShownDays {
    id: StretchId,
    days: String,
    working: bool,
    name: String,
    source: String,
    certainty: String,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    f: Frame,
    w: Words,
    errors: Errors,
    years: Vec<(i16, Vec<ShownDays>)>,
    keeper: bool,
    this_year: i16,
    from: Field,
    to: Field,
    kind: Choose,
    zh: Field,
    en: Field,
    source: Field,
    certainty: Choose,
}

fn sure(w: Words, certainty: Certainty) -> String {
    match certainty {
        Certainty::Checked => w.checked(),
        Certainty::Recalled => w.recalled(),
        Certainty::Ours => w.ours(),
    }
    .to_owned()
}

fn with_unit(w: Words, rule: &Rule, n: i64) -> String {
    format!("{n} {}", w.lang().pick(rule.unit_zh, rule.unit_en))
}

fn shown(w: Words, rule: &'static Rule, v: &Value) -> ShownRule {
    ShownRule {
        key: rule.key,
        name: w.lang().pick(rule.zh, rule.en).into_owned(),
        value: with_unit(w, rule, v.value),
        source: w.lang().pick(&v.source, &v.source).into_owned(),
        certainty: sure(w, v.certainty),
        doubtful: v.certainty == Certainty::Recalled,
    }
}

async fn all(req: &Req) -> Result<Vec<ShownRule>, Fault> {
    let today = req.now().day();
    let values = req
        .read(move |r| {
            rules()
                .into_iter()
                .map(|rule| Ok((rule, value(r, rule, today)?)))
                .collect::<Result<Vec<_>, RuleError>>()
        })
        .await?;
    let w = req.words::<Words>();
    Ok(values.iter().map(|(rule, v)| shown(w, rule, v)).collect())
}

pub(crate) async fn public(req: Req) -> Result<Reply, Fault> {
    let rules = all(&req).await?;
    Ok(Reply::page(&PublicPage { f: req.frame(), w: req.words(), rules }))
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let rules = all(&req).await?;
    Ok(Reply::page(&ListPage {
        keeper: req.actor().holds_any(&KEEPER).is_ok(),
        f: req.frame(),
        w: req.words(),
        rules,
    }))
}

fn certainties(w: Words, typed: &str, error: Option<String>) -> Choose {
    let choices = Certainty::ALL.iter().map(|c| Choice::new(c.word(), &sure(w, *c))).collect();
    let typed = if typed.is_empty() { Certainty::Checked.word() } else { typed };
    Choose::new("certainty", w.certainty(), typed, choices).error(error)
}

async fn rule_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let rule = rules().into_iter().find(|r| r.key == key).ok_or(Missing)?;
    let today = req.now().day();
    let house = req.house().clone();
    let (now, past, open) = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let now = value(r, rule, today)?;
            let mut past = Vec::new();
            for row in r.all(&store::HISTORY, (rule.key,))? {
                let by = directory.0.staff_name(r, row.set_by)?.unwrap_or_default();
                past.push((row, by));
            }
            let mut open = Vec::new();
            for p in proposals::of(r, RULE, rule.key)? {
                if p.state == ProposalState::Proposed {
                    let by = directory.0.staff_name(r, p.proposed_by)?.unwrap_or_default();
                    open.push(Waiting { href: format!("/office/proposals/{}", p.id), title: by });
                }
            }
            Ok::<_, RuleError>((now, past, open))
        })
        .await?;
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let typed = |name: &str, default: &str| {
        if form.has(name) { form.raw(name).to_owned() } else { default.to_owned() }
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&RulePage {
        rule: shown(w, rule, &now),
        past: past
            .into_iter()
            .map(|(row, by)| Past {
                chip: if row.from_day > today {
                    Chip::new(Tone::Due, w.coming())
                } else if now.since == Some(row.from_day)
                    && now.value == row.value
                    && now.source == row.source
                {
                    Chip::new(Tone::Done, w.live())
                } else {
                    Chip::new(Tone::Plain, w.archived())
                },
                value: with_unit(w, rule, row.value),
                from: row.from_day.to_string(),
                source: row.source,
                by,
                when: row.set_at.day().to_string(),
            })
            .collect(),
        value: Field::new("value", w.value(), &typed("value", &now.value.to_string()))
            .kind(Kind::Number)
            .hint(&w.range(&rule.range.0, &rule.range.1))
            .error(errors.of("value")),
        from: Field::new("from", w.from_day(), &typed("from", &today.to_string()))
            .kind(Kind::Day)
            .error(errors.of("from")),
        source: Field::new("source", w.source(), &typed("source", ""))
            .hint(w.source_hint())
            .error(errors.of("source")),
        certainty: certainties(w, form.raw("certainty"), errors.of("certainty")),
        why: Field::new("why", w.why(), &typed("why", "")).optional(w.optional()).error(errors.of("why")),
        open,
        keeper: req.actor().holds_any(&KEEPER).is_ok(),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    rule_page(&req, Vec::new()).await
}

pub(crate) fn told(w: Words, e: RuleError) -> Result<Vec<(String, String)>, Fault> {
    match e {
        RuleError::Wrong(fields) => Ok(fields
            .into_iter()
            // A kind of another room has words of its own, on its own pages; here it is enough that it cannot be done any more.
            .map(|e| (e.field, w.by_key(e.kind).unwrap_or(w.changed_meanwhile()).to_owned()))
            .collect()),
        other => Err(other.into()),
    }
}

/// A value typed into a field, or what is wrong with it.
fn read<T: std::str::FromStr>(
    req: &Req,
    field: &str,
    words: &str,
    wrong: &mut Vec<(String, String)>,
) -> Option<T> {
    let parsed = req.form().text(field).parse().ok();
    if parsed.is_none() {
        wrong.push((field.to_owned(), words.to_owned()));
    }
    parsed
}

pub(crate) async fn set(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let w: Words = req.words();
    let mut wrong = Vec::new();
    let value: Option<i64> = read(&req, "value", w.value_range(), &mut wrong);
    let from: Option<Day> = read(&req, "from", w.from_range(), &mut wrong);
    let certainty = Certainty::from_word(req.form().raw("certainty")).unwrap_or(Certainty::Recalled);
    let source = req.form().text("source");
    let (Some(value), Some(from)) = (value, from) else { return rule_page(&req, wrong).await };
    let why = req.form().text("why");
    let content =
        serde_json::to_value(RuleContent { value, source, certainty }).map_err(|_| RuleError::Stored)?;
    match req.act(move |act| proposals::propose(act, RULE, &key, &content, from, &why)).await {
        Ok(id) => Ok(Reply::see_other(&format!("/office/proposals/{id}")).flash(w.said_proposed())),
        Err(e) => rule_page(&req, told(w, e)?).await,
    }
}

async fn calendar_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let mut rows = req.read(|r| r.all(&store::DAYS.sql, ())).await?;
    rows.sort_by_key(|r| (-i64::from(r.to_day.year()), r.from_day));
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let mut years: Vec<(i16, Vec<ShownDays>)> = Vec::new();
    for r in rows {
        let days = if r.from_day == r.to_day {
            r.from_day.to_string()
        } else {
            format!("{} – {}", r.from_day, r.to_day)
        };
        let shown = ShownDays {
            id: r.id,
            days,
            working: r.kind == "working",
            name: w.lang().pick(&r.zh, &r.en).into_owned(),
            source: r.source,
            certainty: Certainty::from_word(&r.certainty).map(|c| sure(w, c)).unwrap_or_default(),
        };
        match years.last_mut() {
            Some((year, list)) if *year == r.to_day.year() => list.push(shown),
            _ => years.push((r.to_day.year(), vec![shown])),
        }
    }
    let kinds = vec![Choice::new("holiday", w.holiday()), Choice::new("working", w.working())];
    let kind = if form.raw("kind").is_empty() { "holiday" } else { form.raw("kind") };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&CalendarPage {
        years,
        keeper: req.actor().holds_any(&KEEPER).is_ok(),
        this_year: req.now().day().year(),
        from: Field::new("from", w.first_day(), form.raw("from")).kind(Kind::Day).error(errors.of("from")),
        to: Field::new("to", w.last_day(), form.raw("to")).kind(Kind::Day).error(errors.of("to")),
        kind: Choose::new("kind", w.kind(), kind, kinds).error(errors.of("kind")),
        zh: Field::new("zh", w.name_zh(), form.raw("zh")).error(errors.of("zh")),
        en: Field::new("en", w.name_en(), form.raw("en")).optional(w.optional()).error(errors.of("en")),
        source: Field::new("source", w.source(), form.raw("source"))
            .hint(w.source_hint())
            .error(errors.of("source")),
        certainty: certainties(w, form.raw("certainty"), None),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn calendar(req: Req) -> Result<Reply, Fault> {
    calendar_page(&req, Vec::new()).await
}

pub(crate) async fn add(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let mut wrong = Vec::new();
    let from: Option<Day> = read(&req, "from", w.day_wrong(), &mut wrong);
    let to: Option<Day> =
        if req.form().text("to").is_empty() { from } else { read(&req, "to", w.day_wrong(), &mut wrong) };
    let (Some(from), Some(to)) = (from, to) else { return calendar_page(&req, wrong).await };
    let form = req.form();
    let new = NewStretch {
        from,
        to,
        working: form.raw("kind") == "working",
        zh: form.text("zh").replace(',', "，"),
        en: form.text("en"),
        source: form.text("source"),
        certainty: Certainty::from_word(form.raw("certainty")).unwrap_or(Certainty::Recalled),
    };
    let content = serde_json::to_value(&new).map_err(|_| RuleError::Stored)?;
    let done = req
        .act(move |act| {
            let today = act.now().day();
            proposals::propose(act, ADD_DAYS, &new.from.to_string(), &content, today, "")
        })
        .await;
    match done {
        Ok(id) => Ok(Reply::see_other(&format!("/office/proposals/{id}")).flash(w.said_proposed())),
        Err(e) => calendar_page(&req, told(w, e)?).await,
    }
}

pub(crate) async fn remove(req: Req) -> Result<Reply, Fault> {
    let id: StretchId = req.path("id")?;
    let content = serde_json::to_value(Removal { stretch: id }).map_err(|_| RuleError::Stored)?;
    let proposed = req
        .act(move |act| {
            let today = act.now().day();
            proposals::propose(act, REMOVE_DAYS, &id.to_string(), &content, today, "")
        })
        .await?;
    let w: Words = req.words();
    Ok(Reply::see_other(&format!("/office/proposals/{proposed}")).flash(w.said_proposed()))
}

#[derive(Template)]
#[template(path = "rules_import.html")]
struct ImportPage {
    f: Frame,
    w: Words,
    errors: Errors,
    action: &'static str,
    export: &'static str,
    back: &'static str,
    said: String,
}

/// The page of an import of rules or days; `read`: what is wrong with the file, `done`: how many proposals it made.
pub(crate) async fn import_page(
    req: &Req,
    read: Option<Result<Faults, SheetError>>,
    done: usize,
) -> Result<Reply, Fault> {
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let asked = req.method() == "GET";
    let wrong: Vec<String> = match &read {
        Some(Err(e)) => vec![linli_sheets::sheet_words(e, lang)],
        Some(Ok(faults)) => faults
            .list
            .iter()
            .take(20)
            .map(|fault| {
                let what = linli_sheets::fault_words(fault, lang).unwrap_or_default();
                w.line_wrong(&fault.column, &fault.line, &what)
            })
            .collect(),
        None if !asked && req.form().upload("file").is_none() => vec![w.import_missing().to_owned()],
        None => Vec::new(),
    };
    let errors = Errors::new(
        f.words().errors_title(),
        wrong.into_iter().map(|words| ("file".to_owned(), words)).collect(),
    );
    let status = if errors.is_empty() { 200 } else { 422 };
    let said = if asked || !errors.is_empty() { String::new() } else { w.imported(&done) };
    let (action, export, back) = if req.path_text().starts_with("/office/calendar") {
        ("/office/calendar/import", "/office/calendar/export", "/office/calendar")
    } else {
        ("/office/rules/import", "/office/rules/export", "/office/rules")
    };
    Ok(Reply::page(&ImportPage { action, export, back, said, errors, f, w }).status(status))
}

pub(crate) async fn import_form(req: Req) -> Result<Reply, Fault> {
    import_page(&req, None, 0).await
}
