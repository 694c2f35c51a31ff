//! `walk prepare` and `walk synth`.

use super::{Progress, Step, datum, output};
use clap::Args;
use serde_json::{Map, json};
use std::path::PathBuf;
use walk::access::{Stop, Traits};
use walk::export::{Collection, point};
use walk::files;
use walk::index::{Compound, Index, SnapRules};
use walk::osm::{ReadOptions, read_file};
use walk::raw::Raw;
use walk::report::report;
use walk::synth;
use walk::{Bounds, Buildings, City, Datum, Error, Result};

/// Read a map and a district's files into one prepared file.
#[derive(Args)]
pub struct Prepare {
    /// OpenStreetMap file (.osm.pbf or .osm)
    map: PathBuf,
    /// Where the prepared file goes
    #[arg(short, long)]
    out: PathBuf,
    /// Buildings as CSV or GeoJSON (id, lon, lat, residents, area)
    #[arg(long)]
    buildings: Option<PathBuf>,
    /// Take buildings from the map, when the district has no file of them
    #[arg(long, conflicts_with = "buildings")]
    map_buildings: bool,
    /// Facilities as CSV or GeoJSON (class, id, lon, lat, capacity)
    #[arg(long)]
    facilities: Option<PathBuf>,
    /// Paths drawn by the district, GeoJSON lines (name, kind: steps, ramp, bridge, lift)
    #[arg(long)]
    paths: Option<PathBuf>,
    /// Gates as CSV or GeoJSON points (open: no for closed)
    #[arg(long)]
    gates: Option<PathBuf>,
    /// Compounds as GeoJSON: rings are walls, points their gates
    #[arg(long)]
    compounds: Option<PathBuf>,
    /// Coordinate system of the district's files: wgs84, cgcs2000, gcj02 or bd09
    #[arg(long, default_value = "wgs84", value_parser = datum)]
    datum: Datum,
    /// How near a drawn path or gate must lie to join a way, in metres
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    join_m: u32,
    /// Write what people should mend in the map as GeoJSON
    #[arg(long)]
    report: Option<PathBuf>,
}

impl Prepare {
    pub fn run(&self) -> Result<()> {
        let step = Step::begin("reading the map");
        let options = ReadOptions { buildings: self.map_buildings, ..ReadOptions::default() };
        let mut raw = read_file(&self.map, &options)?;
        step.end(&format!("{} ways, {} points", raw.ways.len(), raw.points.len()));
        if let Some(p) = &self.paths {
            let paths = files::paths(&files::read(p, self.datum)?)?;
            let ties = raw.add_paths(&paths, self.join_m * 100)?;
            let loose = ties.iter().filter(|&&t| t == 0).count();
            eprintln!("{} paths drawn, {loose} of them tied to nothing", paths.len());
        }
        if let Some(p) = &self.gates {
            let gates = files::gates(&files::read(p, self.datum)?)?;
            let lost = raw.add_gates(&gates, self.join_m * 100)?;
            eprintln!("{} gates, {lost} of them near no way", gates.len());
        }
        let compounds = match &self.compounds {
            Some(p) => files::compounds(&files::read(p, self.datum)?),
            None => Vec::new(),
        };
        let found = std::mem::take(&mut raw.buildings);
        let step = Step::begin("building the network");
        let net = walk::build::build(raw, None)?;
        let index = Index::new(&net);
        step.end(&format!("{} junctions, {} edges", net.nodes.len(), net.edges.len()));
        let rules = SnapRules::default();
        let step = Step::begin("placing buildings and facilities");
        let (buildings, areas) = match &self.buildings {
            Some(p) => {
                files::buildings(&files::read(p, self.datum)?, &index, &compounds, &rules, self.datum)?
            }
            None => (from_map(&found, &index, &compounds, &rules), Vec::new()),
        };
        let classes = match &self.facilities {
            Some(p) => {
                files::facilities(&files::read(p, self.datum)?, "facility", &index, &rules, self.datum)?
            }
            None => Vec::new(),
        };
        let city = City { net, buildings, classes, areas };
        step.end(&format!("{} buildings, {} classes", city.buildings.len(), city.classes.len()));
        walk::prepared::save(&city, &self.out)?;
        self.mend(&city)
    }

    fn mend(&self, city: &City) -> Result<()> {
        let r = report(city);
        eprintln!(
            "to mend: {} islands, {} ends that nearly touch a way, {} buildings over 100 m from any path",
            r.islands.len(),
            r.near_misses.len(),
            r.far_buildings.len()
        );
        let Some(path) = &self.report else { return Ok(()) };
        let mut c = Collection::new(output(Some(path))?, &Map::new())?;
        for i in &r.islands {
            c.feature(&point(i.at), &json!({"fault": "island", "nodes": i.nodes}))?;
        }
        for m in &r.near_misses {
            let p = json!({"fault": "near miss", "node": m.node_id, "gap_cm": m.gap_cm});
            c.feature(&point(m.at), &p)?;
        }
        for (b, cm) in &r.far_buildings {
            let b = *b as usize;
            let p = json!({"fault": "far building", "id": city.buildings.ids[b], "cm": cm});
            c.feature(&point(city.buildings.points[b]), &p)?;
        }
        c.finish()?;
        Ok(())
    }
}

fn from_map(
    found: &[walk::raw::RawBuilding],
    index: &Index,
    compounds: &[Compound],
    rules: &SnapRules,
) -> Buildings {
    let middle = |o: &[walk::Point]| files::Shape::Ring(o.to_vec()).middle();
    let doors = found.iter().map(|b| {
        let at = middle(&b.outline);
        if compounds.iter().any(|c| walk::geo::in_ring(at, &c.ring)) {
            let one = walk::index::snap_all(index, &[at], compounds, rules, "wgs84");
            return one.map(|p| p.doors).unwrap_or_default();
        }
        index.building_doors(&b.outline, &b.entrances, rules.max_m)
    });
    Buildings {
        ids: found.iter().map(|b| b.id.clone()).collect(),
        points: found.iter().map(|b| middle(&b.outline)).collect(),
        places: walk::Places::of(doors),
        residents: found.iter().map(|b| b.residents).collect(),
        area: vec![u32::MAX; found.len()],
    }
}

/// Make a synthetic city.
#[derive(Args)]
pub struct Synth {
    /// Where the prepared file goes
    #[arg(short, long)]
    out: PathBuf,
    /// Everything follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Size in square kilometres
    #[arg(long, default_value_t = 93.6)]
    km2: f64,
    /// Outline as GeoJSON polygon, in place of the size
    #[arg(long, conflicts_with = "km2")]
    outline: Option<PathBuf>,
    /// Also write the streets as an OpenStreetMap XML file
    #[arg(long)]
    osm: Option<PathBuf>,
    /// Also write buildings as CSV
    #[arg(long)]
    buildings: Option<PathBuf>,
    /// Also write facilities as CSV
    #[arg(long)]
    facilities: Option<PathBuf>,
}

impl Synth {
    pub fn run(&self) -> Result<()> {
        let mut plan = match &self.outline {
            None => synth::Plan::of_area(self.seed, self.km2)?,
            Some(p) => {
                let rings = files::read(p, Datum::Wgs84)?;
                let ring = rings.into_iter().find_map(|r| match r.shape {
                    files::Shape::Ring(r) => Some(r),
                    _ => None,
                });
                let outline = ring.ok_or_else(|| Error::Argument("the outline holds no polygon".into()))?;
                synth::Plan { seed: self.seed, outline, rivers: 2 }
            }
        };
        plan.seed = self.seed;
        let mut progress = Progress::begin("building the city", 100);
        let city = synth::city_telling(&plan, |percent| progress.at(percent))?;
        progress.end(&format!(
            "{} junctions, {} edges, {} buildings, {} residents, {} communities, {} facilities",
            city.net.nodes.len(),
            city.net.edges.len(),
            city.buildings.len(),
            city.buildings.total_residents(),
            city.areas.len(),
            city.classes.iter().map(|c| c.points.len()).sum::<usize>()
        ));
        if let Some(p) = &self.osm {
            write_osm(&synth::streets(&plan)?, Bounds::around(plan.outline.iter().copied()), p)?;
        }
        if let Some(p) = &self.buildings {
            let b = &city.buildings;
            let rows = (0..b.len()).map(|i| {
                let area = city.areas.get(b.area[i] as usize).cloned().unwrap_or_default();
                let at = b.points[i];
                vec![
                    b.ids[i].clone(),
                    format!("{:.7}", at.lon_degrees()),
                    format!("{:.7}", at.lat_degrees()),
                    b.residents[i].to_string(),
                    area,
                ]
            });
            walk::export::csv(output(Some(p))?, &["id", "lon", "lat", "residents", "area"], rows)?;
        }
        if let Some(p) = &self.facilities {
            let rows = city.classes.iter().flat_map(|c| {
                (0..c.points.len()).map(|i| {
                    let at = c.points[i];
                    vec![
                        c.name.clone(),
                        c.ids[i].clone(),
                        format!("{:.7}", at.lon_degrees()),
                        format!("{:.7}", at.lat_degrees()),
                        c.capacity[i].to_string(),
                    ]
                })
            });
            walk::export::csv(output(Some(p))?, &["class", "id", "lon", "lat", "capacity"], rows)?;
        }
        walk::prepared::save(&city, &self.out)
    }
}

/// The drawn streets as an OpenStreetMap file, with tags that read back to the same traits.
fn write_osm(raw: &Raw, bounds: Option<Bounds>, path: &std::path::Path) -> Result<()> {
    let mut out = output(Some(path))?;
    writeln!(out, "<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\" generator=\"walk synth\">")?;
    if let Some(b) = bounds {
        writeln!(
            out,
            " <bounds minlat=\"{:.7}\" minlon=\"{:.7}\" maxlat=\"{:.7}\" maxlon=\"{:.7}\"/>",
            b.min.lat_degrees(),
            b.min.lon_degrees(),
            b.max.lat_degrees(),
            b.max.lon_degrees()
        )?;
    }
    for (i, p) in raw.points.iter().enumerate() {
        let head = format!(
            " <node id=\"{}\" lat=\"{:.7}\" lon=\"{:.7}\"",
            raw.ids[i],
            p.lat_degrees(),
            p.lon_degrees()
        );
        let stop = raw.stops[i];
        if stop.has(Stop::GATE) {
            let access = if stop.has(Stop::LOCKED) { "private" } else { "yes" };
            writeln!(out, "{head}><tag k=\"barrier\" v=\"gate\"/><tag k=\"access\" v=\"{access}\"/></node>")?;
        } else {
            writeln!(out, "{head}/>")?;
        }
    }
    for (i, w) in raw.ways.iter().enumerate() {
        writeln!(out, " <way id=\"{}\">", i + 1)?;
        for r in &raw.refs[w.start as usize..w.end as usize] {
            writeln!(out, "  <nd ref=\"{}\"/>", raw.ids[*r as usize])?;
        }
        let kind = if w.traits.has(Traits::STEPS) {
            "steps"
        } else if w.traits.has(Traits::STREET) {
            "residential"
        } else {
            "footway"
        };
        write!(out, "  <tag k=\"highway\" v=\"{kind}\"/>")?;
        if w.traits.has(Traits::NARROW) {
            write!(out, "<tag k=\"width\" v=\"0.8\"/>")?;
        }
        if w.traits.has(Traits::BRIDGE) {
            write!(out, "<tag k=\"bridge\" v=\"yes\"/>")?;
        }
        let name = &raw.names[w.name as usize];
        if !name.is_empty() {
            // generated names hold no characters that XML reserves
            write!(out, "<tag k=\"name\" v=\"{name}\"/>")?;
        }
        writeln!(out, "\n </way>")?;
    }
    writeln!(out, "</osm>")?;
    out.flush()?;
    Ok(())
}
