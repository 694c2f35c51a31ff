//! `guide-page`: the page that most people read, anonymous and signed in.

use std::sync::Arc;
use std::time::Duration;

use super::Settings;
use super::child::{Server, configure};
use super::client::{Connection, get};
use super::figure::{Figure, Told};
use super::ground::Ground;
use super::load::{Fetch, Work, closed, median, open};

/// The guide of an item that everybody may ask for.
pub const GUIDE: &str = "/services/insurance-proof";
const CALLERS: usize = 64;

/// The guide, each time by another signed-in resident.
struct SignedIn(Vec<Vec<u8>>);

impl Work for SignedIn {
    async fn once(&self, connection: &mut Connection, n: u64) -> anyhow::Result<()> {
        let index = usize::try_from(n)? % self.0.len().max(1);
        let answer = connection.send(self.0.get(index).map_or(&[][..], |r| r)).await?;
        anyhow::ensure!(answer.status == 200, "status {}", answer.status);
        Ok(())
    }
}

/// Measures it.
///
/// # Errors
/// If the district cannot be made or served, or a request fails.
pub async fn guide_page(set: &Settings, told: &Told) -> anyhow::Result<()> {
    let ground = Ground::district(&set.data, set.residents).await?.copy(&set.data)?;
    let config = configure(&ground.folder, None)?;
    let server = Server::start(&["serve", "--config", &config.to_string_lossy()], set.cgroup.as_deref())?;
    let page = Connection::new(server.address).send(&get(GUIDE, "")).await?;
    anyhow::ensure!(page.status == 200, "status {}", page.status);
    let file = ground.folder.join("page.http");
    std::fs::write(&file, [page.head.as_bytes(), &page.body].concat())?;
    let peer = Server::start(&["bench-peer", &file.to_string_lossy()], None)?;
    let same = Connection::new(peer.address).send(&get(GUIDE, "")).await?;
    anyhow::ensure!(same.body == page.body, "the peer does not answer the same bytes");
    told.note(&format!("{} bytes of page, {} of headers", page.body.len(), page.head.len()));

    let guide = Arc::new(Fetch(get(GUIDE, "")));
    let signed =
        ground.passes.sessions.iter().map(|s| get(GUIDE, &format!("cookie: linli={s}\r\n"))).collect();
    let signed = Arc::new(SignedIn(signed));
    let time = Duration::from_secs(set.seconds);
    let (mut ours, mut bare, mut known) = (Vec::new(), Vec::new(), Vec::new());
    // One after another in turns, so that a busy minute of the machine falls on all of them.
    for _ in 0..set.rounds {
        ours.push(sound(closed(server.address, &guide, CALLERS, time).await)?.rate());
        bare.push(sound(closed(peer.address, &guide, CALLERS, time).await)?.rate());
        known.push(sound(closed(server.address, &signed, CALLERS, time).await)?.rate());
    }
    let rate = median(ours);
    told.figure(
        &Figure::new("guide-page", rate, "/s")
            .peer("bare axum, same bytes", median(bare))
            .goal("ratio ≥ 0.5"),
    );
    told.figure(&Figure::new("guide-page-signed-in", median(known), "/s").goal("≥ 3000"));
    let half = sound(open(server.address, &guide, CALLERS, rate / 2.0, time * 3).await)?;
    told.figure(&Figure::new("guide-page-p99-at-half", half.percentile(0.99), "ms").goal("≤ 5"));
    told.figure(&Figure::new("guide-page-p50-at-half", half.percentile(0.5), "ms"));
    server.end();
    drop(peer);
    ground.remove();
    Ok(())
}

/// A load without errors.
fn sound(out: super::load::Outcome) -> anyhow::Result<super::load::Outcome> {
    anyhow::ensure!(out.errors == 0, "{} errors: {}", out.errors, out.error.unwrap_or_default());
    Ok(out)
}
