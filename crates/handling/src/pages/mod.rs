//! One case with its steps, and the co-handling body's tasks.

pub(crate) mod case;
pub(crate) mod forms;
pub(crate) mod handing;
pub(crate) mod steps;
pub(crate) mod tasks;
pub(crate) mod together;
