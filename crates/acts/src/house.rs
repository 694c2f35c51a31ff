//! The house that acts happen in, and the act runner.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use linli_base::{Instant, PlaceCode};
use linli_db::{Db, DbError, Tx};
use linli_vault::Vault;

use crate::actor::{Actor, BodyId, Denied, DutyId, DutyKind};
use crate::jobs::{Event, Job};
use crate::log::{Entry, LogId};

/// What rooms share besides the database: channels, registers, the typesetter. One of each type, put in by `linli`.
#[derive(Default)]
pub struct Services(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Services {
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, service: Arc<T>) -> Self {
        self.0.insert(TypeId::of::<T>(), service);
        self
    }
}

pub(crate) struct Inner {
    db: Db,
    vault: Arc<Vault>,
    services: Services,
    /// Event kind → job kinds of its listeners.
    listeners: HashMap<&'static str, Vec<&'static str>>,
    /// Tells this process from others at leases.
    holder: i64,
    /// When the sealer last looked back for late commits (PostgreSQL).
    pub(crate) looked_back: std::sync::atomic::AtomicI64,
}

/// Database, vault, services, listeners. Cheap to clone.
#[derive(Clone)]
pub struct House(pub(crate) Arc<Inner>);

impl House {
    /// `listeners`: which job runs on which event.
    #[must_use]
    pub fn new(
        db: Db,
        vault: Arc<Vault>,
        services: Services,
        listeners: &[(&'static str, &'static str)],
    ) -> Self {
        let mut by_event: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for (event, job) in listeners {
            by_event.entry(event).or_default().push(job);
        }
        let holder = i64::from_le_bytes(vault.chance().bytes()).saturating_abs();
        let looked_back = std::sync::atomic::AtomicI64::new(0);
        Self(Arc::new(Inner { db, vault, services, listeners: by_event, holder, looked_back }))
    }

    /// Called once after the migrations: ids go on above the highest in the log, even if the clock went back; open jobs lie
    /// where this program looks for them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn start(&self) -> Result<(), DbError> {
        let highest = self
            .0
            .db
            .read(|r| Ok::<_, DbError>(crate::log::highest(r)?.max(crate::jobs::highest(r)?)))
            .await?;
        self.0.db.raise_ids(highest);
        self.0.db.write(crate::jobs::sort_pools).await
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    #[must_use]
    pub fn now(&self) -> Instant {
        self.0.db.now()
    }

    /// The service of a type.
    ///
    /// # Panics
    /// If `linli` did not put one in: a fault of composition that the first request shows.
    #[must_use]
    pub fn service<T: Send + Sync + 'static>(&self) -> Arc<T> {
        let found = self.0.services.0.get(&TypeId::of::<T>()).and_then(|s| Arc::clone(s).downcast().ok());
        match found {
            Some(service) => service,
            None => panic!("no service {}", std::any::type_name::<T>()),
        }
    }

    /// Runs one act in a transaction of its own: may the actor → load → decide → store → log → enqueue. Durable when it
    /// returns.
    ///
    /// # Errors
    /// What the act refused with; nothing is stored then.
    pub async fn act<T, E>(
        &self,
        actor: &Actor,
        act: impl Fn(&mut Act<'_, '_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (house, actor) = (self.clone(), actor.clone());
        self.0.db.write(move |tx| act(&mut Act { tx, actor: &actor, house: &house, duty: None })).await
    }

    /// Reads on one snapshot.
    ///
    /// # Errors
    /// What the closure refused with.
    pub async fn read<T, E>(
        &self,
        f: impl Fn(&mut linli_db::Read<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.0.db.read(f).await
    }

    pub(crate) fn holder(&self) -> i64 {
        self.0.holder
    }

    pub(crate) fn listeners(&self, event: &str) -> &[&'static str] {
        self.0.listeners.get(event).map_or(&[], Vec::as_slice)
    }
}

/// A transaction with an actor. Derefs to [`Tx`], so statements run on it directly.
pub struct Act<'a, 'c> {
    tx: &'a mut Tx<'c>,
    pub actor: &'a Actor,
    pub house: &'a House,
    duty: Option<DutyId>,
}

impl Act<'_, '_> {
    /// Demands a duty and acts on it from here: what is logged bears its number.
    ///
    /// # Errors
    /// If the actor does not hold it.
    pub fn on_duty(&mut self, kind: &'static DutyKind, body: BodyId, place: PlaceCode) -> Result<(), Denied> {
        self.duty = Some(self.actor.holds(kind, body, place)?.duty);
        Ok(())
    }

    /// As [`Act::on_duty`], for duties that are not bound to a body or place.
    ///
    /// # Errors
    /// If the actor does not hold it.
    pub fn on_any_duty(&mut self, kind: &'static DutyKind) -> Result<(), Denied> {
        self.duty = Some(self.actor.holds_any(kind)?.duty);
        Ok(())
    }

    /// The duty on which the act is done, once it was demanded.
    #[must_use]
    pub fn duty(&self) -> Option<DutyId> {
        self.duty
    }

    #[must_use]
    pub fn vault(&self) -> &Vault {
        self.house.vault()
    }

    /// Writes the act into the log.
    ///
    /// # Errors
    /// If the database fails.
    pub fn log(&mut self, entry: Entry) -> Result<LogId, DbError> {
        crate::log::write(self, entry)
    }

    /// Leaves work to do after the commit. Returns false if a job with the same dedup key is there already.
    ///
    /// # Errors
    /// If the database fails.
    pub fn enqueue(&mut self, job: Job) -> Result<bool, DbError> {
        crate::jobs::enqueue(self.tx, &job)
    }

    /// Tells other rooms: a job for each listener, in order for each subject, at least once.
    ///
    /// # Errors
    /// If the database fails.
    pub fn tell(&mut self, event: &Event) -> Result<(), DbError> {
        for listener in self.house.listeners(event.kind) {
            crate::jobs::enqueue(self.tx, &event.job(listener))?;
        }
        Ok(())
    }
}

impl<'c> Deref for Act<'_, 'c> {
    type Target = Tx<'c>;
    fn deref(&self) -> &Tx<'c> {
        self.tx
    }
}

impl<'c> DerefMut for Act<'_, 'c> {
    fn deref_mut(&mut self) -> &mut Tx<'c> {
        self.tx
    }
}
