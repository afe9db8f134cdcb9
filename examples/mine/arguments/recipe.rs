//! Options about recipes: one that is read, one that is saved, and what they have in common with all formats:
//! categories and samples.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use itemset::io::{Delimiter, ReadOptions, TableReader};
use itemset::shape::{Incomplete, Recipe, Taxonomy};
use itemset::{ErrorKind, Transactions};

use super::values::{Portion, portion};
use super::{Arguments, Format, default_delimiter};
use crate::failure::Failure;

/// What is done to baskets before they are mined.
#[derive(Debug, Args)]
pub(crate) struct RecipeArguments {
    /// long: how baskets are made of the table, as a file in TOML, in place of --basket-columns, --item-column, --context
    /// and the like; --save-recipe writes one
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<PathBuf>,

    /// long: write the recipe to a file in TOML, with the bins that were made, so that other data get the same
    #[arg(long, value_name = "FILE")]
    pub(crate) save_recipe: Option<PathBuf>,

    /// A table of two columns, items and what they belong to, as `beer,drinks`: itemsets and rules of all levels are found,
    /// none of an item with what it belongs to. An item may belong to several; a line `child,parent` at the top is a header
    #[arg(long, value_name = "FILE")]
    pub(crate) taxonomy: Option<PathBuf>,

    /// Mine a random sample of the baskets (--seed draws another one): a fraction, such as 0.1, or a number of baskets, such
    /// as 1000; with what it promises
    #[arg(long, value_name = "F|N", value_parser = portion, allow_hyphen_values = true)]
    pub(crate) sample: Option<Portion>,

    /// What was read.
    #[arg(skip)]
    pub(crate) read: Option<Recipe>,

    /// What --taxonomy or the recipe says.
    #[arg(skip)]
    pub(crate) tree: Option<Taxonomy<String>>,

    /// The baskets, if supports are over those in which nothing is missing.
    #[arg(skip)]
    pub(crate) incomplete: Option<Incomplete<String>>,

    /// The pairs of --taxonomy.
    #[arg(skip)]
    pub(super) pairs: Vec<(String, String)>,
}

impl Arguments {
    /// Refuses recipes together with what they hold.
    pub(super) fn check_recipe(&self) -> Result<(), String> {
        let given = [
            ("--basket-columns", !self.reading.basket_columns.is_empty()),
            ("--item-column", self.reading.item_column.is_some()),
            ("--case-fold", self.reading.case_fold),
            ("--sample", self.recipes.sample.is_some()),
            ("--taxonomy", self.recipes.taxonomy.is_some()),
        ];
        let given = given.into_iter().chain(self.shaping.in_recipe());
        if let Some((option, _)) = given.filter(|_| self.recipes.recipe.is_some()).find(|&(_, is_given)| is_given) {
            return Err(format!(
                "{option} is a part of recipes: write it into the file, --recipe is not allowed with it"
            ));
        }
        if self.passes.two_pass && (self.recipes.taxonomy.is_some() || self.recipes.sample.is_some()) {
            return Err(
                "--two-pass does not hold all items: --taxonomy and --sample are not allowed with it".to_string()
            );
        }
        if self.recipes.taxonomy.is_some() { self.check_taxonomy() } else { Ok(()) }
    }

    /// Refuses what knows no items that are never together.
    fn check_taxonomy(&self) -> Result<(), String> {
        if self.allow_partial || self.suggest.is_some() || self.estimate || self.stream {
            let others = "--allow-partial, --suggest, --estimate or --stream";
            return Err(format!("a taxonomy is not allowed with {others}"));
        }
        Ok(())
    }

    /// Reads the files that options name, other than that of baskets.
    pub(crate) fn read_recipe(&mut self) -> Result<(), Failure> {
        if let Some(path) = &self.recipes.recipe {
            let recipe = recipe_of(path)?;
            if recipe.folds_case() {
                self.fold_items();
            }
            self.recipes.read = Some(recipe);
            self.check_missing().map_err(Failure::Options)?;
        }
        if let Some(path) = &self.recipes.taxonomy {
            let pairs = pairs_of(path, self.reading.case_fold)?;
            let tree = Taxonomy::new(pairs.iter().cloned());
            let tree = tree.map_err(|error| Failure::Run(format!("{}: {error}", path.display())))?;
            (self.recipes.tree, self.recipes.pairs) = (Some(tree), pairs);
        }
        Ok(())
    }

    /// The taxonomy of a recipe is used from now on.
    pub(super) fn use_taxonomy(&mut self, tree: Option<&Taxonomy<String>>) -> Result<(), Failure> {
        if tree.is_some() {
            self.check_taxonomy().map_err(Failure::Options)?;
        }
        self.recipes.tree = tree.cloned();
        Ok(())
    }

    /// The baskets of other formats with their categories, or a sample of them, and what that promises.
    pub(crate) fn refine(
        &self,
        mut baskets: Transactions<String>,
    ) -> Result<(Transactions<String>, Option<String>), Failure> {
        if let Some(tree) = &self.recipes.tree {
            baskets = tree.extend(&baskets)?;
        }
        #[cfg(feature = "random")]
        if let Some(portion) = self.recipes.sample {
            let (sample, report) = portion.draw(&baskets, self.seed())?;
            return Ok((sample, report.map(|report| report.to_string())));
        }
        Ok((baskets, None))
    }
}

/// The recipe in a file. The error tells the line.
fn recipe_of(path: &Path) -> Result<Recipe, Failure> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| Failure::Run(format!("{name}: {error}")))?;
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|&byte| byte == b'\n').count());
        let line = line.map_or(String::new(), |line| format!("line {line}: "));
        Failure::Run(format!("{name}: {line}{}", error.message()))
    })
}

/// A recipe as a file.
pub(crate) fn text_of(recipe: &Recipe) -> Result<String, Failure> {
    toml::to_string(recipe).map_err(|error| Failure::Run(format!("the recipe cannot be written as TOML: {error}")))
}

/// The pairs of a taxonomy.
fn pairs_of(path: &Path, case_fold: bool) -> Result<Vec<(String, String)>, Failure> {
    let name = path.display();
    let delimiter = match default_delimiter(path.extension(), Format::Long) {
        Delimiter::Char('\t') => Delimiter::Char('\t'),
        _ => Delimiter::Char(','),
    };
    let options = ReadOptions::new().header(false).delimiter(delimiter);
    let table = TableReader::new().options(options).read_file(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidSetting { .. } => Failure::Options(format!("{name}: {error}")),
        _ => Failure::Run(format!("{name}: {error}")),
    })?;
    if !table.is_empty() && table.names().len() != 2 {
        let found = table.names().len();
        return Err(Failure::Run(format!("{name}: a taxonomy has two columns, an item and its parent, not {found}")));
    }
    let field = |row: usize, column: &str| -> Result<String, Failure> {
        let missing =
            || Failure::Run(format!("{name}: row {}: a field is missing, expected an item and its parent", row + 1));
        let text = table.get(row, column).ok_or_else(missing)?;
        Ok(if case_fold { text.to_lowercase() } else { text.to_string() })
    };
    let is_header = table.get(0, "1") == Some("child") && table.get(0, "2") == Some("parent");
    (usize::from(is_header)..table.len()).map(|row| Ok((field(row, "1")?, field(row, "2")?))).collect()
}
