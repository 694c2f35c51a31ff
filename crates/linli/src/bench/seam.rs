//! `durable-acts`: the acts of `lifecycle` straight on the database seam with 64 callers, against their very statements in a bare
//! rusqlite loop (`replay`).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use anyhow::Context;
use linli_acts::House;
use tokio::task::JoinSet;

use super::Settings;
use super::cases::{Clerk, assign, clerks, file, resolve};
use super::figure::{Figure, Told};
use super::ground::{Ground, open};
use super::load::{count, median};
use super::replay::recorder;

const CALLERS: usize = 64;
const LIFECYCLES: usize = 4_000;

/// Measures it.
///
/// # Errors
/// If an act is refused or the replay does not fit.
pub async fn run(set: &Settings, told: &Told) -> anyhow::Result<()> {
    let ground = Ground::with_cases(&set.data, set.residents, set.cases, told).await?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..set.rounds {
        let copy = ground.copy(&set.data)?;
        let house = open(&copy.folder, None, None).await?;
        ours.push(acts(&house, &copy).await?);
        house.db().close().await;

        // The statements of such a run, on a database as it was before; then the same on another, bare.
        let copy = ground.copy(&set.data)?;
        let before = copy.folder.join("before.db");
        let (watch, recorded) = recorder();
        let house = open(&copy.folder, None, Some(watch)).await?;
        house.db().copy_to(before.clone()).await?;
        recorded.lock().unwrap_or_else(PoisonError::into_inner).clear();
        acts(&house, &copy).await?;
        house.db().close().await;
        let again = Arc::clone(&recorded);
        let (acts, statements, seconds) = tokio::task::spawn_blocking(move || {
            let recorded = again.lock().unwrap_or_else(PoisonError::into_inner);
            let seconds = recorded.replay(&before, CALLERS)?;
            Ok::<_, anyhow::Error>((recorded.acts(), recorded.statements(), seconds))
        })
        .await??;
        told.note(&format!("{acts} acts, {statements} statements"));
        bare.push(count(acts) / seconds);
        copy.remove();
    }
    told.figure(
        &Figure::new(format!("durable-acts-{}", set.cases), median(ours), "/s")
            .peer("same statements, bare rusqlite, 64 acts a commit", median(bare))
            .goal("ratio ≥ 0.75"),
    );
    Ok(())
}

/// Runs lifecycles, 64 callers at once; acts in a second.
async fn acts(house: &House, ground: &Ground) -> anyhow::Result<f64> {
    let clerks: Arc<[Arc<Clerk>]> = clerks(house, &ground.passes).await?.into();
    let next = Arc::new(AtomicUsize::new(0));
    let begin = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (house, clerks, next) = (house.clone(), Arc::clone(&clerks), Arc::clone(&next));
        callers.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= LIFECYCLES {
                    return Ok::<_, anyhow::Error>(());
                }
                let clerk = clerks.get(n % clerks.len().max(1)).context("no desk")?;
                let of = n / clerks.len().max(1) % clerk.residents.len().max(1);
                let (person, officer) =
                    (*clerk.residents.get(of).context("nobody may apply")?, clerk.officer);
                let (case, rev) = house.act(&clerk.actor, move |act| file(act, person)).await?;
                let rev = house.act(&clerk.actor, move |act| assign(act, case, rev, officer)).await?;
                house.act(&clerk.actor, move |act| resolve(act, case, rev)).await?;
            }
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    Ok(count(LIFECYCLES * 3) / begin.elapsed().as_secs_f64())
}
