//! Closed sets, stored as words.

/// Declares an enum stored as text: `codes! { /// State. pub enum State { Open = "open", Closed = "closed" } }`. Unknown
/// words in the database are a `Shape` error, never a silent default.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The stored word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// From the stored word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::Put for $name {
            fn put(&self) -> $crate::Val<'_> {
                $crate::Val::Text(std::borrow::Cow::Borrowed(self.word()))
            }
        }

        impl $crate::Take for $name {
            fn take(val: $crate::Val<'_>) -> Result<Self, $crate::DbError> {
                let word = <String as $crate::Take>::take(val)?;
                Self::from_word(&word).ok_or_else(|| $crate::DbError::unknown_word(stringify!($name)))
            }
        }

        impl $crate::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::schemars::json_schema!({ "type": "string", "enum": [$($word),+] })
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.word())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str> as $crate::serde::Deserialize>::deserialize(d)?;
                Self::from_word(&word).ok_or_else(|| $crate::serde::de::Error::custom("unknown word"))
            }
        }
    };
}

/// Declares an id newtype that can be stored: `id! { pub struct CaseId; }`, doc comments on lines of their own.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* pub struct $name:ident;) => {
        $crate::linli_base::id! { $(#[$doc])* pub struct $name; }

        impl $crate::Put for $name {
            fn put(&self) -> $crate::Val<'_> {
                $crate::Val::Int(self.raw())
            }
        }

        impl $crate::Take for $name {
            fn take(val: $crate::Val<'_>) -> Result<Self, $crate::DbError> {
                <i64 as $crate::Take>::take(val).map(Self::from_raw)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> i64 {
                id.raw()
            }
        }
    };
}

impl crate::DbError {
    #[doc(hidden)]
    #[must_use]
    pub fn unknown_word(of: &'static str) -> Self {
        Self::shape(format!("unknown word for {of}"))
    }
}
