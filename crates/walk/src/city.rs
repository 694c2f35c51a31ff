//! A network with what stands on it: buildings with residents, and facilities by class.

use crate::geo::Point;
use crate::network::{Network, Places};

/// Buildings with the people living there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buildings {
    /// Identifiers, as given.
    pub ids: Vec<String>,
    /// Where each stands.
    pub points: Vec<Point>,
    /// Doors.
    pub places: Places,
    /// Residents.
    pub residents: Vec<u32>,
    /// Number of the area (community) of each, an index in [`City::areas`]; `u32::MAX` for none.
    pub area: Vec<u32>,
}

impl Buildings {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.points.len()
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
    /// People living in all of them.
    #[must_use]
    pub fn total_residents(&self) -> u64 {
        self.residents.iter().map(|&r| u64::from(r)).sum()
    }
}

/// The facilities of one class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Identifiers, as given.
    pub ids: Vec<String>,
    /// Where each stands.
    pub points: Vec<Point>,
    /// Doors.
    pub places: Places,
    /// Capacity (seats, beds); 0 when unknown.
    pub capacity: Vec<u32>,
}

/// Everything that a prepared file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct City {
    /// The streets.
    pub net: Network,
    /// The buildings.
    pub buildings: Buildings,
    /// The facilities, by class, in order of name.
    pub classes: Vec<Class>,
    /// Names of areas (communities).
    pub areas: Vec<String>,
}

impl City {
    /// A class by name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().find(|c| c.name == name)
    }
    /// Bytes held, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let places = |p: &Places| p.first.len() * 4 + p.doors.len() * 12;
        let ids = |v: &[String]| v.iter().map(|s| s.len() + 24).sum::<usize>();
        let b = &self.buildings;
        let classes: usize =
            self.classes.iter().map(|c| ids(&c.ids) + c.points.len() * 12 + places(&c.places)).sum();
        self.net.bytes() + ids(&b.ids) + b.points.len() * 16 + places(&b.places) + classes
    }
}
