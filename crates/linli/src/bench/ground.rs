//! What is measured on: the sample district as `linli demo` makes it, in a folder that is kept for the next run, and a copy for
//! each run, because a run leaves things behind. With many cases on file the run is made where they lie: they take hours to put
//! there and many gigabytes, and what a run leaves is little beside them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use linli_acts::{Actor, House, PersonId, StaffId};
use linli_base::docnum::DocumentKind;
use linli_base::{Chance, Clock, ManualClock, PlaceCode, SystemClock};
use linli_db::{Db, Options, Watch};
use linli_duties::offers::{deliver_duty, deliver_staff};
use linli_people::offers as people;
use linli_vault::Vault;
use linli_web::{SessionKind, Site};
use serde::{Deserialize, Serialize};

use crate::compose::{self, Outside};
use crate::demo;

use super::figure::Told;

/// So many cases are not copied for each run.
const MANY: usize = 50_000;

/// How many residents are signed in.
const SESSIONS: usize = 640;

/// A folder with a district, and who may come in.
pub struct Ground {
    pub folder: PathBuf,
    pub passes: Passes,
    /// A copy, to be removed after the run.
    copy: bool,
}

/// What callers carry.
#[derive(Clone, Serialize, Deserialize)]
pub struct Passes {
    /// Cookies of signed-in residents.
    pub sessions: Vec<String>,
    pub desks: Vec<Desk>,
}

/// A street's office and residents whose applications it handles.
#[derive(Clone, Serialize, Deserialize)]
pub struct Desk {
    /// Bearer token of its own system.
    pub token: String,
    pub officer: StaffId,
    /// Document number and person.
    pub residents: Vec<(String, PersonId)>,
}

impl Ground {
    /// The district of this size below `base`; made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made, or was begun and not finished.
    pub async fn district(base: &Path, residents: u64) -> anyhow::Result<Self> {
        let folder = base.join(format!("district-{residents}"));
        let passes = folder.join("passes.json");
        if let Ok(text) = std::fs::read_to_string(&passes) {
            return Ok(Self { passes: serde_json::from_str(&text)?, folder, copy: false });
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let clock = ManualClock::at(SystemClock.now());
        let house = open(&folder, Some(&clock), None).await?;
        demo::fill(&house, &clock, residents).await?;
        // The officers were there all the year, for the cases of the year.
        clock.set(clock.now().plus_seconds(-364 * 86_400));
        let desks = desks(&house).await?;
        no_quiet_hours(&house).await?;
        super::form_flow::items(&house).await?;
        house.db().close().await;
        let house = open(&folder, None, None).await?;
        let made = Passes { sessions: sessions(&house).await?, desks };
        house.db().close().await;
        std::fs::write(&passes, serde_json::to_string(&made)?)?;
        Ok(Self { folder, passes: made, copy: false })
    }

    /// The same with so many cases on file; made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn with_cases(base: &Path, residents: u64, cases: usize, told: &Told) -> anyhow::Result<Self> {
        let district = Self::district(base, residents).await?;
        if cases == 0 {
            return Ok(district);
        }
        let folder = base.join(format!("district-{residents}-cases-{cases}"));
        let done = folder.join("seeded");
        if !done.exists() {
            let made = district.copy_to(folder.clone())?;
            super::cases::seed(&made, cases, told).await?;
            std::fs::write(done, b"")?;
        }
        Ok(district.at(folder))
    }

    /// The same people in another folder, which is kept.
    pub(super) fn at(self, folder: PathBuf) -> Self {
        Self { folder, passes: self.passes, copy: false }
    }

    /// Where a run is made: a copy, or, with so many cases on file, here.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn for_run(self, base: &Path, cases: usize) -> anyhow::Result<Self> {
        if cases < MANY {
            return self.copy(base);
        }
        // As in a server that has run for a while: what a copy does by itself.
        std::io::copy(&mut std::fs::File::open(self.folder.join("linli.db"))?, &mut std::io::sink())?;
        Ok(self)
    }

    /// A copy to run on, in the place of the copy of the last run.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn copy(&self, base: &Path) -> anyhow::Result<Self> {
        self.copy_to(base.join("run"))
    }

    pub(super) fn copy_to(&self, folder: PathBuf) -> anyhow::Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
        Ok(Self { folder, passes: self.passes.clone(), copy: true })
    }

    /// Removes what was a copy.
    pub fn remove(self) {
        if self.copy {
            // What is left is overwritten by the next run.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Opens the house of a bench folder in this process, with the clock of the system or one set by hand, and with a watch over
/// its statements or none.
///
/// # Errors
/// If it cannot be opened.
pub async fn open(folder: &Path, clock: Option<&ManualClock>, watch: Option<Watch>) -> anyhow::Result<House> {
    let clock: Arc<dyn Clock> = match clock {
        Some(clock) => Arc::new(clock.clone()),
        None => Arc::new(SystemClock),
    };
    let vault = Arc::new(Vault::open(&folder.join("linli.key"), Arc::new(Chance::from_system()))?);
    let url = format!("sqlite:{}", folder.join("linli.db").display());
    let options = Options { clock: Arc::clone(&clock), ..Options::default() };
    let db = match watch {
        Some(watch) => Db::open_watched(&url, options, watch).await?,
        None => Db::open(&url, options).await?,
    };
    let site = Arc::new(Site {
        origin: "http://linli.bench".to_owned(),
        district_zh: "广州市海珠区".to_owned(),
        district_en: "Haizhu District".to_owned(),
        demo: false,
        trust_proxy: false,
        rail: compose::rail(),
    });
    let (outside, _) = Outside::simulated(clock);
    compose::open(db, vault, None, site, outside).await
}

/// Messages go out at any hour, so that a run at night does what a run by day does.
async fn no_quiet_hours(house: &House) -> anyhow::Result<()> {
    let (keeper, chief) = (demo::officer(house, "rules").await?, demo::officer(house, "rules-chief").await?);
    let proposed = house
        .act(&keeper, |act| {
            let today = act.now().day();
            let until = linli_rules::value(act, &linli_notices::QUIET_UNTIL, today)?;
            let content = serde_json::json!({ "value": until.value, "source": "bench", "certainty": "ours" });
            let rule = linli_notices::QUIET_FROM.key;
            linli_rules::proposals::propose(act, linli_rules::RULE, rule, &content, today, "bench")
        })
        .await?;
    house.act(&chief, move |act| linli_rules::proposals::decide(act, proposed, 1, true, "")).await?;
    Ok(())
}

/// An officer and a token in each street, and grown-ups who apply there.
async fn desks(house: &House) -> anyhow::Result<Vec<Desk>> {
    let hash = linli_vault::password::hash(house.vault().chance(), demo::PASSWORD)?;
    let mut all = Vec::new();
    for street in 1..=18u64 {
        let place = PlaceCode::new(440_105_000_000 + street * 1_000)?;
        let hash = hash.clone();
        let (officer, token) = house
            .act(&Actor::system(), move |act| {
                let body = linli_duties::offers::body_by_code(act, &format!("S{place}"))?
                    .context("a street's office")?;
                let officer = deliver_staff(act, &format!("bench-{street}"), "经办", &hash, demo::SECRET)?;
                let duty = deliver_duty(act, &linli_casework::HANDLER, body.id, place, officer)?;
                let held = linli_duties::offers::duty(act, duty)?.context("the duty just given")?;
                let (_, token) = linli_web::session::make_token(act, "bench", &held)?;
                Ok::<_, anyhow::Error>((officer, token))
            })
            .await?;
        let inside = house.clone();
        let residents = house
            .read(move |r| {
                let mut out = Vec::new();
                // The sample year's applicants are older.
                for (id, _) in people::born(r, place, (1980, 1995), PersonId::from_raw(0), 1_000)? {
                    let person = people::person(r, inside.vault(), id)?;
                    let document = person.and_then(|p| p.document);
                    if let Some(d) = document.filter(|d| d.kind() == DocumentKind::ResidentId) {
                        out.push((d.value().to_owned(), id));
                    }
                }
                Ok::<_, anyhow::Error>(out)
            })
            .await?;
        if !residents.is_empty() {
            all.push(Desk { token, officer, residents });
        }
    }
    Ok(all)
}

async fn sessions(house: &House) -> anyhow::Result<Vec<String>> {
    let people = house.read(adults).await?;
    anyhow::ensure!(!people.is_empty(), "nobody lives here");
    let all: Vec<PersonId> = people.into_iter().cycle().take(SESSIONS).collect();
    house
        .act(&Actor::system(), move |act| {
            all.iter()
                .map(|p| Ok(linli_web::session::begin(act, SessionKind::Person, p.raw(), "bench")?.1))
                .collect::<Result<Vec<_>, linli_db::DbError>>()
        })
        .await
        .context("sessions")
}

fn adults(read: &mut linli_db::Read<'_>) -> Result<Vec<PersonId>, linli_people::PeopleError> {
    let mut out = Vec::new();
    for street in 1..=18u64 {
        let Ok(place) = PlaceCode::new(440_105_000_000 + street * 1_000) else { continue };
        let found = linli_people::offers::born(read, place, (1962, 2004), PersonId::from_raw(0), 40)?;
        out.extend(found.into_iter().map(|(id, _)| id));
    }
    Ok(out)
}
