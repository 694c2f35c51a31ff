//! Tells guides which certificates a resident holds: the room of certificates seen from the catalogue, which stands below it.

use linli_acts::PersonId;
use linli_catalogue::offers::Inventory;
use linli_certificates::offers::{CertificateError, kinds, kinds_held};
use linli_db::{DbError, Kind, Read};
use linli_vault::Vault;

/// What the room of certificates keeps.
pub struct Certificates;

impl Inventory for Certificates {
    fn holds(
        &self,
        read: &mut Read<'_>,
        _: &Vault,
        person: PersonId,
    ) -> Result<Option<Vec<String>>, DbError> {
        let today = read.now().day();
        kinds_held(read, person, today).map(Some).map_err(|e| match e {
            CertificateError::Db(e) => e,
            e => DbError { kind: Kind::Other, what: e.to_string().into() },
        })
    }

    fn kinds(&self, read: &mut Read<'_>) -> Result<Vec<(String, String, String)>, DbError> {
        kinds(read)
    }
}
