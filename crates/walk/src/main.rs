//! command line, to come
use std::time::Instant;
fn main() -> walk::Result<()> {
    let p = std::env::args().nth(1).unwrap_or_default();
    let t = Instant::now();
    let raw = walk::osm::read_file(std::path::Path::new(&p), &walk::osm::ReadOptions::default())?;
    println!("read {:?} ways {} points {}", t.elapsed(), raw.ways.len(), raw.points.len());
    let net = walk::build::build(raw, None)?;
    println!(
        "built {:?} nodes {} edges {} shape {} frontier {}",
        t.elapsed(),
        net.nodes.len(),
        net.edges.len(),
        net.shape.len(),
        net.frontier.len()
    );
    Ok(())
}
