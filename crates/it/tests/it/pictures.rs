//! Pictures of pages for `docs/pictures`; run by `scripts/pictures`, which says how they are asked for.

use it::Served;
use it::browser::View;
use linli::demo;

/// One picture as it was asked for.
struct Wish {
    who: Option<String>,
    path: String,
    widths: Vec<u32>,
    english: bool,
    large: bool,
    /// Not the whole page, only what is seen first.
    top: bool,
    name: String,
}

fn read(line: &str) -> Option<Wish> {
    let (what, name) = line.rsplit_once('=')?;
    let mut how = what.split(',');
    let page = how.next()?;
    let how: Vec<&str> = how.collect();
    let (page, widths) = match page.rsplit_once('@') {
        Some((page, width)) => (page, vec![width.parse().ok()?]),
        None => (page, vec![360, 1280]),
    };
    let (who, path) = match page.split_once(':') {
        Some((who, path)) => (Some(who.to_owned()), path),
        None => (None, page),
    };
    let has = |word| how.contains(&word);
    let (english, large, top) = (has("en"), has("large"), has("top"));
    Some(Wish { who, path: path.to_owned(), widths, english, large, top, name: name.to_owned() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "by hand: scripts/pictures"]
async fn take() {
    let to = std::env::var("LINLI_PICTURES_TO").expect("scripts/pictures sets it");
    let wishes = std::env::var("LINLI_PICTURES").expect("scripts/pictures sets it");
    let h = Served::district().await.expect("chromium");
    for line in wishes.lines().filter(|l| !l.is_empty()) {
        let wish = read(line).unwrap_or_else(|| panic!("not understood: {line}"));
        let mut v = h.visitor();
        if let Some(who) = &wish.who {
            h.clock.advance_seconds(600);
            v = match demo::OFFICERS.iter().find(|o| o.login == who) {
                Some(officer) => crate::office::sign_in(&h, officer.login).await,
                None => crate::proof::sign_in(&h, who).await,
            };
        }
        for width in &wish.widths {
            let lang = if wish.english { "en" } else { "zh-Hans" };
            let view = View { width: *width, lang, script: true, large: wish.large };
            let mut t = crate::crawl::tab_of(&h, &v, view);
            t.hide_scrollbars();
            match wish.path.strip_suffix("/*") {
                Some(list) => {
                    t.open(list);
                    t.follow(|t| t.click(&format!("main :is(.rows, td) a[href^='{list}/']")));
                }
                None => t.open(&wish.path),
            }
            let tail = if wish.widths.len() > 1 { format!("-{width}") } else { String::new() };
            let file = format!("{to}/{}{tail}.png", wish.name);
            std::fs::write(&file, t.picture(!wish.top)).unwrap();
            println!("{file}: {}", t.path());
        }
    }
}
