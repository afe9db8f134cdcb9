//! What every reader can do, and the calls by which users ask for it.

use std::fmt::Debug;
use std::panic::{RefUnwindSafe, UnwindSafe};

use super::blocks::Sizes;
use super::options::ReadOptions;
use super::report::ReadReport;
use super::source::{Input, Source};
use super::table::{Gather, Grouping, Texts};
use crate::error::Error;
use crate::transactions::Transactions;

/// A reader, whose rows can be taken by whatever takes runs.
pub(super) trait ReadRuns: Debug + Send + Sync + UnwindSafe + RefUnwindSafe {
    fn options(&self) -> &ReadOptions;

    /// Refuses settings that mean nothing for the format.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Hands on the rows of an input. The labels by their numbers, and what was read.
    fn read_runs(&self, input: Input<'_>, sizes: Sizes, gather: Gather<'_>) -> Result<(Texts, ReadReport), Error>;

    /// The baskets of an input, and what was read.
    fn read_grouped(&self, input: Input<'_>, sizes: Sizes) -> Result<(Transactions<String>, ReadReport), Error> {
        let mut grouping = Grouping::new();
        let read = self.read_runs(input, sizes, Gather::new(&mut grouping))?;
        grouped(grouping, read)
    }

    /// The baskets of a source, and what was read.
    fn read_source(&self, source: Source<'_>) -> Result<(Transactions<String>, ReadReport), Error> {
        self.check()?;
        self.read_grouped(source.into_input(self.options().encoding)?, Sizes::default())
    }
}

/// The baskets of rows that were read, and what was read.
pub(super) fn grouped(
    grouping: Grouping,
    (labels, mut report): (Texts, ReadReport),
) -> Result<(Transactions<String>, ReadReport), Error> {
    let baskets = grouping.finish(&labels)?;
    report.baskets = baskets.len() as u64;
    report.items = baskets.entries();
    report.duplicates = baskets.duplicates_skipped();
    Ok((baskets, report))
}

/// Gives a reader the calls that read. What is given is the documentation of the errors of `read`, and an example.
macro_rules! read_calls {
    ($reader:ident, $(#[$errors:meta])*) => {
        impl $reader {
            /// The baskets of a text.
            ///
            /// # Errors
            ///
            $(#[$errors])*
            pub fn read(
                &self,
                input: impl std::io::Read,
            ) -> Result<crate::transactions::Transactions<String>, crate::error::Error> {
                Ok(self.read_with_report(crate::io::Source::stream(input))?.0)
            }

            /// The baskets of a file.
            ///
            /// # Errors
            ///
            /// Those of `read`, and [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be opened. None of them
            /// names the file.
            pub fn read_file(
                &self,
                path: impl AsRef<std::path::Path>,
            ) -> Result<crate::transactions::Transactions<String>, crate::error::Error> {
                Ok(self.read_with_report(path.as_ref())?.0)
            }

            /// The baskets, and what was read and skipped.
            ///
            /// # Errors
            ///
            /// Those of `read_file`.
            pub fn read_with_report<'s>(
                &self,
                source: impl Into<crate::io::Source<'s>>,
            ) -> Result<(crate::transactions::Transactions<String>, crate::io::ReadReport), crate::error::Error> {
                crate::io::reading::ReadRuns::read_source(self, source.into())
            }
        }

        crate::io::reading::two_pass_call!($reader);
    };
}

/// Gives a reader the call that reads in two passes.
macro_rules! two_pass_call {
    ($reader:ident) => {
        impl $reader {
            /// Reads a file, or bytes in memory, in two passes, for data larger than memory: the first counts the items,
            /// the second keeps only those that can be frequent. Nothing is read, and nothing refused, before a call of
            /// [`TwoPass`](crate::io::TwoPass).
            pub fn two_pass<'s>(&self, source: impl Into<crate::io::Source<'s>>) -> crate::io::TwoPass<'s> {
                crate::io::TwoPass::new(Box::new(self.clone()), source.into())
            }
        }
    };
}

pub(super) use {read_calls, two_pass_call};
