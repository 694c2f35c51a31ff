//! What the desk shows of an application's case.

use linli_base::Day;
use linli_casework::offers::{CaseError, CaseId, CaseKind, Group, ResultLine};
use linli_catalogue::offers as catalogue;
use linli_db::Read;
use linli_guide::Verdict;
use linli_people::offers as people;
use linli_vault::Vault;
use linli_web::ui::Fact;
use linli_words::Lang;

use crate::KIND;
use crate::acts::{form_of, guide_of};
use crate::error::ApplicationError;
use crate::store::{self, ApplicationRow};
use crate::{Words, materials, profile, show, supplements};

linli_acts::inventory::submit! { CaseKind { key: KIND, told, points, mend, result } }

impl From<ApplicationError> for CaseError {
    fn from(e: ApplicationError) -> Self {
        match e {
            ApplicationError::Db(e) => Self::Db(e),
            ApplicationError::Denied(e) => Self::Denied(e),
            ApplicationError::Sealed(e) => Self::Sealed(e),
            ApplicationError::Case(e) => e,
            ApplicationError::File(linli_files::offers::FileError::Db(e)) => Self::Db(e),
            ApplicationError::Missing => Self::Missing,
            other => Self::Room(other.to_string()),
        }
    }
}

fn told(read: &mut Read<'_>, vault: &Vault, case: CaseId, lang: Lang) -> Result<Vec<Group>, CaseError> {
    let row = store::of_case(read, case)?;
    let form = form_of(read, &row)?;
    let answers = row.open(vault)?;
    let w = Words::from(lang);
    let today = read.now().day();
    let mut groups =
        vec![Group { title: w.typed_title().to_owned(), facts: show::answer_facts(w, &form, &answers) }];
    groups.retain(|g| !g.facts.is_empty());
    if let Some(facts) = conditions(read, vault, &row, w, today)? {
        groups.insert(0, Group { title: w.conditions_title().to_owned(), facts });
    }
    if !answers.met.is_empty() {
        let guide = guide_of(read, &row)?;
        let mut facts = show::met_facts(read, w, &guide, &answers.met)?;
        facts.push(Fact::new(w.materials_open(), w.materials_open_words()).link("materials"));
        groups.push(Group { title: w.materials_group().to_owned(), facts });
    }
    if !answers.known.is_empty() {
        let facts = show::known_facts(read, w, &answers.known, today)?;
        groups.push(Group { title: w.known_group().to_owned(), facts });
    }
    Ok(groups)
}

/// How each condition stands today, so that nobody has to look it up; nothing once the person or the item's text is gone.
fn conditions(
    read: &mut Read<'_>,
    vault: &Vault,
    row: &ApplicationRow,
    w: Words,
    today: Day,
) -> Result<Option<Vec<Fact>>, ApplicationError> {
    let Some(person) = people::person(read, vault, row.person)? else { return Ok(None) };
    let Some(guide) = catalogue::version(read, row.item, row.version)? else { return Ok(None) };
    let district = linli_places::offers::district(read, today)?.map(|d| d.code);
    let mut keys = Vec::new();
    guide.conditions.iter().filter_map(|c| c.test.as_ref()).for_each(|t| t.rules(&mut keys));
    let rules = profile::rules(read, &keys, today)?;
    let tested = profile::test(&guide.conditions, &profile::facts(&person, district, today), &rules);
    let papers = show::papers(read)?;
    let facts: Vec<Fact> = tested
        .iter()
        .map(|t| {
            let verdict = match t.verdict {
                Verdict::Met => w.met(),
                Verdict::NotMet => w.not_met(),
                Verdict::Unknown => w.to_be_checked(),
            };
            Fact::new(&w.lang().pick(&t.condition.zh, &t.condition.en), verdict)
                .why(t.findings.iter().map(|f| show::finding(w, &papers, f)).collect())
        })
        .collect();
    Ok(Some(facts).filter(|f| !f.is_empty()))
}

fn points(
    read: &mut Read<'_>,
    _: &Vault,
    case: CaseId,
    lang: Lang,
) -> Result<Vec<(String, String)>, CaseError> {
    let row = store::of_case(read, case)?;
    let form = form_of(read, &row)?;
    let w = Words::from(lang);
    let guide = guide_of(read, &row)?;
    let asked = form.fields().map(|f| (f.key.clone(), show::pick(lang, &f.label)));
    // Only what can be sent as a file can be asked again on the page.
    let materials = guide.materials.iter().filter(|m| materials::upload_check(m).is_some());
    let materials =
        materials.map(|m| (supplements::point(&m.key), w.material_point(&show::pick(lang, &m.name))));
    let known =
        form.known.iter().map(|k| (show::known_key(*k).to_owned(), show::known_name(w, *k).to_owned()));
    Ok(asked.chain(materials).chain(known).collect())
}

fn mend(case: CaseId) -> String {
    format!("/my/cases/{case}/mend")
}

/// What is granted by the rules of a day, for the person as she is known on it.
fn result(read: &mut Read<'_>, vault: &Vault, case: CaseId, day: Day) -> Result<Vec<ResultLine>, CaseError> {
    let row = store::of_case(read, case)?;
    let form = form_of(read, &row)?;
    if form.grants.is_empty() {
        return Ok(Vec::new());
    }
    let person = people::person(read, vault, row.person).map_err(ApplicationError::from)?;
    let person = person.ok_or(CaseError::Missing)?;
    let district = linli_places::offers::district(read, day)?.map(|d| d.code);
    let facts = profile::facts(&person, district, day);
    let rules = profile::rules(read, &form.rules(), day)?;
    let Some((grant, amount, findings)) = profile::grant(&form.grants, &facts, &rules) else {
        return Ok(Vec::new());
    };
    let papers = show::papers(read)?;
    let value = amount.value.to_string();
    let why = |lang: Lang| {
        let w = Words::from(lang);
        let mut steps: Vec<String> = findings.iter().map(|f| show::finding(w, &papers, f)).collect();
        steps.push(w.amount_by_rule(&amount.source, &value));
        steps
    };
    Ok(vec![ResultLine {
        zh: grant.text.zh.replace("{value}", &value),
        en: grant.text.en.replace("{value}", &value),
        why_zh: why(Lang::ZhHans),
        why_en: why(Lang::En),
    }])
}
