//! Options about reading the file twice.

use std::path::PathBuf;

use clap::Args;

use super::Arguments;

/// Whether and how the file is read twice.
#[derive(Debug, Args)]
pub(crate) struct TwoPassArguments {
    /// Read the file twice, and hold only the items that can be frequent, for files larger than memory
    #[arg(long)]
    pub(crate) two_pass: bool,

    /// Where temporary files go, for --two-pass [default: the system's folder]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) temporary_folder: Option<PathBuf>,
}

impl Arguments {
    /// Refuses what needs all items, or another threshold than that of the run.
    pub(super) fn check_two_pass(&self) -> Result<(), String> {
        if !self.passes.two_pass {
            return match self.passes.temporary_folder {
                Some(_) => Err("--temporary-folder is allowed only with --two-pass".to_string()),
                None => Ok(()),
            };
        }
        if self.reading.reads_standard_input() {
            return Err("--two-pass needs a file: standard input can be read only once".to_string());
        }
        if self.reading.is_parquet() {
            return Err("--two-pass reads text: it is not allowed with Parquet".to_string());
        }
        for (option, is_given) in [
            ("--describe", self.describe),
            ("--suggest", self.suggest.is_some()),
            ("--estimate", self.estimate),
            ("--holdout", self.rule.holdout.is_some()),
            ("--top-k without --rules", self.top_k.is_some() && !self.rules),
        ] {
            if is_given {
                return Err(format!(
                    "--two-pass holds only the items that can be frequent in all baskets at one threshold: {option} is not \
                     allowed with it"
                ));
            }
        }
        Ok(())
    }
}
