//! Pages that are the same for everybody, kept as they were rendered. What makes a page different is part of its key, the version of
//! what it shows above all, so nothing is ever thrown away for being old: a new version is another key, and the old one falls out
//! when there is no room. So it holds with several processes on one database, and with a clock that jumps.

use axum::body::Bytes;
use axum::http::StatusCode;
use linli_words::Lang;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::reply::Reply;
use crate::request::Req;

/// Most that all kept pages may weigh, bytes. A guide weighs about 10 kB; what is read now fits.
const ROOM: u64 = 8 * 1024 * 1024;

/// What a page was made from: the raw id and version of what it shows.
pub type Stamp = (i64, i64);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    lang: Lang,
    large: bool,
    stamp: Stamp,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Bytes> for Weight {
    fn weight(&self, key: &Key, page: &Bytes) -> u64 {
        u64::try_from(key.path.len() + page.len()).unwrap_or(u64::MAX)
    }
}

pub(crate) struct Kept(Cache<Key, Bytes, Weight>);

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::with_weighter(1_000, ROOM, Weight))
    }
}

impl Req {
    /// The key of a page that is the same for everybody; `None` where the page is this person's: somebody is signed in, something
    /// is to be said once, or the address has a query.
    fn key(&self, stamp: Stamp) -> Option<Key> {
        let everybody = self.session.is_none() && self.flash.is_none() && self.query.is_empty();
        everybody.then(|| Key { path: self.path.clone(), lang: self.lang, large: self.large, stamp })
    }

    /// The page at this address as it was rendered before for the same stamp, if it was and is the same for everybody.
    #[must_use]
    pub fn kept(&self, stamp: Stamp) -> Option<Reply> {
        self.kept.0.get(&self.key(stamp)?).map(Reply::kept_page)
    }

    /// Keeps a page for [`Req::kept`], if it is the same for everybody. All that it shows must be told by its address, the language,
    /// the size of type and the stamp: never keep a page that shows the time, a place in a queue or a person.
    #[must_use]
    pub fn keep(&self, stamp: Stamp, reply: Reply) -> Reply {
        if reply.status == StatusCode::OK
            && let Some(key) = self.key(stamp)
        {
            self.kept.0.insert(key, reply.body.clone());
        }
        reply
    }
}
