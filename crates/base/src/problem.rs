//! One shape for everything that can go wrong, so that one conversion in `web` makes a page, a fragment or an RFC 9457
//! problem of it. Errors carry codes; only pages have words.

/// What went wrong at one field of a form. `kind` is a word key of the room that owns the form.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: String,
    /// Stable code, for example `too-long`.
    pub kind: &'static str,
    /// Arguments for the words, for example the greatest length.
    pub args: Vec<String>,
}

impl FieldError {
    #[must_use]
    pub fn new(field: &str, kind: &'static str) -> Self {
        Self { field: field.to_owned(), kind, args: Vec::new() }
    }
    #[must_use]
    pub fn arg(mut self, arg: impl ToString) -> Self {
        self.args.push(arg.to_string());
        self
    }
}

/// An error that can be shown to whoever asked.
pub trait Problem: std::error::Error + Send + Sync + 'static {
    /// Stable code, in kebab case, for example `case-changed`. It is also the address `/problems/<code>`.
    fn code(&self) -> &'static str;
    /// HTTP status. 404 instead of 403 when existence itself is private.
    fn status(&self) -> u16;
    /// Faults of single fields; empty when the whole request is at fault.
    fn fields(&self) -> &[FieldError] {
        &[]
    }
    /// Facts that may be shown with the message, as (name, value). Never personal data of others.
    fn facts(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
