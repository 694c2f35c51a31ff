//! The texts of notices as officers keep them: delivered with the program, changed by proposal and approval, in force from a day.

use linli_acts::{Act, Entry, StaffId, Subject};
use linli_base::{Day, Instant};
use linli_db::{DbError, Read, row, sql};
use linli_rules::proposals::{ProposalKind, ProposalRow, Shown};
use linli_rules::{KEEPER, RuleError};
use linli_words::Lang;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Words;
use crate::kind::{NoticeKind, filled, notice_kinds, placeholders};

linli_db::id! {
    /// A text that was set.
    pub struct TextId;
}

/// The kind of proposal.
pub(crate) const TEXT: &str = "notice-text";

linli_acts::inventory::submit! {
    ProposalKind { key: TEXT, zh: "通知文本", en: "Text of a notice", proposer: &KEEPER, approver: &linli_rules::APPROVER, check, apply, shown }
}

row! {
    /// A text that was set.
    #[derive(Clone, Debug)]
    pub(crate) struct TextRow {
        pub zh: String,
        pub en: String,
        pub from_day: Day,
        pub set_by: StaffId,
        pub set_at: Instant,
    }
}

sql! {
    ADD: () = "INSERT INTO notice_texts (id, kind, zh, en, from_day, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) HISTORY: TextRow = "SELECT zh, en, from_day, set_by, set_at FROM notice_texts WHERE kind = $1 ORDER BY from_day DESC, id DESC LIMIT 100";
}

linli_db::kept! {
    AT of ["notice_texts"]: (String, String) = "SELECT zh, en FROM notice_texts WHERE kind = $1 AND from_day <= $2 ORDER BY from_day DESC, id DESC LIMIT 1";
}

linli_acts::retention! {
    "notice_texts", keep, "通知文本的历次版本长期保存。", "Every version of a text is kept.";
}
linli_acts::act_words! {
    "notices.text_set" = "修改了一种通知的文本", "Changed the text of a kind of notice";
}

/// Both texts as proposed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TextContent {
    pub zh: String,
    pub en: String,
}

/// What a kind says on a day, Chinese and English.
///
/// # Errors
/// If the database fails.
pub(crate) fn at(
    read: &mut Read<'_>,
    kind: &'static NoticeKind,
    day: Day,
) -> Result<(String, String), DbError> {
    let set = read.kept_opt(&AT, (kind.key, day))?;
    Ok(set.unwrap_or_else(|| (kind.zh.to_owned(), kind.en.to_owned())))
}

pub(crate) fn find(key: &str) -> Option<&'static NoticeKind> {
    notice_kinds().into_iter().find(|k| k.key == key)
}

fn content(json: &Value) -> Result<TextContent, RuleError> {
    serde_json::from_value(json.clone()).map_err(|_| RuleError::Stored)
}

/// Two messages' length, before the arguments.
const LONGEST_ZH: usize = 120;
const LONGEST_EN: usize = 300;

/// Whether a text may take the place of the delivered one: the same arguments, both languages, not too long.
pub(crate) fn faults(kind: &NoticeKind, new: &TextContent) -> Vec<(&'static str, &'static str)> {
    let mut out = Vec::new();
    let wanted = placeholders(kind.zh);
    for (field, text, most) in [("zh", &new.zh, LONGEST_ZH), ("en", &new.en, LONGEST_EN)] {
        if text.is_empty() {
            out.push((field, "text-empty"));
        } else if text.chars().count() > most {
            out.push((field, "text-long"));
        } else if placeholders(text) != wanted {
            out.push((field, "text-arguments"));
        }
    }
    out
}

fn check(_: &mut Read<'_>, key: &str, json: &Value, _: Day) -> Result<(), RuleError> {
    let kind = find(key).ok_or(RuleError::Missing)?;
    let wrong = faults(kind, &content(json)?);
    if wrong.is_empty() { Ok(()) } else { Err(RuleError::wrong_fields(&wrong)) }
}

fn apply(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let (new, id, now): (_, TextId, _) = (content(&p.content.0)?, act.next_id(), act.now());
    act.run(&ADD, (id, &p.key, &new.zh, &new.en, p.from_day, p.proposed_by, now))?;
    act.log(
        Entry::new(Subject::new("notice_text", id), "notices.text_set")
            .content(&serde_json::json!({ "kind": p.key, "from": p.from_day })),
    )?;
    Ok(())
}

fn shown(r: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let (kind, new) = (find(&p.key).ok_or(RuleError::Missing)?, content(&p.content.0)?);
    let (zh, en) = at(r, kind, p.from_day)?;
    let w = Words::from(lang);
    Ok(Shown {
        title: kind.key.to_owned(),
        lines: vec![
            (w.text_zh().to_owned(), zh, new.zh.clone()),
            (w.text_en().to_owned(), en, new.en.clone()),
        ],
        preview: preview(w, kind, &new, "https://…"),
        ..Shown::default()
    })
}

/// A value as it might stand where a name stands.
fn sample(name: &str, lang: Lang) -> String {
    let (zh, en) = match name {
        "title" => ("高龄津贴", "old-age allowance"),
        "number" => ("HZ20261127-000123", "HZ20261127-000123"),
        "due" | "day" | "from" | "until" => ("2026-12-04", "2026-12-04"),
        "reason" | "why" => ("照片不清楚", "the picture is not clear"),
        "place" => ("素社街道办事处", "Sushe Street Office"),
        _ => ("〔样例〕", "[sample]"),
    };
    lang.pick(zh, en).into_owned()
}

/// Characters of one part of a long message, as carriers count and charge it.
const PART: usize = 67;
const ONE: usize = 70;

/// The text with sample values, as it is read on each way, in Chinese and in English.
pub(crate) fn preview(
    w: Words,
    kind: &NoticeKind,
    new: &TextContent,
    origin: &str,
) -> Vec<(String, Vec<String>)> {
    let names = placeholders(kind.zh).unwrap_or_default();
    let with = |text: &str, lang: Lang| {
        let args: Vec<(String, String)> = names.iter().map(|n| ((*n).to_owned(), sample(n, lang))).collect();
        filled(text, &args)
    };
    let (zh, en) = (with(&new.zh, Lang::ZhHans), with(&new.en, Lang::En));
    let hant = Lang::ZhHant.pick(&zh, "").into_owned();
    let sms = format!("{zh} {origin}/my/…");
    let n = sms.chars().count();
    let parts = if n <= ONE { 1 } else { n.div_ceil(PART) };
    vec![
        (w.way_page().to_owned(), vec![zh.clone(), hant, en.clone()]),
        (w.way_sms().to_owned(), vec![sms, w.sms_length(&n, &parts)]),
        (w.way_wechat().to_owned(), vec![zh.clone()]),
        (w.way_paper().to_owned(), vec![w.letter_greeting().to_owned(), zh, w.letter_help().to_owned()]),
    ]
}
