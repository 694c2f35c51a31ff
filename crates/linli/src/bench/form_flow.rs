//! `form-flow`: a signed-in resident applies in the browser: the start page, begin, three pages of seven questions each (shown,
//! then sent as served), check, file. Ten requests.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use linli_acts::{Actor, House};
use linli_catalogue::offers::{self as catalogue, Arriving};
use linli_guide::{Begin, Both, Field, FieldKind, Form, Page};

use super::Settings;
use super::cases::ITEM;
use super::child::{Server, Watch, configure};
use super::client::{Answer, Connection, get, header, post_form};
use super::figure::{Figure, Told};
use super::ground::Ground;
use super::load::{Work, closed, median};

const CALLERS: usize = 64;
const PAGES: usize = 3;
const FIELDS: usize = 7;
/// One item of this form is under way once for a resident; so there are many.
const ITEMS: usize = 96;

fn key(n: usize) -> String {
    format!("bench-form-{n}")
}

fn both(text: String) -> Both {
    Both { zh: text.clone(), en: text }
}

fn field(page: usize, n: usize) -> Field {
    Field {
        key: format!("f{page}-{n}"),
        label: both(format!("问题 {page}.{n}")),
        hint: None,
        kind: FieldKind::Text,
        choices: Vec::new(),
        optional: false,
        when: None,
        min: None,
        max: None,
        fields: Vec::new(),
    }
}

/// Puts the measured items into the catalogue.
///
/// # Errors
/// If they cannot be put there.
pub async fn items(house: &House) -> anyhow::Result<()> {
    let (_, _, like) = house.read(|r| catalogue::live(r, ITEM)).await?.context("an item to be like")?;
    let form = Form {
        two_persons: false,
        known: Vec::new(),
        pages: (1..=PAGES)
            .map(|page| Page {
                title: both(format!("第 {page} 页")),
                when: None,
                fields: (1..=FIELDS).map(|n| field(page, n)).collect(),
            })
            .collect(),
        grants: Vec::new(),
    };
    let mut items = Vec::new();
    for n in 0..ITEMS {
        let mut guide = (*like).clone();
        guide.name = both(format!("测量用的表单 {n}"));
        guide.conditions = Vec::new();
        guide.materials = Vec::new();
        guide.events = Vec::new();
        guide.words = Vec::new();
        guide.begin = Begin::Form(form.clone());
        items.push(Arriving::new(key(n), guide)?);
    }
    house.act(&Actor::system(), move |act| catalogue::deliver(act, &items)).await?;
    Ok(())
}

/// One application after another, each of another pair of resident and item.
struct Applying {
    cookies: Vec<String>,
}

/// The hidden fields of the page's own form, as a browser would send them.
fn hidden(page: &str) -> String {
    let form = page.split_once("</h1>").map_or(page, |(_, after)| after);
    let form = form.split_once("<form method=\"post\"").map_or("", |(_, after)| after);
    let form = form.split_once("</form>").map_or(form, |(form, _)| form);
    let mut body = String::new();
    for input in form.split("<input type=\"hidden\" name=\"").skip(1) {
        let Some((name, rest)) = input.split_once("\" value=\"") else { continue };
        let Some((value, _)) = rest.split_once('"') else { continue };
        let _ = write!(body, "{name}={value}&");
    }
    body
}

fn text(answer: &Answer, what: &str) -> anyhow::Result<String> {
    ensure!(answer.status == 200, "{what}: status {}", answer.status);
    Ok(String::from_utf8_lossy(&answer.body).into_owned())
}

/// Where an answer leads on.
fn next(answer: &Answer, what: &str) -> anyhow::Result<String> {
    ensure!(answer.status == 303, "{what}: status {}", answer.status);
    header(&answer.head, "location").map(str::to_owned).with_context(|| what.to_owned())
}

impl Work for Applying {
    async fn once(&self, connection: &mut Connection, n: u64) -> anyhow::Result<()> {
        let n = usize::try_from(n)?;
        let cookie = self.cookies.get(n % self.cookies.len().max(1)).context("nobody is signed in")?;
        let item = n / self.cookies.len().max(1);
        ensure!(item < ITEMS, "more applications than pairs of resident and item");
        let start = format!("/apply/{}", key(item));
        let page = text(&connection.send(&get(&start, cookie)).await?, "start")?;
        let mut at = next(&connection.send(&post_form(&start, cookie, &hidden(&page))).await?, "begin")?;
        for n in 1..=PAGES {
            let page = text(&connection.send(&get(&at, cookie)).await?, "page")?;
            let mut body = hidden(&page);
            for field in 1..=FIELDS {
                let _ = write!(body, "f{n}-{field}=answer+{field}&");
            }
            at = next(&connection.send(&post_form(&at, cookie, &body)).await?, "save")?;
        }
        ensure!(at.ends_with("/check"), "after the pages: {at}");
        let page = text(&connection.send(&get(&at, cookie)).await?, "check")?;
        let body = format!("{}truth=on", hidden(&page));
        let receipt = next(&connection.send(&post_form(&at, cookie, &body)).await?, "file")?;
        ensure!(receipt.ends_with("/receipt"), "after filing: {receipt}");
        Ok(())
    }
}

/// Measures it.
///
/// # Errors
/// If the district cannot be made or served, or a request fails.
pub async fn run(set: &Settings, told: &Told) -> anyhow::Result<()> {
    let ground = Ground::district(&set.data, set.residents).await?.copy(&set.data)?;
    let gateway = Server::gateway(&ground.folder)?;
    let config = configure(&ground.folder, Some(gateway.address))?;
    let server = Server::start(&["serve", "--config", &config.to_string_lossy()], set.cgroup.as_deref())?;
    let watch = Watch::on(&server);
    let cookies = ground.passes.sessions.iter().map(|s| format!("cookie: linli={s}\r\n")).collect();
    let work = Arc::new(Applying { cookies });
    let time = Duration::from_secs(set.seconds);
    let (mut rates, mut p99) = (Vec::new(), Vec::new());
    for _ in 0..set.rounds {
        let out = closed(server.address, &work, CALLERS, time).await;
        ensure!(out.errors == 0, "{} errors: {}", out.errors, out.error.unwrap_or_default());
        rates.push(out.rate());
        p99.push(out.percentile(0.99));
    }
    told.figure(&Figure::new("form-flow", median(rates), "/s").goal("≥ 400"));
    told.figure(&Figure::new("form-flow-p99-at-most", median(p99), "ms"));
    told.figure(&Figure::new("form-flow-memory", watch.most().anonymous, "MB"));
    server.end();
    ground.remove();
    Ok(())
}
