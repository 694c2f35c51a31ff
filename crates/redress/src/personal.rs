//! What lies here of a person: copy and erasure.

use linli_acts::{Act, Holding, PersonId, PersonalData};
use linli_db::{DbError, Read};
use linli_vault::{Place, Vault};

use crate::acts::subject;
use crate::store;

linli_acts::inventory::submit! {
    PersonalData { room: "redress", zh: "差评整改", en: "Bad reviews taken up", export, outlook, erase }
}

linli_acts::inventory::submit! { linli_casework::offers::Matters { of: matters } }

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let mut out = Vec::new();
    for order in read.all(&store::OF_PERSON, (person,))? {
        let mut notes = Vec::new();
        for n in read.all(&store::NOTES, (order.id,))? {
            let words =
                n.words.and_then(|x| vault.open_text(Place::new("redress_notes.words", n.id), &x).ok());
            notes.push(serde_json::json!({ "step": n.step, "at": n.at.rfc3339(), "words": words }));
        }
        out.push(serde_json::json!({
            "level": order.level, "state": order.state, "verdict": order.verdict, "call": order.call,
            "opened_on": order.opened_on, "due": order.due, "notes": notes,
        }));
    }
    Ok(if out.is_empty() { serde_json::Value::Null } else { out.into() })
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let n = u64::try_from(read.all(&store::OF_PERSON, (person,))?.len()).unwrap_or(u64::MAX);
    if n == 0 {
        Ok(Vec::new())
    } else {
        Ok(vec![Holding::erased("差评整改中写的话", "What was written about your bad reviews", n)])
    }
}

fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let told = outlook(act, person)?;
    for order in act.all(&store::OF_PERSON, (person,))? {
        if act.run(&store::FORGET_NOTES, (order.id,))? > 0 {
            act.log(
                linli_acts::Entry::new(subject(order.id), "redress.notes_erased")
                    .person(person)
                    .place(order.place),
            )?;
        }
    }
    Ok(told)
}

fn matters(
    read: &mut Read<'_>,
    person: PersonId,
    lang: linli_words::Lang,
) -> Result<Vec<linli_casework::offers::Matter>, linli_casework::CaseError> {
    let w = crate::Words::from(lang);
    let mut out = Vec::new();
    for order in read.all(&store::OF_PERSON, (person,))? {
        let case = linli_casework::offers::case(read, order.case_id)?;
        out.push(linli_casework::offers::Matter {
            title: w.mine_title(&linli_casework::shown::title(lang, &case)),
            href: format!("/my/redress/{}", order.id),
            detail: w.by_key(&format!("state-{}", order.state.word())).unwrap_or_default().to_owned(),
        });
    }
    Ok(out)
}
