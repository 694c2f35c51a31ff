//! The holder's pages, the page of whoever is shown something, the issuing officer's, the keeper's.

pub(crate) mod kinds;
pub(crate) mod mine;
pub(crate) mod office;
pub(crate) mod show;

use linli_base::{Day, FieldError};
use linli_web::Req;
use linli_web::ui::{Chip, Errors, Tone};
use linli_words::Lang;

use crate::Words;
use crate::domain::{CertField, CertFieldKind, Data, KindDocument, Standing};

pub(crate) fn day_words(lang: Lang, day: Day) -> String {
    if lang.is_en() { day.en() } else { day.zh() }
}

/// Label and value of the fields that may be shown, in order. Names and places stay as they are written.
pub(crate) fn values(
    kind: &KindDocument,
    data: &Data,
    lang: Lang,
    may: &dyn Fn(&CertField) -> bool,
) -> Vec<(String, String)> {
    kind.fields
        .iter()
        .filter(|f| may(f))
        .filter_map(|f| {
            let value = data.values.get(&f.key)?;
            let shown = match f.kind {
                CertFieldKind::Day => value.parse().map_or_else(|_| value.clone(), |d| day_words(lang, d)),
                CertFieldKind::Text => value.clone(),
            };
            Some((lang.pick(&f.label.zh, &f.label.en).into_owned(), shown))
        })
        .collect()
}

pub(crate) fn chip(w: Words, standing: Standing) -> Chip {
    match standing {
        Standing::Good => Chip::new(Tone::Done, w.standing_good()),
        Standing::Expired => Chip::new(Tone::Due, w.standing_expired()),
        Standing::Suspended => Chip::new(Tone::Due, w.standing_suspended()),
        Standing::Revoked => Chip::new(Tone::Late, w.standing_revoked()),
        Standing::Superseded => Chip::new(Tone::Plain, w.standing_superseded()),
        Standing::Erased => Chip::new(Tone::Plain, w.standing_erased()),
    }
}

/// What is wrong, in words.
pub(crate) fn errors(req: &Req, wrong: Vec<FieldError>) -> Errors {
    let w: Words = req.words();
    let list =
        wrong.into_iter().map(|e| (e.field, w.by_key(e.kind).unwrap_or_default().to_owned())).collect();
    Errors::new(req.frame().words().errors_title(), list)
}
