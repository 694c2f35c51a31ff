//! A file as memory: the only `unsafe` of this crate, one expression.

use std::fs::File;
use std::ops::Deref;

/// A file mapped for reading.
#[derive(Debug)]
pub(crate) struct Map(memmap2::Mmap);

impl Map {
    /// Maps the whole file.
    ///
    /// What another program does to the file while it is mapped shows in the map, and where it cuts the file short
    /// the system ends this process with a bus error. A map is therefore held for the few milliseconds in which
    /// [`crate::prepared::load`] copies it, the copy and not the map is checked and used, and
    /// [`crate::prepared::save`] never writes into a file that exists but puts a new one in its place.
    ///
    /// # Errors
    /// What the system says.
    #[expect(unsafe_code, reason = "mapping a file is unsafe in Rust: see above for what upholds it")]
    pub(crate) fn of(file: &File) -> std::io::Result<Self> {
        // SAFETY: the map is read only, lives no longer than one call of `prepared::load`, and every number copied
        // out of it is checked after copying, so that a byte that changes under it gives an error or another value,
        // never an index that leaves its array.
        unsafe { memmap2::Mmap::map(file) }.map(Self)
    }
}

impl Deref for Map {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}
