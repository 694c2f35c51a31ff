//! Every statement is a named constant, known to a registry, so that one test prepares them all on both engines.

use std::marker::PhantomData;

use crate::row::Row;

/// A statement whose rows are read as `R`; `()` for statements that give none.
pub struct Sql<R> {
    /// `module::path::NAME`.
    pub name: &'static str,
    pub text: &'static str,
    /// The same for SQLite: `?n` for `$n`. SQLite numbers `$n` by first appearance, as any name; `?n` is the n-th value.
    pub lite: &'static str,
    row: PhantomData<fn() -> R>,
}

impl<R: Row> Sql<R> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, text: &'static str, lite: &'static str) -> Self {
        Self { name, text, lite, row: PhantomData }
    }
}

/// `?` for every `$`, while the program is compiled. A `$` stands in no statement but before a number.
#[doc(hidden)]
#[must_use]
#[expect(
    clippy::indexing_slicing,
    reason = "N is the length of the text, and nothing else can be done in a constant"
)]
pub const fn numbered<const N: usize>(text: &str) -> [u8; N] {
    let (from, mut to) = (text.as_bytes(), [0; N]);
    let mut i = 0;
    while i < N {
        to[i] = if from[i] == b'$' { b'?' } else { from[i] };
        i += 1;
    }
    to
}

/// A statement as the registry keeps it.
pub struct Entry {
    pub name: &'static str,
    pub text: &'static str,
    pub columns: &'static [&'static str],
    pub arity: usize,
    /// The tables whose changes end what was kept of it; none: it is not kept.
    pub kept: &'static [&'static str],
}

inventory::collect!(Entry);

/// Every statement of every crate linked into the program.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    inventory::iter::<Entry>()
}

/// The greatest `$n` of a text, and whether each of `$1..=$n` stands in it. Parameters are names to SQLite, so they may
/// stand in any order and more than once.
pub(crate) fn parameters(text: &str) -> (usize, bool) {
    let mut seen = [false; 64];
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        if let Some(slot) =
            digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).and_then(|n| seen.get_mut(n))
        {
            *slot = true;
        }
        rest = after;
    }
    let count = seen.iter().rposition(|s| *s).map_or(0, |p| p + 1);
    (count, seen.iter().take(count).all(|s| *s))
}

impl Entry {
    /// How many arguments the statement takes; `None` if a number is left out.
    #[must_use]
    pub fn parameters(&self) -> Option<usize> {
        let (n, dense) = parameters(self.text);
        dense.then_some(n)
    }
}

/// A statement whose rows are kept in memory until one of the tables changes that it reads ([`crate::Read::kept`]).
pub struct Kept<R> {
    pub sql: Sql<R>,
}

/// Declares statements: `sql! { BY_ID: CaseRow = "SELECT id, state FROM cases WHERE id = $1"; }`. Any doc comment stays.
#[macro_export]
macro_rules! sql {
    ($($(#[$meta:meta])* $vis:vis $name:ident : $row:ty = $text:expr;)+) => { $(
        $(#[$meta])*
        $vis const $name: $crate::Sql<$row> = $crate::__statement!($name: $row = $text, kept: &[]);
    )+ };
}

/// Declares statements over tables that change seldom and are read with every act, which are named:
/// `kept! { AT of ["rule_values"]: (i64,) = "SELECT value FROM rule_values WHERE key = $1"; }`.
#[macro_export]
macro_rules! kept {
    ($($(#[$meta:meta])* $vis:vis $name:ident of $tables:tt : $row:ty = $text:expr;)+) => { $(
        $(#[$meta])*
        $vis const $name: $crate::Kept<$row> =
            $crate::Kept { sql: $crate::__statement!($name: $row = $text, kept: &$tables) };
    )+ };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __statement {
    ($name:ident : $row:ty = $text:expr, kept: $kept:expr) => {{
        const NAME: &str = concat!(module_path!(), "::", stringify!($name));
        const TEXT: &str = $text;
        const NUMBERED: [u8; TEXT.len()] = $crate::numbered(TEXT);
        const LITE: &str = match std::str::from_utf8(&NUMBERED) {
            Ok(text) => text,
            Err(_) => panic!("one ASCII letter in the place of another"),
        };
        $crate::inventory::submit! {
            $crate::Entry {
                name: NAME,
                text: TEXT,
                columns: <$row as $crate::Row>::COLUMNS,
                arity: <$row as $crate::Row>::ARITY,
                kept: $kept,
            }
        }
        $crate::Sql::new(NAME, TEXT, LITE)
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_by_name() {
        assert_eq!(parameters("a = $2 AND b = $1 OR c = $2"), (2, true));
        assert_eq!(parameters("a = $3"), (3, false));
        assert_eq!(parameters("no parameters: 5 $ each"), (0, true));
    }
}
