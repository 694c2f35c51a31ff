//! What stands in the inputs of a page: names and values, some given more than once. Rows stand as `LIST.N.…` with their number under
//! `LIST.n`; a test has its parts under the same names. The buttons of a page that add, take away and move work on these alone, so that
//! nothing typed is lost by them, however wrong it is.

use linli_base::text;

/// Names and values, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

/// More rows than any list has.
pub const MOST_ROWS: usize = 60;

impl Typed {
    /// As a page sent it; tidied, with its line breaks.
    pub fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.map(|(k, v)| (k.to_owned(), text::tidy_lines(v))).collect())
    }

    pub fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The value under a name; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str())
    }

    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(k, _)| k == name)
    }

    /// Every value under a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(k, v)| k == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// How many rows a list has.
    #[must_use]
    pub fn rows(&self, list: &str) -> usize {
        self.get(&format!("{list}.n")).parse().unwrap_or(0).min(MOST_ROWS)
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(k, _)| k != name);
        self.put(name, value);
    }

    fn forget(&mut self, prefix: &str) {
        let below = format!("{prefix}.");
        self.0.retain(|(k, _)| k != prefix && !k.starts_with(&below));
    }

    fn rename(&mut self, from: &str, to: &str) {
        let below = format!("{from}.");
        for (name, _) in &mut self.0 {
            if let Some(rest) = name.strip_prefix(&below) {
                *name = format!("{to}.{rest}");
            }
        }
    }

    /// Takes a row away; those behind it move up.
    pub fn remove(&mut self, list: &str, i: usize) {
        let n = self.rows(list);
        if i >= n {
            return;
        }
        self.forget(&format!("{list}.{i}"));
        for j in i + 1..n {
            self.rename(&format!("{list}.{j}"), &format!("{list}.{}", j - 1));
        }
        self.set(&format!("{list}.n"), &(n - 1).to_string());
    }

    /// Moves a row before the one above it.
    pub fn up(&mut self, list: &str, i: usize) {
        if i == 0 || i >= self.rows(list) {
            return;
        }
        self.rename(&format!("{list}.{i}"), &format!("{list}.moved"));
        self.rename(&format!("{list}.{}", i - 1), &format!("{list}.{i}"));
        self.rename(&format!("{list}.moved"), &format!("{list}.{}", i - 1));
    }

    /// One row more; gives its path.
    pub fn add(&mut self, list: &str) -> String {
        let n = self.rows(list);
        if n < MOST_ROWS {
            self.set(&format!("{list}.n"), &(n + 1).to_string());
        }
        format!("{list}.{}", n.min(MOST_ROWS - 1))
    }

    fn comparison(&mut self, at: &str) {
        for (part, value) in [("kind", "fact"), ("fact", "age"), ("op", "at-least"), ("than", "number")] {
            self.set(&format!("{at}.{part}"), value);
        }
    }

    fn is_group(&self, at: &str) -> bool {
        matches!(self.get(&format!("{at}.kind")), "all" | "any" | "not")
    }

    /// Puts a test of one comparison into a group, so that another may stand beside it.
    fn wrap(&mut self, at: &str) {
        self.rename(at, &format!("{at}.0"));
        self.set(&format!("{at}.kind"), "all");
        self.set(&format!("{at}.n"), "1");
    }

    /// A comparison more in a test; a first one where there is none.
    pub fn add_comparison(&mut self, at: &str) {
        match self.get(&format!("{at}.kind")) {
            "" => self.comparison(at),
            _ => {
                if !self.is_group(at) {
                    self.wrap(at);
                }
                let row = self.add(at);
                self.comparison(&row);
            }
        }
    }

    /// A group more in a test, with one comparison.
    pub fn add_group(&mut self, at: &str) {
        if !self.is_group(at) {
            if self.get(&format!("{at}.kind")).is_empty() {
                self.set(&format!("{at}.kind"), "all");
                self.set(&format!("{at}.n"), "0");
            } else {
                self.wrap(at);
            }
        }
        let row = self.add(at);
        self.set(&format!("{row}.kind"), "any");
        self.set(&format!("{row}.n"), "1");
        self.comparison(&format!("{row}.0"));
    }

    /// Takes a test, or a part of one, away.
    pub fn remove_test(&mut self, at: &str) {
        let parent =
            at.rsplit_once('.').and_then(|(list, i)| Some((list.to_owned(), i.parse::<usize>().ok()?)));
        match parent.filter(|(list, _)| self.is_group(list)) {
            Some((list, i)) => {
                self.remove(&list, i);
                if self.rows(&list) == 0 {
                    self.remove_test(&list);
                }
            }
            None => self.forget(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_and_go_and_move_and_nothing_typed_is_lost() {
        let mut t = Typed::default();
        for name in ["a", "b", "c"] {
            let row = t.add("ways");
            t.put(format!("{row}.zh"), name);
        }
        t.up("ways", 2);
        let names = |t: &Typed| {
            (0..t.rows("ways")).map(|i| t.get(&format!("ways.{i}.zh")).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&t), ["a", "c", "b"]);
        t.remove("ways", 0);
        assert_eq!(names(&t), ["c", "b"]);
        t.up("ways", 0);
        t.remove("ways", 9);
        assert_eq!(names(&t), ["c", "b"]);
    }

    #[test]
    fn a_test_is_put_together_with_buttons() {
        let mut t = Typed::default();
        t.add_comparison("when");
        t.set("when.number", "7x");
        assert_eq!(t.get("when.kind"), "fact");
        t.add_comparison("when");
        assert_eq!((t.get("when.kind"), t.rows("when"), t.get("when.0.number")), ("all", 2, "7x"));
        t.add_group("when.1");
        assert_eq!((t.get("when.1.kind"), t.rows("when.1")), ("all", 2));
        t.remove_test("when.1.1");
        t.remove_test("when.1.0");
        assert_eq!(t.rows("when"), 1, "an empty group goes too");
        t.remove_test("when.0");
        assert_eq!(t.get("when.kind"), "");
    }
}
