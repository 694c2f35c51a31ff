//! `walk isochrone` and `walk tiles`.

use super::nearest::{place, snap};
use super::{Source, output};
use clap::Args;
use serde_json::{Map, json};
use std::path::PathBuf;
use walk::export::{Collection, line, multi_polygon, point};
use walk::isochrone::{Canvas, Drawing, piece_line, polygons, reach};
use walk::local::Local;
use walk::tiles::{TileId, Tiles as Maker};
use walk::{Bounds, Error, Result};

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
        let mut bands = self.minutes.clone();
        bands.sort_unstable();
        bands.dedup();
        let limits: Vec<_> = bands.iter().map(|&m| costs.profile.cost_of_minutes(m)).collect();
        let last = limits.last().copied().unwrap_or(0);
        let pieces = reach(&city.net, &costs, &[door], self.towards, last, &mut Local::default());
        let drawing = Drawing { buffer_m: self.buffer, ..Drawing::default() };
        let drawn = polygons(&city.net, &pieces, &limits, &drawing, &mut Canvas::default())?;
        let mut out = Collection::new(output(self.out.as_deref())?, &Map::new())?;
        // the widest first, so that viewers draw the nearest on top
        for (minutes, polygons) in bands.iter().zip(&drawn).rev() {
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
    /// Folder for z/x/y.mvt
    #[arg(short, long)]
    out: PathBuf,
}

impl Tiles {
    pub fn run(&self) -> Result<()> {
        let (city, _) = self.source.load()?;
        let bounds = Bounds::around(city.net.nodes.iter().copied()).ok_or(Error::EmptyNetwork)?;
        let maker = Maker::new(&city);
        let (mut count, mut bytes) = (0u64, 0u64);
        for z in self.from..=self.to {
            for id in TileId::over(&bounds, z) {
                let tile = maker.tile(id, |_| None, &[]);
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
