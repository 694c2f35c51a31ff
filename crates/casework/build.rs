//! Words from the locales.

fn main() {
    linli_words::build::generate("locales");
}
