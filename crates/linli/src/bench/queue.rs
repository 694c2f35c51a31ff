//! `queue-page-1`, `queue-page-200`: the desk with a great many open cases, for an officer of one street and for one of all.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Context, ensure};
use linli_acts::{Act, Actor, BodyId, Channel, House, PersonId, StaffId, seal_once};
use linli_base::{Clock, ManualClock, PlaceCode, SystemClock};
use linli_casework::offers::{self as casework, Handover, NewCase};
use linli_duties::offers::{deliver_duty, deliver_staff};
use linli_web::{SessionKind, session};

use super::Settings;
use super::child::{Server, configure};
use super::client::{Connection, get};
use super::figure::{Figure, Told};
use super::ground::{Ground, open};
use super::load::{count, median};
use crate::demo;

/// The page that is asked for at last.
const LAST_PAGE: usize = 200;
/// Items of the cases.
const ITEMS: usize = 12;
const CHUNK: usize = 40;

/// A folder with so many open cases over all streets, and the cookies of an officer of one street and of one of `streets`.
pub(super) struct OpenCases {
    pub ground: Ground,
    pub one: String,
    pub many: String,
}

/// Makes it, or takes the one of the last run.
///
/// # Errors
/// If it cannot be made.
pub(super) async fn ground(set: &Settings, told: &Told, streets: u64) -> anyhow::Result<OpenCases> {
    let district = Ground::district(&set.data, set.residents).await?;
    let folder = set.data.join(format!("district-{}-open-{}", set.residents, set.cases));
    let done = folder.join("seeded");
    if !done.exists() {
        let made = district.copy_to(folder.clone())?;
        seed(&made, set.cases, told).await?;
        std::fs::write(&done, b"")?;
    }
    let ground = district.at(folder).for_run(&set.data, set.cases)?;
    let house = open(&ground.folder, None, None).await?;
    let one = officer(&house, "bench-queue-one", 1).await?;
    let many = officer(&house, "bench-queue-many", streets).await?;
    house.db().close().await;
    Ok(OpenCases { ground, one, many })
}

fn street(n: u64) -> anyhow::Result<PlaceCode> {
    Ok(PlaceCode::new(440_105_000_000 + n * 1_000)?)
}

/// The cookie of an officer who handles the cases of so many streets and has shown her second factor. Each run has its own: the last one
/// may have been on the same files.
async fn officer(house: &House, login: &'static str, streets: u64) -> anyhow::Result<String> {
    let hash = linli_vault::password::hash(house.vault().chance(), demo::PASSWORD)?;
    let login = format!("{login}-{}", house.now().millis());
    house
        .act(&Actor::system(), move |act| {
            let id = deliver_staff(act, &login, "经办", &hash, demo::SECRET)?;
            for n in 1..=streets {
                let place = street(n)?;
                let body = body_of(act, place)?;
                deliver_duty(act, &linli_casework::HANDLER, body, place, id)?;
            }
            let (session, secret) = session::begin(act, SessionKind::Staff, id.raw(), "bench")?;
            session::second_factor_shown(act, session)?;
            Ok::<_, anyhow::Error>(secret)
        })
        .await
}

fn body_of(act: &mut Act<'_, '_>, place: PlaceCode) -> anyhow::Result<BodyId> {
    Ok(linli_duties::offers::body_by_code(act, &format!("S{place}"))?.context("a street's office")?.id)
}

/// Files cases by the act that rooms use, two of three accepted by an officer, over the sixty days until now.
async fn seed(ground: &Ground, cases: usize, told: &Told) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let clock = ManualClock::at(now.plus_seconds(-60 * 86_400));
    let house = open(&ground.folder, Some(&clock), None).await?;
    let desks: Vec<(StaffId, Vec<PersonId>)> = ground
        .passes
        .desks
        .iter()
        .map(|d| (d.officer, d.residents.iter().map(|(_, id)| *id).collect()))
        .collect();
    ensure!(!desks.is_empty(), "no desks");
    let chunks = cases.div_ceil(CHUNK);
    let step = 59 * 86_400 / i64::try_from(chunks).unwrap_or(1).max(1);
    let begin = Instant::now();
    for chunk in 0..chunks {
        let n = chunk % desks.len();
        let (officer, residents) = desks.get(n).context("a desk")?.clone();
        let held = house
            .read(move |r| {
                let now = r.now();
                linli_duties::offers::held(r, officer, now)
            })
            .await?;
        let place = held.first().context("the duty of a desk")?.place;
        let actor = Actor { channel: Channel::Counter, ..Actor::staff(officer, held) };
        let size = CHUNK.min(cases - chunk * CHUNK);
        house
            .act(&actor, move |act| {
                let body = body_of(act, place)?;
                for i in chunk * CHUNK..chunk * CHUNK + size {
                    let person = *residents.get(i % residents.len().max(1)).context("nobody lives there")?;
                    file(act, i, person, body, place)?;
                }
                Ok::<_, anyhow::Error>(())
            })
            .await?;
        clock.advance_seconds(step);
        let done = (chunk + 1) * CHUNK;
        if done % 50_000 < CHUNK {
            seal_once(&house).await?;
            told.note(&format!("{done} open cases after {:.0} s", begin.elapsed().as_secs_f64()));
        }
    }
    clock.set(now);
    // What passed days do by themselves, and the messages, so that the server does not begin with weeks of them: a case that counts as
    // accepted moves to its later last day, and whoever walks the pages meanwhile meets it again.
    house.tick().await?;
    while house.run_due_jobs().await? > 0 {}
    seal_once(&house).await?;
    house.db().close().await;
    Ok(())
}

fn file(
    act: &mut Act<'_, '_>,
    n: usize,
    person: PersonId,
    body: BodyId,
    place: PlaceCode,
) -> anyhow::Result<()> {
    let item = n / CHUNK % ITEMS;
    let days = u16::try_from(5 + n % 60)?;
    let case = casework::file(
        act,
        &NewCase {
            kind: linli_applications::KIND,
            item: format!("bench-item-{item}"),
            title_zh: format!("测试事项{item}"),
            title_en: format!("bench item {item}"),
            person,
            body,
            place: PlaceCode::new(u64::try_from(place.raw())? + 101 + u64::try_from(n % 15)?)?,
            promised_days: days,
            legal_days: days,
            two_persons: n % 2 == 0,
            handover: Handover::Page,
            received: None,
        },
    )?;
    if n % 3 != 0 {
        casework::accept(act, case, 1)?;
    }
    Ok(())
}

/// Measures it.
///
/// # Errors
/// If the cases cannot be made or served, or there are not so many pages.
pub async fn run(set: &Settings, told: &Told) -> anyhow::Result<()> {
    let cases = ground(set, told, 18).await?;
    let config = configure(&cases.ground.folder, None)?;
    let server = Server::start(&["serve", "--config", &config.to_string_lossy()], set.cgroup.as_deref())?;
    let mut connection = Connection::new(server.address);
    for (who, cookie) in [("street", &cases.one), ("district", &cases.many)] {
        let cookie = format!("cookie: linli={cookie}\r\n");
        let mut path = "/desk".to_owned();
        let mut seen = BTreeSet::new();
        for page in 1..=LAST_PAGE {
            let answer = connection.send(&get(&path, &cookie)).await?;
            ensure!(answer.status == 200, "page {page}: status {}", answer.status);
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            // The list alone: reminders above it lead to cases too, on every page.
            let list = text.split_once("<table data-queue>").map_or("", |(_, list)| list);
            ensure!(!list.is_empty(), "page {page} has no list");
            for link in list.split("href=\"/desk/cases/").skip(1) {
                let case = link.split('"').next().unwrap_or_default().to_owned();
                ensure!(seen.insert(case), "page {page} shows a case again");
            }
            if page == 1 || page == LAST_PAGE {
                let mut times = Vec::new();
                for _ in 0..set.rounds.max(1) * 20 {
                    let begin = Instant::now();
                    connection.send(&get(&path, &cookie)).await?;
                    times.push(begin.elapsed().as_secs_f64() * 1e3);
                }
                let name = format!("queue-{who}-page-{page}-at-{}", set.cases);
                told.figure(&Figure::new(name, median(times), "ms"));
            }
            if page < LAST_PAGE {
                let next = text.split_once("rel=\"next\"").and_then(|(b, _)| b.rsplit_once("href=\""));
                let next = next
                    .and_then(|(_, href)| href.split('"').next())
                    .context("no next page: too few cases")?;
                path = next.replace("&amp;", "&").replace("&#38;", "&");
            }
        }
        told.note(&format!("{who}: {} cases on {LAST_PAGE} pages, none twice", count(seen.len())));
    }
    server.end();
    cases.ground.remove();
    Ok(())
}
