//! What is measured on: the sample district as `linli demo` makes it, in a folder that is kept for the next run, and a copy for
//! each run, because a run leaves things behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use linli_acts::{Actor, House, PersonId};
use linli_base::{Chance, Clock, ManualClock, PlaceCode, SystemClock};
use linli_db::{Db, Options};
use linli_vault::Vault;
use linli_web::{SessionKind, Site};
use serde::{Deserialize, Serialize};

use crate::compose::{self, Outside};
use crate::demo;

/// How many residents are signed in.
const SESSIONS: usize = 256;

/// A folder with a district, and who may come in.
pub struct Ground {
    pub folder: PathBuf,
    pub passes: Passes,
}

/// What callers carry.
#[derive(Clone, Serialize, Deserialize)]
pub struct Passes {
    /// Cookies of signed-in residents.
    pub sessions: Vec<String>,
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
            return Ok(Self { passes: serde_json::from_str(&text)?, folder });
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let clock = ManualClock::at(SystemClock.now());
        let house = open(&folder, Some(&clock)).await?;
        demo::fill(&house, &clock, residents).await?;
        house.db().close().await;
        let house = open(&folder, None).await?;
        let made = Passes { sessions: sessions(&house).await? };
        house.db().close().await;
        std::fs::write(&passes, serde_json::to_string(&made)?)?;
        Ok(Self { folder, passes: made })
    }

    /// A copy to run on, in the place of the copy of the last run.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn copy(&self, base: &Path) -> anyhow::Result<Self> {
        let folder = base.join("run");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
        Ok(Self { folder, passes: self.passes.clone() })
    }

    /// Removes a copy.
    pub fn remove(self) {
        // What is left is overwritten by the next run.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Opens the house of a bench folder in this process, with the clock of the system or one set by hand.
///
/// # Errors
/// If it cannot be opened.
pub async fn open(folder: &Path, clock: Option<&ManualClock>) -> anyhow::Result<House> {
    let clock: Arc<dyn Clock> = match clock {
        Some(clock) => Arc::new(clock.clone()),
        None => Arc::new(SystemClock),
    };
    let vault = Arc::new(Vault::open(&folder.join("linli.key"), Arc::new(Chance::from_system()))?);
    let url = format!("sqlite:{}", folder.join("linli.db").display());
    let db = Db::open(&url, Options { clock: Arc::clone(&clock), ..Options::default() }).await?;
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
