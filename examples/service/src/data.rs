//! The baskets that are there before any sale is posted: a file, or the sample supermarket.

use std::collections::HashSet;
use std::time::UNIX_EPOCH;

use itemset::io::{BasketReader, Delimiter};
use itemset::synth::Supermarket;
use itemset::{Basket, Transactions};

use crate::settings::Settings;

/// Baskets, and whose they are where that is known.
#[derive(Debug)]
pub struct BaseData {
    baskets: Transactions<String>,
    /// By basket; empty for a file of baskets, which tells of no customers.
    customers: Vec<String>,
}

impl BaseData {
    /// Reads the file of the settings, or makes the sample.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, and in which line.
    pub fn read(settings: &Settings) -> Result<Self, String> {
        let Some(file) = &settings.data else { return BaseData::sample() };
        let comma = file.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(".csv"))
            || file.extension().is_some_and(|extension| extension == "csv");
        let usual = if comma { Delimiter::Char(',') } else { Delimiter::Whitespace };
        let reader = BasketReader::new().delimiter(settings.delimiter.unwrap_or(usual));
        let baskets = reader.read_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(BaseData { baskets, customers: Vec::new() })
    }

    fn sample() -> Result<Self, String> {
        let (mut builder, mut customers) = (Transactions::builder(), Vec::new());
        for sale in Supermarket::new().sales() {
            builder.push_borrowed(sale.names());
            customers.push(sale.customer.to_string());
        }
        Ok(BaseData { baskets: builder.build().map_err(|error| error.to_string())?, customers })
    }

    /// The baskets of all customers but these.
    pub fn without(&self, forgotten: &HashSet<String>) -> impl Iterator<Item = Basket<'_, String>> {
        let is_forgotten =
            |place: usize| self.customers.get(place).is_some_and(|customer| forgotten.contains(customer));
        self.baskets.iter().enumerate().filter(move |&(place, _)| !is_forgotten(place)).map(|(_, basket)| basket)
    }

    /// The baskets of a customer.
    pub fn of<'a>(&'a self, customer: &'a str) -> impl Iterator<Item = Basket<'a, String>> {
        let places = self.customers.iter().enumerate().filter(move |(_, of)| *of == customer);
        places.filter_map(|(place, _)| self.baskets.get(place))
    }
}

/// A text that is another one if the baskets may be others, found out without reading them.
///
/// # Errors
///
/// If the file cannot be looked at.
pub fn identity(settings: &Settings) -> Result<String, String> {
    let Some(file) = &settings.data else { return Ok("sample supermarket".to_string()) };
    let in_file = |error: std::io::Error| format!("{}: {error}", file.display());
    let metadata = file.metadata().map_err(in_file)?;
    let changed = metadata.modified().map_err(in_file)?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let path = file.canonicalize().map_err(in_file)?;
    Ok(format!("{} {} {} {:?}", path.display(), metadata.len(), changed.as_nanos(), settings.delimiter))
}
