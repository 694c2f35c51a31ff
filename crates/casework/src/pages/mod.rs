//! Pages: the resident's matters, one case with its steps, the co-handling body's tasks.

pub(crate) mod case;
pub(crate) mod forms;
pub(crate) mod handing;
pub(crate) mod mine;
pub(crate) mod mine_more;
pub(crate) mod steps;
pub(crate) mod tasks;
pub(crate) mod together;
pub(crate) mod track;

pub(crate) use crate::shown::{day_words, light_chip, state_chip, title, under};
