//! What counts for one person and one item on a day: facts, rules, what she holds, what lies with her draft. Read once, so that
//! the way through and the plan of materials stay pure.

use linli_acts::{PersonId, Subject};
use linli_base::Day;
use linli_certificates::offers as certificates;
use linli_db::Read;
use linli_files::offers::{self as files, FileRow};
use linli_guide::predicate;
use linli_guide::visits::{Holder, Visits, visits};
use linli_guide::{Facts, Form, Guide, Identity, Value, Way};
use linli_people::offers::{self as people, Person};
use linli_vault::Vault;

use crate::domain::{Answers, ApplicationId};
use crate::error::ApplicationError;
use crate::journey::{self, Shown, Step};
use crate::materials::{self, HeldCertificate, Holdings, Wanted};
use crate::{REUSE_DAYS, profile};

/// What counts.
pub(crate) struct Situation {
    pub person: Person,
    pub facts: Facts,
    pub rules: Vec<(String, linli_rules::Value)>,
    pub holdings: Holdings,
    /// Files of the draft, with the material that each is for.
    pub files: Vec<(FileRow, String)>,
    pub day: Day,
}

/// Files of an application are used under this.
pub(crate) fn owner(id: ApplicationId) -> Subject {
    Subject::new("application", id)
}

/// Reads it for a person; `draft` is the application that she has begun.
///
/// # Errors
/// If she is gone or the database fails.
pub(crate) fn load(
    read: &mut Read<'_>,
    vault: &Vault,
    person: PersonId,
    guide: &Guide,
    draft: Option<ApplicationId>,
) -> Result<Situation, ApplicationError> {
    let day = read.now().day();
    let who = people::person(read, vault, person)?.ok_or(ApplicationError::Missing)?;
    let district = linli_places::offers::district(read, day)?.map(|d| d.code);
    let mut facts = profile::facts(&who, district, day);
    let rules = guide.rules();
    let keys: Vec<&str> = rules.iter().map(String::as_str).collect();
    let rules = profile::rules(read, &keys, day)?;
    let held = certificates::kinds_held(read, person, day)?;
    for kind in guide.papers_asked() {
        let holds = held.contains(&kind);
        facts.insert(predicate::holds(&kind), Value::Number(i64::from(holds)));
    }
    let mut holdings = Holdings::default();
    let reuse = linli_rules::value(read, &REUSE_DAYS, day)?.value;
    let since = day.plus_days(-reuse).start();
    for way in guide.materials.iter().flat_map(|m| &m.ways) {
        match way {
            Way::Certificate { kind, .. } if held.contains(kind) => {
                if let Some(c) = certificates::held(read, person, kind, day, None)? {
                    let held = HeldCertificate { id: c.id, rev: c.rev, issued_on: c.issued_on };
                    holdings.certificates.insert(kind.clone(), held);
                }
            }
            Way::Reuse { kind } => {
                if let Some(file) = files::checked_before(read, person, kind, since)?
                    && let Some(at) = file.checked_at
                {
                    holdings.checked.insert(kind.clone(), (file.id, at));
                }
            }
            _ => {}
        }
    }
    let files = match draft {
        Some(id) => files::of_owner(read, &owner(id))?,
        None => Vec::new(),
    };
    Ok(Situation { person: who, facts, rules, holdings, files, day })
}

/// The way of one person through one item.
pub(crate) struct Path<'a> {
    pub pages: Vec<Shown<'a>>,
    pub plan: Vec<Wanted<'a>>,
    pub steps: Vec<Step>,
    pub next: Step,
}

impl Situation {
    /// The value of a rule in force today.
    pub fn rule(&self, key: &str) -> Option<i64> {
        self.rules.iter().find(|(k, _)| k == key).map(|(_, v)| v.value)
    }

    /// The way, computed from what she has answered.
    pub fn way<'a>(&self, guide: &'a Guide, form: &'a Form, answers: &Answers) -> Path<'a> {
        let rule = |key: &str| self.rule(key);
        let (pages, facts) = journey::pages(form, &self.facts, &rule, answers);
        let count = |key: &str| self.files.iter().filter(|(_, purpose)| purpose == key).count();
        let plan =
            materials::plan(guide, &facts, &rule, &self.holdings, &answers.materials, &count, self.day);
        let steps = journey::steps(&pages, &plan);
        let next = journey::next_open(&pages, &plan, answers, self.day);
        Path { pages, plan, steps, next }
    }

    /// A mark of the ways in which materials are met: what she saw on the last page is what she files, or she is told.
    pub fn plan_mark(vault: &Vault, plan: &[Wanted<'_>]) -> String {
        let line = |w: &Wanted<'_>| format!("{} {:?} {:?}", w.material.key, w.way, w.stand);
        vault.lookup("applications.plan", &plan.iter().map(line).collect::<Vec<_>>().join("\n")).short()
    }

    /// How often she must come, by what is wanted of her and what she holds.
    pub fn visits<'a>(&self, guide: &'a Guide, plan: &[Wanted<'_>]) -> Visits<'a> {
        let holds = |way: &Way| self.holdings.opens(way, self.day);
        let wanted = |m: &linli_guide::Material| plan.iter().any(|w| w.material.key == m.key);
        visits(guide, &Holder { holds: &holds, wanted: &wanted, identity: Identity::Remote })
    }
}
