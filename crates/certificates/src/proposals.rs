//! A kind of certificate is new or changed: proposed by its keeper, approved by another officer (rules' proposals).

use std::collections::BTreeMap;

use linli_acts::Act;
use linli_base::Day;
use linli_db::Read;
use linli_rules::proposals::{ProposalKind, ProposalRow, Shown};
use linli_rules::{APPROVER, RuleError};
use linli_words::Lang;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{CertField, CertFieldKind, KindDocument, is_kind_key};
use crate::error::CertificateError;
use crate::{KEEPER, Words, acts, store};

/// Key of this kind of proposal.
pub(crate) const KIND: &str = "certificate-kind";

linli_rules::inventory::submit! {
    ProposalKind {
        key: KIND, zh: "证照目录", en: "Kind of certificate", proposer: &KEEPER, approver: &APPROVER, check, apply, shown,
    }
}

/// What is proposed: the next version of a kind, after the one that was seen; 0 for a new kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub after: i64,
    pub document: KindDocument,
}

fn content(json: &Value) -> Result<Content, RuleError> {
    serde_json::from_value(json.clone()).map_err(|_| RuleError::Stored)
}

fn check(read: &mut Read<'_>, key: &str, json: &Value, _: Day) -> Result<(), RuleError> {
    let Content { after, document } = content(json)?;
    document.check().map_err(RuleError::Wrong)?;
    if !is_kind_key(key) {
        return Err(RuleError::wrong_fields(&[("key", "field-key")]));
    }
    let stands = read.opt(&store::KIND, (key,))?.map_or(0, |(version, _)| version);
    if stands == after { Ok(()) } else { Err(RuleError::Changed) }
}

fn apply(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let Content { after, document } = content(&p.content.0)?;
    acts::add_version(act, &p.key, after, &document).map_err(|e| match e {
        CertificateError::Db(e) => RuleError::Db(e),
        CertificateError::Changed => RuleError::Changed,
        _ => RuleError::Stored,
    })?;
    // Guides that name it are made anew, in every process.
    linli_catalogue::offers::raise_stamp(act)?;
    Ok(())
}

fn field_line(w: Words, f: &CertField) -> String {
    let how = if f.kind == CertFieldKind::Day { w.field_kind_day() } else { w.field_kind_text() };
    let mut out = format!("{} · {} · {how}", f.key, w.lang().pick(&f.label.zh, &f.label.en));
    for (on, words) in [(f.secret, w.field_secret()), (f.optional, w.field_optional())] {
        if on {
            out.push_str(" · ");
            out.push_str(words);
        }
    }
    out
}

/// A part of a kind in words.
type Part<'a> = &'a dyn Fn(&KindDocument) -> String;

fn shown(read: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let w = Words::from(lang);
    let new = content(&p.content.0)?.document;
    let old = read.opt(&store::KIND, (&p.key,))?.map(|(_, document)| document.0);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for code in new.issuers.iter().chain(old.iter().flat_map(|k| &k.issuers)) {
        let body = linli_duties::offers::body_by_code(read, code)?;
        let name = body.map_or_else(|| code.clone(), |b| lang.pick(&b.name_zh, &b.name_en).into_owned());
        names.insert(code.clone(), name);
    }
    let issuers = |k: &KindDocument| {
        k.issuers.iter().filter_map(|c| names.get(c)).cloned().collect::<Vec<_>>().join("、")
    };
    let both = |part: Part<'_>| (old.as_ref().map(part).unwrap_or_default(), part(&new));
    let days =
        |k: &KindDocument| k.valid_days.map_or_else(|| w.valid_for_good().to_owned(), |n| n.to_string());
    let parts: [(&str, Part<'_>); 4] = [
        (w.kind_zh(), &|k| k.name.zh.clone()),
        (w.kind_en(), &|k| k.name.en.clone()),
        (w.kind_issuers(), &issuers),
        (w.kind_valid(), &days),
    ];
    let mut lines = Vec::new();
    for (name, part) in parts {
        let (before, after) = both(part);
        lines.push((name.to_owned(), before, after));
    }
    let found = |of: Option<&KindDocument>, key: &str| {
        of.and_then(|k| k.fields.iter().find(|f| f.key == key)).map(|f| field_line(w, f)).unwrap_or_default()
    };
    let mut keys: Vec<&str> = new.fields.iter().map(|f| f.key.as_str()).collect();
    let gone = old.iter().flat_map(|k| &k.fields).filter(|f| new.fields.iter().all(|n| n.key != f.key));
    keys.extend(gone.map(|f| f.key.as_str()));
    for key in keys {
        lines.push((key.to_owned(), found(old.as_ref(), key), found(Some(&new), key)));
    }
    Ok(Shown { title: lang.pick(&new.name.zh, &new.name.en).into_owned(), lines, ..Shown::default() })
}
