//! Options about reading the file twice.

use std::path::PathBuf;

use clap::Args;
use itemset::io::TwoPass;
use itemset::{Algorithm, Target};

use super::Arguments;

/// Whether and how the file is read twice.
#[derive(Debug, Args)]
pub(crate) struct TwoPassArguments {
    /// Read the file twice, and hold only the items that can be frequent, for files larger than memory
    #[arg(long)]
    pub(crate) two_pass: bool,

    /// Read the file twice, and hold nothing but what is searched at a time: baskets go to a temporary file. For all
    /// itemsets, and rules, of files whose frequent items alone are larger than memory
    #[arg(long)]
    pub(crate) on_disk: bool,

    /// Where temporary files go, for --two-pass and --on-disk [default: the system's folder]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) temporary_folder: Option<PathBuf>,
}

impl Arguments {
    /// The file, to be read twice.
    pub(crate) fn two_pass(&self) -> TwoPass<'static> {
        let mut two_pass = self.reading.two_pass(self.threads);
        if let Some(bytes) = self.max_memory {
            two_pass = two_pass.max_memory(bytes);
        }
        match &self.passes.temporary_folder {
            Some(folder) => two_pass.temporary_folder(folder),
            None => two_pass,
        }
    }

    /// Refuses what needs all items, or another threshold than that of the run.
    pub(super) fn check_two_pass(&self) -> Result<(), String> {
        if self.passes.on_disk {
            self.check_on_disk()?;
        }
        if !self.passes.two_pass {
            return match self.passes.temporary_folder {
                Some(_) => Err("--temporary-folder is allowed only with --two-pass or --on-disk".to_string()),
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

    /// Refuses what needs all baskets at once, and other searches than that for all itemsets.
    fn check_on_disk(&self) -> Result<(), String> {
        for (option, is_given) in [
            ("another --target", self.target != Target::All),
            ("--algorithm apriori", self.algorithm == Algorithm::Apriori),
            ("--exclude without --rules", !self.exclude.is_empty() && !self.rules),
            ("--must-contain without --rules", !self.must_contain.is_empty() && !self.rules),
            ("--max-itemsets", self.max_itemsets.is_some()),
            ("--allow-partial", self.allow_partial),
            ("--stream", self.stream),
            ("--report or --plot", self.pictures.is_given()),
        ] {
            if is_given {
                return Err(format!(
                    "--on-disk finds all itemsets, a part of them at a time: {option} is not allowed with it"
                ));
            }
        }
        Ok(())
    }
}
