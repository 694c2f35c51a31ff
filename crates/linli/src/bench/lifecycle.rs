//! `lifecycle`: an application handed in, given to an officer, resolved, looked up: four requests of another system over the API.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use linli_base::{Clock, SystemClock};
use linli_casework::offers::CaseId;
use serde::Deserialize;
use serde_json::json;

use super::Settings;
use super::cases::{ITEM, answers};
use super::child::{Server, Watch, configure};
use super::client::{Answer, Connection, get, post_json};
use super::figure::{Figure, Told};
use super::ground::{Ground, Passes};
use super::load::{Outcome, Work, closed, count, median, open};

const CALLERS: usize = 64;
/// The shape of the design: how many in a second, one after another.
const JUMPS: [u32; 7] = [10, 150, 10, 250, 20, 350, 100];

/// One lifecycle after another, by the token of a handler.
struct Lifecycle {
    passes: Passes,
    /// Tells its requests from those of a run before on the same files.
    run: i64,
}

#[derive(Deserialize)]
struct Case {
    id: CaseId,
    number: String,
    state: String,
    rev: i64,
}

fn read(answer: &Answer, status: u16, what: &str) -> anyhow::Result<Case> {
    ensure!(
        answer.status == status,
        "{what}: {} {}",
        answer.status,
        String::from_utf8_lossy(answer.body.get(..400.min(answer.body.len())).unwrap_or_default())
    );
    serde_json::from_slice(&answer.body).with_context(|| what.to_owned())
}

impl Work for Lifecycle {
    async fn once(&self, connection: &mut Connection, n: u64) -> anyhow::Result<()> {
        let n = usize::try_from(n)?;
        let desks = &self.passes.desks;
        let desk = desks.get(n % desks.len().max(1)).context("no desk")?;
        let resident = n / desks.len().max(1) % desk.residents.len().max(1);
        let (document, _) = desk.residents.get(resident).context("nobody may apply")?;
        let bearer = format!("authorization: Bearer {}\r\n", desk.token);
        let body = json!({ "item": ITEM, "document": document, "answers": answers(), "evidence": "bench" })
            .to_string();
        let once = format!("{bearer}idempotency-key: bench-{}-{n}\r\n", self.run);
        let filed =
            read(&connection.send(&post_json("/api/v1/applications", &once, &body)).await?, 201, "file")?;
        let path = format!("/api/v1/cases/{}", filed.id);
        let body = json!({ "rev": filed.rev, "to": desk.officer }).to_string();
        let assigned = read(
            &connection.send(&post_json(&format!("{path}/assign"), &bearer, &body)).await?,
            200,
            "assign",
        )?;
        let body = json!({ "rev": assigned.rev, "outcome": "granted" }).to_string();
        let resolved = read(
            &connection.send(&post_json(&format!("{path}/resolve"), &bearer, &body)).await?,
            200,
            "resolve",
        )?;
        let number = format!("/api/v1/cases/{}", filed.number);
        let found = read(&connection.send(&get(&number, &bearer)).await?, 200, "look up")?;
        ensure!(found.rev == resolved.rev && found.state == resolved.state, "looked up another state");
        Ok(())
    }
}

/// Measures it: the greatest rate, its memory, and the jumps.
///
/// # Errors
/// If the district cannot be made or served.
pub async fn run(set: &Settings, told: &Told) -> anyhow::Result<()> {
    let ground = Ground::with_cases(&set.data, set.residents, set.cases, told).await?;
    let ground = ground.for_run(&set.data, set.cases)?;
    let gateway = Server::gateway(&ground.folder)?;
    let config = configure(&ground.folder, Some(gateway.address))?;
    let server = Server::start(&["serve", "--config", &config.to_string_lossy()], set.cgroup.as_deref())?;
    let watch = Watch::on(&server);
    let work = Arc::new(Lifecycle { passes: ground.passes.clone(), run: SystemClock.now().millis() });
    let time = Duration::from_secs(set.seconds);
    let (mut rates, mut p99, mut p50) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..set.rounds {
        let out = closed(server.address, &work, CALLERS, time).await;
        ensure!(out.errors == 0, "{} errors: {}", out.errors, out.error.unwrap_or_default());
        rates.push(out.rate());
        p50.push(out.percentile(0.5));
        p99.push(out.percentile(0.99));
    }
    let name = |what: &str| format!("{what}-{}", set.cases);
    told.figure(
        &Figure::new(name("lifecycle"), median(rates), "/s").goal("≥ 1000 at 0; ≥ 80 % of it at 1000000"),
    );
    told.figure(&Figure::new(name("lifecycle-p50-at-most"), median(p50), "ms"));
    told.figure(&Figure::new(name("lifecycle-p99-at-most"), median(p99), "ms"));
    jumps(set, told, &server, &work).await?;
    let most = watch.most();
    told.figure(&Figure::new(name("lifecycle-memory"), most.anonymous, "MB"));
    told.figure(&Figure::new(name("lifecycle-memory-resident"), most.resident, "MB").goal("< 2000"));
    server.end();
    ground.remove();
    Ok(())
}

/// The rate jumps; nobody is turned away.
async fn jumps(set: &Settings, told: &Told, server: &Server, work: &Arc<Lifecycle>) -> anyhow::Result<()> {
    let (mut errors, mut done, mut worst) = (0, 0, 0.0_f64);
    for rate in JUMPS {
        let time = Duration::from_secs(set.seconds.max(2));
        let out: Outcome = open(server.address, work, 256, f64::from(rate), time).await;
        if let Some(e) = &out.error {
            told.note(&format!("at {rate} a second: {e}"));
        }
        told.note(&format!("{rate} a second: p99 {:.1} ms", out.percentile(0.99)));
        errors += out.errors;
        done += out.done();
        worst = worst.max(out.percentile(0.99));
    }
    told.note(&format!("{done} lifecycles over the jumps"));
    let errors = count(usize::try_from(errors)?);
    told.figure(&Figure::new(format!("lifecycle-jumps-errors-{}", set.cases), errors, "").goal("0"));
    told.figure(&Figure::new(format!("lifecycle-jumps-p99-{}", set.cases), worst, "ms"));
    Ok(())
}
