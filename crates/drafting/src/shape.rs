//! The shape of an item's document as an officer meets it: which parts it has, what each is called, what may stand in it. Pages, the
//! reading of what was typed and the comparison of two texts all follow from it, so that none of them can forget a part.

/// A part of a record: where it stands, its label (a key of the locales), what it is.
#[derive(Debug)]
pub struct Part {
    /// Path in the record; empty: the record itself.
    pub key: &'static str,
    pub label: &'static str,
    /// A key of the locales, or nothing.
    pub hint: &'static str,
    pub shape: Shape,
}

/// A word and its label.
pub type Choice = (&'static str, &'static str);

/// What a part is.
#[derive(Debug)]
pub enum Shape {
    /// A line of text.
    Line,
    /// A text in Chinese and English.
    Both,
    /// The same, which may be absent.
    MayBoth,
    /// One in each line.
    Words,
    Number(i64, i64),
    /// A number that may be absent.
    MayNumber(i64, i64),
    Flag,
    One(&'static [Choice]),
    /// Several, in the order in which they stand.
    Many(&'static [Choice]),
    /// Life events: several of [`linli_guide::kinds::EVENTS`].
    Events,
    /// The key of a rule.
    Rule,
    /// A test that may be absent; which answers it may ask.
    Test,
    /// A test that must be there.
    MustTest,
    /// Records one under another on the same page.
    Rows(&'static [Part]),
    Department,
    Need,
    Ways,
    Begin,
}

/// Records that each have a page of their own.
#[derive(Debug)]
pub struct List {
    /// Path in the document or in the record.
    pub key: &'static str,
    pub label: &'static str,
    pub add: &'static str,
    pub record: &'static Record,
}

/// What stands on one page.
#[derive(Debug)]
pub struct Record {
    pub parts: &'static [Part],
    pub lists: &'static [List],
}

/// A section of the document: its name in addresses, its label, where its parts stand.
#[derive(Debug)]
pub struct Section {
    pub name: &'static str,
    pub label: &'static str,
    /// Path in the document; empty: its top.
    pub base: &'static str,
    pub record: &'static Record,
}

const fn part(key: &'static str, label: &'static str, shape: Shape) -> Part {
    Part { key, label, hint: "", shape }
}

const fn hinted(key: &'static str, label: &'static str, hint: &'static str, shape: Shape) -> Part {
    Part { key, label, hint, shape }
}

const NO_LISTS: &[List] = &[];

pub const LEVELS: &[Choice] =
    &[("district", "o-district"), ("street", "o-street"), ("community", "o-community")];
pub const PERSONS: &[Choice] =
    &[("persons", "o-persons"), ("enterprises", "o-enterprises"), ("both", "o-both")];
pub const PACES: &[Choice] = &[("immediate", "o-immediate"), ("promised", "o-promised")];
pub const IDENTITIES: &[Choice] =
    &[("account", "o-account"), ("remote", "o-remote"), ("counter", "o-counter")];
pub const HANDOVERS: &[Choice] = &[
    ("download", "o-download"),
    ("wallet", "o-wallet"),
    ("post", "o-post"),
    ("pick-up", "o-pick-up"),
    ("pick-up-by-proxy", "o-pick-up-by-proxy"),
    ("home-visit", "o-home-visit"),
];
const OCCASIONS: &[Choice] = &[("apply", "o-apply"), ("decide", "o-decide")];
const IN_PERSON: &[Choice] = &[
    ("legal-presence", "o-legal-presence"),
    ("biometric", "o-biometric"),
    ("interview", "o-interview"),
    ("site-inspection", "o-site-inspection"),
];
const ORIGINS: &[Choice] =
    &[("applicant", "o-applicant"), ("government", "o-government"), ("other", "o-other")];
pub const NEEDS: &[Choice] = &[("must", "o-must"), ("optional", "o-optional"), ("later", "o-later")];
pub const WAYS: &[Choice] = &[
    ("certificate", "o-way-certificate"),
    ("register", "o-way-register"),
    ("reuse", "o-way-reuse"),
    ("declare", "o-way-declare"),
    ("upload-online", "o-way-upload-online"),
    ("upload-counter", "o-way-upload-counter"),
    ("original-counter", "o-way-original-counter"),
    ("original-post", "o-way-original-post"),
];
pub const FIELD_KINDS: &[Choice] = &[
    ("text", "o-text"),
    ("lines", "o-lines"),
    ("day", "o-day"),
    ("phone", "o-phone"),
    ("bank-card", "o-bank-card"),
    ("choice", "o-choice"),
    ("number", "o-number"),
    ("money", "o-money"),
    ("yes-no", "o-yes-no"),
    ("id-number", "o-id-number"),
    ("email", "o-email"),
    ("place", "o-place"),
    ("address", "o-address"),
    ("group", "o-group"),
];
const KNOWN: &[Choice] = &[
    ("name", "o-known-name"),
    ("document", "o-known-document"),
    ("birth", "o-known-birth"),
    ("sex", "o-known-sex"),
    ("phone", "o-known-phone"),
    ("place", "o-known-place"),
    ("hukou", "o-known-hukou"),
    ("disability", "o-known-disability"),
];
pub const BEGINS: &[Choice] = &[
    ("generic", "o-begin-generic"),
    ("form", "o-begin-form"),
    ("link-out", "o-begin-link-out"),
    ("page", "o-begin-page"),
];
pub const HAND_OVERS: &[Choice] = &[("nothing", "o-nothing"), ("reference", "o-reference")];

const BASICS: Record = Record {
    parts: &[
        part("name", "l-name", Shape::Both),
        part("summary", "l-summary", Shape::Both),
        hinted("words", "l-words", "h-words", Shape::Words),
        part("department", "l-department", Shape::Department),
        part("level", "l-level", Shape::One(LEVELS)),
        part("persons", "l-persons", Shape::One(PERSONS)),
        part("topic", "l-topic", Shape::Both),
        part("kind", "l-kind", Shape::Both),
        part("events", "l-events", Shape::Events),
        part("source", "l-source", Shape::Both),
        hinted("unchecked", "l-unchecked", "h-unchecked", Shape::Flag),
    ],
    lists: NO_LISTS,
};

const HANDLING: Record = Record {
    parts: &[
        part("pace", "l-pace", Shape::One(PACES)),
        hinted("legal_days", "l-legal-days", "h-days", Shape::Number(0, 3_650)),
        hinted("promised_days", "l-promised-days", "h-days", Shape::Number(0, 3_650)),
        part("limit_note", "l-limit-note", Shape::Both),
        part("fee", "l-fee", Shape::Both),
        part("result", "l-result", Shape::Both),
        part("where", "l-where", Shape::Both),
        part("phone", "l-phone", Shape::Line),
        part("identity", "l-identity", Shape::One(IDENTITIES)),
        hinted("declared_visits", "l-declared", "h-declared", Shape::MayNumber(0, 20)),
        hinted("to_do", "l-to-do", "h-to-do", Shape::Rows(&[part("", "l-step", Shape::Both)])),
        hinted("together", "l-together", "h-together", Shape::Words),
    ],
    lists: NO_LISTS,
};

const CONDITION: Record = Record {
    parts: &[part("", "l-condition", Shape::Both), hinted("test", "l-test", "h-test", Shape::Test)],
    lists: NO_LISTS,
};

const MATERIAL: Record = Record {
    parts: &[
        part("name", "l-material-name", Shape::Both),
        hinted("key", "l-key", "h-material-key", Shape::Line),
        part("need", "l-need", Shape::Need),
        hinted("ways", "l-ways", "h-ways", Shape::Ways),
        hinted("copies", "l-copies", "h-copies", Shape::MayNumber(1, 20)),
        part("source.from", "l-origin", Shape::One(ORIGINS)),
        part("source", "l-origin-words", Shape::Both),
        hinted("when", "l-when-material", "h-when-material", Shape::Test),
    ],
    lists: NO_LISTS,
};

const PRESENCE: Record = Record {
    parts: &[
        hinted(
            "presence",
            "l-presence",
            "h-presence",
            Shape::Rows(&[
                part("at", "l-at", Shape::One(OCCASIONS)),
                part("kind", "l-in-person", Shape::One(IN_PERSON)),
                part("why", "l-why-in-person", Shape::Both),
            ]),
        ),
        hinted("handover", "l-handover", "h-handover", Shape::Many(HANDOVERS)),
    ],
    lists: NO_LISTS,
};

const FIELD_PARTS: &[Part] = &[
    part("label", "l-field-label", Shape::Both),
    hinted("key", "l-key", "h-field-key", Shape::Line),
    part("kind", "l-field-kind", Shape::One(FIELD_KINDS)),
    part("hint", "l-field-hint", Shape::MayBoth),
    part("optional", "l-optional", Shape::Flag),
    hinted(
        "choices",
        "l-choices",
        "h-choices",
        Shape::Rows(&[part("key", "l-key", Shape::Line), part("", "l-choice", Shape::Both)]),
    ),
    hinted("min", "l-min", "h-limits", Shape::MayNumber(-1_000_000_000_000, 1_000_000_000_000)),
    hinted("max", "l-max", "h-limits", Shape::MayNumber(-1_000_000_000_000, 1_000_000_000_000)),
    hinted("when", "l-when-field", "h-when-field", Shape::Test),
];

const SUBFIELD: Record = Record { parts: FIELD_PARTS, lists: NO_LISTS };

const FIELD: Record = Record {
    parts: FIELD_PARTS,
    lists: &[List { key: "fields", label: "l-group-fields", add: "add-field", record: &SUBFIELD }],
};

const PAGE: Record = Record {
    parts: &[
        part("title", "l-page-title", Shape::Both),
        hinted("when", "l-when-page", "h-when-field", Shape::Test),
    ],
    lists: &[List { key: "fields", label: "l-fields", add: "add-field", record: &FIELD }],
};

const GRANT: Record = Record {
    parts: &[
        hinted("text", "l-grant-text", "h-grant-text", Shape::Both),
        part("rule", "l-grant-rule", Shape::Rule),
        part("when", "l-grant-when", Shape::MustTest),
    ],
    lists: NO_LISTS,
};

const FORM: Record = Record {
    parts: &[
        hinted("two_persons", "l-two-persons", "h-two-persons", Shape::Flag),
        hinted("known", "l-known", "h-known", Shape::Many(KNOWN)),
    ],
    lists: &[
        List { key: "pages", label: "l-pages", add: "add-page", record: &PAGE },
        List { key: "grants", label: "l-grants", add: "add-grant", record: &GRANT },
    ],
};

/// The sections, in the order in which an officer goes through them.
pub const SECTIONS: &[Section] = &[
    Section { name: "basics", label: "s-basics", base: "", record: &BASICS },
    Section { name: "handling", label: "s-handling", base: "", record: &HANDLING },
    Section {
        name: "conditions",
        label: "s-conditions",
        base: "",
        record: &Record {
            parts: &[],
            lists: &[List {
                key: "conditions",
                label: "s-conditions",
                add: "add-condition",
                record: &CONDITION,
            }],
        },
    },
    Section {
        name: "materials",
        label: "s-materials",
        base: "",
        record: &Record {
            parts: &[],
            lists: &[List { key: "materials", label: "s-materials", add: "add-material", record: &MATERIAL }],
        },
    },
    Section { name: "presence", label: "s-presence", base: "", record: &PRESENCE },
    Section {
        name: "begin",
        label: "s-begin",
        base: "",
        record: &Record { parts: &[hinted("begin", "l-begin", "h-begin", Shape::Begin)], lists: NO_LISTS },
    },
    Section { name: "form", label: "s-form", base: "begin.form", record: &FORM },
];

/// A page of the editor: a section, or one record of a list.
#[derive(Clone, Debug)]
pub struct Spot {
    pub section: &'static Section,
    /// Path of the record in the document.
    pub base: String,
    pub record: &'static Record,
    /// What one record of the list is called; `None`: it is the section itself.
    pub list: Option<&'static List>,
}

/// What an address names: `basics`, `materials.2`, `begin.form.pages.0.fields.new`.
#[must_use]
pub fn spot(at: &str) -> Option<Spot> {
    if let Some(section) = SECTIONS.iter().find(|s| s.name == at) {
        return Some(Spot { section, base: section.base.to_owned(), record: section.record, list: None });
    }
    SECTIONS.iter().find_map(|section| {
        let rest = match section.base {
            "" => at,
            base => at.strip_prefix(base)?.strip_prefix('.')?,
        };
        let (list, record) = inside(section.record, rest)?;
        Some(Spot { section, base: at.to_owned(), record, list: Some(list) })
    })
}

fn inside(record: &'static Record, at: &str) -> Option<(&'static List, &'static Record)> {
    let (key, rest) = at.split_once('.')?;
    let list = record.lists.iter().find(|l| l.key == key)?;
    let (n, deeper) = rest.split_once('.').unwrap_or((rest, ""));
    let numbered = n.len() <= 3 && !n.is_empty() && n.chars().all(|c| c.is_ascii_digit());
    match (numbered, n, deeper) {
        (true, _, "") | (false, "new", "") => Some((list, list.record)),
        (true, _, deeper) => inside(list.record, deeper),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_pages() {
        for (at, base) in [
            ("basics", ""),
            ("form", "begin.form"),
            ("materials.0", "materials.0"),
            ("materials.new", "materials.new"),
            ("begin.form.pages.1.fields.2.fields.0", "begin.form.pages.1.fields.2.fields.0"),
            ("begin.form.grants.new", "begin.form.grants.new"),
        ] {
            assert_eq!(spot(at).unwrap().base, base, "{at}");
        }
        for none in [
            "",
            "x",
            "materials",
            "materials.",
            "materials.x",
            "materials.1.ways.0",
            "pages.0",
            "materials.1000",
        ] {
            // A section's list is the section itself.
            assert_eq!(spot(none).is_some(), none == "materials", "{none}");
        }
    }
}
