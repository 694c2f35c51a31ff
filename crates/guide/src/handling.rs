//! How an item is begun, handled and handed over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::form::Form;
use crate::guide::Both;

/// Who may ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Persons {
    Persons,
    Enterprises,
    Both,
}

/// What must be known of who she is, weakest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// An account with a phone.
    Account,
    /// Checked on line: number, name and face. What signing in here gives.
    #[default]
    Remote,
    /// Seen by an officer.
    Counter,
}

/// When she is needed in person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum At {
    Apply,
    Decide,
}

/// For what she is needed in person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InPersonKind {
    /// The law wants her there.
    LegalPresence,
    /// Photograph, fingerprints, sample.
    Biometric,
    Interview,
    /// Staff travel to her: no visit of hers.
    SiteInspection,
}

/// An act for which somebody must be there, and why (必须现场办理原因说明).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InPerson {
    pub at: At,
    pub kind: InPersonKind,
    pub why: Both,
}

/// How the result reaches her (送达方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Handover {
    /// On her page: a text, a document, money on her account.
    Download,
    /// As a certificate in her wallet.
    Wallet,
    Post,
    PickUp,
    PickUpByProxy,
    /// Staff bring it.
    HomeVisit,
}

/// What goes along to another system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HandOver {
    /// The bare address.
    #[default]
    Nothing,
    /// `?ref=` with a number of ours, so that the other system can tell how it went on.
    Reference,
}

/// Another system in which an item is applied for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkOut {
    pub system: Both,
    /// `https://…`
    pub address: String,
    #[serde(default)]
    pub hand_over: HandOver,
    /// Whether its handling is told back here and shows on the resident's page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub status_import: bool,
}

/// Where an item begins. What it needs lies in the variant, so an item with a form cannot lack one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Begin {
    /// Pages of its own, on this site: `/proofs/insurance`.
    Page(String),
    /// A form of its own: `/apply/KEY`.
    Form(Form),
    /// The form that fits every item (who, what for, materials, remarks): `/apply/KEY`.
    Generic,
    LinkOut(LinkOut),
}

impl Begin {
    /// Where the button leads.
    #[must_use]
    pub fn href(&self, key: &str) -> String {
        match self {
            Self::Page(path) => path.clone(),
            Self::Form(_) | Self::Generic => format!("/apply/{key}"),
            Self::LinkOut(out) => out.address.clone(),
        }
    }
}

/// The body in charge (主管部门): its code among the bodies of `duties`, and its name for the guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Department {
    pub code: String,
    pub zh: String,
    pub en: String,
}
