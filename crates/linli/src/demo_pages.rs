//! The page `/demo`: whom to try, and what to break.

use askama::Template;
use linli_notices::offers::{GatewayFault, SimulatedSms, SimulatedWechat, simulate_binding};
use linli_vault::totp;
use linli_web::{Fault, Frame, Reply, Req};

use crate::demo::{OFFICERS, PASSWORD, SECRET};
use crate::simulators::{Fault as Broken, Simulators, Switch};

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoPage {
    f: Frame,
    people: Vec<(String, String, String)>,
    officers: Vec<(&'static str, String)>,
    password: &'static str,
    code: String,
    state: Broken,
    /// Phone (its end) and text.
    messages: Vec<(String, String)>,
    gateway: GatewayFault,
    /// Text and link of the last WeChat messages.
    cards: Vec<(String, String)>,
    wechat: GatewayFault,
}

#[derive(Template)]
#[template(path = "demo_wechat.html")]
struct WechatPage {
    f: Frame,
    ticket: String,
    done: bool,
}

pub(crate) async fn show(req: Req, players: Simulators) -> Result<Reply, Fault> {
    let lang = req.lang();
    let people = linli_sample::cast()
        .into_iter()
        .map(|c| (c.name.to_owned(), c.phone.to_owned(), lang.pick(c.zh, c.en).into_owned()))
        .collect();
    let officers = OFFICERS.iter().map(|p| (p.login, lang.pick(p.zh, p.en).into_owned())).collect();
    let messages =
        players.sms.taken().into_iter().map(|sms| (sms.phone.masked(), sms.text)).take(10).collect();
    let code = totp::code(SECRET, totp::step(req.now()));
    Ok(Reply::page(&DemoPage {
        f: req.frame(),
        people,
        officers,
        password: PASSWORD,
        code,
        state: players.register.get(),
        messages,
        gateway: players.sms.fault(),
        cards: players.wechat.taken().into_iter().map(|m| (m.text, m.link)).take(10).collect(),
        wechat: players.wechat.fault(),
    }))
}

fn fault(req: &Req) -> GatewayFault {
    match req.form().raw("state") {
        "down" => GatewayFault::Down,
        "refuses" => GatewayFault::Refuses,
        _ => GatewayFault::None,
    }
}

pub(crate) async fn switch_sms(req: Req, sms: SimulatedSms) -> Result<Reply, Fault> {
    sms.set(fault(&req));
    Ok(Reply::see_other("/demo"))
}

pub(crate) async fn switch_wechat(req: Req, wechat: SimulatedWechat) -> Result<Reply, Fault> {
    wechat.set(fault(&req));
    Ok(Reply::see_other("/demo"))
}

/// What a resident sees in WeChat when she shows her ticket.
pub(crate) async fn wechat(req: Req) -> Result<Reply, Fault> {
    let ticket = req.query().text("ticket");
    Ok(Reply::page(&WechatPage { ticket, done: false, f: req.frame() }))
}

/// She confirms, and the gateway reports which account it was.
pub(crate) async fn bind_wechat(req: Req) -> Result<Reply, Fault> {
    let ticket = req.form().text("ticket");
    let account = format!("sample-{}", linli_base::text::cut(&ticket, 8));
    let done = simulate_binding(req.house(), ticket.clone(), account).await?;
    Ok(Reply::page(&WechatPage { ticket, done, f: req.frame() }).status(if done { 200 } else { 422 }))
}

pub(crate) async fn switch(req: Req, switch: Switch) -> Result<Reply, Fault> {
    switch.set(match req.form().raw("state") {
        "down" => Broken::Down,
        "slow" => Broken::Slow,
        _ => Broken::None,
    });
    Ok(Reply::see_other("/demo"))
}
