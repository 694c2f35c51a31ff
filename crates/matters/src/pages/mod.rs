//! The resident's matters, and the look-up by number.

pub(crate) mod mine;
pub(crate) mod mine_more;
pub(crate) mod track;
