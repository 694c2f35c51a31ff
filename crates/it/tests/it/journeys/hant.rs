//! The old-age allowance in traditional characters from the first page to the receipt and the notice: the switch is kept over all
//! pages, and what our own words say has no simplified character left.

use it::Served;
use it::browser::{Tab, View};
use linli_words::{to_hans, to_hant};

use super::{cast, sign_in};

/// The words of our own that the page says, also where only a screen reader finds them. Other languages' names of themselves stand
/// under a `lang` of their own.
const WORDS: &str = "(() => { const page = document.body.cloneNode(true);
    page.querySelectorAll('[lang]:not([lang=zh-Hant]), script, style').forEach(e => e.remove());
    const told = ['aria-label', 'title', 'alt', 'placeholder', 'data-confirm'];
    const more = told.flatMap(a => [...page.querySelectorAll(`[${a}]`)].map(e => e.getAttribute(a)));
    return [document.title, page.textContent, ...more].join('\\n'); })()";

/// What is on the page in other than traditional characters: what is not the same once it was made simplified and traditional again.
/// (Made traditional twice would not do: of 鄰里 a converter makes 鄰裏.) Names of persons are written as they write them.
fn left(t: &mut Tab, names: &[&str]) -> Vec<String> {
    let mut words = t.value(WORDS).as_str().unwrap_or_default().to_owned();
    for name in names {
        words = words.replace(name, "");
    }
    words.lines().filter(|l| to_hant(&to_hans(l)) != *l).map(|l| l.trim().to_owned()).collect()
}

fn look(t: &mut Tab) {
    assert_eq!(t.value("document.documentElement.lang"), "zh-Hant", "{}", t.path());
    let simplified = left(t, &["梁阿珍"]);
    assert!(simplified.is_empty(), "{}: {simplified:#?}", t.path());
    t.sound();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_allowance_in_traditional_characters() {
    let views = [
        View { width: 360, lang: "zh-Hans", script: true, large: true },
        View { width: 1280, lang: "zh-Hans", script: false, large: false },
    ];
    for v in views {
        let Some(h) = Served::district().await else { return };
        let mut t = h.tab(v);
        t.open("/");
        t.follow(|t| t.click("a[href*='lang=zh-Hant']"));
        look(&mut t);
        t.click("input[type=search]");
        t.type_text("高齡津貼");
        t.follow(|t| t.press("Enter"));
        look(&mut t);
        t.follow(|t| t.click(".rows a"));
        t.expect("高齡");
        look(&mut t);
        t.follow(|t| t.click_words(&to_hant("开始办理")));
        sign_in(&mut t, "梁阿珍");
        t.expect(&to_hant("您符合条件"));
        look(&mut t);
        t.follow(|t| t.click("main form .act"));
        look(&mut t);
        // What is wrong is told in the same characters.
        t.follow(|t| t.click("main form .act"));
        assert_eq!(t.status(), 422);
        t.expect(&to_hant("请填写银行卡号"));
        look(&mut t);
        t.fill("bank-card", "6222 0212 3456 7890 128");
        t.click("input[name=bank-name]");
        t.follow(|t| t.click("main form .act"));
        look(&mut t);
        t.follow(|t| t.click("main form .act"));
        t.expect(&to_hant("提交前核对"));
        look(&mut t);
        t.click("input[name='declare.account']");
        t.click("input[name=truth]");
        t.follow(|t| t.click("main form .act"));
        t.expect(&to_hant("不用您填"));
        look(&mut t);
        t.follow(|t| t.click("main .acts .act"));
        look(&mut t);
        for path in ["/my", "/me/notices", "/my/wallet", "/me", "/me/looks", "/items", "/proofs"] {
            t.open(path);
            look(&mut t);
        }
        t.open("/me/notices");
        t.expect(&to_hant("我们收到了您的"));
        // Names of persons stay as they are written: 黄 is not made 黃.
        let mut other = h.tab(v);
        other.open("/set?lang=zh-Hant");
        other.open("/me");
        sign_in(&mut other, "黄慧敏");
        other.open("/me");
        other.expect(cast("黄慧敏").name);
    }
}

/// What a page says, without tags, names of other languages, and what is drawn.
fn words_of(page: &it::Page) -> String {
    let mut out = String::new();
    let (mut within, text) = (0u32, page.text());
    for piece in text.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap_or((piece, ""));
        let other = tag.contains(" lang=\"") && !tag.contains("lang=\"zh-Hant\"");
        let hidden = tag.starts_with("script") || tag.starts_with("style") || other;
        let void = ["input", "br", "meta", "link", "img", "use"].iter().any(|v| tag.starts_with(v));
        match (within, tag.starts_with('/')) {
            (0, _) => within = u32::from(hidden && !void),
            (_, true) => within -= 1,
            (_, false) if !void && !tag.ends_with('/') => within += 1,
            _ => {}
        }
        if within == 0 {
            out.push_str(words);
            out.push('\n');
        }
    }
    out
}

/// Every page that a visitor and a resident meet, by its words: without a browser, so that none is left out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_residents_has_a_simplified_character_of_ours() {
    let Some(h) = it::TestHouse::districts().await.into_iter().next() else { return };
    // As they are written: names of persons, a language's name of itself, what stands on a certificate, the copy that a person
    // takes away, and what engineers read.
    let mut names: Vec<&str> = linli_sample::cast().iter().map(|c| c.name).collect();
    names.push(linli_words::Lang::ZhHans.own_name());
    let apart = ["/developers", "/demo", "/me/copy", "/my/wallet/0"];
    let mut faults = Vec::new();
    let mut applied = crate::proof::sign_in(&h, "梁阿珍").await;
    crate::cases::apply(&mut applied).await;
    for (mut v, begin) in [(h.visitor(), vec!["/"]), (applied, vec!["/my", "/me", "/proofs"])] {
        v.cookies.insert("lang".to_owned(), "zh-Hant".to_owned());
        let (met, _) = crate::crawl::met_by(&mut v, &begin).await;
        for met in met.into_iter().filter(|m| m.is_page && !apart.iter().any(|a| m.path.starts_with(a))) {
            let page = v.get(&met.path).await;
            let mut words = words_of(&page);
            for name in &names {
                words = words.replace(name, "");
            }
            let wrong = words.lines().find(|l| to_hant(&to_hans(l)) != *l);
            faults.extend(wrong.map(|l| format!("{}: {}", met.path, l.trim())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
