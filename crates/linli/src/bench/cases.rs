//! The acts of `lifecycle` without HTTP, and cases in great number: put on file by the same acts, many in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use linli_acts::{Act, Actor, House, PersonId, StaffId, seal_once};
use linli_base::{Clock, ManualClock, SystemClock};
use linli_casework::offers::{self as casework, CaseId, Outcome};

use super::figure::Told;
use super::ground::{Ground, Passes, open};

/// The item that is applied for: no second person, and its result lies on the page, so that it ends with the decision and the same
/// resident may apply again.
pub const ITEM: &str = "newborn-medical-insurance";

/// What its form asks. The child was born before the first case of the year on file.
pub fn answers() -> BTreeMap<String, String> {
    let said = [("child-name", "陈小满"), ("child-id", "440105202401050020"), ("pay", "account")];
    BTreeMap::from(said.map(|(key, answer)| (key.to_owned(), answer.to_owned())))
}

/// An officer with her duties, and those whose applications she handles.
pub struct Clerk {
    pub actor: Actor,
    pub officer: StaffId,
    pub residents: Vec<PersonId>,
}

/// The officers of the desks.
///
/// # Errors
/// If one has no duty.
pub async fn clerks(house: &House, passes: &Passes) -> anyhow::Result<Vec<Arc<Clerk>>> {
    let mut out = Vec::new();
    for desk in &passes.desks {
        let officer = desk.officer;
        let held = house
            .read(move |r| {
                let now = r.now();
                linli_duties::offers::held(r, officer, now)
            })
            .await?;
        anyhow::ensure!(!held.is_empty(), "an officer without a duty");
        let residents = desk.residents.iter().map(|(_, id)| *id).collect();
        out.push(Arc::new(Clerk { actor: Actor::staff(officer, held), officer, residents }));
    }
    Ok(out)
}

/// Hands in for a resident.
///
/// # Errors
/// What the act refused with.
pub fn file(act: &mut Act<'_, '_>, person: PersonId) -> anyhow::Result<(CaseId, i64)> {
    let case = linli_applications::acts::file_for(act, ITEM, person, &answers(), "bench")?;
    Ok((case, casework::case(act, case)?.rev))
}

/// Accepts and gives to the officer, as the API does.
///
/// # Errors
/// What the act refused with.
pub fn assign(act: &mut Act<'_, '_>, case: CaseId, rev: i64, to: StaffId) -> anyhow::Result<i64> {
    casework::accept(act, case, rev)?;
    casework::assign(act, case, rev + 1, Some(to))?;
    Ok(casework::case(act, case)?.rev)
}

/// Grants.
///
/// # Errors
/// What the act refused with.
pub fn resolve(act: &mut Act<'_, '_>, case: CaseId, rev: i64) -> anyhow::Result<()> {
    casework::resolve(act, case, rev, Outcome::Granted, "")?;
    casework::case(act, case)?;
    Ok(())
}

/// Lifecycles in one transaction: far below the thousand rows that an act may touch, many enough to make the commit cheap.
const CHUNK: usize = 40;

/// Puts so many cases on file, over the year until now, each filed, assigned and resolved by the acts that people use; and seals
/// the log over them.
///
/// # Errors
/// If an act is refused.
pub async fn seed(ground: &Ground, cases: usize, told: &Told) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let clock = ManualClock::at(now.plus_seconds(-363 * 86_400));
    let house = open(&ground.folder, Some(&clock), None).await?;
    let clerks = clerks(&house, &ground.passes).await?;
    let chunks = cases.div_ceil(CHUNK);
    let step = 362 * 86_400 / i64::try_from(chunks).unwrap_or(1).max(1);
    let begin = std::time::Instant::now();
    for chunk in 0..chunks {
        let clerk = clerks.get(chunk % clerks.len().max(1)).context("no desk")?;
        let size = CHUNK.min(cases - chunk * CHUNK);
        let first = chunk / clerks.len().max(1) * CHUNK;
        let inside = Arc::clone(clerk);
        house
            .act(&clerk.actor, move |act| {
                let clerk = &inside;
                for n in first..first + size {
                    let person =
                        clerk.residents.get(n % clerk.residents.len().max(1)).context("nobody may apply")?;
                    let (case, rev) = file(act, *person)?;
                    let rev = assign(act, case, rev, clerk.officer)?;
                    resolve(act, case, rev)?;
                }
                Ok::<_, anyhow::Error>(())
            })
            .await?;
        clock.advance_seconds(step);
        let done = (chunk + 1) * CHUNK;
        if done % 50_000 < CHUNK {
            seal_once(&house).await?;
            told.note(&format!("{done} cases after {:.0} s", begin.elapsed().as_secs_f64()));
        }
    }
    clock.set(now);
    // Jobs that the acts left, so that the server does not begin with a year of them.
    while house.run_due_jobs().await? > 0 {}
    seal_once(&house).await?;
    house.db().close().await;
    Ok(())
}
