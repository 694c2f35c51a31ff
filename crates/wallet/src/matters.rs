//! Proofs among a resident's matters (`/my`).

use linli_acts::PersonId;
use linli_casework::offers::{CaseError, Matter, Matters};
use linli_db::Read;
use linli_words::Lang;

use crate::domain::{ProofId, ProofState};
use crate::{Words, acts};

linli_acts::inventory::submit! { Matters { of } }

fn of(read: &mut Read<'_>, person: PersonId, lang: Lang) -> Result<Vec<Matter>, CaseError> {
    let rows = acts::of_person(read, person, ProofId::from_raw(i64::MAX))?;
    let w = Words::from(lang);
    Ok(rows
        .into_iter()
        .take(10)
        .map(|p| {
            let state = match p.state {
                ProofState::Waiting | ProofState::Issuing => w.state_waiting(),
                ProofState::Issued => w.state_issued(),
                ProofState::Refused => w.state_refused(),
                ProofState::Revoked => w.state_revoked(),
                ProofState::Erased => w.state_erased(),
            };
            let title = lang.pick(p.kind.zh(), p.kind.en()).into_owned();
            let detail = format!("{} · {state}", p.asked_at.minute());
            Matter { title, href: format!("/proofs/{}", p.id), detail }
        })
        .collect())
}
