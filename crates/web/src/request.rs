//! What a handler is given.

use std::net::IpAddr;
use std::str::FromStr;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use linli_acts::{Act, Actor, House, PersonId, StaffId, Who};
use linli_base::Instant;
use linli_db::{DbError, Read};
use linli_words::Lang;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::form::Form;
use crate::incoming::Incoming;
use crate::page::Frame;
use crate::reply::{Fault, Malformed, Missing};
use crate::session::Session;

/// A request that has passed its gate.
pub struct Req {
    pub(crate) house: House,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) route: &'static str,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) query: Form,
    pub(crate) form: Form,
    pub(crate) body: Bytes,
    pub(crate) headers: HeaderMap,
    pub(crate) session: Option<Session>,
    pub(crate) actor: Actor,
    pub(crate) name: Option<String>,
    pub(crate) stands_for: Option<String>,
    pub(crate) lang: Lang,
    pub(crate) large: bool,
    pub(crate) remote: Option<IpAddr>,
    pub(crate) flash: Option<String>,
    pub(crate) site: std::sync::Arc<crate::server::Site>,
    pub(crate) incoming: std::sync::Mutex<Option<Incoming>>,
    pub(crate) openapi: std::sync::Arc<crate::openapi::Document>,
    pub(crate) kept: std::sync::Arc<crate::kept::Kept>,
}

impl Req {
    #[must_use]
    pub fn house(&self) -> &House {
        &self.house
    }
    #[must_use]
    pub fn now(&self) -> Instant {
        self.house.now()
    }
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }
    /// The path of the address, without the query.
    #[must_use]
    pub fn path_text(&self) -> &str {
        &self.path
    }
    /// The declared form of the address.
    #[must_use]
    pub fn route(&self) -> &'static str {
        self.route
    }
    /// The other end's address, as the trusted proxy tells it; for rate limits only, never logged.
    #[must_use]
    pub fn remote(&self) -> String {
        self.remote.map_or_else(String::new, |ip| ip.to_string())
    }
    /// Address of this district's site, without a slash at the end: for QR codes and links in notices.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.site.origin
    }
    /// Whether the house shows its demo helps (codes on the page, persons to try).
    #[must_use]
    pub fn demo(&self) -> bool {
        self.site.demo
    }

    /// The resident who acts or is served.
    ///
    /// # Errors
    /// If there is none.
    pub fn resident(&self) -> Result<PersonId, Fault> {
        Ok(self.actor.resident()?)
    }

    /// The officer who acts.
    ///
    /// # Errors
    /// If there is none.
    pub fn officer(&self) -> Result<StaffId, Fault> {
        Ok(self.actor.officer()?)
    }

    /// A part of the path. A wrong form is a wrong address: 404.
    ///
    /// # Errors
    /// [`Missing`].
    pub fn path<T: FromStr>(&self, name: &str) -> Result<T, Fault> {
        let value = self.params.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
        // What no database can hold is nowhere.
        value.filter(|v| !v.contains('\0')).and_then(|v| v.parse().ok()).ok_or_else(|| Missing.into())
    }

    #[must_use]
    pub fn query(&self) -> &Form {
        &self.query
    }

    /// A parameter of the address; absent or of a wrong form: `None`.
    #[must_use]
    pub fn ask<T: FromStr>(&self, name: &str) -> Option<T> {
        Some(self.query.raw(name)).filter(|v| !v.is_empty()).and_then(|v| v.parse().ok())
    }

    /// A parameter of an address of the API: one of a wrong form is told, not passed over.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn query_value<T: FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        if !self.query.has(name) {
            return Ok(None);
        }
        self.query.raw(name).parse().map(Some).map_err(|_| Malformed.into())
    }

    /// What was typed.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The file that comes in on a route that [streams](crate::Route::streams); given once, `None` if none was chosen.
    #[must_use]
    pub fn incoming(&self) -> Option<Incoming> {
        self.incoming.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let mut value = serde_json::from_slice(&self.body).map_err(|_| Malformed)?;
        settle(&mut value)?;
        serde_json::from_value(value).map_err(|_| Malformed.into())
    }

    /// The body as it was sent, where it is JSON; empty for forms. For signatures over it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// A cookie of ours.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        crate::server::cookies(&self.headers).into_iter().find(|(k, _)| k == name).map(|(_, v)| v)
    }

    /// Whether htmx asks for a fragment.
    #[must_use]
    pub fn wants_fragment(&self) -> bool {
        self.headers.contains_key("hx-request")
    }

    /// The key that makes a repeated submission harmless: a hidden field of the form or the `Idempotency-Key` header.
    #[must_use]
    pub fn once(&self) -> String {
        let key = self.form.raw("once");
        let key = if key.is_empty() { self.header("idempotency-key").unwrap_or("") } else { key };
        key.chars().take(64).collect()
    }

    /// Runs an act as this actor.
    ///
    /// # Errors
    /// What the act refused with.
    pub async fn act<T, E>(
        &self,
        act: impl Fn(&mut Act<'_, '_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.house.act(&self.actor, act).await
    }

    /// Reads on one snapshot.
    ///
    /// # Errors
    /// What the closure refused with.
    pub async fn read<T, E>(&self, f: impl Fn(&mut Read<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.house.read(f).await
    }

    /// The words of a room in this request's language.
    #[must_use]
    pub fn words<W: From<Lang>>(&self) -> W {
        W::from(self.lang)
    }

    /// What every page needs around its content.
    #[must_use]
    pub fn frame(&self) -> Frame {
        Frame {
            lang: self.lang,
            large: self.large,
            path: self.path.clone(),
            district: self.lang.pick(&self.site.district_zh, &self.site.district_en).into_owned(),
            name: self.name.clone(),
            stands_for: self.stands_for.clone(),
            resident: matches!(self.actor.who, Who::Person(_)) || self.actor.for_person.is_some(),
            officer: matches!(self.actor.who, Who::Staff(_)),
            serving: self.actor.for_person.is_some() && matches!(self.actor.who, Who::Staff(_)),
            duties: self.actor.held.iter().map(|h| h.kind.clone()).collect(),
            flash: self.flash.clone(),
            csrf: self.session.as_ref().map(|s| s.csrf.clone()).unwrap_or_default(),
            once: self.house.vault().chance().code(20),
            demo: self.site.demo,
            rail: self.site.rail.clone(),
        }
    }
}

/// To JSON `1.0` is the integer 1; and no word holds the character that no database can keep.
fn settle(value: &mut Value) -> Result<(), Malformed> {
    match value {
        Value::String(text) if text.contains('\0') => Err(Malformed),
        Value::Number(n) => {
            // Read from the digits as they are written: nothing is computed with a float.
            let text = n.to_string();
            if let Some(whole) = text.strip_suffix(".0").and_then(|w| w.parse::<i64>().ok()) {
                *n = whole.into();
            }
            Ok(())
        }
        Value::Array(all) => all.iter_mut().try_for_each(settle),
        Value::Object(all) => all
            .iter_mut()
            .try_for_each(|(key, value)| if key.contains('\0') { Err(Malformed) } else { settle(value) }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_integers_and_nothing_holds_a_nul() {
        let mut value = json!({ "rev": 3.0, "all": [-2.0, 1.5, "x"] });
        settle(&mut value).unwrap();
        assert_eq!(value, json!({ "rev": 3, "all": [-2, 1.5, "x"] }));
        assert!(settle(&mut json!(["a\u{0}"])).is_err() && settle(&mut json!({ "a\u{0}": 1 })).is_err());
    }
}
