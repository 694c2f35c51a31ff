//! Who holds which duty, and who stands in.

use linli_acts::{Act, BodyId, DutyId, DutyKind, Entry, Event, StaffId, Who, duty_kinds};
use linli_base::{FieldError, Instant, PlaceCode};

use crate::acts::{duty_subject, may};
use crate::domain::{self, Apart, DeputyId, StaffState};
use crate::error::DutiesError;
use crate::store::{self, Duty, Staff};
use crate::ADMINISTRATOR;

/// A duty to be given.
#[derive(Clone, Debug)]
pub struct NewDuty {
    pub kind: String,
    pub body: BodyId,
    pub place: PlaceCode,
    pub holder: StaffId,
    /// `None`: from now on.
    pub since: Option<Instant>,
    pub until: Option<Instant>,
}

/// What is told to other rooms when a duty is given or withdrawn.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct DutyEvent {
    pub duty: DutyId,
    pub kind: String,
    pub body: BodyId,
    pub place: PlaceCode,
    pub holder: StaffId,
}

fn kind_of(key: &str) -> Option<&'static DutyKind> {
    duty_kinds().into_iter().find(|k| k.key == key)
}

/// Whether somebody may hold a duty beside what he holds and deputises, now or later.
fn may_hold(act: &mut Act<'_, '_>, staff: StaffId, kind: &'static DutyKind) -> Result<(), DutiesError> {
    let now = act.now();
    let mut held: Vec<String> = act.all(&store::OPEN_OF, (staff, now))?.into_iter().map(|d| d.kind).collect();
    held.extend(act.all(&store::DEPUTISED_KINDS, (staff, now))?.into_iter().map(|(k,)| k));
    domain::may_hold(held.iter().filter_map(|k| kind_of(k)), kind)?;
    Ok(())
}

/// Who can hold or deputise: not one who has left.
fn stands(act: &mut Act<'_, '_>, staff: StaffId, field: &'static str) -> Result<Staff, DutiesError> {
    act.opt(&store::STAFF, (staff,))?
        .filter(|s| s.state != StaffState::Left)
        .ok_or_else(|| DutiesError::field(field, "choose"))
}

/// Nobody gives one of the three offices to himself, or any duty that he may then use: a second person does.
fn not_oneself(act: &Act<'_, '_>, staff: StaffId) -> Result<(), DutiesError> {
    if act.actor.who == Who::Staff(staff) { Err(DutiesError::Own) } else { Ok(()) }
}

/// Gives a duty.
///
/// # Errors
/// If a field does not fit, it is one's own, two duties may not be held together, or it is held already.
pub fn give(act: &mut Act<'_, '_>, new: &NewDuty) -> Result<DutyId, DutiesError> {
    may(act, &ADMINISTRATOR)?;
    not_oneself(act, new.holder)?;
    insert(act, new)
}

pub(crate) fn insert(act: &mut Act<'_, '_>, new: &NewDuty) -> Result<DutyId, DutiesError> {
    let now = act.now();
    let mut faults = Vec::new();
    let kind = kind_of(&new.kind);
    if kind.is_none() {
        faults.push(FieldError::new("kind", "choose"));
    }
    let body = act.opt(&store::BODY, (new.body,))?.filter(|b| b.holds_on(now.day()));
    if body.is_none() {
        faults.push(FieldError::new("body", "choose"));
    }
    let since = new.since.map_or(now, |s| s.max(now));
    if new.until.is_some_and(|until| until <= since) {
        faults.push(FieldError::new("until", "period-order"));
    }
    let Some(kind) = kind.filter(|_| faults.is_empty()) else { return Err(DutiesError::Wrong(faults)) };
    stands(act, new.holder, "holder")?;
    may_hold(act, new.holder, kind)?;
    let same = |d: &Duty| d.kind == new.kind && d.body == new.body && d.place == new.place;
    if act.all(&store::OPEN_OF, (new.holder, now))?.iter().any(same) {
        return Err(Apart::Doubled.into());
    }
    let id: DutyId = act.next_id();
    let by = act.actor.officer().ok();
    act.run(&store::INSERT_DUTY, (id, &new.kind, new.body, new.place, new.holder, since, new.until, by))?;
    if new.kind == ADMINISTRATOR.key {
        // From here on the first run is over: no token makes another first administrator.
        act.run(&store::FIRST_RUN_OVER, ([0u8; 32], now))?;
    }
    act.log(
        Entry::new(duty_subject(id), "duties.given")
            .place(new.place)
            .content(&(&new.kind, new.body, new.holder, since, new.until)),
    )?;
    tell(act, "duties.given", id, new)?;
    Ok(id)
}

fn tell(act: &mut Act<'_, '_>, what: &'static str, id: DutyId, new: &NewDuty) -> Result<(), DutiesError> {
    let event = DutyEvent { duty: id, kind: new.kind.clone(), body: new.body, place: new.place, holder: new.holder };
    act.tell(&Event::new(what, duty_subject(id), &event))?;
    Ok(())
}

/// Somebody else is administrator and can sign in.
pub(crate) fn another_administrator(act: &mut Act<'_, '_>, but: StaffId) -> Result<(), DutiesError> {
    let now = act.now();
    if act.one(&store::OTHERS_OF_KIND, (ADMINISTRATOR.key, but, now))?.0 == 0 {
        return Err(DutiesError::Last);
    }
    Ok(())
}

/// Withdraws a duty now.
///
/// # Errors
/// If it changed meanwhile, has ended, or is the last administrator's.
pub fn withdraw(act: &mut Act<'_, '_>, id: DutyId, rev: i64) -> Result<(), DutiesError> {
    may(act, &ADMINISTRATOR)?;
    let duty: Duty = act.opt(&store::DUTY, (id,))?.ok_or(DutiesError::Missing)?;
    if duty.kind == ADMINISTRATOR.key {
        another_administrator(act, duty.holder)?;
    }
    end(act, &duty, rev)
}

/// Ends a duty and who stands in for it.
pub(crate) fn end(act: &mut Act<'_, '_>, duty: &Duty, rev: i64) -> Result<(), DutiesError> {
    let now = act.now();
    let by = act.actor.officer().ok();
    if !act.run_one(&store::END_DUTY, (duty.id, rev, now, by))? {
        return Err(DutiesError::Changed);
    }
    for deputy in act.all(&store::DEPUTIES_OPEN, (duty.id, now))? {
        act.run(&store::END_DEPUTY, (deputy.id, deputy.rev, now))?;
    }
    act.log(Entry::new(duty_subject(duty.id), "duties.withdrawn").place(duty.place))?;
    let new = NewDuty {
        kind: duty.kind.clone(),
        body: duty.body,
        place: duty.place,
        holder: duty.holder,
        since: None,
        until: None,
    };
    tell(act, "duties.withdrawn", duty.id, &new)
}

/// Somebody stands in for the holder for a while. The holder may say who, or the administrator.
///
/// # Errors
/// If the period does not fit, the deputy may not hold the duty, or stands in already at that time.
pub fn deputise(
    act: &mut Act<'_, '_>,
    id: DutyId,
    deputy: StaffId,
    since: Instant,
    until: Instant,
) -> Result<DeputyId, DutiesError> {
    let duty: Duty = act.opt(&store::DUTY, (id,))?.ok_or(DutiesError::Missing)?;
    may_say(act, &duty)?;
    let now = act.now();
    let since = since.max(now);
    if duty.until.is_some_and(|end| end <= now) {
        return Err(DutiesError::State);
    }
    let until = duty.until.map_or(until, |end| end.min(until));
    if let Some((field, kind)) = domain::period_wrong(since, until, now) {
        return Err(DutiesError::field(field, kind));
    }
    stands(act, deputy, "deputy")?;
    if deputy == duty.holder {
        return Err(DutiesError::field("deputy", "deputy-self"));
    }
    // An administrator must not make himself the deputy of another's duty.
    if act.actor.who != Who::Staff(duty.holder) {
        not_oneself(act, deputy)?;
    }
    let kind = kind_of(&duty.kind).ok_or(DutiesError::State)?;
    may_hold(act, deputy, kind)?;
    let overlaps = act
        .all(&store::DEPUTIES_OPEN, (id, now))?
        .iter()
        .any(|d| d.deputy == deputy && d.since < until && since < d.until);
    if overlaps {
        return Err(DutiesError::field("deputy", "deputy-already"));
    }
    let new: DeputyId = act.next_id();
    let by = act.actor.officer().ok();
    act.run(&store::INSERT_DEPUTY, (new, id, deputy, since, until, by))?;
    act.log(
        Entry::new(duty_subject(id), "duties.deputised").place(duty.place).content(&(deputy, since, until)),
    )?;
    Ok(new)
}

/// The holder himself, or the administrator.
fn may_say(act: &mut Act<'_, '_>, duty: &Duty) -> Result<(), DutiesError> {
    match kind_of(&duty.kind) {
        Some(kind) if act.actor.who == Who::Staff(duty.holder) => act.on_duty(kind, duty.body, duty.place)?,
        _ => may(act, &ADMINISTRATOR)?,
    }
    Ok(())
}

/// The deputy stops standing in.
///
/// # Errors
/// If it changed meanwhile or is over.
pub fn end_deputy(act: &mut Act<'_, '_>, id: DeputyId, rev: i64) -> Result<DutyId, DutiesError> {
    let deputy = act.opt(&store::DEPUTY, (id,))?.ok_or(DutiesError::Missing)?;
    let duty: Duty = act.opt(&store::DUTY, (deputy.duty,))?.ok_or(DutiesError::Missing)?;
    may_say(act, &duty)?;
    let now = act.now();
    if !act.run_one(&store::END_DEPUTY, (id, rev, now))? {
        return Err(DutiesError::Changed);
    }
    act.log(Entry::new(duty_subject(duty.id), "duties.deputy_ended").place(duty.place))?;
    Ok(duty.id)
}
