//! What takes a right from residents or gives one back, beside the text of an item: an item is retired or brought back, a proof may not be
//! asked for any more or may again. An editor proposes it, an approver who is another person decides it (rules' proposals).

use linli_acts::Act;
use linli_base::{Day, FieldError};
use linli_catalogue::CatalogueError;
use linli_catalogue::abolished::{self, Abolished};
use linli_catalogue::offers::{self as catalogue, ItemState, Standing, TermId, TermState};
use linli_db::Read;
use linli_rules::RuleError;
use linli_rules::proposals::{self, ProposalId, ProposalKind, ProposalRow, ProposalState, Shown};
use linli_words::Lang;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::acts::{may, words};
use crate::error::DraftingError;
use crate::{APPROVER, EDITOR, Words, store};

/// An item is taken out of the catalogue.
pub const RETIRE: &str = "item-retire";
/// And brought back.
pub const REINSTATE: &str = "item-reinstate";
/// A proof may not be asked for any more.
pub const ABOLISH: &str = "proof-abolish";
/// And may again.
pub const ALLOW: &str = "proof-allow";

/// All of them.
pub const KINDS: [&str; 4] = [RETIRE, REINSTATE, ABOLISH, ALLOW];

linli_rules::inventory::submit! {
    ProposalKind {
        key: RETIRE, zh: "停办事项", en: "Retire an item", proposer: &EDITOR, approver: &APPROVER,
        check: check_retire, apply: apply_retire, shown: shown_retire,
    }
}
linli_rules::inventory::submit! {
    ProposalKind {
        key: REINSTATE, zh: "恢复办理", en: "Bring an item back", proposer: &EDITOR, approver: &APPROVER,
        check: check_reinstate, apply: apply_reinstate, shown: shown_reinstate,
    }
}
linli_rules::inventory::submit! {
    ProposalKind {
        key: ABOLISH, zh: "取消一种证明", en: "Abolish a proof", proposer: &EDITOR, approver: &APPROVER,
        check: check_abolish, apply: apply_abolish, shown: shown_abolish,
    }
}
linli_rules::inventory::submit! {
    ProposalKind {
        key: ALLOW, zh: "移出取消的证明", en: "Take a proof off the abolished", proposer: &EDITOR, approver: &APPROVER,
        check: check_allow, apply: apply_allow, shown: shown_allow,
    }
}

/// An item as it was seen, and what residents read at its address.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct OfItem {
    rev: i64,
    #[serde(default)]
    why: String,
}

/// A line of the list as it was seen, or as it would be.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct OfProof {
    words: String,
    instead_zh: String,
    instead_en: String,
    source: String,
    since: String,
    recalled: i64,
    #[serde(default)]
    rev: i64,
}

impl From<&Abolished> for OfProof {
    fn from(p: &Abolished) -> Self {
        Self {
            words: p.words.clone(),
            instead_zh: p.instead_zh.clone(),
            instead_en: p.instead_en.clone(),
            source: p.source.clone(),
            since: p.since.clone(),
            recalled: p.recalled,
            rev: p.rev,
        }
    }
}

fn content<T: serde::de::DeserializeOwned>(json: &Value) -> Result<T, RuleError> {
    serde_json::from_value(json.clone()).map_err(|_| RuleError::Stored)
}

fn refused(e: CatalogueError) -> RuleError {
    match e {
        CatalogueError::Db(e) => RuleError::Db(e),
        CatalogueError::Denied(e) => RuleError::Denied(e),
        CatalogueError::Missing => RuleError::Missing,
        _ => RuleError::Changed,
    }
}

fn not_mine(e: DraftingError) -> RuleError {
    match e {
        DraftingError::Db(e) => RuleError::Db(e),
        DraftingError::Denied(e) => RuleError::Denied(e),
        _ => RuleError::Changed,
    }
}

/// The item, if it still stands as it was seen.
fn item(read: &mut Read<'_>, key: &str, rev: i64, state: ItemState) -> Result<Standing, RuleError> {
    let item = catalogue::standing(read, key)?.ok_or(RuleError::Missing)?;
    // A text in hand goes live or is given up first.
    let open = read.opt(&store::OPEN, (key,))?.is_some();
    if item.rev == rev && item.state == state && !open { Ok(item) } else { Err(RuleError::Changed) }
}

fn check_retire(read: &mut Read<'_>, key: &str, json: &Value, _: Day) -> Result<(), RuleError> {
    let OfItem { rev, why } = content(json)?;
    words("why", &why).map_err(|e| RuleError::Wrong(vec![e]))?;
    item(read, key, rev, ItemState::Live).map(drop)
}

fn apply_retire(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let OfItem { rev, why } = content(&p.content.0)?;
    let item = item(act, &p.key, rev, ItemState::Live)?;
    may(act, &APPROVER, &item.guide.department.code).map_err(not_mine)?;
    catalogue::retire(act, &item, &why).map_err(refused)
}

fn check_reinstate(read: &mut Read<'_>, key: &str, json: &Value, _: Day) -> Result<(), RuleError> {
    let item = item(read, key, content::<OfItem>(json)?.rev, ItemState::Retired)?;
    match abolished::asked(read, &item.guide)? {
        Some(_) => Err(RuleError::Changed),
        None => Ok(()),
    }
}

fn apply_reinstate(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let item = item(act, &p.key, content::<OfItem>(&p.content.0)?.rev, ItemState::Retired)?;
    may(act, &APPROVER, &item.guide.department.code).map_err(not_mine)?;
    catalogue::reinstate(act, &item).map_err(refused)
}

/// The name of an item, where it stands, and what would become of the letter's counts.
fn of_item(read: &mut Read<'_>, p: &ProposalRow, lang: Lang, live: bool) -> Result<Shown, RuleError> {
    let w = Words::from(lang);
    let item = catalogue::standing(read, &p.key)?.ok_or(RuleError::Missing)?;
    let mut shown = Shown {
        title: lang.pick(&item.guide.name.zh, &item.guide.name.en).into_owned(),
        href: format!("/office/catalogue/{}", p.key),
        ..Shown::default()
    };
    let states = [w.state_retired(), w.state_live()];
    let [before, after] = if live { states } else { [states[1], states[0]] };
    shown.lines.push((w.by_state().to_owned(), before.to_owned(), after.to_owned()));
    // Decided, its counts are those of now.
    if p.state == ProposalState::Proposed {
        let now = catalogue::counts(read)?;
        let then = if live { now.with(None, Some(&item.guide)) } else { now.with(Some(&item.guide), None) };
        for (key, before, after) in [
            ("items.total", now.total, then.total),
            ("items.hr", now.hr, then.hr),
            ("items.hr.zero", now.zero, then.zero),
            ("items.hr.one", now.one, then.one),
        ] {
            if let Some(figure) = linli_figures::find(key).filter(|_| before != after) {
                let name = lang.pick(figure.zh, figure.en).into_owned();
                shown.lines.push((name, before.to_string(), after.to_string()));
            }
        }
    }
    Ok(shown)
}

fn shown_retire(read: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let w = Words::from(lang);
    let mut shown = of_item(read, p, lang, false)?;
    let why = content::<OfItem>(&p.content.0)?.why;
    shown.preview.push((w.residents_read().to_owned(), why.lines().map(str::to_owned).collect()));
    shown.preview.push((w.what_follows().to_owned(), vec![w.retire_hint().to_owned()]));
    Ok(shown)
}

fn shown_reinstate(read: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    of_item(read, p, lang, true)
}

fn check_abolish(read: &mut Read<'_>, _: &str, json: &Value, _: Day) -> Result<(), RuleError> {
    let new: OfProof = content(json)?;
    let there = abolished::all(read)?.iter().any(|p| p.words == new.words);
    if there { Err(RuleError::wrong_fields(&[("words", "on-the-list")])) } else { Ok(()) }
}

fn apply_abolish(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let new: OfProof = content(&p.content.0)?;
    let line = Abolished {
        id: TermId::from_raw(0),
        words: new.words,
        instead_zh: new.instead_zh,
        instead_en: new.instead_en,
        source: new.source,
        since: new.since,
        recalled: new.recalled,
        state: TermState::Live,
        rev: 1,
    };
    catalogue::add_proof(act, &line).map(drop).map_err(refused)
}

fn check_allow(read: &mut Read<'_>, key: &str, json: &Value, _: Day) -> Result<(), RuleError> {
    let seen: OfProof = content(json)?;
    let stands = abolished::all(read)?.iter().any(|p| p.id.to_string() == key && p.rev == seen.rev);
    if stands { Ok(()) } else { Err(RuleError::Changed) }
}

fn apply_allow(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let seen: OfProof = content(&p.content.0)?;
    let id: TermId = p.key.parse().map_err(|_| RuleError::Stored)?;
    catalogue::remove_proof(act, id, seen.rev).map_err(refused)
}

fn of_proof(w: Words, p: &OfProof) -> Vec<(String, String)> {
    let recalled = if p.recalled == 1 { format!(" · {}", w.l_recalled()) } else { String::new() };
    vec![
        (w.l_proof_words().to_owned(), p.words.clone()),
        (w.l_instead().to_owned(), w.lang().pick(&p.instead_zh, &p.instead_en).into_owned()),
        (w.l_source().to_owned(), format!("{}{recalled}", p.source)),
        (w.l_since().to_owned(), p.since.clone()),
    ]
}

/// Live items that ask for such a proof, named on a proposal.
const MOST_NAMED: usize = 20;

fn shown_abolish(read: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let (w, new) = (Words::from(lang), content::<OfProof>(&p.content.0)?);
    let lines = of_proof(w, &new).into_iter().map(|(what, after)| (what, String::new(), after)).collect();
    let href = "/office/abolished".to_owned();
    let mut shown = Shown { title: new.words.clone(), href, lines, ..Shown::default() };
    if p.state == ProposalState::Proposed {
        let mut named: Vec<String> = catalogue::asking_for(read, &new.words, MOST_NAMED)?
            .into_iter()
            .map(|(zh, en)| lang.pick(&zh, &en).into_owned())
            .collect();
        if named.is_empty() {
            named.push(w.nobody_asks().to_owned());
        }
        shown.preview.push((w.asking_title().to_owned(), named));
    }
    Ok(shown)
}

fn shown_allow(_: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let (w, old) = (Words::from(lang), content::<OfProof>(&p.content.0)?);
    let lines = of_proof(w, &old).into_iter().map(|(what, before)| (what, before, String::new())).collect();
    Ok(Shown { title: old.words, href: "/office/abolished".to_owned(), lines, ..Shown::default() })
}

/// What a proposal is about, in a list.
///
/// # Errors
/// If the database fails.
pub fn title(read: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<(String, String), RuleError> {
    Ok(match p.kind.as_str() {
        RETIRE | REINSTATE => {
            let item = catalogue::standing(read, &p.key)?.ok_or(RuleError::Missing)?;
            (lang.pick(&item.guide.name.zh, &item.guide.name.en).into_owned(), item.guide.department.code)
        }
        _ => (content::<OfProof>(&p.content.0)?.words, String::new()),
    })
}

/// The reason that goes with a proposal, for residents to read; empty: none is told.
#[must_use]
pub fn reason(p: &ProposalRow) -> String {
    content::<OfItem>(&p.content.0).map(|c| c.why).unwrap_or_default()
}

/// What a kind of proposal does, in words.
#[must_use]
pub fn what(w: Words, kind: &str) -> &'static str {
    match kind {
        RETIRE => w.retire(),
        REINSTATE => w.reinstate(),
        ABOLISH => w.add_proof(),
        _ => w.allow_proof(),
    }
}

/// The proposal of a kind that waits for one thing.
///
/// # Errors
/// If the database fails.
pub fn waiting(read: &mut Read<'_>, kind: &str, key: &str) -> Result<Option<ProposalRow>, RuleError> {
    Ok(proposals::of(read, kind, key)?.into_iter().find(|p| p.state == ProposalState::Proposed))
}

fn propose<T: Serialize>(
    act: &mut Act<'_, '_>,
    kind: &str,
    key: &str,
    what: &T,
) -> Result<ProposalId, DraftingError> {
    // One at a time: two that wait would undo each other.
    if waiting(act, kind, key)?.is_some() {
        return Err(DraftingError::Changed);
    }
    let today = act.now().day();
    let content = serde_json::to_value(what).map_err(|_| DraftingError::Missing)?;
    Ok(proposals::propose(act, kind, key, &content, today, "")?)
}

/// An editor proposes that an item is taken out of the catalogue, with the reason that residents will read at its address.
///
/// # Errors
/// If it is none of hers, the reason is missing, a draft of it is in hand, or somebody was quicker.
pub fn retire(act: &mut Act<'_, '_>, key: &str, rev: i64, why: &str) -> Result<ProposalId, DraftingError> {
    let item = catalogue::standing(act, key)?.ok_or(DraftingError::Missing)?;
    may(act, &EDITOR, &item.guide.department.code)?;
    propose(act, RETIRE, key, &OfItem { rev, why: why.to_owned() })
}

/// And that it is brought back, as it stood.
///
/// # Errors
/// If it is none of hers, it asks for a proof that was abolished meanwhile, or somebody was quicker.
pub fn reinstate(act: &mut Act<'_, '_>, key: &str, rev: i64) -> Result<ProposalId, DraftingError> {
    let item = catalogue::standing(act, key)?.ok_or(DraftingError::Missing)?;
    may(act, &EDITOR, &item.guide.department.code)?;
    if abolished::asked(act, &item.guide)?.is_some() {
        return Err(DraftingError::Unsound);
    }
    propose(act, REINSTATE, key, &OfItem { rev, why: String::new() })
}

/// An editor proposes that a proof may not be asked for any more.
///
/// # Errors
/// If it stands on the list, or is proposed already.
pub fn abolish(act: &mut Act<'_, '_>, proof: &Abolished) -> Result<ProposalId, DraftingError> {
    act.on_any_duty(&EDITOR)?;
    match propose(act, ABOLISH, &proof.words, &OfProof::from(proof)) {
        Err(DraftingError::Changed) => {
            Err(DraftingError::Wrong(vec![FieldError::new("words", "waits-already")]))
        }
        other => other,
    }
}

/// And that it may again.
///
/// # Errors
/// If somebody was quicker.
pub fn allow(act: &mut Act<'_, '_>, id: TermId, rev: i64) -> Result<ProposalId, DraftingError> {
    act.on_any_duty(&EDITOR)?;
    let proof = abolished::all(act)?.into_iter().find(|p| p.id == id && p.rev == rev);
    propose(act, ALLOW, &id.to_string(), &OfProof::from(&proof.ok_or(DraftingError::Changed)?))
}
