//! An officer's pages of buildings and units.

use askama::Template;
use linli_base::{FieldError, Level, PlaceCode};
use linli_db::DbError;
use linli_web::ui::{Choice, Choose, Errors, Field, Pager};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::domain::{BuildingId, UnitId};
use crate::pages::{summary, wrong_fields};
use crate::store::{self, Building, Unit};
use crate::{EDITOR, Words, acts, offers};

const PAGE: u16 = 100;

#[derive(Template)]
#[template(path = "office_buildings.html")]
struct BuildingsPage {
    f: Frame,
    w: Words,
    errors: Errors,
    code: PlaceCode,
    name: String,
    /// With whether it was ticked when the page came back.
    list: Vec<(Building, bool)>,
    pager: Pager,
    to: Choose,
    fields: Vec<Field>,
}

async fn buildings_page(req: &Req, code: PlaceCode, faults: &[FieldError]) -> Result<Reply, Fault> {
    let (lang, w, f) = (req.lang(), req.words::<Words>(), req.frame());
    if code.level() != Level::Community {
        return Err(Missing.into());
    }
    let after: BuildingId = req.ask("after").unwrap_or(BuildingId::from_raw(0));
    let (list, siblings, name) = req
        .read(move |r| {
            let today = r.now().day();
            let near = code.parent().map_or(Ok(Vec::new()), |p| offers::children(r, p, today))?;
            Ok::<_, DbError>((
                offers::buildings_in(r, code, after, PAGE)?,
                near,
                offers::name(r, code, today)?,
            ))
        })
        .await?;
    let errors = summary(req, faults);
    let ticked: Vec<BuildingId> = req.form().all("building").filter_map(|id| id.parse().ok()).collect();
    let mut choices = vec![Choice::new("", w.choose())];
    choices.extend(
        siblings
            .iter()
            .filter(|d| d.code != code)
            .map(|d| Choice::new(&d.code.to_string(), &lang.pick(&d.name_zh, &d.name_en))),
    );
    let here = format!("/office/places/{code}/buildings");
    let next = list.last().filter(|_| list.len() == usize::from(PAGE));
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&BuildingsPage {
        pager: Pager {
            next: next.map(|b| format!("{here}?after={}", b.id)).unwrap_or_default(),
            first: if after.raw() == 0 { String::new() } else { here },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        to: Choose::new("to", w.move_to(), req.form().raw("to"), choices).list().error(errors.of("to")),
        fields: building_fields(req, &errors, "", ""),
        name: lang.pick(&name.0, &name.1).into_owned(),
        list: list.into_iter().map(|b| (b.clone(), ticked.contains(&b.id))).collect(),
        errors,
        code,
        f,
        w,
    })
    .status(status))
}

fn building_fields(req: &Req, errors: &Errors, name: &str, address: &str) -> Vec<Field> {
    let w: Words = req.words();
    let (form, posted) = (req.form(), req.form().has("name"));
    let of = |key: &str, known: &str| if posted { form.raw(key).to_owned() } else { known.to_owned() };
    vec![
        Field::new("name", w.building_name(), &of("name", name))
            .hint(w.building_hint())
            .error(errors.of("name")),
        Field::new("address", w.address(), &of("address", address))
            .hint(w.address_hint())
            .optional(req.frame().words().optional())
            .error(errors.of("address")),
    ]
}

pub(crate) async fn buildings(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    buildings_page(&req, code, &[]).await
}

pub(crate) async fn add_building(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    let (form, w) = (req.form(), req.words::<Words>());
    let (name, address) = (form.text("name"), form.text("address"));
    match req.act(move |act| acts::add_building(act, code, &name, &address)).await {
        Ok(id) => Ok(Reply::see_other(&format!("/office/buildings/{id}")).flash(w.saved())),
        Err(e) => {
            let mut faults = wrong_fields(e)?;
            // The community is the page's own: told at the form's first field.
            for fault in faults.iter_mut().filter(|f| f.field == "community") {
                "name".clone_into(&mut fault.field);
            }
            buildings_page(&req, code, &faults).await
        }
    }
}

pub(crate) async fn move_buildings(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    let (form, w) = (req.form(), req.words::<Words>());
    let ids: Vec<BuildingId> = form.all("building").filter_map(|id| id.parse().ok()).collect();
    let mut faults = Vec::new();
    if ids.is_empty() {
        faults.push(FieldError::new("to", "choose-buildings"));
    }
    let to: Option<PlaceCode> = form.text("to").parse().ok();
    if to.is_none() && faults.is_empty() {
        faults.push(FieldError::new("to", "no-community"));
    }
    let Some(to) = to.filter(|_| faults.is_empty()) else { return buildings_page(&req, code, &faults).await };
    match req.act(move |act| acts::move_buildings(act, &ids, to)).await {
        Ok(n) => Ok(Reply::see_other(&format!("/office/places/{code}/buildings")).flash(w.moved(&n))),
        Err(e) => {
            let mut faults = wrong_fields(e)?;
            for fault in faults.iter_mut().filter(|f| f.field == "community") {
                "to".clone_into(&mut fault.field);
            }
            buildings_page(&req, code, &faults).await
        }
    }
}

#[derive(Template)]
#[template(path = "office_building.html")]
struct BuildingPage {
    f: Frame,
    w: Words,
    errors: Errors,
    building: Building,
    community: String,
    /// Whether this officer may change it.
    edit: bool,
    fields: Vec<Field>,
    to: Choose,
    units: Vec<Unit>,
    pager: Pager,
    unit: Field,
}

async fn building_page(req: &Req, id: BuildingId, faults: &[FieldError]) -> Result<Reply, Fault> {
    let (lang, w, f) = (req.lang(), req.words::<Words>(), req.frame());
    let after: UnitId = req.ask("after").unwrap_or(UnitId::from_raw(0));
    let found = req
        .read(move |r| {
            let today = r.now().day();
            let Some(b) = offers::building(r, id)? else { return Ok::<_, DbError>(None) };
            let units = offers::units_in(r, id, after, PAGE)?;
            let near = b.community.parent().map_or(Ok(Vec::new()), |p| offers::children(r, p, today))?;
            let name = offers::name(r, b.community, today)?;
            Ok(Some((b, units, near, name)))
        })
        .await?;
    let (building, units, near, name) = found.ok_or(Missing)?;
    let errors = summary(req, faults);
    let unit_posted = req.route().ends_with("/units");
    let of_unit = if unit_posted { errors.clone() } else { Errors::default() };
    let of_building = if unit_posted { Errors::default() } else { errors.clone() };
    let here = building.community.to_string();
    let mut choices: Vec<Choice> =
        near.iter().map(|d| Choice::new(&d.code.to_string(), &lang.pick(&d.name_zh, &d.name_en))).collect();
    if !choices.iter().any(|c| c.value == here) {
        choices.insert(0, Choice::new(&here, &lang.pick(&name.0, &name.1)));
    }
    let chosen = if req.form().has("community") { req.form().raw("community") } else { &here };
    let next = units.last().filter(|_| units.len() == usize::from(PAGE));
    let status = if errors.is_empty() { 200 } else { 422 };
    let unit_typed = if unit_posted { req.form().raw("unit") } else { "" };
    Ok(Reply::page(&BuildingPage {
        pager: Pager {
            next: next.map(|u| format!("/office/buildings/{id}?after={}", u.id)).unwrap_or_default(),
            first: if after.raw() == 0 { String::new() } else { format!("/office/buildings/{id}") },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        edit: may(req, building.community),
        fields: building_fields(req, &of_building, &building.name, &building.address),
        to: Choose::new("community", w.community(), chosen, choices)
            .list()
            .error(of_building.of("community")),
        unit: Field::new("unit", w.unit_name(), unit_typed).hint(w.unit_hint()).error(of_unit.of("unit")),
        community: lang.pick(&name.0, &name.1).into_owned(),
        building,
        units,
        errors,
        f,
        w,
    })
    .status(status))
}

fn may(req: &Req, place: PlaceCode) -> bool {
    req.actor().held.iter().any(|h| h.kind == EDITOR.key && h.place.contains(place))
}

pub(crate) async fn building(req: Req) -> Result<Reply, Fault> {
    let id: BuildingId = req.path("id")?;
    building_page(&req, id, &[]).await
}

pub(crate) async fn change_building(req: Req) -> Result<Reply, Fault> {
    let id: BuildingId = req.path("id")?;
    let (form, w) = (req.form(), req.words::<Words>());
    let rev: i64 = form.parse_as("rev")?;
    let community: PlaceCode = form.parse_as("community")?;
    let (name, address) = (form.text("name"), form.text("address"));
    match req.act(move |act| acts::change_building(act, id, rev, community, &name, &address)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/office/buildings/{id}")).flash(w.saved())),
        Err(e) => building_page(&req, id, &wrong_fields(e)?).await,
    }
}

/// Out of use, or into use again.
pub(crate) async fn use_building(req: Req) -> Result<Reply, Fault> {
    let id: BuildingId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let closed = req.form().raw("closed") == "1";
    req.act(move |act| acts::set_building_closed(act, id, rev, closed)).await?;
    Ok(Reply::see_other(&format!("/office/buildings/{id}")).flash(req.words::<Words>().saved()))
}

pub(crate) async fn add_unit(req: Req) -> Result<Reply, Fault> {
    let id: BuildingId = req.path("id")?;
    let (name, w) = (req.form().text("unit"), req.words::<Words>());
    match req.act(move |act| acts::add_unit(act, id, &name)).await {
        Ok(_) => Ok(Reply::see_other(&format!("/office/buildings/{id}")).flash(w.saved())),
        Err(e) => {
            let mut faults = wrong_fields(e)?;
            for fault in &mut faults {
                "unit".clone_into(&mut fault.field);
            }
            building_page(&req, id, &faults).await
        }
    }
}

#[derive(Template)]
#[template(path = "office_unit.html")]
struct UnitPage {
    f: Frame,
    w: Words,
    errors: Errors,
    unit: Unit,
    edit: bool,
    name: Field,
}

async fn unit_page(req: &Req, id: UnitId, faults: &[FieldError]) -> Result<Reply, Fault> {
    let (w, f) = (req.words::<Words>(), req.frame());
    let unit: Unit = req.read(move |r| r.opt(&store::UNIT, (id,))).await?.ok_or(Missing)?;
    let errors = summary(req, faults);
    let value = if req.form().has("name") { req.form().raw("name") } else { &unit.name };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&UnitPage {
        name: Field::new("name", w.unit_name(), value).hint(w.unit_hint()).error(errors.of("name")),
        edit: may(req, unit.community),
        unit,
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn unit(req: Req) -> Result<Reply, Fault> {
    let id: UnitId = req.path("id")?;
    unit_page(&req, id, &[]).await
}

pub(crate) async fn rename_unit(req: Req) -> Result<Reply, Fault> {
    let id: UnitId = req.path("id")?;
    let (form, w) = (req.form(), req.words::<Words>());
    let rev: i64 = form.parse_as("rev")?;
    let name = form.text("name");
    match req.act(move |act| acts::rename_unit(act, id, rev, &name)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/office/units/{id}")).flash(w.saved())),
        Err(e) => unit_page(&req, id, &wrong_fields(e)?).await,
    }
}

/// Out of use, or into use again.
pub(crate) async fn use_unit(req: Req) -> Result<Reply, Fault> {
    let id: UnitId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let closed = req.form().raw("closed") == "1";
    req.act(move |act| acts::set_unit_closed(act, id, rev, closed)).await?;
    Ok(Reply::see_other(&format!("/office/units/{id}")).flash(req.words::<Words>().saved()))
}
