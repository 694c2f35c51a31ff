//! The list of rooms: tables, routes, services, listeners, the officer's rail.

use std::path::Path;
use std::sync::Arc;

use linli_acts::{BodyId, DutyId, Held, House, PersonId, Services, StaffId};
use linli_base::Instant;
use linli_db::{Db, DbError, Read, Room};
use linli_documents::Typesetter;
use linli_vault::Vault;
use linli_web::{Directory, DirectoryService, RailGroup, Route};

/// Tables, in an order in which foreign keys point only backwards.
pub const ROOMS: &[Room] = &[linli_acts::ROOM, linli_web::ROOM];

/// Every address.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = linli_web::routes();
    all.extend(linli_figures::routes());
    all.extend(linli_letter::routes());
    all
}

/// Which job runs on which event.
pub const LISTENERS: &[(&str, &str)] = &[];

/// The officer's rail.
#[must_use]
pub fn rail() -> Arc<[RailGroup]> {
    Arc::new([])
}

/// What lies outside the house: real, or simulated.
pub struct Outside {}

impl Outside {
    /// As configured.
    #[must_use]
    pub fn real() -> Self {
        Self {}
    }
}

/// Migrates a database and builds the house on it.
///
/// # Errors
/// If a migration fails or the fonts cannot be read.
pub async fn open(
    db: Db,
    vault: Arc<Vault>,
    fonts: Option<&Path>,
    _outside: Outside,
) -> anyhow::Result<House> {
    db.migrate(ROOMS).await?;
    let services = Services::default()
        .with(Arc::new(Typesetter::new(fonts)?))
        .with(Arc::new(DirectoryService(Box::new(Names))));
    let house = House::new(db, vault, services, LISTENERS);
    house.start().await?;
    Ok(house)
}

/// Names and duties, told to the door by the rooms that know them.
struct Names;

impl Directory for Names {
    fn held(&self, _: &mut Read<'_>, _: StaffId, _: Instant) -> Result<Vec<Held>, DbError> {
        Ok(Vec::new())
    }
    fn staff_name(&self, _: &mut Read<'_>, _: StaffId) -> Result<Option<String>, DbError> {
        Ok(None)
    }
    fn person_name(&self, _: &mut Read<'_>, _: &Vault, _: PersonId) -> Result<Option<String>, DbError> {
        Ok(None)
    }
    fn body_name(&self, _: &mut Read<'_>, _: BodyId) -> Result<Option<(String, String)>, DbError> {
        Ok(None)
    }
    fn duty(&self, _: &mut Read<'_>, _: DutyId) -> Result<Option<Held>, DbError> {
        Ok(None)
    }
}
