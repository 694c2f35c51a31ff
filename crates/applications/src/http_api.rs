//! Another system files for somebody.

use std::collections::BTreeMap;

use linli_base::Day;
use linli_base::docnum::{DocumentKind, DocumentNumber};
use linli_casework::offers as casework;
use linli_casework::offers::{CaseId, State};
use linli_people::offers as people;
use linli_web::{Api, Fault, Reply, Req};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts;
use crate::error::ApplicationError;

/// An application for somebody.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewApplication {
    /// Key of the item.
    item: String,
    #[serde(default = "resident_id")]
    document_kind: String,
    /// Number of the person's document.
    document: String,
    /// By the keys of the item's form.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// How the person's consent is kept by the system that files for her.
    evidence: String,
}

fn resident_id() -> String {
    DocumentKind::ResidentId.word().to_owned()
}

/// The case that it became.
#[derive(Serialize, JsonSchema)]
struct Filed {
    id: CaseId,
    number: String,
    state: State,
    rev: i64,
    due: Day,
}

pub(crate) fn described() -> Api {
    Api::new("为本人（经同意）提交申请", "File an application for a person who consents")
        .idempotent()
        .body::<NewApplication>()
        .answer::<Filed>(201, "已提交，成为办件", "Filed; it is a case now")
        .problem(404)
        .problem(409)
}

pub(crate) async fn file(req: Req) -> Result<Reply, Fault> {
    let new: NewApplication = req.json()?;
    let kind = DocumentKind::from_word(&new.document_kind)
        .ok_or_else(|| ApplicationError::field("document_kind", "choose"))?;
    let number = DocumentNumber::parse(kind, &new.document, req.now().day())
        .map_err(|e| ApplicationError::field("document", e.kind()))?;
    let once = req.once();
    let case = req
        .act(move |act| {
            let file = |act: &mut linli_acts::Act<'_, '_>| {
                let house = act.house;
                let person = people::find_by_document(act, house.vault(), &number)?
                    .ok_or(ApplicationError::Missing)?;
                acts::file_for(act, &new.item, person, &new.answers, &new.evidence).map_err(|e| match e {
                    // Outside her duty's place, a person is nobody.
                    ApplicationError::Denied(linli_acts::Denied::Duty(_)) => ApplicationError::Missing,
                    other => other,
                })
            };
            let case = if once.is_empty() {
                file(act)?
            } else {
                linli_acts::once(act, &format!("applications.file_for {once}"), file)?
            };
            Ok::<_, ApplicationError>(casework::case(act, case)?)
        })
        .await?;
    let filed = Filed { id: case.id, number: case.number, state: case.state, rev: case.rev, due: case.due };
    Ok(Reply::json(&filed).status(201))
}
