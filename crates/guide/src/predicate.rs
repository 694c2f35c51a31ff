//! Tests over what is known of a person and what she answered: one kind for eligibility, for what is granted, for the pages and
//! fields that are asked, for the materials that are wanted and the visits that follow. Structured, not a language, so that an
//! officer can put one together from lists and nobody can write one that never ends.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::form::BadForm;
use crate::kinds::Papers;

/// A fact about a person, by key: `age`, `hukou`, `lives-here`, `disability`, `sex`, `verified`. Beside these: `holds:KIND`, a flag,
/// whether she holds a valid paper of a kind of [`Papers`]; and `answer:FIELD`, what she answered to a field of the form, as
/// [`crate::form::Field::fact`] gives it (for a group: how many rows).
pub const FACTS: &[&str] = &["age", "hukou", "lives-here", "disability", "sex", "verified"];

/// Key of the fact that somebody holds a paper of a kind.
#[must_use]
pub fn holds(kind: &str) -> String {
    format!("holds:{kind}")
}

/// Key of the fact that an answer is.
#[must_use]
pub fn answer(field: &str) -> String {
    format!("answer:{field}")
}

/// What a fact is. Flags are 0 and 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Number(i64),
    Word(String),
}

/// What is known. A fact that is not in it is not known.
pub type Facts = BTreeMap<String, Value>;

/// What a fact is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Operand {
    Number(i64),
    Word(String),
    /// Key of a rule: the value in force on the day.
    Rule(String),
}

/// How it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    Is,
    AtLeast,
    AtMost,
}

/// A test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Fact { key: String, op: Op, than: Operand },
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Met,
    NotMet,
    /// Something that it asks is not known: an officer will look.
    Unknown,
}

/// One comparison as it was made: what a page tells to explain a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub key: String,
    /// What is known; `None`: nothing.
    pub known: Option<Value>,
    pub op: Op,
    pub than: Value,
    /// Key of the rule that `than` came from.
    pub rule: Option<String>,
    pub verdict: Verdict,
}

/// Depth and width beyond any test that an officer writes.
const DEEPEST: usize = 8;

impl Predicate {
    /// Whether it asks only for facts that exist, for kinds in `papers` and answers to fields in `answered`, and is of a bounded size.
    /// That its rules exist is tested where they are linked in.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, answered: &[&str], papers: &Papers) -> Result<(), BadForm> {
        self.check_at(0, answered, papers)
    }

    fn check_at(&self, depth: usize, answered: &[&str], papers: &Papers) -> Result<(), BadForm> {
        if depth > DEEPEST {
            return Err(BadForm::Deep);
        }
        match self {
            Self::All(of) | Self::Any(of) => {
                if of.is_empty() || of.len() > 32 {
                    return Err(BadForm::Deep);
                }
                of.iter().try_for_each(|p| p.check_at(depth + 1, answered, papers))
            }
            Self::Not(p) => p.check_at(depth + 1, answered, papers),
            Self::Fact { key, .. } => {
                let there = match key.split_once(':') {
                    None => FACTS.contains(&key.as_str()),
                    Some(("holds", kind)) => papers.get(kind).is_some(),
                    Some(("answer", field)) => answered.contains(&field),
                    Some(_) => false,
                };
                if there { Ok(()) } else { Err(BadForm::Fact(key.clone())) }
            }
        }
    }

    /// Kinds of paper it asks for.
    pub fn papers<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::All(of) | Self::Any(of) => of.iter().for_each(|p| p.papers(out)),
            Self::Not(p) => p.papers(out),
            Self::Fact { key, .. } => out.extend(key.strip_prefix("holds:")),
        }
    }

    /// Keys of the rules it asks.
    pub fn rules<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::All(of) | Self::Any(of) => of.iter().for_each(|p| p.rules(out)),
            Self::Not(p) => p.rules(out),
            Self::Fact { than: Operand::Rule(key), .. } => out.push(key),
            Self::Fact { .. } => {}
        }
    }

    /// Tests it. `rule` gives the value of a rule; one that there is not makes the test unknown. What was compared is added to
    /// `told`, also where the verdict was clear before, so that a person sees everything that counts.
    pub fn test(
        &self,
        facts: &Facts,
        rule: &dyn Fn(&str) -> Option<i64>,
        told: &mut Vec<Finding>,
    ) -> Verdict {
        match self {
            Self::All(of) => of.iter().map(|p| p.test(facts, rule, told)).fold(Verdict::Met, and),
            Self::Any(of) => {
                let worst = of.iter().map(|p| not(p.test(facts, rule, told))).fold(Verdict::Met, and);
                not(worst)
            }
            Self::Not(p) => not(p.test(facts, rule, told)),
            Self::Fact { key, op, than } => {
                let (than, from) = match than {
                    Operand::Number(n) => (Some(Value::Number(*n)), None),
                    Operand::Word(w) => (Some(Value::Word(w.clone())), None),
                    Operand::Rule(key) => (rule(key).map(Value::Number), Some(key.clone())),
                };
                let Some(than) = than else { return Verdict::Unknown };
                let known = facts.get(key).cloned();
                let verdict = compare(known.as_ref(), *op, &than);
                told.push(Finding { key: key.clone(), known, op: *op, than, rule: from, verdict });
                verdict
            }
        }
    }
}

fn compare(known: Option<&Value>, op: Op, than: &Value) -> Verdict {
    let met = match (known, op, than) {
        (None, _, _) => return Verdict::Unknown,
        (Some(known), Op::Is, than) => known == than,
        (Some(Value::Number(known)), Op::AtLeast, Value::Number(than)) => known >= than,
        (Some(Value::Number(known)), Op::AtMost, Value::Number(than)) => known <= than,
        _ => return Verdict::Unknown,
    };
    if met { Verdict::Met } else { Verdict::NotMet }
}

fn and(a: Verdict, b: Verdict) -> Verdict {
    match (a, b) {
        (Verdict::NotMet, _) | (_, Verdict::NotMet) => Verdict::NotMet,
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        _ => Verdict::Met,
    }
}

fn not(a: Verdict) -> Verdict {
    match a {
        Verdict::Met => Verdict::NotMet,
        Verdict::NotMet => Verdict::Met,
        Verdict::Unknown => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(key: &str, op: Op, than: Operand) -> Predicate {
        Predicate::Fact { key: key.to_owned(), op, than }
    }

    #[test]
    fn what_is_not_known_is_neither_met_nor_failed() {
        let old = fact("age", Op::AtLeast, Operand::Rule("from".into()));
        let here = fact("hukou", Op::Is, Operand::Number(1));
        let both = Predicate::All(vec![old.clone(), here.clone()]);
        let either = Predicate::Any(vec![old, here]);
        let rule = |key: &str| (key == "from").then_some(70);
        for (age, hukou, all, any) in [
            (Some(80), Some(1), Verdict::Met, Verdict::Met),
            (Some(69), Some(1), Verdict::NotMet, Verdict::Met),
            (Some(69), None, Verdict::NotMet, Verdict::Unknown),
            (Some(70), None, Verdict::Unknown, Verdict::Met),
            (Some(69), Some(0), Verdict::NotMet, Verdict::NotMet),
        ] {
            let mut facts = Facts::new();
            facts.extend(age.map(|n| ("age".to_owned(), Value::Number(n))));
            facts.extend(hukou.map(|n| ("hukou".to_owned(), Value::Number(n))));
            let mut told = Vec::new();
            assert_eq!(both.test(&facts, &rule, &mut told), all, "{age:?} {hukou:?} all");
            assert_eq!(told.len(), 2, "everything that counts is told");
            assert_eq!(either.test(&facts, &rule, &mut Vec::new()), any, "{age:?} {hukou:?} any");
        }
    }

    #[test]
    fn a_rule_that_is_not_there_decides_nothing() {
        let old = fact("age", Op::AtLeast, Operand::Rule("gone".into()));
        let facts = Facts::from([("age".to_owned(), Value::Number(99))]);
        assert_eq!(old.test(&facts, &|_| None, &mut Vec::new()), Verdict::Unknown);
    }

    #[test]
    fn a_test_asks_only_for_facts_that_exist() {
        assert!(fact("income", Op::AtMost, Operand::Number(1)).check(&[], &Papers::program()).is_err());
        let mut deep = fact("age", Op::Is, Operand::Number(1));
        for _ in 0..20 {
            deep = Predicate::Not(Box::new(deep));
        }
        assert!(deep.check(&[], &Papers::program()).is_err());
        assert!(fact("holds:marriage", Op::Is, Operand::Number(1)).check(&[], &Papers::program()).is_ok());
        assert!(fact("holds:crown", Op::Is, Operand::Number(1)).check(&[], &Papers::program()).is_err());
        let married = fact("answer:married", Op::Is, Operand::Number(1));
        assert!(married.check(&["married"], &Papers::program()).is_ok());
        assert!(married.check(&[], &Papers::program()).is_err(), "only what was asked before");
    }
}
