//! A request that is sent twice with the same key is done once.

use linli_base::Instant;
use linli_db::{DbError, sql};

use crate::house::Act;

sql! {
    FOUND: (String,) = "SELECT answer FROM idempotency WHERE actor_kind = $1 AND actor = $2 AND key = $3";
    KEEP: () = "INSERT INTO idempotency (actor_kind, actor, key, answer, at) VALUES ($1, $2, $3, $4, $5)";
}

/// Does `act` unless this actor has done it with this key before; then gives the earlier answer. The key lies inside the act's
/// transaction: a caller who went away and comes again gets what was done.
///
/// # Errors
/// What `act` refused with.
pub fn once<T, E>(
    act: &mut Act<'_, '_>,
    key: &str,
    run: impl FnOnce(&mut Act<'_, '_>) -> Result<T, E>,
) -> Result<T, E>
where
    T: std::fmt::Display + std::str::FromStr,
    E: From<DbError>,
{
    let (kind, actor) = (act.actor.who.kind(), act.actor.who.raw().unwrap_or(0));
    if let Some((answer,)) = act.opt(&FOUND, (kind, actor, key))?
        && let Ok(answer) = answer.parse()
    {
        return Ok(answer);
    }
    let out = run(act)?;
    let now: Instant = act.now();
    act.run(&KEEP, (kind, actor, key, out.to_string(), now))?;
    Ok(out)
}
