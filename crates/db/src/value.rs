//! Values: four kinds on the wire, and the types that become them. There are no floats.

use std::borrow::Cow;

use linli_base::{Day, Fen, Instant, PlaceCode};

use crate::error::DbError;

/// A value as both engines know it.
#[derive(Clone, Debug, PartialEq)]
pub enum Val<'a> {
    Null,
    Int(i64),
    Text(Cow<'a, str>),
    Blob(Cow<'a, [u8]>),
}

impl Val<'_> {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Val::Null => "null",
            Val::Int(_) => "int",
            Val::Text(_) => "text",
            Val::Blob(_) => "blob",
        }
    }
}

/// Becomes a value.
pub trait Put {
    fn put(&self) -> Val<'_>;
}

/// Is read from a value.
pub trait Take: Sized {
    /// # Errors
    /// If the value is of another kind or out of range.
    fn take(val: Val<'_>) -> Result<Self, DbError>;
}

/// What was found is not what the code expects.
pub(crate) fn mismatch(want: &'static str, got: &Val<'_>) -> DbError {
    DbError::shape(format!("expected {want}, found {}", got.kind()))
}

impl Put for i64 {
    fn put(&self) -> Val<'_> {
        Val::Int(*self)
    }
}

impl Take for i64 {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        match val {
            Val::Int(n) => Ok(n),
            other => Err(mismatch("int", &other)),
        }
    }
}

macro_rules! small_ints {
    ($($t:ty),*) => { $(
        impl Put for $t {
            fn put(&self) -> Val<'_> {
                Val::Int(i64::from(*self))
            }
        }
        impl Take for $t {
            fn take(val: Val<'_>) -> Result<Self, DbError> {
                let n = i64::take(val)?;
                <$t>::try_from(n).map_err(|_| DbError::shape(concat!("out of range for ", stringify!($t))))
            }
        }
    )* };
}
small_ints!(i8, i16, i32, u8, u16, u32);

impl Put for usize {
    /// Lengths and limits only; beyond `i64::MAX` is impossible for them.
    fn put(&self) -> Val<'_> {
        Val::Int(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl Take for usize {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        Self::try_from(i64::take(val)?).map_err(|_| DbError::shape("negative count"))
    }
}

impl Put for bool {
    fn put(&self) -> Val<'_> {
        Val::Int(i64::from(*self))
    }
}

impl Take for bool {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        match i64::take(val)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DbError::shape("bool is neither 0 nor 1")),
        }
    }
}

impl Put for str {
    fn put(&self) -> Val<'_> {
        Val::Text(Cow::Borrowed(self))
    }
}

impl Put for String {
    fn put(&self) -> Val<'_> {
        Val::Text(Cow::Borrowed(self))
    }
}

impl Take for String {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        match val {
            Val::Text(t) => Ok(t.into_owned()),
            other => Err(mismatch("text", &other)),
        }
    }
}

impl Put for [u8] {
    fn put(&self) -> Val<'_> {
        Val::Blob(Cow::Borrowed(self))
    }
}

impl Put for Vec<u8> {
    fn put(&self) -> Val<'_> {
        Val::Blob(Cow::Borrowed(self))
    }
}

impl<const N: usize> Put for [u8; N] {
    fn put(&self) -> Val<'_> {
        Val::Blob(Cow::Borrowed(self))
    }
}

impl Take for Vec<u8> {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        match val {
            Val::Blob(b) => Ok(b.into_owned()),
            other => Err(mismatch("blob", &other)),
        }
    }
}

impl<const N: usize> Take for [u8; N] {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        Vec::<u8>::take(val)?.try_into().map_err(|_| DbError::shape("blob of another length"))
    }
}

impl<T: Put> Put for Option<T> {
    fn put(&self) -> Val<'_> {
        self.as_ref().map_or(Val::Null, Put::put)
    }
}

impl<T: Take> Take for Option<T> {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        match val {
            Val::Null => Ok(None),
            other => T::take(other).map(Some),
        }
    }
}

impl<T: Put + ?Sized> Put for &T {
    fn put(&self) -> Val<'_> {
        (*self).put()
    }
}

impl Put for Instant {
    fn put(&self) -> Val<'_> {
        Val::Int(self.millis())
    }
}

impl Take for Instant {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        i64::take(val).map(Instant::from_millis)
    }
}

impl Put for Day {
    fn put(&self) -> Val<'_> {
        Val::Text(Cow::Owned(self.to_string()))
    }
}

impl Take for Day {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        String::take(val)?.parse().map_err(|_| DbError::shape("not a day"))
    }
}

impl Put for PlaceCode {
    fn put(&self) -> Val<'_> {
        Val::Int(self.raw())
    }
}

impl Take for PlaceCode {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        Self::try_from(i64::take(val)?).map_err(|_| DbError::shape("not a place code"))
    }
}

impl Put for Fen {
    fn put(&self) -> Val<'_> {
        Val::Int(self.get())
    }
}

impl Take for Fen {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        i64::take(val).map(Self::new)
    }
}

/// A JSON column: what is never asked for in SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: serde::Serialize> Put for Json<T> {
    fn put(&self) -> Val<'_> {
        // A map with keys that are not text is the only thing that fails here, and no column holds one.
        serde_json::to_string(&self.0).map_or(Val::Null, |s| Val::Text(Cow::Owned(s)))
    }
}

impl<T: serde::de::DeserializeOwned> Take for Json<T> {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        match val {
            Val::Text(t) => serde_json::from_str(&t)
                .map(Json)
                .map_err(|e| DbError::shape(format!("json: {}", e.classify_word()))),
            other => Err(mismatch("json", &other)),
        }
    }
}

trait ClassifyWord {
    fn classify_word(&self) -> &'static str;
}

impl ClassifyWord for serde_json::Error {
    /// The class only: the message quotes values.
    fn classify_word(&self) -> &'static str {
        match self.classify() {
            serde_json::error::Category::Io => "io",
            serde_json::error::Category::Syntax => "syntax",
            serde_json::error::Category::Data => "data",
            serde_json::error::Category::Eof => "end",
        }
    }
}

/// A set of ids or codes of any length as one argument, in the form that both engines read:
/// `id IN (SELECT CAST(key AS BIGINT) FROM json_each($1))`.
#[derive(Clone, Debug)]
pub struct IdSet(String);

impl IdSet {
    pub fn new<I: Into<i64>>(ids: impl IntoIterator<Item = I>) -> Self {
        let mut text = String::from("{");
        for (i, id) in ids.into_iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            text.push_str(&format!("\"{}\":0", id.into()));
        }
        text.push('}');
        Self(text)
    }
}

impl Put for IdSet {
    fn put(&self) -> Val<'_> {
        Val::Text(Cow::Borrowed(&self.0))
    }
}

/// The arguments of a statement: a tuple, in the order of `$1`, `$2`, ….
pub trait Args {
    fn vals(&self) -> Vec<Val<'_>>;
}

impl Args for () {
    fn vals(&self) -> Vec<Val<'_>> {
        Vec::new()
    }
}

macro_rules! tuple_args {
    ($($t:ident),+) => {
        impl<$($t: Put),+> Args for ($($t,)+) {
            fn vals(&self) -> Vec<Val<'_>> {
                #[expect(non_snake_case, reason = "type names stand for the values of a tuple")]
                let ($($t,)+) = self;
                vec![$($t.put()),+]
            }
        }
    };
}
tuple_args!(A);
tuple_args!(A, B);
tuple_args!(A, B, C);
tuple_args!(A, B, C, D);
tuple_args!(A, B, C, D, E);
tuple_args!(A, B, C, D, E, F);
tuple_args!(A, B, C, D, E, F, G);
tuple_args!(A, B, C, D, E, F, G, H);
tuple_args!(A, B, C, D, E, F, G, H, I);
tuple_args!(A, B, C, D, E, F, G, H, I, J);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T);
tuple_args!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U);
