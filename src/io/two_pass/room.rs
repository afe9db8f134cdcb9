//! The memory that two passes may use.

use crate::error::{Error, ErrorKind};
use crate::limit::Limit;
use crate::machine;

/// The most bytes, and the limit that says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room(Option<(u64, Limit)>);

impl Room {
    /// The room by a setting, or by the machine's memory.
    pub(super) fn new(max_memory: Option<u64>) -> Self {
        match max_memory {
            Some(u64::MAX) => Room(None),
            Some(bytes) => Room(Some((bytes, Limit::Memory(bytes)))),
            None => Room(machine::memory().map(|bytes| (bytes / 2, Limit::MachineMemory(bytes / 2)))),
        }
    }

    /// The bytes.
    pub(super) fn bytes(self) -> u64 {
        self.0.map_or(u64::MAX, |(bytes, _)| bytes)
    }

    /// The bytes of it that a temporary file gathers before it is written. Larger pieces are read faster, up to some
    /// 32 KiB for each partition.
    pub(super) fn buffered(self) -> u64 {
        (self.bytes() / 8).min(8 << 20)
    }

    pub(super) fn fits(self, bytes: u64) -> bool {
        bytes <= self.bytes()
    }

    /// # Errors
    ///
    /// If `held` bytes are too many. `needed` is told, which may be more.
    pub(super) fn check(self, what: &'static str, held: u64, needed: u64) -> Result<(), Error> {
        match self.0 {
            Some((bytes, limit)) if held > bytes => {
                Err(Error::new(ErrorKind::MemoryLimit { what, needed: needed.max(held), limit }))
            }
            _ => Ok(()),
        }
    }
}
