//! One function for each act of the office.

pub mod audit;
pub mod bodies;
pub mod door;
pub mod duties;
pub mod first;
pub mod staff;
#[cfg(test)]
mod tests;

use linli_acts::{Act, Denied, DutyKind, Subject, Who};
use linli_base::FieldError;

use crate::domain::WrongField;

/// Demands a duty of the office; the program itself may (the sample district, the first run).
fn may(act: &mut Act<'_, '_>, kind: &'static DutyKind) -> Result<(), Denied> {
    if act.actor.who == Who::System { Ok(()) } else { act.on_any_duty(kind) }
}

/// Demands one of two duties of the office.
fn may_either(act: &mut Act<'_, '_>, one: &'static DutyKind, other: &'static DutyKind) -> Result<(), Denied> {
    may(act, one).or_else(|_| may(act, other)).map_err(|_| match act.actor.who {
        Who::Anyone => Denied::SignIn,
        _ => Denied::Duty(one),
    })
}

fn staff_subject(id: linli_acts::StaffId) -> Subject {
    Subject::new("staff", id)
}

fn duty_subject(id: linli_acts::DutyId) -> Subject {
    Subject::new("duty", id)
}

fn wrong(fields: &[WrongField]) -> Vec<FieldError> {
    fields
        .iter()
        .map(|(field, kind, max)| {
            let e = FieldError::new(field, kind);
            if *max > 0 { e.arg(max) } else { e }
        })
        .collect()
}
