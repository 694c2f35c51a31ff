//! Binding WeChat, and letting it go.

use askama::Template;
use linli_web::ui::Html;
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::error::NoticeError;
use crate::seams::WechatGatewayService;
use crate::{Words, wechat};

#[derive(Template)]
#[template(path = "wechat.html")]
struct WechatPage {
    f: Frame,
    w: Words,
    /// Where she goes in WeChat; empty unless she is about to bind.
    link: String,
    code: Html,
    bound: String,
    connected: bool,
}

async fn page(req: &Req, link: String) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let bound = req.read(move |r| wechat::bound_at(r, person)).await?;
    let connected = req.house().service::<WechatGatewayService>().0.bind_link("").is_some();
    let (f, w) = (req.frame(), req.words::<Words>());
    // A link of our own page is read by another phone with our address before it.
    let whole = if link.starts_with('/') { format!("{}{link}", req.origin()) } else { link.clone() };
    let code = if link.is_empty() { Html::default() } else { qr(&whole)? };
    let bound = bound.map(|at| w.wechat_since(&at.day())).unwrap_or_default();
    Ok(Reply::page(&WechatPage { link, code, bound, connected, f, w }))
}

fn qr(text: &str) -> Result<Html, NoticeError> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M)
        .map_err(|_| NoticeError::Stored)?;
    let svg =
        code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build();
    Ok(Html::drawing(&svg))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, String::new()).await
}

/// The ticket stands on the answer itself and nowhere else, so it cannot come after a redirection.
pub(crate) async fn ask(req: Req) -> Result<Reply, Fault> {
    let gateway = req.house().service::<WechatGatewayService>();
    if gateway.0.bind_link("").is_none() {
        return Err(Missing.into());
    }
    let ticket = req.act(wechat::ask).await?;
    let link = gateway.0.bind_link(&ticket).ok_or(Missing)?;
    page(&req, link).await
}

pub(crate) async fn end(req: Req) -> Result<Reply, Fault> {
    req.act(wechat::unbind).await?;
    Ok(Reply::see_other("/me/notices/wechat").flash(req.words::<Words>().wechat_ended()))
}
