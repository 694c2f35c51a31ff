//! What is published, filtered, newest first: for the page, the feeds and the API alike.

use linli_acts::BodyId;
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{DbError, Read};
use linli_web::{Form, encode};

use crate::domain::{DocumentKind, PublicationId, Topic, wanted};
use crate::store::{self, ListedRow};

/// Where a list goes on: after this document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cursor {
    at: Instant,
    id: PublicationId,
}

impl Cursor {
    pub(crate) fn of(row: &ListedRow) -> Self {
        Self { at: row.published_at, id: row.id }
    }
    pub(crate) fn text(self) -> String {
        format!("{}-{}", self.at.millis(), self.id)
    }
}

impl std::str::FromStr for Cursor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('-').ok_or(())?;
        let at = at.parse().map(Instant::from_millis).map_err(|_| ())?;
        Ok(Self { at, id: id.parse().map_err(|_| ())? })
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub words: String,
    pub body: Option<BodyId>,
    pub topic: Option<Topic>,
    pub kind: Option<DocumentKind>,
    pub place: Option<PlaceCode>,
    pub from: Option<Day>,
    /// Included.
    pub to: Option<Day>,
}

impl Filter {
    /// From the parameters of an address. What is of another form asks for nothing: the page shows what it understood.
    pub(crate) fn read(query: &Form) -> Self {
        let some = |name: &str| Some(query.text(name)).filter(|t| !t.is_empty());
        Self {
            words: query.text("q").chars().take(60).collect(),
            body: some("body").and_then(|t| t.parse().ok()),
            topic: some("topic").and_then(|t| Topic::from_word(&t)),
            kind: some("kind").and_then(|t| DocumentKind::from_word(&t)),
            place: some("place").and_then(|t| t.parse().ok()),
            from: some("from").and_then(|t| t.parse().ok()),
            to: some("to").and_then(|t| t.parse().ok()),
        }
    }

    /// As it stands in an address, without a question mark; empty if everything is asked for.
    pub(crate) fn query(&self) -> String {
        let text = |t: &Option<String>| t.clone();
        let pairs = [
            ("q", Some(self.words.clone()).filter(|w| !w.is_empty())),
            ("body", text(&self.body.map(|b| b.to_string()))),
            ("topic", self.topic.map(|t| t.word().to_owned())),
            ("kind", self.kind.map(|k| k.word().to_owned())),
            ("place", self.place.map(|p| p.to_string())),
            ("from", self.from.map(|d| d.to_string())),
            ("to", self.to.map(|d| d.to_string())),
        ];
        let given = pairs.into_iter().filter_map(|(k, v)| v.map(|v| format!("{k}={}", encode(&v))));
        given.collect::<Vec<_>>().join("&")
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.query().is_empty()
    }
}

/// A page of what is published.
///
/// # Errors
/// If the database fails.
pub(crate) fn listed(
    read: &mut Read<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    limit: u16,
) -> Result<Vec<ListedRow>, DbError> {
    let end = filter.to.map_or(Instant::from_millis(i64::MAX), |d| d.plus_days(1).start());
    let begin = filter.from.map_or(Instant::from_millis(0), Day::start);
    let start = after.filter(|c| c.at < end).unwrap_or(Cursor { at: end, id: PublicationId::from_raw(0) });
    let range = filter.place.map(PlaceCode::range);
    let mut grams = wanted(&filter.words).into_iter();
    // Something was typed that no document can be found by: one letter, signs alone.
    if !filter.words.is_empty() && grams.len() == 0 {
        return Ok(Vec::new());
    }
    read.all(
        &store::LISTED,
        (
            start.at,
            start.id,
            begin,
            filter.body,
            filter.topic,
            filter.kind,
            range.map(|r| r.0),
            range.map(|r| r.1),
            grams.next(),
            grams.next(),
            grams.next(),
            grams.next(),
            limit,
        ),
    )
}
