//! The tests of a draft tried on an invented person: the verdict of each, how it was come by, and what she would have to bring.

use askama::Template;
use linli_catalogue::offers as catalogue;
use linli_guide::predicate::{self, Op};
use linli_guide::visits::{Holder, visits};
use linli_guide::{Facts, FieldKind, Finding, Guide, Identity, Papers, Predicate, Value, Verdict, Way};
use linli_web::ui::{Chip, Choice, Choose, Field, Kind, Tone};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use super::terms;
use crate::error::DraftingError;
use crate::terms::Terms;
use crate::{Words, acts};

/// A test and how it ended.
struct Tried {
    what: String,
    test: String,
    chip: Chip,
    findings: Vec<String>,
}

#[derive(Template)]
#[template(path = "tryout.html")]
struct TryPage {
    f: Frame,
    w: Words,
    key: String,
    name: String,
    person: Vec<Field>,
    chosen: Vec<Choose>,
    papers: Vec<(String, String, bool)>,
    asked: bool,
    tried: Vec<Tried>,
    visits: String,
}

/// Facts as the page sends them; what is left empty is not known.
fn facts(req: &Req, guide: &Guide, papers: &Papers) -> Facts {
    let q = req.query();
    let mut out = Facts::new();
    let mut put = |key: &str, value: Option<Value>| drop(value.map(|v| out.insert(key.to_owned(), v)));
    for key in ["age", "disability", "hukou", "lives-here", "verified"] {
        put(key, q.raw(key).trim().parse().ok().map(Value::Number));
    }
    put("sex", Some(q.text("sex")).filter(|s| !s.is_empty()).map(Value::Word));
    let held: Vec<String> = q.all("holds").collect();
    if q.has("try") {
        for paper in papers.iter() {
            let has = held.iter().any(|h| *h == paper.key);
            put(&predicate::holds(&paper.key), Some(Value::Number(i64::from(has))));
        }
    }
    let form = guide.form();
    for field in form.iter().flat_map(|f| f.fields()) {
        let name = predicate::answer(&field.key);
        put(&name, field.fact(&q.text(&name)));
    }
    out
}

fn finding(w: Words, terms: &Terms, f: &Finding) -> String {
    let say = |v: &Value| match v {
        Value::Number(n) => terms.value_of(&f.key, &n.to_string()),
        Value::Word(word) => terms.value_of(&f.key, word),
    };
    let op = match f.op {
        Op::Is => w.op_is(),
        Op::AtLeast => w.op_at_least(),
        Op::AtMost => w.op_at_most(),
    };
    let known = f.known.as_ref().map_or_else(|| w.not_known().to_owned(), say);
    let than = match &f.rule {
        Some(_) => w.by_rule(&say(&f.than)),
        None => say(&f.than),
    };
    w.found(&terms.fact(&f.key), &known, &op, &than)
}

fn verdict(w: Words, v: Verdict) -> Chip {
    match v {
        Verdict::Met => Chip::new(Tone::Done, w.verdict_met()),
        Verdict::NotMet => Chip::new(Tone::Late, w.verdict_not_met()),
        Verdict::Unknown => Chip::new(Tone::Due, w.verdict_unknown()),
    }
}

/// Every test of a guide with what it is about.
fn tests<'a>(
    terms: &Terms,
    guide: &'a Guide,
    form: Option<&'a linli_guide::Form>,
) -> Vec<(String, &'a Predicate)> {
    let pick = |b: &linli_guide::Both| terms.pick(&b.zh, &b.en);
    let w = terms.w;
    let mut out: Vec<(String, &Predicate)> = Vec::new();
    for c in &guide.conditions {
        out.extend(c.test.as_ref().map(|t| (w.test_of(&w.s_conditions(), &terms.pick(&c.zh, &c.en)), t)));
    }
    for m in &guide.materials {
        out.extend(m.when.as_ref().map(|t| (w.test_of(&w.s_materials(), &pick(&m.name)), t)));
    }
    for page in form.into_iter().flat_map(|f| &f.pages) {
        out.extend(page.when.as_ref().map(|t| (w.test_of(&w.l_pages(), &pick(&page.title)), t)));
        for field in page.fields.iter().flat_map(|f| std::iter::once(f).chain(&f.fields)) {
            out.extend(field.when.as_ref().map(|t| (w.test_of(&w.l_fields(), &pick(&field.label)), t)));
        }
    }
    for grant in form.into_iter().flat_map(|f| &f.grants) {
        out.push((w.test_of(&w.l_grants(), &pick(&grant.text)), &grant.when));
    }
    out
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let key: String = req.path("key")?;
    let asked = key.clone();
    let (guide, rules) = req
        .read(move |r| {
            let guide = match acts::open(r, &asked) {
                Ok(draft) => Some(draft.document.0),
                Err(DraftingError::Missing) => catalogue::standing(r, &asked)?.map(|s| s.guide),
                Err(e) => return Err(e),
            };
            let Some(guide) = guide else { return Ok(None) };
            let today = r.now().day();
            let mut rules = Vec::new();
            for key in guide.rules() {
                if let Some(rule) = linli_rules::rules().into_iter().find(|r| r.key == key) {
                    rules.push((key, linli_rules::value(r, rule, today)?.value));
                }
            }
            Ok::<_, DraftingError>(Some((guide, rules)))
        })
        .await?
        .ok_or(Missing)?;
    let form = guide.form().map(std::borrow::Cow::into_owned);
    let terms = terms(&req, form.as_ref()).await?;
    let (f, w, q) = (req.frame(), req.words::<Words>(), req.query());
    let facts = facts(&req, &guide, &terms.papers);
    let rule = |key: &str| rules.iter().find(|(k, _)| k == key).map(|(_, v)| *v);
    let tried = tests(&terms, &guide, form.as_ref())
        .into_iter()
        .map(|(what, test)| {
            let mut told = Vec::new();
            let end = test.test(&facts, &rule, &mut told);
            let words = serde_json::to_value(test).unwrap_or_default();
            Tried {
                what,
                test: terms.test(&words),
                chip: verdict(w, end),
                findings: told.iter().map(|f| finding(w, &terms, f)).collect(),
            }
        })
        .collect();
    let has = |kind: &str| facts.get(&predicate::holds(kind)) == Some(&Value::Number(1));
    let holds = |way: &Way| match way {
        Way::Certificate { kind, .. } | Way::Reuse { kind } => has(kind),
        _ => true,
    };
    let wanted = |m: &linli_guide::Material| linli_guide::asked(m.when.as_ref(), &facts, &rule);
    let hers = visits(&guide, &Holder { holds: &holds, wanted: &wanted, identity: Identity::Remote }).count;
    let flag = || vec![Choice::new("", w.not_known()), Choice::new("1", w.yes()), Choice::new("0", w.no())];
    let choose =
        |name: &str, label: &str, choices: Vec<Choice>| Choose::new(name, label, q.raw(name), choices).list();
    let mut person = vec![
        Field::new("age", w.fact_age(), q.raw("age")).kind(Kind::Number).autocomplete("off"),
        Field::new("disability", w.fact_disability(), q.raw("disability"))
            .kind(Kind::Number)
            .autocomplete("off"),
    ];
    let sexes = vec![
        Choice::new("", w.not_known()),
        Choice::new("female", w.female()),
        Choice::new("male", w.male()),
    ];
    let mut chosen = vec![
        choose("sex", w.fact_sex(), sexes),
        choose("hukou", w.fact_hukou(), flag()),
        choose("lives-here", w.fact_lives_here(), flag()),
        choose("verified", w.fact_verified(), flag()),
    ];
    for field in form.iter().flat_map(|f| f.fields()) {
        let name = predicate::answer(&field.key);
        let label = terms.fact(&name);
        match field.kind {
            FieldKind::YesNo => chosen.push(choose(&name, &label, flag())),
            FieldKind::Choice => {
                let mut choices = vec![Choice::new("", w.not_known())];
                choices.extend(field.choices.iter().map(|c| Choice::new(&c.key, &terms.pick(&c.zh, &c.en))));
                chosen.push(choose(&name, &label, choices));
            }
            FieldKind::Number | FieldKind::Money | FieldKind::Group => {
                person.push(Field::new(&name, &label, q.raw(&name)).kind(Kind::Number).autocomplete("off"));
            }
            _ => {}
        }
    }
    let held: Vec<String> = q.all("holds").collect();
    let papers = terms
        .papers
        .iter()
        .map(|p| (p.key.to_string(), terms.pick(&p.zh, &p.en), held.iter().any(|h| *h == p.key)))
        .collect();
    Ok(Reply::page(&TryPage {
        name: terms.pick(&guide.name.zh, &guide.name.en),
        asked: q.has("try"),
        visits: w.visits_are(&hers),
        key,
        person,
        chosen,
        papers,
        tried,
        f,
        w,
    }))
}
