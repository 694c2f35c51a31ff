//! 我的: what is known of her, and the ways to all that she may do with it.

use askama::Template;
use linli_db::DbError;
use linli_people::offers::State;
use linli_people::shown::{Fact, facts, place_words, state_chip};
use linli_web::ui::{Button, Chip, Row, Rows, Tone};
use linli_web::{Fault, Frame, Reply, Req};

use crate::Words;
use crate::pages::own;

/// A fact of the record, with the way to its correction.
struct Known {
    name: String,
    value: String,
    source: String,
    /// Empty where another way leads to it.
    correct: String,
}

impl Known {
    fn new(fact: Fact) -> Self {
        let correct = fact.field.map(|f| format!("/me/corrections/{}/new", f.word())).unwrap_or_default();
        Self { name: fact.name, value: fact.value, source: fact.source, correct }
    }
}

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    f: Frame,
    w: Words,
    name: String,
    state: Chip,
    unverified: bool,
    facts: Vec<Known>,
    rows: Rows,
    sign_out: Button,
    own: bool,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let p = own(&req).await?;
    let w: Words = req.words();
    let (lang, today, place) = (req.lang(), req.now().day(), p.place);
    let id = p.id;
    let (place, unread) = req
        .read(move |r| {
            let unread = linli_notices::offers::unread(r, id)?;
            Ok::<_, DbError>((place_words(r, lang, place, today)?, unread))
        })
        .await?;
    let f = req.frame();
    let own = !f.serving;
    let row = |href: &str, title: &str, detail: &str| Row {
        href: href.to_owned(),
        title: title.to_owned(),
        detail: detail.to_owned(),
        chip: None,
    };
    let mut notices = row("/me/notices", w.notices(), w.notices_detail());
    if unread > 0 {
        notices.chip = Some(Chip::new(Tone::Due, &w.unread(&unread)));
    }
    let mut rows = vec![row("/my", w.my_cases(), w.my_cases_detail()), notices];
    if own {
        rows.push(row("/me/phone", w.change_phone(), w.change_phone_detail()));
        rows.push(row("/me/sessions", w.sessions(), w.sessions_detail()));
    }
    rows.extend([
        row("/me/looks", w.looks(), w.looks_detail()),
        row("/me/consents", w.consents(), w.consents_detail()),
        row("/me/corrections", w.corrections(), w.corrections_detail()),
        row("/me/copy", w.copy(), w.copy_detail()),
    ]);
    if own {
        rows.insert(2, row("/me/standing", w.standing(), w.standing_detail_row()));
        rows.push(row("/me/erase", w.erase(), w.erase_detail()));
    }
    Ok(Reply::page(&MePage {
        name: p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        state: state_chip(lang, p.state),
        unverified: p.state == State::Unverified,
        facts: facts(lang, &p, &place, today, false).into_iter().map(Known::new).collect(),
        rows: Rows::new(rows, ""),
        sign_out: Button::quiet("/sign-out", f.words().sign_out(), f.hidden()),
        own,
        f,
        w,
    }))
}
