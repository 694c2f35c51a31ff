//! The pages: rules for everybody to read, rules and calendar for whoever keeps them.

use askama::Template;
use linli_base::Day;
use linli_web::ui::{Choice, Choose, Errors, Field, Kind};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};

use crate::acts::{self, NewStretch};
use crate::error::RuleError;
use crate::registry::{Certainty, Rule, Value, rules};
use crate::store::{self, StretchId};
use crate::{Words, value};

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
}

struct Past {
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
    value: Field,
    from: Field,
    source: Field,
    certainty: Choose,
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
        source: v.source.clone(),
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
    Ok(Reply::page(&ListPage { f: req.frame(), w: req.words(), rules }))
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
    let (now, past) = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let now = value(r, rule, today)?;
            let mut past = Vec::new();
            for row in r.all(&store::HISTORY, (rule.key,))? {
                let by = directory.0.staff_name(r, row.set_by)?.unwrap_or_default();
                past.push((row, by));
            }
            Ok::<_, RuleError>((now, past))
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
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    rule_page(&req, Vec::new()).await
}

fn told(w: Words, e: RuleError) -> Result<Vec<(String, String)>, Fault> {
    match e {
        RuleError::Wrong(fields) => Ok(fields
            .into_iter()
            .map(|e| (e.field, w.by_key(e.kind).unwrap_or_default().to_owned()))
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
    let act_key = key.clone();
    match req.act(move |act| acts::set(act, &act_key, value, from, &source, certainty)).await {
        Ok(_) => Ok(Reply::see_other(&format!("/office/rules/{key}")).flash(w.saved())),
        Err(e) => rule_page(&req, told(w, e)?).await,
    }
}

async fn calendar_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let mut rows = req.read(|r| r.all(&store::DAYS, ())).await?;
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
    match req.act(move |act| acts::add_days(act, &new)).await {
        Ok(_) => Ok(Reply::see_other("/office/calendar").flash(w.saved())),
        Err(e) => calendar_page(&req, told(w, e)?).await,
    }
}

pub(crate) async fn remove(req: Req) -> Result<Reply, Fault> {
    let id: StretchId = req.path("id")?;
    req.act(move |act| acts::remove_days(act, id)).await?;
    Ok(Reply::see_other("/office/calendar").flash(req.words::<Words>().removed()))
}
