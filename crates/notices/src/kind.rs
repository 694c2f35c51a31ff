//! What a room may tell: a kind with its two texts, and a notice of that kind for one person.

use linli_acts::{PersonId, Subject};

use crate::inventory;

/// A kind of notice, declared by the room that tells it: `notice_kind!`.
#[derive(Debug)]
pub struct NoticeKind {
    /// `room.what`, stable: SMS templates are registered with carriers under it.
    pub key: &'static str,
    /// Text with `{name}` where an argument stands.
    pub zh: &'static str,
    pub en: &'static str,
}

inventory::collect!(&'static NoticeKind);

/// Every kind of the program, by key.
#[must_use]
pub fn notice_kinds() -> Vec<&'static NoticeKind> {
    let mut all: Vec<_> = inventory::iter::<&'static NoticeKind>().copied().collect();
    all.sort_by_key(|k| k.key);
    all
}

/// Declares kinds of notice:
/// `notice_kind! { pub ASKED = "casework.supplement_asked", zh: "您的{title}需要补正。", en: "Your {title} needs more."; }`.
/// A text carries nothing more personal than a number and an item: it goes out by SMS and through the hands of a postroom.
#[macro_export]
macro_rules! notice_kind {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $key:literal, zh: $zh:literal, en: $en:literal;)+) => { $(
        $(#[$meta])*
        $vis static $name: $crate::NoticeKind = $crate::NoticeKind { key: $key, zh: $zh, en: $en };
        $crate::inventory::submit! { &$name }
    )+ };
}

/// Names in braces, sorted, each once; `None` if a brace has no partner or a name is no lower-case word.
#[must_use]
pub fn placeholders(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        let sound = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if !sound || before.contains('}') {
            return None;
        }
        names.push(name);
        rest = tail;
    }
    if rest.contains('}') {
        return None;
    }
    names.sort_unstable();
    names.dedup();
    Some(names)
}

/// The text with its arguments. What has no argument stays away; a test over all kinds and a debug assertion in
/// [`crate::tell`] see to it that there is none.
pub(crate) fn filled(text: &str, args: &[(String, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        if let Some((_, value)) = args.iter().find(|(n, _)| n == name) {
            out.push_str(value);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// A notice to be told.
#[derive(Clone, Debug)]
pub struct Notice {
    pub(crate) kind: &'static NoticeKind,
    pub(crate) person: PersonId,
    pub(crate) subject: Subject,
    pub(crate) link: String,
    /// Name, Chinese, English.
    pub(crate) args: Vec<(&'static str, String, String)>,
}

impl Notice {
    #[must_use]
    pub fn new(kind: &'static NoticeKind, person: PersonId, subject: Subject) -> Self {
        Self { kind, person, subject, link: String::new(), args: Vec::new() }
    }

    /// A path of ours: a button on the page; the SMS gets it behind the site's address.
    #[must_use]
    pub fn link(mut self, path: impl Into<String>) -> Self {
        self.link = path.into();
        self
    }

    /// An argument that is the same in both languages: a number, a day.
    #[must_use]
    pub fn arg(self, name: &'static str, value: impl std::fmt::Display) -> Self {
        let value = value.to_string();
        self.arg_both(name, value.clone(), value)
    }

    /// An argument with its two names.
    #[must_use]
    pub fn arg_both(mut self, name: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.args.push((name, zh.into(), en.into()));
        self
    }

    /// Whether every placeholder has its argument, every argument its placeholder, and the link is a path of ours.
    pub(crate) fn is_whole(&self) -> bool {
        let mut names: Vec<&str> = self.args.iter().map(|(n, _, _)| *n).collect();
        names.sort_unstable();
        let ours = self.link.is_empty() || linli_web::safe_back(&self.link) == self.link;
        ours && placeholders(self.kind.zh) == Some(names)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_braces_are_read() {
        assert_eq!(placeholders("您的{title}（{number}）"), Some(vec!["number", "title"]));
        assert_eq!(placeholders("没有"), Some(Vec::new()));
        for bad in ["{", "}", "a}{b}", "{a b}", "{标题}", "{}"] {
            assert_eq!(placeholders(bad), None, "{bad}");
        }
    }

    #[test]
    fn arguments_stand_where_their_names_stood() {
        let args = [("title".to_owned(), "{number}".to_owned()), ("number".to_owned(), "7".to_owned())];
        // A value that looks like a name is not filled again.
        assert_eq!(filled("您的{title}（{number}）。", &args), "您的{number}（7）。");
    }

    proptest! {
        #[test]
        fn filling_never_panics(text in "\\PC{0,40}") {
            let _ = (filled(&text, &[]), placeholders(&text));
        }
    }
}
