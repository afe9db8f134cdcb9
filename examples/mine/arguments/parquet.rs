//! Parquet files: which layout they have, and the options that fit.

use itemset::Transactions;
use itemset::io::{ReadReport, Source};

use super::reading::{Format, Reading};

/// What a build without the feature says.
pub(crate) const NOT_BUILT: &str = "Parquet is not in this build: build mine with --features parquet";

impl Reading {
    /// Whether the file is read as Parquet: by its format, or by its extension if the format is that of a table.
    pub(crate) fn is_parquet(&self) -> bool {
        let is_table = matches!(self.format(), Format::Long | Format::OneHot | Format::Attributes);
        self.format() == Format::Parquet || is_table && self.has_parquet_extension()
    }

    pub(super) fn has_parquet_extension(&self) -> bool {
        self.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
    }

    /// Refuses what has no meaning for Parquet.
    pub(super) fn check_parquet(&self) -> Result<(), String> {
        if !cfg!(feature = "parquet") {
            return Err(NOT_BUILT.to_string());
        }
        let of_text = [
            ("--delimiter", self.delimiter.is_some()),
            ("--header", self.header),
            ("--no-header", self.no_header),
            ("--comment", self.comment.is_some()),
            ("--sparse", self.sparse),
        ];
        if let Some((option, _)) = of_text.iter().find(|(_, is_given)| *is_given) {
            return Err(format!("{option} is about text, and the file is read as Parquet"));
        }
        if self.format() != Format::Parquet {
            return Ok(());
        }
        let is_long = !self.basket_columns.is_empty();
        let is_list = !is_long && self.item_column.is_some();
        if is_long && self.item_column.is_none() {
            return Err(
                "--basket-columns needs --item-column: the column with the item, such as --item-column product"
                    .to_string(),
            );
        }
        for (option, is_given) in [
            ("--quantity-column", self.quantity_column.is_some()),
            ("--keep-returns", self.keep_returns),
            ("--exclude-basket", self.exclude_basket.is_some()),
        ] {
            if is_given && !is_long {
                return Err(format!("{option} needs --basket-columns: it is about tables with one line item per row"));
            }
        }
        for (option, is_given) in
            [("--true-word", !self.true_word.is_empty()), ("--not-items", !self.not_items.is_empty())]
        {
            if is_given && (is_long || is_list) {
                return Err(format!("{option} is not allowed with --item-column: it is about a column per item"));
            }
        }
        match is_long && self.weight_column.is_some() {
            true => Err("--weight-column is not allowed with --basket-columns".to_string()),
            false => Ok(()),
        }
    }

    /// The baskets of a Parquet file, and what was read and skipped.
    #[cfg(feature = "parquet")]
    pub(super) fn read_parquet(
        &self,
        options: itemset::io::ReadOptions,
        source: Source<'_>,
    ) -> Result<(Transactions<String>, ReadReport), itemset::Error> {
        match (self.format(), &self.item_column) {
            (Format::Attributes, _) => self.attributes_reader().options(options).read_parquet(source),
            (Format::Long, _) => self.long_reader().options(options).read_parquet(source),
            (Format::Parquet, Some(items)) if self.basket_columns.is_empty() => {
                let reader = itemset::io::ListReader::new(items.clone()).options(options);
                match &self.weight_column {
                    Some(column) => reader.weight(column.clone()).read_parquet(source),
                    None => reader.read_parquet(source),
                }
            }
            (Format::Parquet, Some(_)) => self.long_reader().options(options).read_parquet(source),
            _ => self.one_hot_reader().options(options).read_parquet(source),
        }
    }

    /// The same in a build that cannot: it was refused before.
    #[cfg(not(feature = "parquet"))]
    pub(super) fn read_parquet(
        &self,
        options: itemset::io::ReadOptions,
        _: Source<'_>,
    ) -> Result<(Transactions<String>, ReadReport), itemset::Error> {
        // Says that the file is no text.
        self.basket_reader().options(options).read_with_report(self.file.as_path())
    }
}
