//! The names (`/JavaScript`) of a PDF as they pass: written plainly or with `#4a` in them.

/// Longest name that interests us.
const MOST: usize = 24;

#[derive(Default)]
pub struct Names {
    /// The name that is being read, decoded.
    name: Option<Vec<u8>>,
    /// Digits of `#xx` still to come.
    escape: Option<Option<u8>>,
}

fn hex(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

fn ends(b: u8) -> bool {
    matches!(
        b,
        0 | 9 | 10 | 12 | 13 | 32 | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

impl Names {
    /// Takes a byte; gives the name that ended with it.
    pub fn push(&mut self, b: u8) -> Option<Vec<u8>> {
        let done = if ends(b) { self.name.take() } else { None };
        if b == b'/' {
            self.name = Some(Vec::new());
            self.escape = None;
            return done;
        }
        let Some(name) = &mut self.name else { return done };
        let byte = match self.escape.take() {
            Some(None) => {
                self.escape = hex(b).map(Some);
                return None;
            }
            Some(Some(high)) => hex(b).map_or(b, |low| high * 16 + low),
            None if b == b'#' => {
                self.escape = Some(None);
                return None;
            }
            None => b,
        };
        name.push(byte);
        if name.len() > MOST {
            self.name = None;
        }
        done
    }
}
