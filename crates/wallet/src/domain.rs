//! Proofs and seals: kinds, states, what a paper says. Pure.

use linli_base::Day;
use linli_base::docnum::{DocumentKind, DocumentNumber};
use linli_documents::{OfficialPaper, PaperTable};
use serde::{Deserialize, Serialize};

use crate::register::InsuranceRecord;

linli_db::id! {
    /// A seal.
    pub struct SealId;
}
linli_db::id! {
    /// A standing authorisation.
    pub struct AuthorisationId;
}
linli_db::id! {
    /// A proof.
    pub struct ProofId;
}

linli_db::codes! {
    /// Kinds of electronic proof.
    pub enum ProofKind {
        Insurance = "insurance",
    }
}

impl ProofKind {
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Insurance => "个人参保证明",
        }
    }
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Insurance => "Proof of social insurance",
        }
    }
}

linli_db::codes! {
    /// What a seal may be allowed for without an official's hand.
    pub enum SealUse {
        /// Proofs of insurance.
        Insurance = "insurance",
        /// The papers of certificates that the seal's own body issued.
        Certificate = "certificate",
    }
}

impl SealUse {
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Insurance => ProofKind::Insurance.zh(),
            Self::Certificate => "本机构签发的电子证照",
        }
    }
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Insurance => ProofKind::Insurance.en(),
            Self::Certificate => "Certificates of this body",
        }
    }
    /// Whether one seal in the district has it; else one of each body.
    #[must_use]
    pub fn is_single(self) -> bool {
        self == Self::Insurance
    }
}

impl From<ProofKind> for SealUse {
    fn from(kind: ProofKind) -> Self {
        match kind {
            ProofKind::Insurance => Self::Insurance,
        }
    }
}

linli_db::codes! {
    /// How a proof stands.
    pub enum ProofState {
        /// Asked for; the register has not answered yet.
        Waiting = "waiting",
        /// The data are there; the paper is being made.
        Issuing = "issuing",
        Issued = "issued",
        /// The register knows nothing to be proved.
        Refused = "refused",
        Revoked = "revoked",
        /// Its content was erased at its holder's wish.
        Erased = "erased",
    }
}

linli_db::codes! {
    /// How a seal stands.
    pub enum SealState {
        Active = "active",
        Suspended = "suspended",
        Ended = "ended",
    }
}

impl SealState {
    /// An ended seal never comes back.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Active, Self::Suspended | Self::Ended) | (Self::Suspended, Self::Active | Self::Ended)
        )
    }
}

/// What a proof says, as sealed with it. The check page shows this and no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofData {
    pub name: String,
    pub document_kind: String,
    pub document_masked: String,
    pub record: InsuranceRecord,
    pub code: String,
    pub body: String,
    pub seal_kind: String,
    pub day: Day,
    pub valid_until: Day,
    /// As printed; empty before the first checkpoint of the district.
    pub checkpoint: String,
}

/// `7K2M-94QX`.
#[must_use]
pub fn shown_code(code: &str) -> String {
    let (head, tail) = code.split_at_checked(4).unwrap_or((code, ""));
    format!("{head}-{tail}")
}

/// The regular form of a typed code.
#[must_use]
pub fn typed_code(typed: &str) -> String {
    // The alphabet of codes has neither O nor I nor L nor 0 nor 1.
    linli_base::text::compact(typed)
}

/// `440105-2026-11-24-000712`.
#[must_use]
pub fn number(district6: u64, day: Day, serial: i64) -> String {
    format!("{district6}-{day}-{serial:06}")
}

/// The data of an insurance proof, with its day and the last day on which it is good.
#[must_use]
pub fn insurance_data(
    name: &str,
    document: &DocumentNumber,
    record: InsuranceRecord,
    code: String,
    seal: (&str, &str),
    (day, valid_until): (Day, Day),
    checkpoint: String,
) -> ProofData {
    ProofData {
        name: name.to_owned(),
        document_kind: document.kind().word().to_owned(),
        document_masked: document.masked(),
        record,
        code,
        body: seal.0.to_owned(),
        seal_kind: seal.1.to_owned(),
        day,
        valid_until,
        checkpoint,
    }
}

/// The paper of a proof. `origin` is the site's address, for the code.
#[must_use]
pub fn paper(kind: ProofKind, number: &str, data: &ProofData, district: &str, origin: &str) -> OfficialPaper {
    let document = DocumentKind::from_word(&data.document_kind).map_or("证件", DocumentKind::zh);
    let rows = data
        .record
        .lines
        .iter()
        .map(|l| {
            vec![l.zh.clone(), l.first.clone(), l.last.clone(), l.months.to_string(), l.state_zh.clone()]
        })
        .collect();
    let mut foot = vec![format!(
        "扫码核验真伪，或在 {origin}/check 输入编号与校验码 {}。本文件带有电子签名，任何改动都会使签名失效。",
        shown_code(&data.code)
    )];
    if !data.checkpoint.is_empty() {
        foot.push(format!("办理记录校验点 {}：日后可凭此证明当时的记录未被改动。", data.checkpoint));
    }
    OfficialPaper {
        title: kind.zh().to_owned(),
        title_en: kind.en().to_owned(),
        number: format!("编号 {number}"),
        paragraphs: vec![format!(
            "兹证明 {}（{document}号码 {}）在{district}参加社会保险，缴费情况如下：",
            data.name, data.document_masked
        )],
        table: PaperTable {
            head: ["险种", "首次参保", "最近缴费", "累计月数", "当前状态"].map(String::from).into(),
            rows,
        },
        after: vec![format!(
            "以上信息取自社会保险登记，查询时间 {}。本证明仅用于办理本人事项，有效期至{}。",
            data.record.as_of.minute(),
            data.valid_until.zh()
        )],
        body: data.body.clone(),
        date: data.day.zh(),
        sealed: true,
        seal_kind: data.seal_kind.clone(),
        qr: format!("{origin}/check?n={number}&c={}", data.code),
        foot,
        ..OfficialPaper::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(shown_code("7K2M94QX"), "7K2M-94QX");
        assert_eq!(typed_code(" 7k2m－94qx "), "7K2M94QX");
    }

    #[test]
    fn an_ended_seal_never_comes_back() {
        for next in SealState::ALL {
            assert!(!SealState::Ended.may_become(*next));
        }
    }
}
