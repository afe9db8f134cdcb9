//! Options about what a table becomes: context, times, bins, sessions.

use std::collections::BTreeSet;
use std::io;

use clap::Args;
use itemset::io::{Column, ReadReport, TableReader};
use itemset::shape::{BinMethod, Gap, Missing, Recipe, Shaped, Table, TimePart, Times};
use itemset::{Error, ErrorKind};

use super::values::{bins, gap, support};
use super::{Arguments, Format};
use crate::failure::Failure;

/// How baskets are made of the rows of a table; for `--format long`.
#[derive(Debug, Args)]
pub(crate) struct Shaping {
    /// long: a column whose fields become items `column=field`, such as the store; can be given several times
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    context: Vec<String>,

    /// long: the column with the time of a row, for --time-parts and --session-gap
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    time_column: Option<String>,

    /// long: parts of the time that become items, separated by commas: weekday, day, daypart, hour, month or quarter
    #[arg(long, value_name = "PARTS", value_delimiter = ',', requires = "time_column")]
    time_parts: Vec<TimePart>,

    /// long: the form of times, such as %d.%m.%Y %H:%M [default: as 2026-11-30 18:05]
    #[arg(long, value_name = "FORM", requires = "time_column", allow_hyphen_values = true)]
    time_format: Option<String>,

    /// long: the time zone whose clock counts, such as Europe/Berlin [default: as times are written]
    #[arg(long, value_name = "ZONE", requires = "time_column")]
    time_zone: Option<String>,

    /// long: rows of one key that are further apart in time than this, such as 30m, 2h or 1d, are several baskets
    #[arg(long, value_name = "GAP", value_parser = gap, requires = "time_column")]
    session_gap: Option<Gap>,

    /// long: a column of numbers that become items `column=[from, to)`, and how: COLUMN=width:5, frequency:5, means:5,
    /// entropy:CLASS_COLUMN, or cuts:1.5,10; can be given several times
    #[arg(long, value_name = "COLUMN=METHOD", value_parser = bins, allow_hyphen_values = true)]
    discretise: Vec<(String, BinMethod)>,

    /// long: what a missing field of these columns becomes: nothing (`ignore`), or an item `column=?` (`item`); or supports
    /// are over the baskets in which nothing is missing (`adjust`), which is printed as in `a b (12 of 40)` [default: ignore]
    #[arg(long)]
    pub(super) missing: Option<Missing>,

    /// With --missing adjust: the fraction of the baskets in which nothing must be missing for an itemset to be printed
    /// [default: 0.5]
    #[arg(long, value_name = "F", value_parser = support, allow_hyphen_values = true)]
    pub(super) representativity: Option<f64>,

    /// long: an item of which the lack is an item too, `!beer` for `beer`; can be given several times
    #[arg(long, value_name = "ITEM", allow_hyphen_values = true)]
    negative: Vec<String>,

    /// Kinds of items that may stand on the left of a rule, separated by commas: columns, and parts of times such as
    /// weekday [default: all]
    #[arg(long, value_name = "KINDS", value_delimiter = ',', requires = "rules", allow_hyphen_values = true)]
    left: Vec<String>,

    /// Kinds of items that may stand on the right of a rule [default: all]
    #[arg(long, value_name = "KINDS", value_delimiter = ',', requires = "rules", allow_hyphen_values = true)]
    right: Vec<String>,
}

impl Shaping {
    /// What a recipe holds.
    pub(super) fn in_recipe(&self) -> [(&'static str, bool); 6] {
        [
            ("--context", !self.context.is_empty()),
            ("--time-column", self.time_column.is_some()),
            ("--session-gap", self.session_gap.is_some()),
            ("--discretise", !self.discretise.is_empty()),
            ("--missing", self.missing.is_some()),
            ("--negative", !self.negative.is_empty()),
        ]
    }

    fn times(&self, named: impl Fn(&String) -> String) -> Option<Times> {
        let column = self.time_column.as_ref().map(named)?;
        let mut times = Times::new(column, self.time_parts.iter().copied());
        if let Some(format) = &self.time_format {
            times = times.format(format);
        }
        if let Some(zone) = &self.time_zone {
            times = times.zone(zone);
        }
        Some(times)
    }
}

impl Arguments {
    /// Whether rows become more than the items of a column.
    pub(crate) fn shapes(&self) -> bool {
        self.shaping_given().is_some()
    }

    /// An option about shaping that is given.
    fn shaping_given(&self) -> Option<&'static str> {
        let others = [
            ("--left", !self.shaping.left.is_empty()),
            ("--right", !self.shaping.right.is_empty()),
            ("--recipe", self.recipes.recipe.is_some()),
            ("--save-recipe", self.recipes.save_recipe.is_some()),
        ];
        let given = self.shaping.in_recipe().into_iter().chain(others);
        given.filter(|&(_, is_given)| is_given).map(|(option, _)| option).next()
    }

    /// Refuses shaping where there are no columns, and two passes, which hold no table.
    pub(super) fn check_shaping(&self) -> Result<(), String> {
        let Some(option) = self.shaping_given() else { return Ok(()) };
        if self.reading.format() != Format::Long {
            let here = self.reading.format().name();
            return Err(format!("{option} belongs to --format long, and the format here is {here}"));
        }
        if self.reading.is_parquet() {
            return Err(format!("{option} needs a table of text: it is not allowed with Parquet"));
        }
        if self.passes.two_pass {
            return Err(format!("{option} needs the whole table: --two-pass is not allowed with it"));
        }
        if self.shaping.time_column.is_some()
            && self.shaping.time_parts.is_empty()
            && self.shaping.session_gap.is_none()
        {
            return Err("--time-column is for --time-parts or --session-gap".to_string());
        }
        Ok(())
    }

    /// The baskets of the table, by the options or by a recipe, the fitted recipe, and what was read and skipped.
    pub(crate) fn shape(&self) -> Result<(Shaped, Recipe, ReadReport), Failure> {
        const OF_FILE: [&str; 7] = ["column", "columns", "number", "time", "values", "classes", "items"];
        let name = self.reading.input_name();
        let (shaped, recipe, report) = self.shaped().map_err(|error| match error.kind() {
            ErrorKind::InvalidSetting { setting, .. } if OF_FILE.contains(setting) => {
                Failure::Run(format!("{name}: {error}"))
            }
            // What the file of the recipe says.
            ErrorKind::InvalidSetting { .. } => match &self.recipes.recipe {
                Some(path) => Failure::Run(format!("{}: {error}", path.display())),
                None => Failure::of_input(&name, &error),
            },
            _ => Failure::of_input(&name, &error),
        })?;
        match &shaped.report().never_bought[..] {
            // A recipe may be used on any data.
            items if !items.is_empty() && self.recipes.recipe.is_none() => {
                Err(Failure::Run(format!("{name}: no basket has {}, which --negative names", items.join(", "))))
            }
            _ => Ok((shaped, recipe, report)),
        }
    }

    fn shaped(&self) -> Result<(Shaped, Recipe, ReadReport), Error> {
        let reading = &self.reading;
        let mut options = reading.options();
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        let mut columns: Vec<Column> = Vec::new();
        for column in self.wanted() {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let reader = TableReader::new().options(options).only(columns.iter().cloned());
        let (table, mut report) = reader.read_with_report(reading.source())?;
        // Columns are called what the file calls them, and asked for by name or by number. An empty file has none.
        let name = |column: &Column| {
            let place = columns.iter().position(|own| own == column);
            place.and_then(|place| table.names().get(place)).cloned().unwrap_or_else(|| column.to_string())
        };
        let recipe = match &self.recipes.read {
            Some(recipe) => recipe.clone(),
            None => self.recipe_of_options(name),
        };
        let quantity = reading.quantity_column.as_ref().map(name);
        let table = self.bought(table, recipe.basket_columns(), quantity.as_deref(), &mut report)?;
        let recipe = recipe.fit(&table)?;
        let shaped = recipe.shape(&table)?;
        (report.baskets, report.items) = (shaped.report().baskets, shaped.baskets().entries());
        Ok((shaped, recipe, report))
    }

    /// The columns to read.
    fn wanted(&self) -> Vec<Column> {
        let (reading, shaping) = (&self.reading, &self.shaping);
        let of_text = |column: &str| Column::from(column);
        let mut wanted: Vec<Column> = reading.basket_columns.iter().chain(&reading.item_column).cloned().collect();
        wanted.extend(self.recipes.read.iter().flat_map(Recipe::columns_read).map(of_text));
        wanted.extend(reading.quantity_column.clone());
        wanted.extend(shaping.context.iter().chain(&shaping.time_column).map(|column| of_text(column)));
        for (column, method) in &shaping.discretise {
            wanted.push(of_text(column));
            if let BinMethod::Entropy(class) = method {
                wanted.push(of_text(class));
            }
        }
        wanted
    }

    /// What the options say; `name` is what the file calls a column.
    fn recipe_of_options(&self, name: impl Fn(&Column) -> String + Copy) -> Recipe {
        let (reading, shaping) = (&self.reading, &self.shaping);
        let named = |column: &String| name(&Column::from(column.as_str()));
        // Both are there, as was checked.
        let item = reading.item_column.as_ref().map(name).unwrap_or_default();
        let negative = shaping.negative.iter().map(|item| match reading.case_fold {
            true => item.to_lowercase(),
            false => item.clone(),
        });
        let keys = reading.basket_columns.iter().map(name);
        let mut recipe = Recipe::new(item).basket(keys).absent(negative).case_fold(reading.case_fold);
        for column in &shaping.context {
            recipe = recipe.context(named(column));
        }
        for (column, method) in &shaping.discretise {
            let method = match method {
                BinMethod::Entropy(class) => BinMethod::Entropy(named(class)),
                method => method.clone(),
            };
            recipe = recipe.numbers(named(column), method);
        }
        if let Some(missing) = shaping.missing {
            recipe = recipe.missing(missing);
        }
        if let Some(times) = shaping.times(named) {
            if let Some(gap) = shaping.session_gap {
                recipe = recipe.session(times.clone(), gap);
            }
            if !shaping.time_parts.is_empty() {
                recipe = recipe.times(times);
            }
        }
        recipe = recipe.taxonomy(self.recipes.pairs.iter().cloned());
        #[cfg(feature = "random")]
        if let Some(portion) = self.recipes.sample {
            recipe = recipe.sample(portion, self.seed());
        }
        recipe
    }

    /// The rows that were bought: not returned, and not of an excluded basket.
    fn bought(
        &self,
        table: Table,
        keys: &[String],
        quantity: Option<&str>,
        report: &mut ReadReport,
    ) -> Result<Table, Error> {
        let pattern = self.reading.exclude_basket.as_ref();
        if quantity.is_none() && pattern.is_none() {
            return Ok(table);
        }
        let mut excluded = BTreeSet::new();
        let mut kept = Vec::with_capacity(table.len());
        for row in 0..table.len() {
            let key: Vec<Option<&str>> = keys.iter().map(|key| table.get(row, key)).collect();
            if pattern.is_some_and(|pattern| key.iter().flatten().any(|field| pattern.matches(field))) {
                report.excluded_rows += 1;
                excluded.insert(key);
                kept.push(false);
                continue;
            }
            let number = quantity.map(|quantity| (quantity, table.get(row, quantity)));
            kept.push(match number {
                None => true,
                Some((_, None)) => {
                    report.null_quantities += 1;
                    false
                }
                Some((column, Some(field))) => match field.parse::<f64>().ok().filter(|number| !number.is_nan()) {
                    Some(number) => {
                        let is_return = number <= 0.0 && !self.reading.keep_returns;
                        report.returns += u64::from(is_return);
                        !is_return
                    }
                    None => {
                        let value = format!("`{field}` of column `{column}` in row {}", row + 1);
                        return Err(Error::from(io::Error::other(format!(
                            "{value} is no quantity, which is a number such as 2 or 0.5"
                        ))));
                    }
                },
            });
        }
        report.excluded_baskets = excluded.len() as u64;
        Ok(table.filter(|row| kept[row]))
    }

    /// Items by kind become items of the sides of rules; the taxonomy is that of the recipe.
    pub(crate) fn place_kinds(&mut self, shaped: &Shaped) -> Result<(), Failure> {
        self.use_taxonomy(shaped.taxonomy())?;
        let Arguments { shaping, rule, .. } = self;
        for (kinds, side) in [(&shaping.left, &mut rule.antecedent), (&shaping.right, &mut rule.consequent)] {
            for kind in kinds {
                if !shaped.kinds().contains(kind) {
                    let known = shaped.kinds().join(", ");
                    return Err(Failure::Options(format!("there are no items of kind {kind}, only of {known}")));
                }
                side.extend(shaped.of_kind(kind).map(str::to_string));
            }
        }
        Ok(())
    }
}
