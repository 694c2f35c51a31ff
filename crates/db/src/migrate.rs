//! Migrations: numbered files of each room, applied in order, each once, with its hash kept.

use sha2::{Digest, Sha256};

use crate::ddl::translate;
use crate::engine::{Db, MigrationMark};
use crate::error::{DbError, Kind};

/// One file.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub number: u32,
    pub text: &'static str,
}

/// The files of a room, by the room's name. Rooms are migrated in the order in which `linli` lists them, so foreign keys
/// point only to rooms listed before.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub name: &'static str,
    pub migrations: &'static [Migration],
}

/// `migrations![1 => "0001_tables.sql", 2 => "0002_index.sql"]`, files in the crate's `migrations/`.
#[macro_export]
macro_rules! migrations {
    ($($number:literal => $file:literal),+ $(,)?) => {
        &[$($crate::Migration {
            number: $number,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $file)),
        }),+]
    };
}

const OWN: &str = "CREATE TABLE IF NOT EXISTS migrations (
    room TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (room, number)
);";

crate::sql! {
    APPLIED: (Vec<u8>,) = "SELECT hash FROM migrations WHERE room = $1 AND number = $2";
    pub(crate) MARK: () = "INSERT INTO migrations (room, number, hash, applied_at) VALUES ($1, $2, $3, $4)";
}

impl Db {
    /// Applies what is not yet applied. Refuses to start if an applied file has changed since.
    ///
    /// # Errors
    /// If a file fails (it is undone as a whole) or differs from what was applied.
    pub async fn migrate(&self, rooms: &[Room]) -> Result<(), DbError> {
        self.script(translate(OWN, self.engine()), None).await?;
        for room in rooms {
            for m in room.migrations {
                let hash = Sha256::digest(m.text).to_vec();
                let (name, number) = (room.name, m.number);
                let applied = self.read(move |r| r.opt(&APPLIED, (name, number))).await?;
                match applied {
                    Some((old,)) if old == hash => {}
                    Some(_) => {
                        return Err(DbError::new(
                            Kind::Other,
                            format!("{name} {number} was applied in another form"),
                        ));
                    }
                    None => {
                        let then = Some(MigrationMark { room: name, number, hash });
                        self.script(translate(m.text, self.engine()), then).await.map_err(|e| {
                            DbError::new(e.kind, format!("migration {name} {number}: {}", e.what))
                        })?;
                    }
                }
            }
        }
        Ok(())
    }
}
