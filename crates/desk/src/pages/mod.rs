//! Pages of the desk.

pub(crate) mod bulk;
pub(crate) mod filters;
pub(crate) mod overdue;
pub(crate) mod queue;
pub(crate) mod table;
