//! `walk isochrone` and `walk tiles`.

use super::nearest::{place, snap};
use super::{Progress, Source, chosen, output};
use clap::Args;
use serde_json::{Map, json};
use std::path::PathBuf;
use walk::export::{Collection, line, multi_polygon, point};
use walk::isochrone::{Canvas, Drawing, Piece, Polygon, piece_line, polygons, reach};
use walk::local::Local;
use walk::nearest::{Scratch, Table};
use walk::search::{NONE, cost_of};
use walk::tiles::{TileId, Tiles as Maker};
use walk::{Bounds, City, Costs, Door, Error, Result};

/// What can be reached from a place, as GeoJSON polygons.
#[derive(Args)]
pub struct Isochrone {
    #[command(flatten)]
    source: Source,
    /// The place: lon,lat
    #[arg(long, value_parser = place, allow_hyphen_values = true)]
    at: (f64, f64),
    /// Bands in minutes
    #[arg(long, value_delimiter = ',', default_value = "5,10,15", value_parser = clap::value_parser!(u32).range(1..=600))]
    minutes: Vec<u32>,
    /// From where the place is reached, in place of what is reached from it
    #[arg(long)]
    towards: bool,
    /// Also write the streets reached
    #[arg(long)]
    streets: bool,
    /// How far to both sides of a street counts, in metres
    #[arg(long, default_value_t = 25.0)]
    buffer: f32,
    /// Where to write; standard output when absent
    #[arg(short, long)]
    out: Option<PathBuf>,
}

impl Isochrone {
    pub fn run(&self) -> Result<()> {
        let (city, costs) = self.source.load()?;
        let (at, door) = snap(&city, self.source.datum, self.at)?;
        let drawing = Drawing { buffer_m: self.buffer, ..Drawing::default() };
        let (pieces, drawn) = bands(&city, &costs, &[door], self.towards, &self.minutes, &drawing)?;
        let mut out = Collection::new(output(self.out.as_deref())?, &Map::new())?;
        // the widest first, so that viewers draw the nearest on top
        for (minutes, polygons) in drawn.iter().rev() {
            let p = json!({"minutes": minutes, "profile": costs.profile.name});
            out.feature(&multi_polygon(polygons), &p)?;
        }
        if self.streets {
            for p in &pieces {
                let points: Vec<_> = piece_line(&city.net, p).into_iter().map(|(p, _)| p).collect();
                let name = &city.net.names[city.net.edges[p.edge as usize].name as usize];
                let p = json!({"street": name, "from_cost": p.cost, "to_cost": p.end_cost()});
                out.feature(&line(&points), &p)?;
            }
        }
        out.feature(&point(at), &json!({"here": true}))?;
        out.finish()?;
        Ok(())
    }
}

/// Each band of minutes with its polygons, rising.
type Bands = Vec<(u32, Vec<Polygon>)>;

fn bands(
    city: &City,
    costs: &Costs,
    doors: &[Door],
    towards: bool,
    minutes: &[u32],
    drawing: &Drawing,
) -> Result<(Vec<Piece>, Bands)> {
    let mut minutes = minutes.to_vec();
    minutes.sort_unstable();
    minutes.dedup();
    let limits: Vec<_> = minutes.iter().map(|&m| costs.profile.cost_of_minutes(m)).collect();
    let last = limits.last().copied().unwrap_or(0);
    let pieces = reach(&city.net, costs, doors, towards, last, &mut Local::default());
    let drawn = polygons(&city.net, &pieces, &limits, drawing, &mut Canvas::default())?;
    Ok((pieces, minutes.into_iter().zip(drawn).collect()))
}

/// Vector tiles of a city.
#[derive(Args)]
pub struct Tiles {
    #[command(flatten)]
    source: Source,
    /// Lowest zoom
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u8).range(0..=18))]
    from: u8,
    /// Highest zoom
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u8).range(0..=18))]
    to: u8,
    /// Also draw what is reached from here: lon,lat
    #[arg(long, value_parser = place, allow_hyphen_values = true)]
    at: Option<(f64, f64)>,
    /// Bands of that in minutes
    #[arg(long, value_delimiter = ',', default_value = "5,10,15", value_parser = clap::value_parser!(u32).range(1..=600))]
    minutes: Vec<u32>,
    /// Colour buildings by their minutes to this class, up to 30
    #[arg(long)]
    class: Option<String>,
    /// Folder for z/x/y.mvt
    #[arg(short, long)]
    out: PathBuf,
}

impl Tiles {
    pub fn run(&self) -> Result<()> {
        let (city, costs) = self.source.load()?;
        let bounds = Bounds::around(city.net.nodes.iter().copied()).ok_or(Error::EmptyNetwork)?;
        let mut reached = Vec::new();
        if let Some(at) = self.at {
            let (_, door) = snap(&city, self.source.datum, at)?;
            reached = bands(&city, &costs, &[door], false, &self.minutes, &Drawing::default())?.1;
        }
        let mut colours = Vec::new();
        if let Some(class) = &self.class {
            let class = chosen(&city, std::slice::from_ref(class))?[0];
            let limit = costs.profile.cost_of_minutes(30);
            let t = Table::compute(&city.net, &costs, &class.places, 1, limit, &mut Scratch::default());
            colours = t.answers(&city.net, &costs, &city.buildings.places);
        }
        let minutes = |b: u32| {
            let l = colours.get(b as usize).copied().filter(|&l| l != NONE)?;
            Some(costs.profile.deciseconds(cost_of(l)).div_ceil(600))
        };
        let maker = Maker::new(&city);
        let (mut count, mut bytes) = (0u64, 0u64);
        for z in self.from..=self.to {
            let ids: Vec<TileId> = TileId::over(&bounds, z).collect();
            let mut progress = Progress::begin("tiles of this zoom", ids.len());
            for id in ids {
                progress.one();
                let tile = maker.tile(id, minutes, &reached);
                if tile.is_empty() {
                    continue;
                }
                let path = self.out.join(format!("{}/{}/{}.mvt", id.z, id.x, id.y));
                let file = |source| Error::File { path: path.clone(), source };
                std::fs::create_dir_all(path.parent().unwrap_or(&self.out)).map_err(file)?;
                std::fs::write(&path, &tile).map_err(file)?;
                count += 1;
                bytes += tile.len() as u64;
            }
            eprintln!("zoom {z}: {count} tiles, {} KiB so far", bytes / 1_024);
        }
        Ok(())
    }
}
