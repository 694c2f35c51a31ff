//! What the applicant is told at each step.

use linli_acts::Act;
use linli_base::Day;
use linli_db::DbError;

use crate::store::CaseRow;

pub(crate) fn filed(_: &mut Act<'_, '_>, _: &CaseRow) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn accepted(_: &mut Act<'_, '_>, _: &CaseRow, _: Day) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn supplement_asked(_: &mut Act<'_, '_>, _: &CaseRow, _: Day) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn refused(_: &mut Act<'_, '_>, _: &CaseRow) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn lapsed(_: &mut Act<'_, '_>, _: &CaseRow) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn paused(_: &mut Act<'_, '_>, _: &CaseRow, _: Day) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn resumed(_: &mut Act<'_, '_>, _: &CaseRow, _: Day) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn extended(_: &mut Act<'_, '_>, _: &CaseRow, _: Day) -> Result<(), DbError> {
    Ok(())
}
pub(crate) fn decided(_: &mut Act<'_, '_>, _: &CaseRow) -> Result<(), DbError> {
    Ok(())
}
