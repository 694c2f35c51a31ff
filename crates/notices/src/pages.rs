//! The resident's pages: what was told, how it went out, how she wants to be told.

use askama::Template;
use linli_web::ui::{Button, Chip, Choice, Choose, Errors, Fact, Facts, Pager, Row, Rows, Tick, Tone};
use linli_web::{Fault, Frame, Reply, Req};
use linli_words::Lang;

use crate::domain::{Channel, DeliveryState, NoticeId, Wishes};
use crate::error::NoticeError;
use crate::seams::{PhoneBookService, WechatGatewayService};
use crate::store::{self, DeliveryRow};
use crate::{Words, acts, offers, wechat};

const PAGE: u16 = 30;

#[derive(Template)]
#[template(path = "notices.html")]
struct ListPage {
    f: Frame,
    w: Words,
    rows: Rows,
    unread: u64,
    read_all: Button,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    f: Frame,
    w: Words,
    text: String,
    link: String,
    facts: Facts,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    f: Frame,
    w: Words,
    errors: Errors,
    phone: String,
    /// Empty: nothing is connected.
    wechat_state: String,
    wechat: Option<Tick>,
    first: Option<Choose>,
    sms: Tick,
    paper: Tick,
    lang: Choose,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let asked: Option<NoticeId> = req.ask("before");
    let before = asked.unwrap_or(NoticeId::from_raw(i64::MAX));
    let house = req.house().clone();
    let (unread, found) = req
        .read(move |r| {
            let mut found = Vec::new();
            for row in acts::of_person(r, person, before, PAGE)? {
                let content = acts::content(house.vault(), &row)?;
                found.push((row, content));
            }
            Ok::<_, NoticeError>((offers::unread(r, person)?, found))
        })
        .await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let next = match found.last() {
        Some((last, _)) if found.len() == usize::from(PAGE) => format!("/me/notices?before={}", last.id),
        _ => String::new(),
    };
    let rows = found
        .into_iter()
        .map(|(n, content)| Row {
            href: format!("/me/notices/{}", n.id),
            title: content.text(lang),
            detail: n.told_at.minute(),
            chip: n.read_at.is_none().then(|| Chip::new(Tone::Due, w.unread())),
        })
        .collect();
    Ok(Reply::page(&ListPage {
        rows: Rows::new(rows, w.none()),
        unread,
        read_all: Button::quiet("/me/notices/read", w.read_all(), f.hidden()),
        pager: Pager {
            next,
            first: if asked.is_some() { "/me/notices".to_owned() } else { String::new() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

/// How a delivery stands, in words.
pub(crate) fn state_words(w: Words, d: &DeliveryRow) -> String {
    let at = |at: Option<linli_base::Instant>| at.map(linli_base::Instant::minute).unwrap_or_default();
    match (d.channel, d.state) {
        (Channel::Wechat, DeliveryState::Waiting) => w.sms_waiting(&d.due_at.minute()),
        (Channel::Wechat, DeliveryState::Sent) => w.sms_sent(&at(d.sent_at)),
        (Channel::Wechat, DeliveryState::Delivered) => w.sms_delivered(&at(d.settled_at)),
        (Channel::Wechat, DeliveryState::Failed) => w.sms_failed().to_owned(),
        (Channel::Wechat, DeliveryState::GivenUp) => w.sms_given_up().to_owned(),
        (Channel::Sms, DeliveryState::Waiting) => w.sms_waiting(&d.due_at.minute()),
        (Channel::Sms, DeliveryState::Sent) => w.sms_sent(&at(d.sent_at)),
        (Channel::Sms, DeliveryState::Delivered) => w.sms_delivered(&at(d.settled_at)),
        (Channel::Sms, DeliveryState::Failed) => w.sms_failed().to_owned(),
        (Channel::Sms, DeliveryState::GivenUp) => w.sms_given_up().to_owned(),
        (Channel::Paper, DeliveryState::Waiting) => w.paper_waiting().to_owned(),
        (Channel::Paper, DeliveryState::Sent | DeliveryState::Delivered) => w.paper_sent(&at(d.sent_at)),
        (Channel::Paper, DeliveryState::Failed) => w.paper_returned().to_owned(),
        (Channel::Paper, DeliveryState::GivenUp) => w.paper_given_up().to_owned(),
    }
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let id: NoticeId = req.path("id")?;
    let (row, content, ways) = req
        .act(move |act| {
            let (row, content) = acts::open(act, id)?;
            let ways = act.all(&store::DELIVERIES, (id,))?;
            Ok::<_, NoticeError>((row, content, ways))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let mut facts = vec![Fact::new(w.told_at(), row.told_at.minute())];
    for way in &ways {
        let name = match way.channel {
            Channel::Wechat => w.way_wechat(),
            Channel::Sms => w.way_sms(),
            Channel::Paper => w.way_paper(),
        };
        facts.push(Fact::new(name, state_words(w, way)));
    }
    Ok(Reply::page(&NoticePage {
        text: content.text(req.lang()),
        link: content.link,
        facts: Facts { facts, why: f.words().why() },
        f,
        w,
    }))
}

pub(crate) async fn read_all(req: Req) -> Result<Reply, Fault> {
    let n = req.act(acts::read_all).await?;
    let w = req.words::<Words>();
    Ok(Reply::see_other("/me/notices").flash(w.marked(&n)))
}

async fn settings_page(req: &Req, wishes: Wishes, errors: Errors) -> Result<Reply, Fault> {
    let (person, house) = (req.resident()?, req.house().clone());
    let (phone, bound) = req
        .read(move |r| {
            let phone = house.service::<PhoneBookService>().0.phone(r, house.vault(), person)?;
            Ok::<_, NoticeError>((phone, wechat::bound_at(r, person)?))
        })
        .await?;
    let phone = phone.map(|p| p.masked()).unwrap_or_default();
    let connected = req.house().service::<WechatGatewayService>().0.bind_link("").is_some();
    let (f, w) = (req.frame(), req.words::<Words>());
    let choices = Lang::ALL.into_iter().map(|l| Choice::new(l.code(), l.own_name())).collect();
    Ok(Reply::page(&SettingsPage {
        wechat_state: match bound {
            Some(at) => w.wechat_since(&at.day()),
            None if connected => w.wechat_not_bound().to_owned(),
            None => String::new(),
        },
        wechat: bound.map(|_| Tick::new("wechat", w.wish_wechat(), wishes.wechat)),
        first: bound.map(|_| {
            let choices = vec![Choice::new("wechat", w.first_wechat()), Choice::new("sms", w.first_sms())];
            let chosen = if wishes.sms_first { "sms" } else { "wechat" };
            Choose::new("first", w.wish_first(), chosen, choices).hint(w.wish_first_hint())
        }),
        sms: Tick::new("sms", w.wish_sms(), wishes.sms).hint(w.wish_sms_hint()),
        paper: Tick::new("paper", w.wish_paper(), wishes.paper).hint(w.wish_paper_hint()),
        lang: Choose::new("lang", w.wish_lang(), wishes.lang.code(), choices).error(errors.of("lang")),
        phone,
        errors,
        f,
        w,
    }))
}

pub(crate) async fn settings(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let wishes = req.read(move |r| acts::wishes(r, person)).await?;
    settings_page(&req, wishes, Errors::default()).await
}

pub(crate) async fn set(req: Req) -> Result<Reply, Fault> {
    let form = req.form();
    // Where nothing is bound the page does not ask: her wish stays what it is by default.
    let (wechat, sms_first) = (form.has("wechat") || !form.has("first"), form.raw("first") == "sms");
    let (sms, paper) = (form.has("sms"), form.has("paper"));
    let w = req.words::<Words>();
    let Some(lang) = Lang::from_code(req.form().raw("lang")) else {
        let wrong = vec![("lang".to_owned(), w.lang_missing().to_owned())];
        let errors = Errors::new(req.frame().words().errors_title(), wrong);
        let wishes = Wishes { wechat, sms, sms_first, paper, lang: req.lang() };
        return Ok(settings_page(&req, wishes, errors).await?.status(422));
    };
    let wishes = Wishes { wechat, sms, sms_first, paper, lang };
    req.act(move |act| acts::set_wishes(act, wishes)).await?;
    Ok(Reply::see_other("/me/notices/settings").flash(w.wishes_set()))
}
