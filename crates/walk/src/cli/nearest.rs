//! `walk nearest`.

use super::{Limit, Progress, Source, chosen, limit, minutes, output};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use walk::export::{Collection, csv, line, point};
use walk::nearest::{Scratch, Table, Verdict, to_frontier, verdict, walk};
use walk::search::{NONE, cost_of, owner_of};
use walk::{City, Costs, Error, Places, Point, Result};

/// For every building the nearest facilities of each class.
#[derive(Args)]
pub struct Nearest {
    #[command(flatten)]
    source: Source,
    /// Only these classes
    #[arg(long)]
    class: Vec<String>,
    /// How many of each class
    #[arg(short, long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=16))]
    k: u32,
    /// How far: minutes (15min) or metres (500m)
    #[arg(long, default_value = "15min", value_parser = limit)]
    within: Limit,
    /// Ask for this place alone: lon,lat
    #[arg(long, value_parser = place, allow_hyphen_values = true)]
    at: Option<(f64, f64)>,
    /// Ask for every node of the map in place of its buildings
    #[arg(long, conflicts_with = "at")]
    nodes: bool,
    /// Write GeoJSON with the path walked, in place of CSV
    #[arg(long)]
    paths: bool,
    /// Where to write; standard output when absent
    #[arg(short, long)]
    out: Option<PathBuf>,
}

/// `lon,lat` in degrees.
pub fn place(text: &str) -> std::result::Result<(f64, f64), String> {
    let (lon, lat) = text.split_once(',').ok_or("a place is lon,lat")?;
    let number = |t: &str| t.trim().parse::<f64>().map_err(|_e| "a place is lon,lat in degrees".to_owned());
    Ok((number(lon)?, number(lat)?))
}

/// A place snapped to the network.
pub fn snap(city: &City, datum: walk::Datum, (lon, lat): (f64, f64)) -> Result<(Point, walk::Door)> {
    let p = datum.to_wgs84(lon, lat).ok_or_else(|| Error::Argument("not a place on earth".into()))?;
    let s = walk::index::Index::new(&city.net).nearest(p, 500.0);
    let s = s.ok_or_else(|| Error::Argument("no path within 500 m of that place".into()))?;
    Ok((p, s.door))
}

struct Asked {
    ids: Vec<String>,
    points: Vec<Point>,
    places: Places,
}

impl Nearest {
    fn asked(&self, city: &City) -> Result<Asked> {
        if let Some(at) = self.at {
            let (p, door) = snap(city, self.source.datum, at)?;
            return Ok(Asked {
                ids: vec!["here".into()],
                points: vec![p],
                places: Places::single(vec![door]),
            });
        }
        if self.nodes {
            let ids = city.net.node_ids.iter().chain(&city.net.shape_ids).map(i64::to_string).collect();
            let points = city.net.nodes.iter().chain(&city.net.shape).copied().collect();
            return Ok(Asked { ids, points, places: city.net.all_nodes() });
        }
        let b = &city.buildings;
        if b.is_empty() {
            return Err(Error::Argument("no buildings: prepare some, or ask with --at or --nodes".into()));
        }
        Ok(Asked { ids: b.ids.clone(), points: b.points.clone(), places: b.places.clone() })
    }

    pub fn run(&self) -> Result<()> {
        let (city, costs) = self.source.load()?;
        let classes = chosen(&city, &self.class)?;
        let asked = self.asked(&city)?;
        let (k, limit) = (self.k as usize, self.within.cost(&costs.profile));
        let mut s = Scratch::default();
        let frontier = to_frontier(&city.net, &costs, &asked.places, limit, &mut s);
        let mut progress = Progress::begin("searching", classes.len());
        let (mut tables, mut answers) = (Vec::new(), Vec::new());
        for c in &classes {
            let t = Table::compute(&city.net, &costs, &c.places, k, limit, &mut s);
            answers.push(t.answers(&city.net, &costs, &asked.places));
            tables.push(t);
            progress.one();
        }
        progress.end(&format!("{} classes, {} places", classes.len(), asked.ids.len()));
        if self.paths {
            return self.geojson(&city, &costs, &asked, &classes, &tables, &answers);
        }
        let rows = (0..asked.ids.len()).flat_map(|i| {
            let (asked, costs, frontier, answers) = (&asked, &costs, &frontier, &answers);
            classes.iter().enumerate().flat_map(move |(c, class)| {
                (0..k).filter_map(move |rank| {
                    let l = answers[c][i * k + rank];
                    if l == NONE && rank > 0 {
                        return None;
                    }
                    let mut row = vec![asked.ids[i].clone(), class.name.clone(), (rank + 1).to_string()];
                    if l == NONE {
                        let v = match verdict(l, frontier[i], limit) {
                            Verdict::Unknown => "unknown",
                            _ => "beyond",
                        };
                        row.extend([v.into(), String::new(), String::new(), String::new()]);
                    } else {
                        let cost = cost_of(l);
                        row.extend([
                            "within".into(),
                            class.ids[owner_of(l) as usize].clone(),
                            format!("{}.{:02}", cost / 100, cost % 100),
                            minutes(&costs.profile, cost),
                        ]);
                    }
                    Some(row)
                })
            })
        });
        let head = ["id", "class", "rank", "verdict", "facility", "paced_metres", "minutes"];
        csv(output(self.out.as_deref())?, &head, rows)
    }

    fn geojson(
        &self,
        city: &City,
        costs: &Costs,
        asked: &Asked,
        classes: &[&walk::Class],
        tables: &[Table],
        answers: &[Vec<u64>],
    ) -> Result<()> {
        let mut out = Collection::new(output(self.out.as_deref())?, &Map::new())?;
        let k = self.k as usize;
        let mut progress = Progress::begin("tracing walks", asked.ids.len());
        for i in 0..asked.ids.len() {
            progress.one();
            for (c, class) in classes.iter().enumerate() {
                for &l in answers[c][i * k..(i + 1) * k].iter().filter(|&&l| l != NONE) {
                    let doors = asked.places.doors(i as u32);
                    let Some(w) = walk(&city.net, costs, &tables[c], doors, l) else { continue };
                    let (points, streets) = trace(city, asked.points[i], &w, class.points[w.owner as usize]);
                    let properties = json!({
                        "id": asked.ids[i], "class": class.name, "facility": class.ids[w.owner as usize],
                        "minutes": minutes(&costs.profile, w.cost), "off_network_cm": w.access_cm,
                        "streets": streets,
                    });
                    out.feature(&line(&points), &properties)?;
                }
            }
        }
        if asked.ids.len() == 1 {
            out.feature(&point(asked.points[0]), &json!({"id": asked.ids[0]}))?;
        }
        out.finish()?;
        Ok(())
    }
}

/// The line walked, and the account of it: metres per street, with what is met there.
fn trace(city: &City, from: Point, w: &walk::nearest::Walk, to: Point) -> (Vec<Point>, Vec<Value>) {
    let mut points = vec![from];
    let mut streets: Vec<(String, &'static str, u32)> = Vec::new();
    for leg in &w.legs {
        let piece = walk::isochrone::Piece {
            edge: leg.edge,
            from_cm: leg.from_cm,
            to_cm: leg.to_cm,
            cost: 0,
            pace: 1_000,
        };
        points.extend(walk::isochrone::piece_line(&city.net, &piece).into_iter().map(|(p, _)| p));
        let e = city.net.edges[leg.edge as usize];
        let what = if e.traits.has(walk::access::Traits::STEPS) {
            "steps"
        } else if e.traits.has(walk::access::Traits::BRIDGE) {
            "bridge"
        } else if e.traits.has(walk::access::Traits::CROSSING) {
            "crossing"
        } else {
            "level"
        };
        let name = &city.net.names[e.name as usize];
        let cm = leg.from_cm.abs_diff(leg.to_cm);
        match streets.last_mut() {
            Some((n, k, sum)) if n == name && *k == what => *sum += cm,
            _ => streets.push((name.clone(), what, cm)),
        }
    }
    points.push(to);
    points.dedup();
    let streets =
        streets.into_iter().map(|(name, what, cm)| json!({"name": name, "what": what, "cm": cm})).collect();
    (points, streets)
}
