//! The page `/demo`: whom to try, and what to break.

use askama::Template;
use linli_vault::totp;
use linli_web::{Fault, Frame, Reply, Req};

use crate::demo::{OFFICERS, PASSWORD, SECRET};
use crate::simulators::{Fault as Broken, Switch};

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoPage {
    f: Frame,
    people: Vec<(String, String, String)>,
    officers: Vec<(&'static str, String)>,
    password: &'static str,
    code: String,
    state: Broken,
}

pub(crate) async fn show(req: Req, switch: Switch) -> Result<Reply, Fault> {
    let lang = req.lang();
    let people = linli_sample::cast()
        .into_iter()
        .map(|c| (c.name.to_owned(), c.phone.to_owned(), lang.pick(c.zh, c.en).into_owned()))
        .collect();
    let officers = OFFICERS.iter().map(|p| (p.login, lang.pick(p.zh, p.en).into_owned())).collect();
    let code = totp::code(SECRET, totp::step(req.now()));
    Ok(Reply::page(&DemoPage {
        f: req.frame(),
        people,
        officers,
        password: PASSWORD,
        code,
        state: switch.get(),
    }))
}

pub(crate) async fn switch(req: Req, switch: Switch) -> Result<Reply, Fault> {
    switch.set(match req.form().raw("state") {
        "down" => Broken::Down,
        "slow" => Broken::Slow,
        _ => Broken::None,
    });
    Ok(Reply::see_other("/demo"))
}
