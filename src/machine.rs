//! The memory of the machine.

#[cfg(test)]
pub(crate) use tests::{memory, with_memory};

/// The bytes of memory that this process may use: the machine's, or what its control group allows. `None` if the system
/// does not report it.
///
/// The system is asked once, which takes a few tenths of a millisecond.
#[cfg(all(feature = "memory-limit", not(test)))]
pub(crate) fn memory() -> Option<u64> {
    use std::sync::OnceLock;

    use sysinfo::{MemoryRefreshKind, System};

    static BYTES: OnceLock<Option<u64>> = OnceLock::new();
    *BYTES.get_or_init(|| {
        let mut system = System::new();
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        least([Some(system.total_memory()), system.cgroup_limits().map(|limits| limits.total_memory)])
    })
}

#[cfg(all(not(feature = "memory-limit"), not(test)))]
pub(crate) fn memory() -> Option<u64> {
    None
}

/// The smallest of the reported numbers; a system that cannot report one returns 0.
#[cfg(any(feature = "memory-limit", test))]
fn least(told: [Option<u64>; 2]) -> Option<u64> {
    told.into_iter().flatten().filter(|&bytes| bytes > 0).min()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        static MEMORY: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// No test depends on the machine.
    pub(crate) fn memory() -> Option<u64> {
        MEMORY.get()
    }

    /// Runs `work` as on a machine with this much memory.
    pub(crate) fn with_memory<R>(bytes: u64, work: impl FnOnce() -> R) -> R {
        MEMORY.set(Some(bytes));
        let result = work();
        MEMORY.set(None);
        result
    }

    #[test]
    fn the_smaller_of_machine_and_group_counts() {
        assert_eq!(super::least([Some(8), Some(5)]), Some(5));
        assert_eq!(super::least([Some(8), Some(u64::MAX)]), Some(8));
        assert_eq!(super::least([Some(8), None]), Some(8));
        assert_eq!(super::least([Some(0), None]), None);
    }
}
