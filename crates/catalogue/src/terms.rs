//! Two lists that officers keep: abolished proofs, and what people say for what items say. Both come with the program as a start; what an
//! officer changed or took away does not come again.

use linli_acts::{Act, Entry, House, Subject};
use linli_db::{DbError, Read, row};

use crate::abolished::{self, Abolished};
use crate::acts::CatalogueError;
use crate::store;

linli_db::id! {
    /// A line of one of the lists.
    pub struct TermId;
}

linli_db::codes! {
    /// Whether a line holds.
    pub enum TermState {
        Live = "live",
        Removed = "removed",
    }
}

row! {
    /// What people say, and what items say.
    #[derive(Clone, Debug)]
    pub struct Synonym {
        pub id: TermId,
        pub said: String,
        pub meant: String,
        pub state: TermState,
        pub rev: i64,
    }
}

const FILE: &str = include_str!("../items/synonyms.txt");

/// Those that come with the program.
pub fn delivered_synonyms() -> impl Iterator<Item = (String, String)> {
    let lines = FILE.lines().filter(|l| !l.starts_with('#'));
    lines.filter_map(|l| l.split_once('|')).map(|(said, meant)| (said.to_owned(), meant.to_owned()))
}

/// All that hold: at most 5,000.
///
/// # Errors
/// If the database fails.
pub fn synonyms(read: &mut Read<'_>) -> Result<Vec<Synonym>, DbError> {
    read.all(&store::SYNONYMS, ())
}

fn proof(id: TermId) -> Subject {
    Subject::new("abolished_proof", id)
}

fn synonym(id: TermId) -> Subject {
    Subject::new("search_synonym", id)
}

/// Lines written in one act.
const AT_ONCE: usize = 300;

/// Takes the lines of the program that are not known yet.
///
/// # Errors
/// If the database fails.
pub(crate) async fn deliver(house: &House) -> Result<(), CatalogueError> {
    let digest = crate::delivered::digest();
    let known = house.read(|r| r.opt(&store::DIGEST, ("terms",))).await?;
    if known.is_some_and(|(d,)| d.as_ref() == Some(&digest)) {
        return Ok(());
    }
    let proofs: Vec<Abolished> = abolished::delivered().collect();
    house
        .act(&linli_acts::Actor::system(), move |act| {
            for p in &proofs {
                if act.opt(&store::ABOLISHED_BY_WORDS, (p.words.as_str(),))?.is_none() {
                    add_proof(act, p)?;
                }
            }
            Ok::<_, CatalogueError>(())
        })
        .await?;
    let pairs: Vec<(String, String)> = delivered_synonyms().collect();
    for chunk in pairs.chunks(AT_ONCE) {
        let chunk = chunk.to_vec();
        house
            .act(&linli_acts::Actor::system(), move |act| {
                for (said, meant) in &chunk {
                    if act.opt(&store::SYNONYM_BY_SAID, (said.as_str(),))?.is_none() {
                        add_synonym(act, said, meant)?;
                    }
                }
                Ok::<_, CatalogueError>(())
            })
            .await?;
    }
    house
        .act(&linli_acts::Actor::system(), move |act| {
            act.run(&store::SET_DIGEST, ("terms", digest.clone()))?;
            Ok::<_, CatalogueError>(())
        })
        .await
}

/// A proof more may not be asked for. Its words may have been on the list before.
///
/// # Errors
/// If the words are on the list.
pub fn add_proof(act: &mut Act<'_, '_>, p: &Abolished) -> Result<TermId, CatalogueError> {
    let (w, zh, en) = (p.words.as_str(), p.instead_zh.as_str(), p.instead_en.as_str());
    let (source, since) = (p.source.as_str(), p.since.as_str());
    let id = match act.opt(&store::ABOLISHED_BY_WORDS, (w,))? {
        Some(stood) if stood.state == TermState::Removed => {
            let args = (stood.id, stood.rev, w, zh, en, source, since, p.recalled, TermState::Live);
            if !act.run_one(&store::CHANGE_ABOLISHED, args)? {
                return Err(CatalogueError::Changed);
            }
            stood.id
        }
        Some(_) => return Err(CatalogueError::Taken),
        None => {
            let id: TermId = act.next_id();
            act.run(&store::ADD_ABOLISHED, (id, w, zh, en, source, since, p.recalled))?;
            id
        }
    };
    act.run(&store::RAISE_STAMP, ())?;
    act.log(Entry::new(proof(id), "catalogue.proof_abolished").state(TermState::Live.word()))?;
    Ok(id)
}

/// Takes a proof off the list.
///
/// # Errors
/// If somebody was quicker.
pub fn remove_proof(act: &mut Act<'_, '_>, id: TermId, rev: i64) -> Result<(), CatalogueError> {
    if !act.run_one(&store::REMOVE_ABOLISHED, (id, rev))? {
        return Err(CatalogueError::Changed);
    }
    act.run(&store::RAISE_STAMP, ())?;
    act.log(Entry::new(proof(id), "catalogue.proof_allowed").state(TermState::Removed.word()))?;
    Ok(())
}

/// What people say is found as what items say from now on.
///
/// # Errors
/// If it is on the list.
pub fn add_synonym(act: &mut Act<'_, '_>, said: &str, meant: &str) -> Result<TermId, CatalogueError> {
    let id = match act.opt(&store::SYNONYM_BY_SAID, (said,))? {
        Some(stood) if stood.state == TermState::Removed => {
            if !act.run_one(&store::CHANGE_SYNONYM, (stood.id, stood.rev, meant, TermState::Live))? {
                return Err(CatalogueError::Changed);
            }
            stood.id
        }
        Some(_) => return Err(CatalogueError::Taken),
        None => {
            let id: TermId = act.next_id();
            act.run(&store::ADD_SYNONYM, (id, said, meant))?;
            id
        }
    };
    act.run(&store::RAISE_STAMP, ())?;
    act.log(Entry::new(synonym(id), "catalogue.synonym_added").state(TermState::Live.word()))?;
    Ok(id)
}

/// Takes a line off the list of what people say.
///
/// # Errors
/// If somebody was quicker.
pub fn remove_synonym(act: &mut Act<'_, '_>, id: TermId, rev: i64) -> Result<(), CatalogueError> {
    if !act.run_one(&store::REMOVE_SYNONYM, (id, rev))? {
        return Err(CatalogueError::Changed);
    }
    act.run(&store::RAISE_STAMP, ())?;
    act.log(Entry::new(synonym(id), "catalogue.synonym_removed").state(TermState::Removed.word()))?;
    Ok(())
}
