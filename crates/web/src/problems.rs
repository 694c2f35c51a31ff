//! A problem as a page: in plain words, with a way on.

use askama::Template;
use linli_words::Lang;

use crate::page::Frame;
use crate::reply::{Fault, Reply};
use crate::server::Site;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    f: Frame,
    title: &'static str,
    what: String,
    fields: Vec<String>,
    back: String,
    go: &'static str,
}

pub(crate) fn problem_page(site: &Site, lang: Lang, large: bool, path: &str, fault: &Fault) -> Reply {
    let f = Frame {
        lang,
        large,
        path: path.to_owned(),
        district: lang.pick(&site.district_zh, &site.district_en).into_owned(),
        name: None,
        stands_for: None,
        resident: false,
        officer: false,
        serving: false,
        duties: Vec::new(),
        flash: None,
        csrf: String::new(),
        once: String::new(),
        demo: site.demo,
        rail: std::sync::Arc::new([]),
    };
    let w = f.words();
    let code = match fault.code() {
        "internal" => "busy",
        code => code,
    };
    let title = w.by_key(&format!("problem-{code}-title")).unwrap_or_else(|| w.problem_other_title());
    let mut what = w.by_key(&format!("problem-{code}")).unwrap_or_else(|| w.problem_other()).to_owned();
    let facts: Vec<String> = fault.0.facts().into_iter().map(|(_, v)| v).collect();
    if !facts.is_empty() {
        what = format!("{what}（{}）", facts.join("、"));
    }
    let back = if fault.status() == 404 { "/services".to_owned() } else { path.to_owned() };
    let go = if fault.status() == 404 { w.tab_services() } else { w.problem_again() };
    let fields = fault.fields().iter().map(|e| e.field.clone()).collect();
    Reply::page(&ProblemPage { f, title, what, fields, back, go }).status(fault.status())
}
