//! What depends on data is fixed.

use super::filter::Filter;
use super::method::BinMethod;
use super::settings::{Numbers, Recipe};
use crate::error::{Error, ErrorKind};
use crate::shape::{Bins, Table};

impl Recipe {
    /// The recipe with everything fixed that depends on data: the cuts of bins, which are [rounded](Bins::rounded) as far
    /// as that changes no bin of these rows (with a class, only of those that have one), and the items that a
    /// [filter](super::Filter) keeps by their counts. Of a recipe that was fitted before, nothing changes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a column that the table does not have, a field
    /// that is no finite number, and what the method of the bins refuses.
    ///
    /// # Complexity
    ///
    /// That of the methods, for all rows.
    pub fn fit(&self, table: &Table) -> Result<Recipe, Error> {
        let mut fitted = self.clone();
        if table.names().is_empty() {
            return Ok(fitted);
        }
        for numbers in &mut fitted.numbers {
            if numbers.bins().is_none() {
                let bins = numbers.fitted(table).map_err(|error| numbers.named(error))?;
                numbers.fix(bins);
            }
        }
        if fitted.filter.needs_fit() {
            let shaped = fitted.of_items().shape(table)?;
            let baskets = shaped.baskets();
            let counts = baskets
                .dictionary()
                .labels()
                .iter()
                .map(|label| (label.as_str(), baskets.count_of(label).unwrap_or(0)));
            fitted.filter.fix(counts);
        }
        Ok(fitted)
    }

    /// The recipe of the same baskets with nothing but the items that a filter may leave out.
    fn of_items(&self) -> Recipe {
        let mut items = Recipe::of_context().basket(&self.basket).missing(self.missing).case_fold(self.case_fold);
        items.items.clone_from(&self.items);
        #[cfg(feature = "time")]
        items.session.clone_from(&self.session);
        items.filter(Filter::new())
    }
}

impl Numbers {
    fn fitted(&self, table: &Table) -> Result<Bins, Error> {
        let codes = table.column(&self.column)?;
        let of_text = numbers_of_texts(table, &self.column)?;
        let number = |&code: &u32| of_text.get(code as usize).copied().flatten();
        let values: Vec<f64> = codes.iter().filter_map(number).collect();
        let bins = match &self.method {
            BinMethod::EqualWidth(bins) => Bins::equal_width(&values, *bins),
            BinMethod::EqualFrequency(bins) => Bins::equal_frequency(&values, *bins),
            BinMethod::KMeans(bins) => Bins::k_means(&values, *bins),
            BinMethod::Entropy(class) => {
                let classes = table.column(class)?;
                let classified = codes.iter().zip(classes).filter(|&(_, &class)| class != Table::MISSING);
                let (values, classes): (Vec<f64>, Vec<u32>) =
                    classified.filter_map(|(code, &class)| Some((number(code)?, class))).unzip();
                Bins::by_entropy(&values, &classes)
            }
            BinMethod::Fixed(bins) => Ok(bins.clone()),
        };
        Ok(bins?.rounded(&values))
    }

    /// An error of the method, with the column.
    fn named(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::InvalidSetting { setting: setting @ ("values" | "classes"), value, allowed } => {
                Error::invalid_setting(setting, format!("{value} in column `{}`", self.column), allowed)
            }
            _ => error,
        }
    }
}

/// The number that each text of a column is, by the text's number; an error for one that is none.
pub(super) fn numbers_of_texts(table: &Table, column: &str) -> Result<Vec<Option<f64>>, Error> {
    let mut numbers: Vec<Option<f64>> = vec![None; table.texts()];
    for (row, &code) in table.column(column)?.iter().enumerate() {
        let Some(text) = table.text(code) else { continue };
        if numbers[code as usize].is_none() {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            let number = number.ok_or_else(|| {
                let value = format!("`{text}` of column `{column}` in row {}", row + 1);
                Error::invalid_setting("number", value, "a finite number such as 2 or 0.5, or a missing field")
            })?;
            numbers[code as usize] = Some(number);
        }
    }
    Ok(numbers)
}
