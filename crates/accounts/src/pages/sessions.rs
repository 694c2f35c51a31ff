//! Where she is signed in.

use askama::Template;
use linli_people::offers::herself;
use linli_web::session::{self, SessionId, SessionKind};
use linli_web::ui::Button;
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::sign_in;

struct SessionLine {
    device: String,
    detail: String,
    here: bool,
    end: Button,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    f: Frame,
    w: Words,
    sessions: Vec<SessionLine>,
    end_others: Option<Button>,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let id = herself(req.actor())?;
    let w: Words = req.words();
    let f = req.frame();
    let all = req.read(move |r| session::of_subject(r, SessionKind::Person, id.raw())).await?;
    let here = req.session().map(|s| s.id);
    let others = all.iter().any(|s| Some(s.id) != here);
    let sessions = all
        .into_iter()
        .map(|s| SessionLine {
            device: if s.device.is_empty() { w.unknown_device().to_owned() } else { s.device.clone() },
            detail: w.session_detail(&s.seen_at.minute(), &s.created_at.minute()),
            here: Some(s.id) == here,
            end: Button::quiet(&format!("/me/sessions/{}/end", s.id), w.session_end(), f.hidden()),
        })
        .collect();
    let end_others = others.then(|| Button::main("/me/sessions/end-others", w.end_others(), f.hidden()));
    Ok(Reply::page(&SessionsPage { f, w, sessions, end_others }))
}

pub(crate) async fn end(req: Req) -> Result<Reply, Fault> {
    let id: SessionId = req.path("id")?;
    let w: Words = req.words();
    if !req.act(move |act| sign_in::end_session(act, id)).await? {
        return Err(Missing.into());
    }
    Ok(Reply::see_other("/me/sessions").flash(w.session_ended()))
}

pub(crate) async fn end_others(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let keep = req.session().map(|s| s.id).ok_or(Missing)?;
    req.act(move |act| sign_in::end_other_sessions(act, keep)).await?;
    Ok(Reply::see_other("/me/sessions").flash(w.session_ended()))
}
