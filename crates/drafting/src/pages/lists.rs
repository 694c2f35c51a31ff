//! The two lists that hold for the whole catalogue: abolished proofs, of which a change is proposed by one and approved by another, and what
//! people say for what items say, kept by whoever writes items: it takes nothing from anybody and holds at once.

use askama::Template;
use linli_base::Day;
use linli_catalogue::CatalogueError;
use linli_catalogue::abolished::{self, Abolished};
use linli_catalogue::offers::{self as catalogue, ItemId, Synonym, TermId, TermState};
use linli_rules::proposals::ProposalId;
use linli_web::ui::{Errors, Field, Kind, Pager, Tick};
use linli_web::{Fault, Frame, Reply, Req, encode};

use super::told;
use crate::error::DraftingError;
use crate::{EDITOR, Words, proposals};

#[derive(Template)]
#[template(path = "proofs.html")]
struct ProofsPage {
    f: Frame,
    w: Words,
    errors: Errors,
    proofs: Vec<Abolished>,
    fields: Vec<Field>,
    recalled: Tick,
    /// Those of which it is proposed to take them off.
    removals: Vec<String>,
    /// Live items that ask for one: key and name, with the words.
    asking: Vec<(String, String, String)>,
    /// Changes that wait for an approver: proposal, what it does, the words.
    waiting: Vec<(ProposalId, &'static str, String)>,
    keeper: bool,
}

impl ProofsPage {
    fn waits(&self, id: &TermId) -> bool {
        self.removals.contains(&id.to_string())
    }
}

#[derive(Template)]
#[template(path = "synonyms.html")]
struct SynonymsPage {
    f: Frame,
    w: Words,
    errors: Errors,
    typed: String,
    synonyms: Vec<Synonym>,
    pager: Pager,
    fields: Vec<Field>,
    total: usize,
    keeper: bool,
}

/// Words on a page.
const PAGE: usize = 50;

fn field(req: &Req, errors: &Errors, name: &str, label: &str, hint: &str) -> Field {
    let value = req.form().raw(name);
    Field::new(name, label, value).hint(hint).error(errors.of(name)).autocomplete("off")
}

/// Items read at once when the whole catalogue is looked through.
const AT_ONCE: i64 = 200;

async fn proofs_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    req.officer()?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let lang = req.lang();
    let (proofs, waiting, removals) = req
        .read(move |r| {
            let (mut waiting, mut removals) = (Vec::new(), Vec::new());
            for kind in [proposals::ABOLISH, proposals::ALLOW] {
                for p in linli_rules::proposals::waiting(r, kind)? {
                    waiting.push((p.id, proposals::what(w, kind), proposals::title(r, &p, lang)?.0));
                    removals.extend((kind == proposals::ALLOW).then_some(p.key));
                }
            }
            Ok::<_, DraftingError>((abolished::all(r)?, waiting, removals))
        })
        .await?;
    let (mut asking, mut after) = (Vec::new(), ItemId::from_raw(0));
    loop {
        let items = req.read(move |r| catalogue::page(r, after, AT_ONCE)).await?;
        let Some(last) = items.last().map(|i| i.0) else { break };
        for (_, key, _, guide) in &items {
            if let Some(proof) = abolished::asked_of(&proofs, guide) {
                let name = w.lang().pick(&guide.name.zh, &guide.name.en).into_owned();
                asking.push((key.clone(), name, proof.words.clone()));
            }
        }
        after = last;
    }
    let status = if errors.is_empty() { 200 } else { 422 };
    let fields = vec![
        field(req, &errors, "words", w.l_proof_words(), w.h_proof_words()),
        field(req, &errors, "instead_zh", &w.in_chinese(&w.l_instead()), ""),
        field(req, &errors, "instead_en", &w.in_english(&w.l_instead()), ""),
        field(req, &errors, "source", w.l_source(), ""),
        field(req, &errors, "since", w.l_since(), "").kind(Kind::Day),
    ];
    Ok(Reply::page(&ProofsPage {
        recalled: Tick::new("recalled", w.l_recalled(), req.form().has("recalled")),
        keeper: req.actor().holds_any(&EDITOR).is_ok(),
        waiting,
        removals,
        proofs,
        fields,
        asking,
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn proofs(req: Req) -> Result<Reply, Fault> {
    proofs_page(&req, Vec::new()).await
}

fn filled(w: Words, name: &str, value: &str, most: usize) -> Option<(String, String)> {
    match value.chars().count() {
        0 => Some((name.to_owned(), w.wrong_empty().to_owned())),
        n if n > most => Some((name.to_owned(), w.wrong_long().to_owned())),
        _ => None,
    }
}

/// Proposes to put a proof on the list.
pub(crate) async fn add_proof(req: Req) -> Result<Reply, Fault> {
    let (w, form) = (req.words::<Words>(), req.form());
    let (since, recalled) = (form.text("since"), i64::from(form.has("recalled")));
    let proof = Abolished {
        id: TermId::from_raw(0),
        words: form.text("words").replace(' ', ""),
        instead_zh: form.text("instead_zh"),
        instead_en: form.text("instead_en"),
        source: form.text("source"),
        since: since.clone(),
        recalled,
        state: TermState::Live,
        rev: 1,
    };
    let texts =
        [("words", &proof.words, 60), ("instead_zh", &proof.instead_zh, 200), ("source", &proof.source, 300)];
    let mut wrong: Vec<(String, String)> =
        texts.into_iter().filter_map(|(n, v, most)| filled(w, n, v, most)).collect();
    if proof.instead_en.chars().count() > 300 {
        wrong.push(("instead_en".to_owned(), w.wrong_long().to_owned()));
    }
    if since.parse::<Day>().is_err() {
        wrong.push(("since".to_owned(), w.wrong_day().to_owned()));
    }
    if !wrong.is_empty() {
        return proofs_page(&req, wrong).await;
    }
    match req.act(move |act| proposals::abolish(act, &proof)).await {
        Ok(_) => Ok(Reply::see_other("/office/abolished").flash(w.said_proposed())),
        Err(e) => proofs_page(&req, told(w, e)?).await,
    }
}

/// Proposes to take it off.
pub(crate) async fn remove_proof(req: Req) -> Result<Reply, Fault> {
    let (id, rev): (TermId, i64) = (req.path("id")?, req.form().parse_as("rev")?);
    req.act(move |act| proposals::allow(act, id, rev)).await?;
    Ok(Reply::see_other("/office/abolished").flash(req.words::<Words>().said_proposed()))
}

async fn synonyms_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    req.officer()?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let typed: String = req.query().text("q").chars().take(60).collect();
    let page = req.ask("page").unwrap_or(1usize).clamp(1, 1_000);
    let fits = |s: &Synonym| typed.is_empty() || s.said.contains(&typed) || s.meant.contains(&typed);
    let mut all = req.read(catalogue::synonyms).await?;
    all.retain(fits);
    let total = all.len();
    let way = |page: usize| match typed.as_str() {
        "" => format!("/office/synonyms?page={page}"),
        typed => format!("/office/synonyms?q={}&page={page}", encode(typed)),
    };
    let pager = Pager {
        next: if total > page * PAGE { way(page + 1) } else { String::new() },
        first: if page > 1 { way(1) } else { String::new() },
        next_words: f.words().next_page(),
        first_words: f.words().first_page(),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&SynonymsPage {
        synonyms: all.into_iter().skip((page - 1) * PAGE).take(PAGE).collect(),
        pager,
        fields: vec![
            field(req, &errors, "said", w.l_said(), w.h_said()),
            field(req, &errors, "meant", w.l_meant(), w.h_meant()),
        ],
        keeper: req.actor().holds_any(&EDITOR).is_ok(),
        typed,
        total,
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn synonyms(req: Req) -> Result<Reply, Fault> {
    synonyms_page(&req, Vec::new()).await
}

/// What people say is found from now on.
pub(crate) async fn add_synonym(req: Req) -> Result<Reply, Fault> {
    let (w, form) = (req.words::<Words>(), req.form());
    let (said, meant) = (form.text("said").to_lowercase(), form.text("meant"));
    let wrong: Vec<(String, String)> =
        [("said", &said), ("meant", &meant)].into_iter().filter_map(|(n, v)| filled(w, n, v, 30)).collect();
    if !wrong.is_empty() {
        return synonyms_page(&req, wrong).await;
    }
    let done = req
        .act(move |act| {
            act.on_any_duty(&EDITOR)?;
            catalogue::add_synonym(act, &said, &meant)
        })
        .await;
    match done {
        Ok(_) => Ok(Reply::see_other("/office/synonyms").flash(w.said_listed())),
        Err(CatalogueError::Taken) => {
            synonyms_page(&req, vec![("said".to_owned(), w.on_the_list().to_owned())]).await
        }
        Err(e) => Err(e.into()),
    }
}

/// And no more.
pub(crate) async fn remove_synonym(req: Req) -> Result<Reply, Fault> {
    let (id, rev): (TermId, i64) = (req.path("id")?, req.form().parse_as("rev")?);
    req.act(move |act| {
        act.on_any_duty(&EDITOR)?;
        catalogue::remove_synonym(act, id, rev)
    })
    .await?;
    Ok(Reply::see_other("/office/synonyms").flash(req.words::<Words>().said_unlisted()))
}
