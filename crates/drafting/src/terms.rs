//! What things are called: labels by key, departments, facts, and a part of a document in words.

use linli_guide::kinds;
use linli_guide::{FieldKind, Form, Papers};
use linli_words::Lang;
use serde_json::Value;

use crate::Words;
use crate::codec::at;
use crate::inputs::joining;
use crate::shape::{self, Part, Shape};

/// The words of a key; the key itself where there are none. The locales cannot hold braces: ⟦ and ⟧ stand for them.
#[must_use]
pub fn by_key(w: Words, key: &str) -> String {
    w.by_key(key).unwrap_or(key).replace('⟦', "{").replace('⟧', "}")
}

/// A field of the form that a test may ask: key, label, kind, choices.
#[derive(Clone)]
pub struct Asked {
    pub key: String,
    label: String,
    kind: FieldKind,
    choices: Vec<(String, String)>,
}

/// The terms of one page.
pub struct Terms {
    pub w: Words,
    /// Value of the choice, and name.
    pub departments: Vec<(String, String)>,
    pub papers: Papers,
    asked: Vec<Asked>,
}

impl Terms {
    #[must_use]
    pub fn new(w: Words, departments: Vec<(String, String)>, papers: Papers, form: Option<&Form>) -> Self {
        let lang = w.lang();
        let asked = form
            .into_iter()
            .flat_map(Form::fields)
            .map(|f| Asked {
                key: f.key.clone(),
                label: lang.pick(&f.label.zh, &f.label.en).into_owned(),
                kind: f.kind,
                choices: f
                    .choices
                    .iter()
                    .map(|c| (c.key.clone(), lang.pick(&c.zh, &c.en).into_owned()))
                    .collect(),
            })
            .collect();
        Self { w, departments, papers, asked }
    }

    #[must_use]
    pub fn lang(&self) -> Lang {
        self.w.lang()
    }

    #[must_use]
    pub fn pick(&self, zh: &str, en: &str) -> String {
        self.lang().pick(zh, en).into_owned()
    }

    /// The words of a key; the key itself where there are none.
    #[must_use]
    pub fn by_key(&self, key: &str) -> String {
        by_key(self.w, key)
    }

    #[must_use]
    pub fn in_chinese(&self, label: &str) -> String {
        self.w.in_chinese(&label)
    }

    #[must_use]
    pub fn in_english(&self, label: &str) -> String {
        self.w.in_english(&label)
    }

    #[must_use]
    pub fn nth(&self, label: &str, n: usize) -> String {
        self.w.nth(&label, &n)
    }

    /// A path of a test in words, for whoever hears the buttons: `when.0.1` is 1.2.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        let steps: Vec<String> =
            name.split('.').filter_map(|s| s.parse::<usize>().ok()).map(|n| (n + 1).to_string()).collect();
        steps.join(".")
    }

    /// The facts that a test may ask.
    #[must_use]
    pub fn facts(&self, answered: &[String]) -> Vec<(String, String)> {
        let own = ["age", "sex", "hukou", "lives-here", "disability", "verified"];
        let mut out: Vec<(String, String)> = own.iter().map(|f| ((*f).to_owned(), self.fact(f))).collect();
        out.extend(self.asked.iter().filter(|a| answered.contains(&a.key)).map(|a| {
            let key = format!("answer:{}", a.key);
            let words = self.fact(&key);
            (key, words)
        }));
        out.extend(self.papers.iter().map(|p| {
            let key = format!("holds:{}", p.key);
            let words = self.fact(&key);
            (key, words)
        }));
        out
    }

    /// A fact in words.
    #[must_use]
    pub fn fact(&self, key: &str) -> String {
        match key.split_once(':') {
            None => self.by_key(match key {
                "age" => "fact-age",
                "sex" => "fact-sex",
                "hukou" => "fact-hukou",
                "lives-here" => "fact-lives-here",
                "disability" => "fact-disability",
                "verified" => "fact-verified",
                other => other,
            }),
            Some(("holds", paper)) => match self.papers.get(paper) {
                Some(k) => self.w.fact_holds(&self.pick(&k.zh, &k.en)),
                None => key.to_owned(),
            },
            Some((_, field)) => match self.asked.iter().find(|a| a.key == field) {
                Some(a) => self.w.fact_answer(&a.label),
                None => key.to_owned(),
            },
        }
    }

    fn answer(&self, fact: &str) -> Option<&Asked> {
        let key = fact.strip_prefix("answer:")?;
        self.asked.iter().find(|a| a.key == key)
    }

    /// Whether a fact is yes or no.
    #[must_use]
    pub fn is_flag(&self, fact: &str) -> bool {
        matches!(fact, "hukou" | "lives-here" | "verified")
            || fact.starts_with("holds:")
            || self.answer(fact).is_some_and(|a| a.kind == FieldKind::YesNo)
    }

    /// The words that a fact may be; empty: any, or it is a number.
    #[must_use]
    pub fn words_of(&self, fact: &str) -> Vec<(String, String)> {
        match fact {
            "sex" => vec![
                ("female".to_owned(), self.w.female().to_owned()),
                ("male".to_owned(), self.w.male().to_owned()),
            ],
            fact => self.answer(fact).map(|a| a.choices.clone()).unwrap_or_default(),
        }
    }

    fn rule(&self, key: &str) -> String {
        let rule = linli_rules::rules().into_iter().find(|r| r.key == key);
        rule.map_or_else(|| key.to_owned(), |r| self.pick(r.zh, r.en))
    }

    fn label_of(&self, choices: &[shape::Choice], word: &str) -> String {
        choices.iter().find(|c| c.0 == word).map_or_else(|| word.to_owned(), |c| self.by_key(c.1))
    }

    fn kind_of(&self, kinds: &[kinds::Kind], word: &str) -> String {
        kinds.iter().find(|k| k.0 == word).map_or_else(|| word.to_owned(), |k| self.pick(k.1, k.2))
    }

    /// A value of a fact in words.
    #[must_use]
    pub fn value_of(&self, fact: &str, value: &str) -> String {
        match (self.is_flag(fact), value) {
            (true, "1") => self.w.yes().to_owned(),
            (true, "0") => self.w.no().to_owned(),
            _ => {
                let words = self.words_of(fact);
                words.into_iter().find(|(v, _)| v == value).map_or_else(|| value.to_owned(), |(_, l)| l)
            }
        }
    }

    /// A test in words.
    #[must_use]
    pub fn test(&self, test: &Value) -> String {
        let Some((kind, rest)) = test.as_object().and_then(|o| o.iter().next()) else { return String::new() };
        match kind.as_str() {
            "fact" => {
                let word = |path: &str| at(rest, path).as_str().unwrap_or_default().to_owned();
                let fact = word("key");
                let than = at(rest, "than").as_object().and_then(|o| o.iter().next());
                let value = match than {
                    Some((kind, v)) if kind == "rule" => self.rule(v.as_str().unwrap_or_default()),
                    Some((_, v)) => self.value_of(&fact, v.as_str().unwrap_or(&v.to_string())),
                    None => String::new(),
                };
                let op = self.by_key(match word("op").as_str() {
                    "at-least" => "op-at-least",
                    "at-most" => "op-at-most",
                    _ => "op-is",
                });
                format!("{} {op} {value}", self.fact(&fact))
            }
            "not" => self.w.in_words(&self.by_key("join-not"), &self.test(rest)),
            kind => {
                let all: Vec<String> = rest.as_array().into_iter().flatten().map(|t| self.test(t)).collect();
                self.w.in_words(&self.by_key(joining(kind)), &all.join("；"))
            }
        }
    }

    fn way(&self, way: &Value) -> String {
        let Some((kind, rest)) = way.as_object().and_then(|o| o.iter().next()) else { return String::new() };
        let word = |path: &str| at(rest, path).as_str().unwrap_or_default();
        let name = |kind: &str| self.label_of(shape::WAYS, kind);
        match kind.as_str() {
            "certificate" => {
                let days = at(rest, "within_days").as_i64().map(|n| format!(" ≤ {n}")).unwrap_or_default();
                format!("{}：{}{days}", name("certificate"), self.papers.name(word("kind"), self.lang()))
            }
            "reuse" => format!("{}：{}", name("reuse"), self.papers.name(word("kind"), self.lang())),
            "register" => {
                format!("{}：{}", name("register"), self.kind_of(kinds::REGISTERS, word("register")))
            }
            "declare" => format!("{}：{}", name("declare"), self.pick(word("zh"), word("en"))),
            "upload" => name(&format!("upload-{}", word("check"))),
            _ => name(&format!("original-{}", word("hand_in"))),
        }
    }

    /// What stands at a part, in words; empty: nothing.
    #[must_use]
    pub fn say(&self, part: &Part, value: &Value) -> String {
        let word = value.as_str().unwrap_or_default();
        let list = |say: &dyn Fn(&Value) -> String| {
            value.as_array().into_iter().flatten().map(say).collect::<Vec<_>>().join("；")
        };
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        match &part.shape {
            Shape::Line => word.to_owned(),
            Shape::Both | Shape::MayBoth => {
                let (zh, en) = (text(at(value, "zh")), text(at(value, "en")));
                if en.is_empty() { zh } else { format!("{zh} / {en}") }
            }
            Shape::Words => list(&text),
            Shape::Number(..) | Shape::MayNumber(..) => {
                value.as_i64().map(|n| n.to_string()).unwrap_or_default()
            }
            Shape::Flag => if value == &Value::Bool(true) { self.w.yes() } else { self.w.no() }.to_owned(),
            Shape::One(choices) => self.label_of(choices, word),
            Shape::Many(choices) => list(&|v| self.label_of(choices, v.as_str().unwrap_or_default())),
            Shape::Events => list(&|v| self.kind_of(kinds::EVENTS, v.as_str().unwrap_or_default())),
            Shape::Rule => self.rule(word),
            Shape::Test | Shape::MustTest => self.test(value),
            Shape::Rows(parts) => list(&|row| {
                let cells: Vec<String> = parts.iter().map(|p| self.say(p, at(row, p.key))).collect();
                cells.join(" · ")
            }),
            Shape::Department => self.pick(&text(at(value, "zh")), &text(at(value, "en"))),
            Shape::Need => match at(value, "later.days").as_i64() {
                Some(days) => format!("{} · {days}", self.by_key("o-later")),
                None => self.label_of(shape::NEEDS, word),
            },
            Shape::Ways => {
                let ways = value.as_array().into_iter().flatten().enumerate();
                ways.map(|(i, way)| format!("{}. {}", i + 1, self.way(way))).collect::<Vec<_>>().join("；")
            }
            Shape::Begin => {
                let tagged = value.as_object().and_then(|o| o.keys().next().map(String::as_str));
                let kind = self.label_of(shape::BEGINS, tagged.unwrap_or(word));
                match (at(value, "page").as_str(), at(value, "link-out.address").as_str()) {
                    (Some(path), _) => format!("{kind}：{path}"),
                    (_, Some(address)) => {
                        let system = at(value, "link-out.system");
                        let over = self.label_of(shape::HAND_OVERS, &text(at(value, "link-out.hand_over")));
                        let names = (text(at(system, "zh")), text(at(system, "en")));
                        let back = if at(value, "link-out.status_import") == &Value::Bool(true) {
                            self.by_key("l-status-import")
                        } else {
                            String::new()
                        };
                        format!("{kind}：{} / {} · {address} · {over} {back}", names.0, names.1)
                            .trim_end()
                            .to_owned()
                    }
                    _ => kind,
                }
            }
        }
    }

    /// What a record of a list is called: its name, its label, its title, its condition.
    #[must_use]
    pub fn title(&self, record: &Value) -> String {
        for path in ["name", "label", "title", "text", ""] {
            let both = at(record, path);
            if let (Some(zh), en) = (at(both, "zh").as_str(), at(both, "en").as_str().unwrap_or_default())
                && !zh.is_empty()
            {
                return self.pick(zh, en);
            }
        }
        String::new()
    }
}
