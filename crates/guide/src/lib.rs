#![doc = include_str!("../README.md")]

pub mod form;
mod guide;
pub mod handling;
pub mod kinds;
pub mod material;
pub mod predicate;
pub mod visits;

pub use form::{Field, FieldKind, Form, Grant, KnownFrom, Page, asked};
pub use guide::{BadGuide, Both, Condition, Fault, Guide, Level, Pace, blank};
pub use handling::{Begin, Handover, Identity, LinkOut, Persons};
pub use kinds::Papers;
pub use material::{Check, HandIn, Material, Need, Source, Way, is_key};
pub use predicate::{Facts, Finding, Operand, Predicate, Value, Verdict};

#[cfg(test)]
mod testing {
    /// A sound guide to start from: nothing to hand in, nothing handed over, decided by promise, asked at no counter.
    pub(crate) fn guide() -> crate::Guide {
        let mut guide = crate::blank();
        "事项".clone_into(&mut guide.name.zh);
        "D1".clone_into(&mut guide.department.code);
        "部门".clone_into(&mut guide.department.zh);
        guide.handover.clear();
        guide
    }
}
