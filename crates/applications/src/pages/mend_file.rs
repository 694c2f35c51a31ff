//! A file for a material that was asked again.

use askama::Template;
use linli_casework::offers::{self as casework, CaseId};
use linli_files::offers::{self as files, FileId};
use linli_web::ui::Errors;
use linli_web::{Fault, Frame, Missing, Reply, Req};

use super::{FileLine, errors, file_lines};
use crate::error::ApplicationError;
use crate::show::pick;
use crate::{Words, acts, store, supplements};

#[derive(Template)]
#[template(path = "mend_file.html")]
struct MendFilePage {
    f: Frame,
    w: Words,
    errors: Errors,
    file_error: String,
    name: String,
    what: String,
    base: String,
    back: String,
    files: Vec<FileLine>,
}

async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let key: String = req.path("key")?;
    let actor = req.actor().clone();
    let house = req.house().clone();
    let wanted = key.clone();
    let sent = req
        .read(move |r| {
            super::hers(&actor, &casework::case(r, id)?)?;
            let row = store::of_case(r, id)?;
            let (asked, guide) = (casework::asked(r, house.vault(), id)?, acts::guide_of(r, &row)?);
            let sent = supplements::sent(r, &row, &guide, &asked)?;
            Ok::<_, ApplicationError>(sent.into_iter().find(|s| s.material.key == wanted))
        })
        .await?
        .ok_or(Missing)?;
    Ok(Reply::page(&MendFilePage {
        name: pick(req.lang(), &sent.material.name),
        files: file_lines(req, sent.files.iter())?,
        what: sent.what,
        base: format!("/my/cases/{id}/mend/{key}"),
        back: format!("/my/cases/{id}/mend"),
        file_error: errors.of("file").unwrap_or_default(),
        errors,
        f: req.frame(),
        w: req.words(),
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default()).await
}

pub(crate) async fn send(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let key: String = req.path("key")?;
    let back = format!("/my/cases/{id}/mend/{key}");
    let done = match files::receive(req.house(), req.actor(), req.incoming()).await {
        Ok(file) => req.act(move |act| supplements::attach(act, id, &key, file)).await,
        Err(e) => Err(e.into()),
    };
    match done {
        Ok(()) => Ok(Reply::see_other(&back).flash(req.words::<Words>().said_sent())),
        Err(ApplicationError::Wrong(wrong)) => Ok(page(&req, errors(&req, wrong)).await?.status(422)),
        Err(ApplicationError::File(files::FileError::Refused(_, wrong))) => {
            Ok(page(&req, errors(&req, wrong.to_vec())).await?.status(422))
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn drop_file(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let key: String = req.path("key")?;
    let file: FileId = req.form().parse_as("file")?;
    let back = format!("/my/cases/{id}/mend/{key}");
    req.act(move |act| supplements::detach(act, id, &key, file)).await?;
    Ok(Reply::see_other(&back))
}
