//! What bodies, places, kinds and topics are called.

use linli_acts::BodyId;
use linli_base::{Day, PlaceCode};
use linli_db::{DbError, Read};
use linli_web::ui::{Chip, Choice, Tone};
use linli_words::Lang;

use crate::Words;
use crate::domain::{DocumentKind, Finding, Topic, VersionState};

pub(crate) fn body(read: &mut Read<'_>, lang: Lang, id: BodyId) -> Result<String, DbError> {
    let found = linli_duties::offers::body(read, id)?;
    Ok(found.map(|b| lang.pick(&b.name_zh, &b.name_en).into_owned()).unwrap_or_default())
}

pub(crate) fn place(read: &mut Read<'_>, lang: Lang, code: PlaceCode, day: Day) -> Result<String, DbError> {
    let (zh, en) = linli_places::offers::name(read, code, day)?;
    Ok(lang.pick(&zh, &en).into_owned())
}

pub(crate) fn kind(w: Words, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Notice => w.kind_notice(),
        DocumentKind::Plan => w.kind_plan(),
        DocumentKind::Policy => w.kind_policy(),
        DocumentKind::Procedure => w.kind_procedure(),
        DocumentKind::Announcement => w.kind_announcement(),
        DocumentKind::Result => w.kind_result(),
    }
}

pub(crate) fn topic(w: Words, topic: Topic) -> &'static str {
    match topic {
        Topic::Education => w.topic_education(),
        Topic::Elderly => w.topic_elderly(),
        Topic::Health => w.topic_health(),
        Topic::Work => w.topic_work(),
        Topic::Housing => w.topic_housing(),
        Topic::Transport => w.topic_transport(),
        Topic::Environment => w.topic_environment(),
        Topic::Community => w.topic_community(),
        Topic::Culture => w.topic_culture(),
        Topic::Safety => w.topic_safety(),
        Topic::Money => w.topic_money(),
    }
}

pub(crate) fn finding(w: Words, finding: Finding) -> &'static str {
    match finding {
        Finding::Upheld => w.finding_upheld(),
        Finding::Partly => w.finding_partly(),
        Finding::NotUpheld => w.finding_not_upheld(),
    }
}

pub(crate) fn version_chip(w: Words, state: VersionState) -> Chip {
    match state {
        VersionState::Draft => Chip::new(Tone::Plain, w.state_draft()),
        VersionState::Proposed => Chip::new(Tone::Due, w.state_proposed()),
        VersionState::Live => Chip::new(Tone::Done, w.state_live()),
        VersionState::Archived => Chip::new(Tone::Plain, w.state_archived()),
    }
}

pub(crate) fn kinds(w: Words) -> Vec<Choice> {
    DocumentKind::ALL.iter().map(|k| Choice::new(k.word(), kind(w, *k))).collect()
}

pub(crate) fn topics(w: Words) -> Vec<Choice> {
    Topic::ALL.iter().map(|t| Choice::new(t.word(), topic(w, *t))).collect()
}

/// The source text where no English was written.
pub(crate) fn pick(lang: Lang, zh: &str, en: &str) -> String {
    lang.pick(zh, if en.is_empty() { zh } else { en }).into_owned()
}
