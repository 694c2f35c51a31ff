#![doc = include_str!("../README.md")]

use std::borrow::Cow;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

#[cfg(feature = "build")]
pub mod build;

/// A language of the pages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Lang {
    #[default]
    ZhHans,
    ZhHant,
    En,
}

impl Lang {
    pub const ALL: [Self; 3] = [Self::ZhHans, Self::ZhHant, Self::En];

    /// For `<html lang>` and the cookie.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }

    /// The first language of an `Accept-Language` header that we speak; zh-Hans if none.
    #[must_use]
    pub fn from_accept(header: &str) -> Self {
        header
            .split(',')
            .filter_map(|part| part.split(';').next())
            .find_map(|tag| {
                let tag = tag.trim().to_ascii_lowercase();
                if tag.starts_with("zh-hant") || matches!(tag.as_str(), "zh-tw" | "zh-hk" | "zh-mo") {
                    Some(Self::ZhHant)
                } else if tag.starts_with("zh") {
                    Some(Self::ZhHans)
                } else if tag.starts_with("en") {
                    Some(Self::En)
                } else {
                    None
                }
            })
            .unwrap_or_default()
    }

    /// How the language calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::ZhHans => "简体中文",
            Self::ZhHant => "繁體中文",
            Self::En => "English",
        }
    }

    #[must_use]
    pub const fn is_en(self) -> bool {
        matches!(self, Self::En)
    }

    /// One of two names that the data carry; the Chinese one converted where the page is in zh-Hant. Not for names of
    /// persons.
    #[must_use]
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> Cow<'a, str> {
        match self {
            Self::ZhHans => Cow::Borrowed(zh),
            Self::ZhHant => Cow::Owned(to_hant(zh)),
            Self::En if en.is_empty() => Cow::Borrowed(zh),
            Self::En => Cow::Borrowed(en),
        }
    }

    /// Sentences that code has put together in Chinese or English, as this language wants them; converted where it is zh-Hant.
    #[must_use]
    pub fn prose(self, lines: Vec<String>) -> Vec<String> {
        if self == Self::ZhHant { lines.iter().map(|l| to_hant(l)).collect() } else { lines }
    }
}

static S2HK: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::S2hk).ok());

/// zh-Hans to zh-Hant as written in Hong Kong. Reference data only, never names of persons.
#[must_use]
pub fn to_hant(text: &str) -> String {
    S2HK.as_ref().map_or_else(|| text.to_owned(), |c| c.convert(text))
}

static HK2S: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::Hk2s).ok());

/// Traditional characters, as somebody types them into a search, in simplified ones; the rest as it is.
#[must_use]
pub fn to_hans(text: &str) -> String {
    HK2S.as_ref().map_or_else(|| text.to_owned(), |c| c.convert(text))
}

/// Brings the generated `Words` into a crate.
#[macro_export]
macro_rules! include_words {
    () => {
        include!(concat!(env!("OUT_DIR"), "/words.rs"));
    };
}

/// Keys of a crate's `locales/zh-Hans.ftl` that none of its sources or templates name. For a test in each room.
#[must_use]
pub fn unused_keys(crate_dir: &str) -> Vec<String> {
    let root = std::path::Path::new(crate_dir);
    let mut text = String::new();
    for folder in ["src", "templates"] {
        collect(&root.join(folder), &mut text);
    }
    let ftl = std::fs::read_to_string(root.join("locales/zh-Hans.ftl")).unwrap_or_default();
    ftl.lines()
        .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|l| l.split_once('=').map(|(k, _)| k.trim().to_owned()))
        .filter(|k| {
            !text.contains(&format!(".{}(", k.replace('-', "_"))) && !text.contains(&format!("\"{k}\""))
        })
        .collect()
}

fn collect(folder: &std::path::Path, out: &mut String) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            out.push_str(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_found() {
        assert_eq!(Lang::from_accept("fr, en-GB;q=0.8, zh;q=0.5"), Lang::En);
        assert_eq!(Lang::from_accept("zh-HK,zh;q=0.9"), Lang::ZhHant);
        assert_eq!(Lang::from_accept(""), Lang::ZhHans);
        assert_eq!(Lang::ZhHant.pick("干净的里程", ""), "乾淨的里程");
        assert_eq!(to_hans("高齡津貼、鄰里、社區裏的樓"), "高龄津贴、邻里、社区里的楼");
        assert_eq!(Lang::En.pick("民政局", "Civil Affairs"), "Civil Affairs");
    }
}
