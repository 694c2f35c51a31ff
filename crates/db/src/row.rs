//! Rows are read by position; that the positions are right is proved by the statement test, which compares names.

use std::borrow::Cow;

use postgres::types::Type;

use crate::error::DbError;
use crate::value::{Take, Val};

/// One row of either engine.
pub enum RowRef<'a> {
    Lite(&'a rusqlite::Row<'a>),
    Pg(&'a postgres::Row),
}

impl RowRef<'_> {
    /// The value of a column, from 0.
    ///
    /// # Errors
    /// If there is no such column or its type is none of ours (floats above all).
    pub fn get<T: Take>(&self, i: usize) -> Result<T, DbError> {
        match self {
            RowRef::Lite(row) => {
                let val = match row.get_ref(i)? {
                    rusqlite::types::ValueRef::Null => Val::Null,
                    rusqlite::types::ValueRef::Integer(n) => Val::Int(n),
                    rusqlite::types::ValueRef::Text(t) => Val::Text(
                        std::str::from_utf8(t)
                            .map(Cow::Borrowed)
                            .map_err(|_| DbError::shape("text is not UTF-8"))?,
                    ),
                    rusqlite::types::ValueRef::Blob(b) => Val::Blob(Cow::Borrowed(b)),
                    rusqlite::types::ValueRef::Real(_) => return Err(DbError::shape("a float")),
                };
                T::take(val)
            }
            RowRef::Pg(row) => {
                let column = row.columns().get(i).ok_or_else(|| DbError::shape("no such column"))?;
                let val = match *column.type_() {
                    Type::INT8 => row.try_get::<_, Option<i64>>(i)?.map_or(Val::Null, Val::Int),
                    Type::INT4 => {
                        row.try_get::<_, Option<i32>>(i)?.map_or(Val::Null, |n| Val::Int(i64::from(n)))
                    }
                    Type::BOOL => {
                        row.try_get::<_, Option<bool>>(i)?.map_or(Val::Null, |b| Val::Int(i64::from(b)))
                    }
                    Type::TEXT | Type::VARCHAR | Type::NAME => {
                        row.try_get::<_, Option<&str>>(i)?.map_or(Val::Null, |t| Val::Text(Cow::Borrowed(t)))
                    }
                    Type::BYTEA => {
                        row.try_get::<_, Option<&[u8]>>(i)?.map_or(Val::Null, |b| Val::Blob(Cow::Borrowed(b)))
                    }
                    Type::JSON => row
                        .try_get::<_, Option<crate::postgres::JsonText>>(i)?
                        .map_or(Val::Null, |t| Val::Text(Cow::Owned(t.0))),
                    ref other => return Err(DbError::shape(format!("column of type {other}: cast it"))),
                };
                T::take(val)
            }
        }
    }
}

/// Read from one row.
pub trait Row: Sized {
    /// Column names in order, for the statement test; empty for tuples.
    const COLUMNS: &'static [&'static str];
    /// Number of columns.
    const ARITY: usize;
    /// # Errors
    /// If a column is missing or of another kind.
    fn read(row: &RowRef<'_>) -> Result<Self, DbError>;
}

/// A statement that gives no rows.
impl Row for () {
    const COLUMNS: &'static [&'static str] = &[];
    const ARITY: usize = 0;
    fn read(_: &RowRef<'_>) -> Result<Self, DbError> {
        Ok(())
    }
}

macro_rules! tuple_rows {
    ($n:literal: $($t:ident $i:tt),+) => {
        impl<$($t: Take),+> Row for ($($t,)+) {
            const COLUMNS: &'static [&'static str] = &[];
            const ARITY: usize = $n;
            fn read(row: &RowRef<'_>) -> Result<Self, DbError> {
                Ok(($(row.get::<$t>($i)?,)+))
            }
        }
    };
}
tuple_rows!(1: A 0);
tuple_rows!(2: A 0, B 1);
tuple_rows!(3: A 0, B 1, C 2);
tuple_rows!(4: A 0, B 1, C 2, D 3);
tuple_rows!(5: A 0, B 1, C 2, D 3, E 4);
tuple_rows!(6: A 0, B 1, C 2, D 3, E 4, F 5);
tuple_rows!(7: A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_rows!(8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Declares a row struct: `row! { #[derive(Debug)] pub struct CaseRow { pub id: CaseId, pub state: State } }`. The fields
/// must stand in the order of the statement's columns and bear their names; the statement test proves it.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident : $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $ty),+ }

        impl $crate::Row for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
            const ARITY: usize = Self::COLUMNS.len();
            fn read(row: &$crate::RowRef<'_>) -> Result<Self, $crate::DbError> {
                let mut at = 0usize..;
                Ok(Self { $($field: row.get::<$ty>(at.next().unwrap_or(usize::MAX))?),+ })
            }
        }
    };
}
