//! The inputs of a page, made from the shape of its record and what stands in it or was typed.

use askama::Template;
use askama::filters::HtmlSafe;
use linli_guide::kinds;
use linli_web::ui::{self, Choice, Choose, Errors, Kind, Tick};

use crate::shape::{self, Part, Record, Shape};
use crate::terms::Terms;
use crate::typed::Typed;

/// One input, or several in a box.
pub enum Input {
    Field(ui::Field),
    Choose(Choose),
    Tick(Tick),
    Many(Many),
    Boxed(Boxed),
}

/// Inputs one under another.
#[derive(Template)]
#[template(path = "inputs.html")]
pub struct Inputs {
    pub list: Vec<Input>,
}

impl HtmlSafe for Inputs {}

/// Boxes to tick, several of one name.
pub struct Many {
    name: String,
    label: String,
    hint: String,
    choices: Vec<(String, String, bool)>,
}

/// A button of a form that changes what is typed without saving: its value, its words, what they are about.
pub struct Press {
    value: String,
    words: String,
    about: String,
}

/// Inputs that belong together.
pub struct Boxed {
    id: String,
    legend: String,
    hint: String,
    error: String,
    hidden: Vec<(String, String)>,
    inputs: Inputs,
    /// Beside each other where there is room.
    beside: bool,
    press: Vec<Press>,
}

impl Boxed {
    fn new(id: &str, legend: &str, list: Vec<Input>) -> Self {
        Self {
            id: id.to_owned(),
            legend: legend.to_owned(),
            hint: String::new(),
            error: String::new(),
            hidden: Vec::new(),
            inputs: Inputs { list },
            beside: false,
            press: Vec::new(),
        }
    }
}

/// Makes the inputs of a page.
pub struct Maker<'a> {
    pub terms: &'a Terms,
    pub typed: &'a Typed,
    pub errors: &'a Errors,
    /// Keys of the fields whose answers a test of this page may ask.
    pub answered: &'a [String],
}

fn below(prefix: &str, key: &str) -> String {
    match (prefix, key) {
        ("", key) => key.to_owned(),
        (prefix, "") => prefix.to_owned(),
        (prefix, key) => format!("{prefix}.{key}"),
    }
}

impl Maker<'_> {
    #[must_use]
    pub fn record(&self, record: &Record) -> Inputs {
        Inputs { list: record.parts.iter().flat_map(|p| self.part(p, "")).collect() }
    }

    fn words(&self, key: &str) -> String {
        self.terms.by_key(key)
    }

    fn press(&self, what: &str, at: &str, key: &str, about: &str) -> Press {
        Press { value: format!("{what}:{at}"), words: self.words(key), about: about.to_owned() }
    }

    fn field(&self, name: &str, label: &str) -> ui::Field {
        let value = self.typed.get(name);
        // A line break would be lost in an input of one line.
        let long = value.contains('\n') || value.chars().count() > 40;
        let field = ui::Field::new(name, label, value).error(self.errors.of(name)).autocomplete("off");
        if long { field.kind(Kind::Lines) } else { field }
    }

    fn choices(&self, choices: &[shape::Choice]) -> Vec<Choice> {
        choices.iter().map(|(word, label)| Choice::new(word, &self.words(label))).collect()
    }

    fn choose(&self, name: &str, label: &str, choices: Vec<Choice>) -> Choose {
        let value = self.typed.get(name);
        let mut choices = choices;
        // What stands there and is in no list is shown as it is, never exchanged for the first of the list.
        if !value.is_empty() && !choices.iter().any(|c| c.value == value) {
            choices.push(Choice::new(value, value));
        }
        Choose::new(name, label, value, choices).error(self.errors.of(name))
    }

    fn kinds(&self, kinds: &[kinds::Kind]) -> Vec<Choice> {
        let pick = |k: &kinds::Kind| Choice::new(k.0, &self.terms.pick(k.1, k.2));
        std::iter::once(Choice::new("", &self.words("choose"))).chain(kinds.iter().map(pick)).collect()
    }

    fn papers(&self) -> Vec<Choice> {
        let pick = |p: &kinds::Paper| Choice::new(&p.key, &self.terms.pick(&p.zh, &p.en));
        std::iter::once(Choice::new("", &self.words("choose")))
            .chain(self.terms.papers.iter().map(pick))
            .collect()
    }

    fn both(&self, name: &str, label: &str, hint: &str) -> Vec<Input> {
        let (zh, en) = (below(name, "zh"), below(name, "en"));
        vec![
            Input::Field(self.field(&zh, &self.terms.in_chinese(label)).hint(hint)),
            Input::Field(self.field(&en, &self.terms.in_english(label))),
        ]
    }

    fn part(&self, part: &Part, prefix: &str) -> Vec<Input> {
        let name = below(prefix, part.key);
        let label = self.words(part.label);
        let hint = if part.hint.is_empty() { String::new() } else { self.words(part.hint) };
        let one = match &part.shape {
            Shape::Both | Shape::MayBoth => return self.both(&name, &label, &hint),
            Shape::Line => Input::Field(self.field(&name, &label).hint(&hint)),
            Shape::Words => Input::Field(self.field(&name, &label).hint(&hint).kind(Kind::Lines)),
            Shape::Number(..) | Shape::MayNumber(..) => {
                Input::Field(self.field(&name, &label).hint(&hint).kind(Kind::Number))
            }
            Shape::Flag => {
                let on = self.typed.get(&name) == "1";
                Input::Tick(Tick::new(&name, &label, on).hint(&hint).error(self.errors.of(&name)))
            }
            Shape::One(choices) => {
                Input::Choose(self.choose(&name, &label, self.choices(choices)).hint(&hint).list())
            }
            Shape::Rule => Input::Choose(self.choose(&name, &label, self.rules()).hint(&hint).list()),
            Shape::Department => {
                let list = self.terms.departments.iter().map(|(value, label)| Choice::new(value, label));
                let list = std::iter::once(Choice::new("", &self.words("choose"))).chain(list).collect();
                Input::Choose(self.choose(&name, &label, list).hint(&hint).list())
            }
            Shape::Many(choices) => Input::Many(self.many(&name, label, hint, &self.choices(choices))),
            Shape::Events => {
                let events: Vec<Choice> = self.kinds(kinds::EVENTS).into_iter().skip(1).collect();
                Input::Many(self.many(&name, label, hint, &events))
            }
            Shape::Test | Shape::MustTest => {
                let mut outer = self.test(&name, 0);
                if outer.legend.is_empty() {
                    outer.legend = label;
                } else {
                    outer.legend = format!("{label}：{}", outer.legend);
                }
                outer.hint = hint;
                Input::Boxed(outer)
            }
            Shape::Rows(parts) => Input::Boxed(self.rows(&name, &label, &hint, parts)),
            Shape::Need => Input::Boxed(self.need(&name, &label)),
            Shape::Ways => Input::Boxed(self.ways(&name, &label, &hint)),
            Shape::Begin => return self.begin(&name, &label, &hint),
        };
        vec![one]
    }

    /// Those that are ticked first, in their order: the order counts.
    fn many(&self, name: &str, label: String, hint: String, choices: &[Choice]) -> Many {
        let on: Vec<&str> = self.typed.all(name).collect();
        let of = |value: &str| {
            choices.iter().find(|c| c.value == value).map_or(value.to_owned(), |c| c.label.clone())
        };
        let ticked = on.iter().map(|v| ((*v).to_owned(), of(v), true));
        let rest = choices
            .iter()
            .filter(|c| !on.contains(&c.value.as_str()))
            .map(|c| (c.value.clone(), c.label.clone(), false));
        Many { name: name.to_owned(), label, hint, choices: ticked.chain(rest).collect() }
    }

    fn row_press(&self, list: &str, i: usize, about: &str) -> Vec<Press> {
        let mut out = Vec::new();
        if i > 0 {
            out.push(self.press("up", &format!("{list}.{i}"), "move-up", about));
        }
        out.push(self.press("remove", &format!("{list}.{i}"), "remove", about));
        out
    }

    fn rows(&self, name: &str, label: &str, hint: &str, parts: &[Part]) -> Boxed {
        let n = self.typed.rows(name);
        let rows = (0..n)
            .map(|i| {
                let legend = self.terms.nth(label, i + 1);
                let inputs = parts.iter().flat_map(|p| self.part(p, &format!("{name}.{i}"))).collect();
                let mut row = Boxed::new(&format!("{name}.{i}"), &legend, inputs);
                row.press = self.row_press(name, i, &legend);
                Input::Boxed(row)
            })
            .collect();
        let mut outer = Boxed::new(name, label, rows);
        hint.clone_into(&mut outer.hint);
        outer.error = self.errors.of(name).unwrap_or_default();
        outer.hidden = vec![(format!("{name}.n"), n.to_string())];
        outer.press = vec![self.press("add", name, "add-row", label)];
        outer
    }

    fn need(&self, name: &str, label: &str) -> Boxed {
        let kind = below(name, "kind");
        let days = below(name, "days");
        let kinds = self.choices(shape::NEEDS);
        let mut outer = Boxed::new(
            name,
            label,
            vec![
                Input::Choose(self.choose(&kind, &self.words("l-need-kind"), kinds)),
                Input::Field(
                    self.field(&days, &self.words("l-need-days"))
                        .hint(&self.words("h-need-days"))
                        .kind(Kind::Number),
                ),
            ],
        );
        outer.beside = true;
        outer
    }

    fn ways(&self, name: &str, label: &str, hint: &str) -> Boxed {
        let n = self.typed.rows(name);
        let mut inner: Vec<Input> = (0..n).map(|i| Input::Boxed(self.way(name, i))).collect();
        let add = format!("{name}.add");
        let kinds = self.choices(shape::WAYS);
        inner.push(Input::Choose(self.choose(&add, &self.words("l-add-way"), kinds).list()));
        let mut outer = Boxed::new(name, label, inner);
        hint.clone_into(&mut outer.hint);
        outer.error = self.errors.of(name).unwrap_or_default();
        outer.hidden = vec![(format!("{name}.n"), n.to_string())];
        outer.press = vec![self.press("way", name, "add-way", "")];
        outer
    }

    fn way(&self, list: &str, i: usize) -> Boxed {
        let of = |key: &str| format!("{list}.{i}.{key}");
        let kind = self.typed.get(&of("way"));
        let name = shape::WAYS.iter().find(|w| w.0 == kind).map_or(kind.to_owned(), |w| self.words(w.1));
        let legend = format!("{}. {name}", i + 1);
        let choose = |key: &str, label: &str, kinds: Vec<Choice>| {
            Input::Choose(self.choose(&of(key), &self.words(label), kinds).list())
        };
        let inputs = match kind {
            "certificate" => vec![
                choose("paper", "l-paper", self.papers()),
                Input::Field(
                    self.field(&of("within_days"), &self.words("l-within"))
                        .hint(&self.words("h-within"))
                        .kind(Kind::Number),
                ),
            ],
            "reuse" => vec![choose("paper", "l-paper", self.papers())],
            "register" => vec![choose("register", "l-register", self.kinds(kinds::REGISTERS))],
            "declare" => {
                let label = self.words("l-statement");
                vec![
                    Input::Field(self.field(&of("zh"), &self.terms.in_chinese(&label))),
                    Input::Field(self.field(&of("en"), &self.terms.in_english(&label))),
                ]
            }
            _ => Vec::new(),
        };
        let mut row = Boxed::new(&format!("{list}.{i}"), &legend, inputs);
        row.error = self.errors.of(&of("way")).unwrap_or_default();
        row.hidden = vec![(of("way"), kind.to_owned())];
        row.beside = kind != "declare";
        row.press = self.row_press(list, i, &legend);
        row
    }

    fn begin(&self, name: &str, label: &str, hint: &str) -> Vec<Input> {
        let of = |key: &str| below(name, key);
        let kinds = self.choices(shape::BEGINS);
        let link = self.words("l-link-out");
        let imports = self.typed.get(&of("status_import")) == "1";
        let system = self.words("l-system");
        let overs = self.choices(shape::HAND_OVERS);
        let mut elsewhere = Boxed::new(
            name,
            &link,
            vec![
                Input::Field(self.field(&of("system.zh"), &self.terms.in_chinese(&system))),
                Input::Field(self.field(&of("system.en"), &self.terms.in_english(&system))),
                Input::Field(
                    self.field(&of("address"), &self.words("l-address")).hint(&self.words("h-address")),
                ),
                Input::Choose(self.choose(&of("hand_over"), &self.words("l-hand-over"), overs).list()),
                Input::Tick(Tick::new(&of("status_import"), &self.words("l-status-import"), imports)),
            ],
        );
        elsewhere.hint = self.words("h-link-out");
        elsewhere.error = self.errors.of(name).unwrap_or_default();
        vec![
            Input::Choose(self.choose(&of("kind"), label, kinds).hint(hint)),
            Input::Boxed(elsewhere),
            Input::Field(self.field(&of("page"), &self.words("l-own-page")).hint(&self.words("h-own-page"))),
        ]
    }

    fn rules(&self) -> Vec<Choice> {
        let rules = linli_rules::rules().into_iter().map(|r| {
            let unit = self.terms.pick(r.unit_zh, r.unit_en);
            Choice::new(r.key, &format!("{}（{unit}）", self.terms.pick(r.zh, r.en)))
        });
        std::iter::once(Choice::new("", &self.words("choose"))).chain(rules).collect()
    }

    /// Deeper than a nest that somebody still reads, no button adds to it; what is there is shown.
    const DEEP: usize = 3;

    fn test(&self, name: &str, depth: usize) -> Boxed {
        let of = |key: &str| format!("{name}.{key}");
        let kind = self.typed.get(&of("kind"));
        let mut out = match kind {
            "fact" => self.comparison(name),
            "all" | "any" | "not" => {
                let n = self.typed.rows(name);
                let joins = ["all", "any", "not"].map(|k| Choice::new(k, &self.words(joining(k))));
                let mut inner = vec![Input::Choose(
                    self.choose(&of("kind"), &self.words("l-join"), joins.to_vec()).list(),
                )];
                inner.extend((0..n).map(|i| Input::Boxed(self.test(&format!("{name}.{i}"), depth + 1))));
                let mut group = Boxed::new(name, &self.words("test-group"), inner);
                group.hidden = vec![(of("n"), n.to_string())];
                group
            }
            _ => Boxed::new(name, "", Vec::new()),
        };
        out.error = self.errors.of(name).unwrap_or_default();
        let about = self.terms.path(name);
        if depth == 0 || kind != "fact" {
            out.press.push(self.press("fact", name, "add-comparison", &about));
            if depth < Self::DEEP {
                out.press.push(self.press("group", name, "add-group", &about));
            }
        }
        if !kind.is_empty() {
            out.press.push(self.press("untest", name, "remove", &about));
        }
        out
    }

    fn comparison(&self, name: &str) -> Boxed {
        let of = |key: &str| format!("{name}.{key}");
        let (fact, than) = (self.typed.get(&of("fact")), self.typed.get(&of("than")));
        let facts = self.terms.facts(self.answered).into_iter().map(|(v, l)| Choice::new(&v, &l)).collect();
        let ops =
            ["is", "at-least", "at-most"].map(|o| Choice::new(o, &self.words(&format!("op-{o}")))).to_vec();
        let thans = [("number", "than-number"), ("word", "than-word"), ("rule", "than-rule")]
            .map(|(t, key)| Choice::new(t, &self.words(key)))
            .to_vec();
        let value = match than {
            "rule" => Input::Choose(self.choose(&of("rule"), &self.words("l-rule"), self.rules()).list()),
            "word" => {
                let words = self.terms.words_of(fact);
                let label = self.words("l-word");
                if words.is_empty() {
                    Input::Field(self.field(&of("word"), &label))
                } else {
                    // Nothing is chosen before she chooses.
                    let none = Choice::new("", &self.words("choose"));
                    let words = words.into_iter().map(|(v, l)| Choice::new(&v, &l));
                    let words = std::iter::once(none).chain(words).collect();
                    Input::Choose(self.choose(&of("word"), &label, words).list())
                }
            }
            _ if self.terms.is_flag(fact) => {
                let label = self.words("l-flag");
                let flags = vec![Choice::new("1", &self.words("yes")), Choice::new("0", &self.words("no"))];
                Input::Choose(self.choose(&of("number"), &label, flags).list())
            }
            _ => Input::Field(self.field(&of("number"), &self.words("l-number")).kind(Kind::Number)),
        };
        let mut out = Boxed::new(
            name,
            &self.words("test-comparison"),
            vec![
                Input::Choose(self.choose(&of("fact"), &self.words("l-fact"), facts).list()),
                Input::Choose(self.choose(&of("op"), &self.words("l-op"), ops).list()),
                Input::Choose(self.choose(&of("than"), &self.words("l-than"), thans).list()),
                value,
            ],
        );
        out.hidden = vec![(of("kind"), "fact".to_owned())];
        out.beside = true;
        out
    }
}

/// The words under which the parts of a test are joined.
pub(crate) fn joining(kind: &str) -> &'static str {
    match kind {
        "any" => "join-any",
        "not" => "join-not",
        _ => "join-all",
    }
}
