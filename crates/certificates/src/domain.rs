//! Certificates: kinds, states, standing, what a showing shows. Pure.

use std::collections::BTreeMap;

use linli_acts::PersonId;
use linli_base::docnum::{DocumentKind, DocumentNumber};
use linli_base::{Day, FieldError, Instant, text};
use linli_documents::{OfficialPaper, PaperTable};
use linli_guide::Both;
use serde::{Deserialize, Serialize};

linli_db::id! {
    /// A certificate.
    pub struct CertificateId;
}
linli_db::id! {
    /// A showing of part of one.
    pub struct ShowingId;
}

linli_db::codes! {
    /// How a certificate stands in the log. That it ran out is told by the day.
    pub enum CertificateState {
        Active = "active",
        Suspended = "suspended",
        Revoked = "revoked",
        Superseded = "superseded",
        /// Its content was erased at its holder's wish.
        Erased = "erased",
    }
}

impl CertificateState {
    /// What is revoked, replaced or erased never comes back.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use CertificateState::{Active, Erased, Revoked, Superseded, Suspended};
        match (self, next) {
            (Active, Suspended) | (Suspended, Active) => true,
            (Active | Suspended, Revoked | Superseded) => true,
            (was, Erased) => was != Erased,
            _ => false,
        }
    }
}

/// How a certificate stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Good,
    Expired,
    Suspended,
    Revoked,
    Superseded,
    Erased,
}

impl Standing {
    /// As a paper says it.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Good => "有效",
            Self::Expired => "已过有效期",
            Self::Suspended => "已暂停",
            Self::Revoked => "已撤销",
            Self::Superseded => "已换发，本证作废",
            Self::Erased => "已删除",
        }
    }
}

/// How one stands on a day.
#[must_use]
pub fn standing(state: CertificateState, valid_until: Option<Day>, day: Day) -> Standing {
    match state {
        CertificateState::Active if valid_until.is_some_and(|until| until < day) => Standing::Expired,
        CertificateState::Active => Standing::Good,
        CertificateState::Suspended => Standing::Suspended,
        CertificateState::Revoked => Standing::Revoked,
        CertificateState::Superseded => Standing::Superseded,
        CertificateState::Erased => Standing::Erased,
    }
}

/// What is written into a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertFieldKind {
    #[default]
    Text,
    Day,
}

/// A field of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertField {
    pub key: String,
    pub label: Both,
    #[serde(default)]
    pub kind: CertFieldKind,
    /// Not shown unless the holder ticks it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// What certificates of a kind hold (GB/T 36903), one version of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindDocument {
    pub name: Both,
    /// Codes of the bodies that may issue it; empty: any.
    #[serde(default)]
    pub issuers: Vec<String>,
    /// How long one is good; absent: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u16>,
    pub fields: Vec<CertField>,
}

/// Whether a kind may be called so: as items name it.
#[must_use]
pub fn is_kind_key(key: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    // An address of its own stands there.
    (2..=40).contains(&key.len()) && key.chars().all(plain) && key != "new"
}

/// More fields than any certificate has.
pub const MOST_FIELDS: usize = 20;

impl KindDocument {
    /// Checks what types cannot.
    ///
    /// # Errors
    /// Every wrong part, by the name of its input.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut wrong = Vec::new();
        if self.name.zh.is_empty() {
            wrong.push(FieldError::new("name-zh", "empty"));
        }
        if self.fields.is_empty() || self.fields.len() > MOST_FIELDS {
            wrong.push(FieldError::new("new-key", "fields-count"));
        }
        for (n, field) in self.fields.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let once = self.fields.iter().filter(|f| f.key == field.key).count() == 1;
            if field.key.is_empty() || field.key.len() > 40 || !field.key.chars().all(plain) || !once {
                wrong.push(FieldError::new(&format!("key-{n}"), "field-key"));
            }
            if field.label.zh.is_empty() {
                wrong.push(FieldError::new(&format!("zh-{n}"), "empty"));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// The regular form of what was typed into the fields.
    ///
    /// # Errors
    /// Every wrong field.
    pub fn read(&self, typed: &dyn Fn(&str) -> String) -> Result<BTreeMap<String, String>, Vec<FieldError>> {
        let (mut out, mut wrong) = (BTreeMap::new(), Vec::new());
        for field in &self.fields {
            let value = text::tidy(&typed(&field.key));
            let read = match field.kind {
                _ if value.is_empty() && field.optional => continue,
                _ if value.is_empty() => Err("empty"),
                CertFieldKind::Text if value.chars().count() > 200 => Err("too-long"),
                CertFieldKind::Text => Ok(value),
                CertFieldKind::Day => value.parse::<Day>().map(|d| d.to_string()).map_err(|_| "day-wrong"),
            };
            match read {
                Ok(value) => drop(out.insert(field.key.clone(), value)),
                Err(kind) => wrong.push(FieldError::new(&field.key, kind)),
            }
        }
        if wrong.is_empty() { Ok(out) } else { Err(wrong) }
    }
}

/// What a certificate says, as sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// As the issuing body numbers it.
    pub number: String,
    pub holder: String,
    pub document_kind: String,
    pub document: String,
    pub values: BTreeMap<String, String>,
}

impl Data {
    /// The holder's number with its middle hidden.
    #[must_use]
    pub fn document_masked(&self, day: Day) -> String {
        DocumentKind::from_word(&self.document_kind)
            .and_then(|kind| DocumentNumber::parse(kind, &self.document, day).ok())
            .map_or_else(|| "*".repeat(self.document.chars().count().min(18)), |d| d.masked())
    }
}

/// A certificate to be issued.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    pub kind: String,
    pub person: PersonId,
    pub number: String,
    pub issued_on: Day,
    /// Absent: as the kind says.
    pub valid_until: Option<Day>,
    pub values: BTreeMap<String, String>,
}

/// What lies sealed in a showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub fields: Vec<String>,
    pub audience: String,
    pub purpose: String,
    pub code: String,
}

/// `仅用于办理××事项`, as it lies across what is shown.
#[must_use]
pub fn watermark(audience: &str, purpose: &str, until: &str) -> String {
    format!("仅供{audience}用于办理{purpose}，有效期至{until}")
}

/// What the paper of a certificate is made of.
pub struct Printed<'a> {
    pub kind: &'a KindDocument,
    pub data: &'a Data,
    pub issued: Day,
    pub until: Option<Day>,
    pub standing: Standing,
    /// Name of the body that answers for it.
    pub body: &'a str,
    /// The line inside the seal's ring, where the paper bears one.
    pub seal_kind: Option<&'a str>,
    pub origin: &'a str,
    pub now: Instant,
}

/// The paper of a certificate for its holder. Without a seal it proves nothing by itself and says so; with one it says how it stood when
/// it was printed, and how anybody sees how it stands now.
#[must_use]
pub fn paper(p: &Printed<'_>) -> OfficialPaper {
    let Printed { kind, data, issued, until, body, seal_kind, origin, now, .. } = *p;
    let day = now.day();
    let mut rows: Vec<Vec<String>> =
        vec![vec!["持证人".into(), data.holder.clone()], vec!["证件号码".into(), data.document_masked(day)]];
    rows.extend(kind.fields.iter().filter_map(|f| {
        let value = data.values.get(&f.key)?;
        let shown = match f.kind {
            CertFieldKind::Day => value.parse::<Day>().map_or_else(|_| value.clone(), |d| d.zh()),
            CertFieldKind::Text => value.clone(),
        };
        Some(vec![f.label.zh.clone(), shown])
    }));
    if p.standing != Standing::Good {
        rows.push(vec!["状态".into(), p.standing.zh().into()]);
    }
    rows.push(vec!["有效期".into(), until.map_or_else(|| "长期".to_owned(), |d| format!("至{}", d.zh()))]);
    OfficialPaper {
        title: kind.name.zh.clone(),
        title_en: kind.name.en.clone(),
        number: format!("编号 {}", data.number),
        table: PaperTable { head: vec!["项目".into(), "内容".into()], rows },
        after: vec![if seal_kind.is_some() {
            format!(
                "打印于 {}，当时证照有效。此后是否有效，请持证人在“我的证照”中出示，由对方扫码核对。",
                now.minute()
            )
        } else {
            "本页仅供持证人本人查阅，不作证明使用。办事时请在“我的证照”中出示，由对方扫码核对。".to_owned()
        }],
        body: body.to_owned(),
        date: issued.zh(),
        sealed: seal_kind.is_some(),
        seal_kind: seal_kind.unwrap_or_default().to_owned(),
        foot: seal_kind
            .map(|_| format!("本文件带有电子签名，任何改动都会使签名失效；可在 {origin}/check 上传核验。"))
            .into_iter()
            .collect(),
        ..OfficialPaper::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn delivered_kinds_are_sound() {
        let kinds: BTreeMap<String, KindDocument> = serde_json::from_str(crate::offers::DELIVERED).unwrap();
        assert!(kinds.len() >= 12);
        for (key, kind) in kinds {
            assert_eq!(kind.check(), Ok(()), "{key}");
            assert!(!kind.name.en.is_empty() && kind.fields.iter().all(|f| !f.label.en.is_empty()), "{key}");
        }
    }

    #[test]
    fn what_is_over_never_comes_back() {
        use CertificateState::{Active, Erased, Revoked, Superseded, Suspended};
        for over in [Revoked, Superseded, Erased] {
            for next in [Active, Suspended, Revoked, Superseded] {
                assert!(!over.may_become(next), "{over:?} {next:?}");
            }
        }
        assert!(Active.may_become(Suspended) && Suspended.may_become(Active));
        assert!(Revoked.may_become(Erased) && !Erased.may_become(Erased));
    }

    #[test]
    fn it_runs_out_by_the_day_alone() {
        let until = Some(day("2026-11-24"));
        assert_eq!(standing(CertificateState::Active, until, day("2026-11-24")), Standing::Good);
        assert_eq!(standing(CertificateState::Active, until, day("2026-11-25")), Standing::Expired);
        assert_eq!(standing(CertificateState::Suspended, until, day("2026-11-25")), Standing::Suspended);
        assert_eq!(standing(CertificateState::Active, None, day("2099-01-01")), Standing::Good);
    }
}
