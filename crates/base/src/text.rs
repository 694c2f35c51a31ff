//! What people type, made regular at the edge.

/// Full-width digits, letters and signs become half-width, runs of white space become one blank, ends are trimmed, control
/// characters (NUL above all, which PostgreSQL refuses) are dropped. Chinese punctuation stays.
#[must_use]
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        let c = half_width(c);
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else if !c.is_control() && !is_invisible(c) {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(c);
        }
    }
    out
}

/// As [`tidy`], but keeps line breaks: for texts of several lines.
#[must_use]
pub fn tidy_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(tidy).collect();
    lines.join("\n").trim().to_owned()
}

/// Letters and digits only, upper case: numbers that people write with blanks and dashes.
#[must_use]
pub fn compact(text: &str) -> String {
    text.chars().map(half_width).filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        // Full-width ASCII lies 0xFEE0 above ASCII. Chinese commas, brackets and marks of that block are left as they are.
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＋' | '－' | '＠' | '．' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        c => c,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// At most `max` characters; what is cut is marked by "…".
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_regular() {
        assert_eq!(tidy("  １３８ ０００\u{0}0\u{200b}　1234 "), "138 0000 1234");
        assert_eq!(tidy("您好，梁阿姨（老）"), "您好，梁阿姨（老）");
        assert_eq!(compact("4401 05-1946x"), "4401051946X");
        assert_eq!(cut("海珠区民政局", 4), "海珠区…");
        assert_eq!(tidy_lines(" a \n\n b "), "a\n\nb");
    }
}
