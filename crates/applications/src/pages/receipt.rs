//! What she takes away: the number of her case, what went with it, and how little of it she had to do. Printable.

use askama::Template;
use linli_casework::offers::{self as casework, CaseId};
use linli_web::ui::{Fact, Facts};
use linli_web::{Fault, Frame, Reply, Req};

use crate::error::ApplicationError;
use crate::show::{answer_facts, met_facts};
use crate::{Words, acts, store};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    f: Frame,
    w: Words,
    case: CaseId,
    title: String,
    facts: Facts,
    share: String,
    answers: Facts,
    materials: Facts,
    /// What she still has to bring or send.
    to_bring: Vec<String>,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let actor = req.actor().clone();
    let house = req.house().clone();
    let (lang, w) = (req.lang(), req.words::<Words>());
    let (case, row, answers, materials, to_bring, counts) = req
        .read(move |r| {
            let case = casework::case(r, id)?;
            super::hers(&actor, &case)?;
            let row = store::of_case(r, id)?;
            let (guide, form) = (acts::guide_of(r, &row)?, acts::form_of(r, &row)?);
            let content = row.open(house.vault())?;
            let answers = answer_facts(w, &form, &content);
            let materials = met_facts(r, w, &guide, &content.met)?;
            let mut to_bring = Vec::new();
            for m in content.met.iter().filter(|m| m.how.is_owed()) {
                let name = crate::show::material_name(w, &guide, &m.key);
                to_bring.push(w.to_bring(&crate::show::how(r, w, &m.how)?, &name));
            }
            let counts = r.one(&store::COUNTS, (row.id,))?;
            Ok::<_, ApplicationError>((case, row, answers, materials, to_bring, counts))
        })
        .await?;
    let f = req.frame();
    let why = f.words().why();
    let (fields, prefilled, wanted, waived) = counts;
    let mut share = w.share_fields(&fields, &prefilled);
    if wanted > 0 {
        share = format!("{share} {}", w.share_materials(&waived, &wanted));
    }
    let day = row.saved_at;
    let facts = vec![
        Fact::new(w.case_number(), &case.number),
        Fact::new(w.filed_at(), if lang.is_en() { day.day().en() } else { day.minute() }),
    ];
    Ok(Reply::page(&ReceiptPage {
        case: id,
        title: lang.pick(&case.title_zh, &case.title_en).into_owned(),
        facts: Facts { facts, why },
        share,
        answers: Facts { facts: answers, why },
        materials: Facts { facts: materials, why },
        to_bring,
        f,
        w,
    }))
}
