//! What can go wrong with a paper.

/// A paper that could not be set, signed or read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Characters that none of the fonts has: they must not come out as boxes. A font that has them goes into the fonts folder.
    #[error("no font has the characters {0:?}")]
    Glyphs(String),
    #[error("typesetting: {0}")]
    Typeset(String),
    #[error("the fonts folder {0} cannot be read")]
    Fonts(String),
    #[error("the file is no PDF of the form that we sign: {0}")]
    Pdf(&'static str),
    #[error("certificate: {0}")]
    Certificate(String),
    #[error("signing: {0}")]
    Signing(String),
    #[error("QR code: {0}")]
    Qr(String),
}

impl From<der::Error> for DocumentError {
    fn from(e: der::Error) -> Self {
        Self::Certificate(e.to_string())
    }
}
