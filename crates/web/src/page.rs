//! What every page has around its content.

use std::borrow::Cow;
use std::sync::Arc;

use linli_words::Lang;

use crate::Words;
use crate::reply::{Fault, Reply};
use crate::request::Req;
use crate::ui::Html;

/// A link of the officer's rail.
#[derive(Clone, Debug)]
pub struct RailLink {
    pub path: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Keys of duties of which the officer must hold one to see it; empty: every officer.
    pub duties: &'static [&'static str],
}

/// A group of the rail.
#[derive(Clone, Debug)]
pub struct RailGroup {
    pub zh: &'static str,
    pub en: &'static str,
    pub links: Vec<RailLink>,
}

/// The frame. Templates extend `layout/resident.html` or `layout/staff.html` and have a field `f: Frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    pub lang: Lang,
    pub large: bool,
    pub path: String,
    pub district: String,
    /// Of whoever is signed in.
    pub name: Option<String>,
    /// The resident for whom another resident acts on this page.
    pub stands_for: Option<String>,
    pub resident: bool,
    pub officer: bool,
    /// An officer serves a person just now.
    pub serving: bool,
    /// Keys of the duties held.
    pub duties: Vec<String>,
    pub flash: Option<String>,
    pub csrf: String,
    pub once: String,
    pub demo: bool,
    pub rail: Arc<[RailGroup]>,
}

impl Frame {
    #[must_use]
    pub fn words(&self) -> Words {
        Words(self.lang)
    }

    /// The address of a style sheet or script, with its version.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        format!("/assets/{name}?v={}", env!("ASSETS"))
    }

    /// The address of an icon of the sprite.
    #[must_use]
    pub fn icon(&self, name: &str) -> String {
        format!("/assets/icons.svg?v={}#{name}", env!("ASSETS"))
    }

    #[must_use]
    pub fn size_link(&self) -> String {
        let size = if self.large { "normal" } else { "large" };
        format!("/set?size={size}&back={}", self.encoded_path())
    }

    #[must_use]
    pub fn language_link(&self, lang: &Lang) -> String {
        format!("/set?lang={}&back={}", lang.code(), self.encoded_path())
    }

    fn encoded_path(&self) -> String {
        form_urlencoded::byte_serialize(self.path.as_bytes()).collect()
    }

    #[must_use]
    pub fn other_languages(&self) -> Vec<Lang> {
        Lang::ALL.into_iter().filter(|l| *l != self.lang).collect()
    }

    /// Whether the page lies under a tab of the bottom bar.
    #[must_use]
    pub fn tab(&self, tab: &str) -> bool {
        match tab {
            "home" => self.path == "/",
            "services" => ["/services", "/apply", "/proofs"].iter().any(|p| self.path.starts_with(p)),
            "places" => self.path.starts_with("/places"),
            "letter" => self.path.starts_with("/letter") || self.path.starts_with("/figures"),
            "me" => self.path.starts_with("/me") || self.path.starts_with("/my") || self.path == "/sign-in",
            _ => false,
        }
    }

    /// A name that the data carry in two languages.
    #[must_use]
    pub fn pick<'a>(&self, zh: &'a str, en: &'a str) -> Cow<'a, str> {
        self.lang.pick(zh, en)
    }

    /// Whether the page lies under a link of the rail. The queue is the desk's own page, not all that begins with its path.
    #[must_use]
    pub fn on(&self, link: &str) -> bool {
        let below = |root: &str| self.path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        self.path == link || if link == "/desk" { below("/desk/cases") } else { below(link) }
    }

    /// The groups of the rail with the links that this officer may open.
    #[must_use]
    pub fn rail_groups(&self) -> Vec<RailGroup> {
        self.rail
            .iter()
            .map(|g| RailGroup {
                zh: g.zh,
                en: g.en,
                links: g
                    .links
                    .iter()
                    .filter(|l| {
                        l.duties.is_empty() || l.duties.iter().any(|d| self.duties.iter().any(|h| h == d))
                    })
                    .cloned()
                    .collect(),
            })
            .filter(|g| !g.links.is_empty())
            .collect()
    }

    /// The first page of the rail that a duty opens; the officer's own account if there is none.
    #[must_use]
    pub fn door_of(&self, duty: &str) -> &'static str {
        let mut links = self.rail.iter().flat_map(|g| g.links.iter());
        links.find(|l| l.duties.contains(&duty)).map_or("/office/me", |l| l.path)
    }

    /// Hidden fields that every form of ours carries.
    #[must_use]
    pub fn hidden(&self) -> Html {
        Html::hidden(&[("csrf", &self.csrf), ("once", &self.once)])
    }
}

/// Where to go back to: a path of ours, never another site.
#[must_use]
pub fn safe_back(back: &str) -> String {
    let ours = back.starts_with('/')
        && !back.starts_with("//")
        && !back.contains('\\')
        && back.chars().all(|c| !c.is_control())
        && !back.starts_with("/set");
    if ours { back.to_owned() } else { "/".to_owned() }
}

/// Text as it stands in the query of an address.
#[must_use]
pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub(crate) async fn set(req: Req) -> Result<Reply, Fault> {
    let back = safe_back(req.query().raw("back"));
    let mut reply = Reply::see_other(&back);
    let year = "Path=/; Max-Age=31536000; SameSite=Lax";
    if let Some(lang) = Lang::from_code(req.query().raw("lang")) {
        reply = reply.header("set-cookie", &format!("lang={}; {year}", lang.code()));
    }
    match req.query().raw("size") {
        "large" => reply = reply.header("set-cookie", &format!("size=large; {year}")),
        "normal" => reply = reply.header("set-cookie", &format!("size=normal; {year}")),
        _ => {}
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::safe_back;

    #[test]
    fn the_way_back_is_never_another_site() {
        assert_eq!(safe_back("/my/cases?x=1"), "/my/cases?x=1");
        for bad in ["//evil", "https://evil", "/\\evil", "", "javascript:alert(1)", "/a\r\nb"] {
            assert_eq!(safe_back(bad), "/", "{bad}");
        }
    }
}
