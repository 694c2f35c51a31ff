//! Items for an editor: searched, by department, by how they stand; and a new one begun.

use askama::Template;
use linli_catalogue::offers::{self as catalogue, Finder, ItemId};
use linli_catalogue::search::Narrow;
use linli_guide::{Begin, Both, Guide};
use linli_web::ui::{Chip, Choice, Choose, Errors, Field, Pager, Tone};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req, encode};

use super::{chip, departments, told};
use crate::domain::{DraftId, DraftState};
use crate::error::DraftingError;
use crate::{EDITOR, Words, acts, proposals, store};

const PAGE: usize = 50;

struct Line {
    href: String,
    name: String,
    department: String,
    visits: String,
    chip: Chip,
    detail: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    f: Frame,
    w: Words,
    typed: String,
    show: &'static str,
    tabs: Vec<(&'static str, String, bool, String)>,
    department: Choose,
    rows: Vec<Line>,
    pager: Pager,
    editor: bool,
    total: usize,
}

/// What is shown: live items, drafts, proposals, retired items, texts that the program brought.
const TABS: [&str; 5] = ["live", "draft", "proposed", "retired", "newer"];

fn of_item(key: &str) -> String {
    format!("/office/catalogue/{key}")
}

fn fits(typed: &str, texts: &[&str]) -> bool {
    let typed = typed.to_lowercase();
    typed.is_empty() || texts.iter().any(|t| t.to_lowercase().contains(&typed))
}

struct Found {
    rows: Vec<Line>,
    counts: [usize; 5],
    total: usize,
    more: bool,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let w: Words = req.words();
    let q = req.query();
    let show = TABS.iter().copied().find(|t| *t == q.raw("show")).unwrap_or("live");
    let typed: String = q.text("q").chars().take(60).collect();
    let of = Some(q.text("department")).filter(|d| !d.is_empty() && d.len() <= 40);
    let page = req.ask("page").unwrap_or(1usize).clamp(1, 500);
    let finder = req.house().service::<Finder>();
    let (house, lang) = (req.house().clone(), req.lang());
    let (asked, wanted) = (typed.clone(), of.clone());
    let found = req
        .read(move |r| {
            let index = finder.index(r)?;
            let drafts = |r: &mut linli_db::Read<'_>, state| {
                r.all(&store::LISTED, (state, DraftId::from_raw(i64::MAX)))
            };
            let (open, proposed) = (drafts(r, DraftState::Draft)?, drafts(r, DraftState::Proposed)?);
            let retired = catalogue::retired(r, ItemId::from_raw(0), 500)?;
            let newer = catalogue::newer_open(r)?;
            let mut asked_for = Vec::new();
            for kind in proposals::KINDS {
                asked_for.extend(linli_rules::proposals::waiting(r, kind)?);
            }
            let counts =
                [index.len(), open.len(), proposed.len() + asked_for.len(), retired.len(), newer.len()];
            let here = |d: &str| wanted.as_deref().is_none_or(|w| w == d);
            let card_line = |c: &linli_catalogue::cards::Card| Line {
                href: of_item(&c.key),
                name: lang.pick(&c.name_zh, &c.name_en).into_owned(),
                department: lang.pick(&c.department_zh, &c.department_en).into_owned(),
                visits: if c.best == c.worst {
                    c.worst.to_string()
                } else {
                    format!("{}–{}", c.best, c.worst)
                },
                chip: Chip::new(Tone::Done, w.state_live()),
                detail: String::new(),
            };
            let all: Vec<Line> = match show {
                "draft" | "proposed" => {
                    let directory = house.service::<DirectoryService>();
                    let mut out = Vec::new();
                    // To retire an item, to bring one back, to change the list of abolished proofs.
                    for p in asked_for.iter().filter(|_| show == "proposed") {
                        let (name, of) = proposals::title(r, p, lang)?;
                        if !here(&of) || !fits(&asked, &[&p.key, &name]) {
                            continue;
                        }
                        let who = directory.0.staff_name(r, p.proposed_by)?.unwrap_or_default();
                        let department = index.cards().find(|c| c.department == of);
                        out.push(Line {
                            href: format!("/office/proposals/{}", p.id),
                            name,
                            department: department
                                .map(|c| lang.pick(&c.department_zh, &c.department_en).into_owned())
                                .unwrap_or(of),
                            visits: String::new(),
                            chip: chip(w, DraftState::Proposed),
                            detail: format!(
                                "{} · {who} {}",
                                proposals::what(w, &p.kind),
                                p.proposed_at.day()
                            ),
                        });
                    }
                    for d in if show == "draft" { open } else { proposed } {
                        if !here(&d.department) || !fits(&asked, &[&d.key, &d.name_zh, &d.name_en]) {
                            continue;
                        }
                        let who = directory.0.staff_name(r, d.begun_by)?.unwrap_or_default();
                        let department = index.cards().find(|c| c.department == d.department);
                        let department = department
                            .map(|c| lang.pick(&c.department_zh, &c.department_en).into_owned())
                            .unwrap_or(d.department);
                        let back = if d.sent_back.is_empty() { "" } else { w.was_sent_back() };
                        out.push(Line {
                            href: of_item(&d.key),
                            name: lang.pick(&d.name_zh, &d.name_en).into_owned(),
                            department,
                            visits: String::new(),
                            chip: chip(w, d.state),
                            detail: [who.as_str(), &d.changed_at.day().to_string(), back]
                                .join(" ")
                                .trim()
                                .to_owned(),
                        });
                    }
                    out
                }
                "retired" => retired
                    .into_iter()
                    .filter(|s| here(&s.guide.department.code))
                    .filter(|s| fits(&asked, &[&s.key, &s.guide.name.zh, &s.guide.name.en]))
                    .map(|s| Line {
                        name: lang.pick(&s.guide.name.zh, &s.guide.name.en).into_owned(),
                        department: lang.pick(&s.guide.department.zh, &s.guide.department.en).into_owned(),
                        visits: String::new(),
                        chip: Chip::new(Tone::Plain, w.state_retired()),
                        detail: s.retired.map(|(at, why)| format!("{} {why}", at.day())).unwrap_or_default(),
                        href: of_item(&s.key),
                    })
                    .collect(),
                "newer" => newer
                    .iter()
                    .filter_map(|k| index.card(k))
                    .filter(|c| here(&c.department))
                    .map(card_line)
                    .collect(),
                _ => {
                    let narrow = Narrow { department: wanted.clone(), ..Narrow::default() };
                    match index.card(&asked) {
                        // A key, typed or pasted whole.
                        Some(card) => vec![card_line(card)],
                        None => index.find(&asked, &narrow).into_iter().map(card_line).collect(),
                    }
                }
            };
            let total = all.len();
            let rows: Vec<Line> = all.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
            Ok::<_, DraftingError>(Found { more: total > page * PAGE, rows, counts, total })
        })
        .await?;
    let way = |show: &str, page: usize| {
        let mut out = format!("/office/catalogue?show={show}");
        if !typed.is_empty() {
            out.push_str(&format!("&q={}", encode(&typed)));
        }
        if let Some(d) = &of {
            out.push_str(&format!("&department={}", encode(d)));
        }
        if page > 1 {
            out.push_str(&format!("&page={page}"));
        }
        out
    };
    let labels = [w.state_live(), w.state_draft(), w.state_proposed(), w.state_retired(), w.tab_newer()];
    let tabs = TABS
        .into_iter()
        .zip(labels)
        .zip(found.counts)
        .map(|((tab, label), n)| (tab, format!("{label} {n}"), tab == show, way(tab, 1)))
        .collect();
    let mut choices = vec![Choice::new("", w.every_department())];
    let mut codes: Vec<(String, String)> =
        departments(&req).await?.into_iter().map(|(_, code, name)| (code, name)).collect();
    codes.dedup_by(|a, b| a.0 == b.0);
    choices.extend(codes.iter().map(|(code, name)| Choice::new(code, name)));
    let f = req.frame();
    let pager = Pager {
        next: if found.more { way(show, page + 1) } else { String::new() },
        first: if page > 1 { way(show, 1) } else { String::new() },
        next_words: f.words().next_page(),
        first_words: f.words().first_page(),
    };
    Ok(Reply::page(&ListPage {
        department: Choose::new("department", w.l_department(), of.as_deref().unwrap_or(""), choices).list(),
        editor: req.actor().holds_any(&EDITOR).is_ok(),
        rows: found.rows,
        total: found.total,
        typed,
        show,
        tabs,
        pager,
        f,
        w,
    }))
}

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    f: Frame,
    w: Words,
    errors: Errors,
    key: Field,
    zh: Field,
    department: Choose,
    from: Field,
}

async fn new_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let (f, w) = (req.frame(), req.words::<Words>());
    let form = req.form();
    let errors = Errors::new(f.words().errors_title(), wrong);
    let mut choices = vec![Choice::new("", w.choose())];
    choices.extend(departments(req).await?.iter().map(|(value, _, name)| Choice::new(value, name)));
    let status = if errors.is_empty() { 200 } else { 422 };
    let field = |name: &str, label: &str| {
        Field::new(name, label, form.raw(name)).error(errors.of(name)).autocomplete("off")
    };
    Ok(Reply::page(&NewPage {
        zh: field("zh", &w.in_chinese(&w.l_name())),
        key: field("key", w.l_key()).hint(w.h_new_key()),
        department: Choose::new("department", w.l_department(), form.raw("department"), choices)
            .list()
            .error(errors.of("department")),
        from: field("from", w.new_from()).hint(w.h_new_from()).optional(f.words().optional()),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn new(req: Req) -> Result<Reply, Fault> {
    new_page(&req, Vec::new()).await
}

/// A guide to begin with: nothing but a name and who is in charge.
fn blank(zh: &str) -> Guide {
    let both = |zh: &str, en: &str| Both { zh: zh.to_owned(), en: en.to_owned() };
    let mut guide = linli_guide::blank();
    guide.name = both(zh, "");
    guide.begin = Begin::Generic;
    guide
}

pub(crate) async fn begin(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let form = req.form();
    let (key, zh, department, from) =
        (form.text("key"), form.text("zh"), form.raw("department").to_owned(), form.text("from"));
    let mut wrong = Vec::new();
    let mut bad = |field: &str, words: &str| wrong.push((field.to_owned(), words.to_owned()));
    if zh.is_empty() {
        bad("zh", w.wrong_empty());
    }
    if !acts::is_key(&key) {
        bad("key", w.bad_key());
    }
    let known = departments(&req).await?.into_iter().any(|d| d.0 == department);
    let cells: Vec<String> = department.splitn(3, '|').map(str::to_owned).collect();
    if !known {
        bad("department", w.wrong_choose());
    }
    let asked = key.clone();
    let (taken, model) = req
        .read(move |r| {
            let taken = catalogue::standing(r, &asked)?.is_some()
                || r.opt(&store::OPEN, (asked.as_str(),))?.is_some();
            let model = if from.is_empty() { None } else { Some(catalogue::standing(r, &from)?) };
            Ok::<_, DraftingError>((taken, model))
        })
        .await?;
    if taken {
        bad("key", w.key_taken());
    }
    if matches!(model, Some(None)) {
        bad("from", w.no_such_item());
    }
    if !wrong.is_empty() {
        return new_page(&req, wrong).await;
    }
    let mut guide = model.flatten().map_or_else(|| blank(&zh), |s| s.guide);
    guide.name = Both { zh, en: String::new() };
    if let [code, zh, en] = cells.as_slice() {
        guide.department.code.clone_from(code);
        guide.department.zh.clone_from(zh);
        guide.department.en.clone_from(en);
    }
    let (asked, once) = (key.clone(), req.once());
    let done = req
        .act(move |act| {
            if once.is_empty() {
                return acts::begin(act, &asked, &guide);
            }
            linli_acts::once(act, &format!("drafting.begin {once}"), |act| acts::begin(act, &asked, &guide))
        })
        .await;
    match done {
        Ok(_) => Ok(Reply::see_other(&format!("/office/catalogue/{key}")).flash(w.saved())),
        Err(DraftingError::Denied(linli_acts::Denied::Duty(_))) => {
            new_page(&req, vec![("department".to_owned(), w.not_your_department().to_owned())]).await
        }
        Err(e) => new_page(&req, told(w, e)?).await,
    }
}
