fn main() {
    linli_words::build::generate("locales");
}
