//! The accessibility crawl: every kind of person follows every link from where she begins, and each page that anybody meets
//! is looked at in Chromium with axe. A new page needs no line here; a page that no link leads to is told.

use std::collections::{BTreeMap, BTreeSet};

use it::browser::{Tab, View};
use it::{Page, Served, Visitor};
use linli::{compose, demo};

/// How many pages of one address pattern a person opens, so that lists of thousands end.
const OF_ONE_PATTERN: usize = 8;

/// Addresses that change how pages look, or go elsewhere.
const LEFT_OUT: [&str; 2] = ["/set", "/assets"];

/// Doors of rooms that are being built: links to them lead nowhere until the room is there, and are followed from then on.
const NOT_YET: [&str; 0] = [];

/// The declared address that a path is one of.
fn pattern(path: &str) -> Option<&'static str> {
    let path = path.split(['?', '#']).next()?;
    let fits = |declared: &str| {
        let (mut d, mut p) = (declared.split('/'), path.split('/'));
        loop {
            match (d.next(), p.next()) {
                (None, None) => return true,
                (Some(d), Some(p)) if d == p || (d.starts_with('{') && !p.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let routes = compose::routes();
    let found = routes.iter().filter(|r| r.method == "GET" && fits(r.path));
    // As the router does: written words before what may be anything.
    found.min_by_key(|r| r.path.matches('{').count()).map(|r| r.path)
}

/// Where a page leads without a change: links, and forms that only ask.
fn ways_on(page: &Page) -> Vec<String> {
    let text = page.text().replace("&#38;", "&").replace("&amp;", "&");
    let links = text.split("<a ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let (_, href) = tag.split_once("href=\"")?;
        Some(href.split('"').next()?.to_owned())
    });
    let asking = text.split("<form").skip(1).filter(|f| {
        let tag = f.split('>').next().unwrap_or("");
        // One that has its fields elsewhere on the page asks for nothing by itself.
        !tag.contains("method=\"post\"") && !tag.contains(" id=")
    });
    let asked = asking.map(|f| {
        let tag = f.split('>').next().unwrap_or("");
        let action = tag.split_once("action=\"").and_then(|(_, a)| a.split('"').next()).unwrap_or(&page.path);
        let action = action.split('?').next().unwrap_or("").to_owned();
        let fields = page.forms().into_iter().find(|x| x.action.split('?').next() == Some(action.as_str()));
        let pairs = fields.into_iter().flat_map(|x| x.fields);
        let query: Vec<String> = pairs.map(|(k, v)| format!("{k}={}", linli_web::encode(&v))).collect();
        format!("{action}?{}", query.join("&"))
    });
    links
        .chain(asked)
        .map(|a| a.split('#').next().unwrap_or("").to_owned())
        .filter(|a| a.starts_with('/') && !LEFT_OUT.iter().any(|l| a.starts_with(l)))
        .collect()
}

/// Something that a link led to.
pub struct Met {
    pattern: &'static str,
    pub path: String,
    /// And not a file.
    pub is_page: bool,
}

/// What a person meets: pages by pattern, and links that lead nowhere. Deep before broad, so that lists do not use up what leads
/// from a street to a door.
pub async fn met_by(v: &mut Visitor, begin: &[&str]) -> (Vec<Met>, Vec<String>) {
    let mut queue: Vec<(String, String)> =
        begin.iter().map(|b| ((*b).to_owned(), "the beginning".to_owned())).collect();
    let (mut seen, mut of_pattern) = (BTreeSet::new(), BTreeMap::<&str, usize>::new());
    let (mut met, mut dead) = (Vec::new(), Vec::new());
    while let Some((path, from)) = queue.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let Some(pattern) = pattern(&path).or_else(|| path.starts_with("/demo").then_some("/demo")) else {
            if !NOT_YET.iter().any(|room| path.starts_with(room)) {
                dead.push(format!("{from} leads to {path}, which is nowhere"));
            }
            continue;
        };
        let n = of_pattern.entry(pattern).or_default();
        *n += 1;
        if *n > OF_ONE_PATTERN {
            continue;
        }
        let page = v.get(&path).await;
        if page.status >= 400 {
            dead.push(format!("{from} leads to {path}, which answers {}", page.status));
            continue;
        }
        let is_page = page.content_type.starts_with("text/html");
        if is_page {
            queue.extend(ways_on(&page).into_iter().map(|to| (to, path.clone())));
        }
        met.push(Met { pattern, path, is_page });
    }
    (met, dead)
}

/// A tab that is signed in as the visitor is.
pub fn tab_of(h: &Served, v: &Visitor, view: View) -> Tab {
    let mut tab = h.tab(view);
    for (name, value) in v.cookies.iter().filter(|(name, _)| *name != "lang" && *name != "size") {
        tab.cookie(name, value);
    }
    tab
}

/// What was found on all pages.
#[derive(Default)]
struct Found {
    faults: Vec<String>,
    /// Rules that axe calls less than serious, and the pages that break them: told, not failed.
    slight: BTreeMap<String, BTreeSet<&'static str>>,
}

impl Found {
    fn look(&mut self, t: &mut Tab, who: &str, pattern: &'static str) {
        let (path, view) = (t.path(), t.view);
        let large = if view.large { " large" } else { "" };
        let (wrong, slight) = t.looked_over();
        let told = |w: String| format!("{who} {path} ({}{large}, {}): {w}", view.width, view.lang);
        self.faults.extend(wrong.into_iter().map(told));
        for v in slight {
            self.slight.entry(format!("{} ({}) {}", v.rule, v.impact, v.nodes)).or_default().insert(pattern);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_that_anybody_meets_is_sound() {
    let Some(h) = Served::district().await else { return };
    let phone = View { width: 360, lang: "zh-Hans", script: true, large: false };
    let large = View { lang: "en", large: true, ..phone };
    let mut people = vec![("visitor", h.visitor(), vec!["/"])];
    for name in ["陈志伟", "黄慧敏"] {
        let mut v = crate::proof::sign_in(&h, name).await;
        // Something waits at the desk.
        let page = v.get("/me/corrections/name/new").await;
        let form = page.forms().into_iter().find(|f| f.fields.contains_key("reason")).unwrap();
        let page = v.submit(&form.with("value", "陈志威").with("reason", "登记时写错了字")).await;
        assert!(page.says("已收到"), "{}", page.text());
        people.push((name, v, vec!["/", "/me"]));
    }
    // Somebody who has a case under way, so that its pages are met from both sides.
    let mut v = crate::proof::sign_in(&h, "梁阿珍").await;
    assert!(crate::cases::apply(&mut v).await.says("提交了申请"));
    people.push(("梁阿珍", v, vec!["/my", "/apply/senior-card", "/apply/old-age-allowance"]));
    for officer in demo::OFFICERS {
        people.push((
            officer.login,
            crate::office::sign_in(&h, officer.login).await,
            vec!["/office/me", "/"],
        ));
    }
    let (mut found, mut looked) = (Found::default(), BTreeMap::<&'static str, usize>::new());
    let mut reached = BTreeSet::new();
    for (who, mut v, begin) in people {
        let (met, dead) = met_by(&mut v, &begin).await;
        found.faults.extend(dead.into_iter().map(|d| format!("{who}: {d}")));
        let (mut small, mut big) = (None, None);
        reached.extend(met.iter().map(|m| m.pattern));
        for Met { pattern, path, .. } in met.into_iter().filter(|m| m.is_page) {
            // The first of a pattern on a phone and on a desk; the second in large type and in English; no third.
            let n = looked.entry(pattern).or_default();
            *n += 1;
            match *n {
                1 => {
                    let t = small.get_or_insert_with(|| tab_of(&h, &v, phone));
                    t.widen(360);
                    t.open(&path);
                    found.look(t, who, pattern);
                    t.widen(1280);
                    found.look(t, who, pattern);
                }
                2 => {
                    let t = big.get_or_insert_with(|| tab_of(&h, &v, large));
                    t.open(&path);
                    found.look(t, who, pattern);
                }
                _ => {}
            }
        }
    }
    for (rule, patterns) in &found.slight {
        println!("slight: {rule}\n  on {patterns:?}");
    }
    let routes = compose::routes();
    let pages = routes.iter().filter(|r| r.method == "GET" && !r.path.starts_with("/api/"));
    let unmet: Vec<_> = pages.map(|r| r.path).filter(|p| !reached.contains(p)).collect();
    println!("{} kinds of page looked at; no link led to {unmet:?}", looked.len());
    assert!(found.faults.is_empty(), "{}", found.faults.join("\n"));
}
