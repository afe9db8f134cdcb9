//! The baskets, and how they are divided.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use itemset::io::{BasketReader, Delimiter};
use itemset::recommend::{Case, Trial};
#[cfg(feature = "synth")]
use itemset::synth::Supermarket;
use itemset::{Error, Transactions};
use serde_json::Value;

use super::{Arguments, Format, Split};

/// Why there is no table.
pub(crate) enum Failure {
    Input(String),
    Options(String),
}

/// The baskets of a customer, each with its time, the oldest first.
type History = Vec<(i64, Vec<String>)>;

pub(crate) enum Data {
    Baskets(Transactions<String>),
    Customers {
        histories: BTreeMap<String, History>,
        /// Whether the times are true ones, not just the order.
        timed: bool,
        future: Option<BTreeMap<String, History>>,
    },
}

impl Data {
    pub(crate) fn read(arguments: &Arguments) -> Result<Self, Failure> {
        if arguments.future.is_some() && arguments.format == Format::Basket {
            return Err(Failure::Options("--future needs --format next-basket".into()));
        }
        let Some(file) = &arguments.file else { return supermarket() };
        match arguments.format {
            Format::Basket => {
                let comma = file.extension().is_some_and(|extension| extension == "csv");
                let usual = if comma { Delimiter::Char(',') } else { Delimiter::Whitespace };
                let reader = BasketReader::new().delimiter(arguments.delimiter.unwrap_or(usual));
                reader.read_file(file).map(Data::Baskets).map_err(|error| in_file(file, &error))
            }
            Format::NextBasket => {
                let future = arguments.future.as_deref().map(next_basket).transpose()?;
                Ok(Data::Customers { histories: next_basket(file)?, timed: false, future })
            }
        }
    }

    /// What is learned from, and what is asked.
    pub(crate) fn trial(self, arguments: &Arguments) -> Result<Trial<String>, Failure> {
        let in_options = |error: Error| Failure::Options(error.to_string());
        let needs = |what: &str| Err(Failure::Options(format!("--split {what}, and this file has none")));
        match self {
            Data::Baskets(baskets) => match arguments.split {
                None | Some(Split::LeaveOneOut) => {
                    Trial::leave_one_out(&baskets, arguments.test, arguments.seed).map_err(in_options)
                }
                Some(Split::LastBasket) => needs("last-basket needs customers"),
                Some(Split::Time) => needs("time needs times"),
            },
            Data::Customers { histories, future: Some(mut future), .. } => {
                let cases = histories.iter().filter_map(|(user, history)| {
                    let (_, next) = future.remove(user)?.into_iter().next()?;
                    Some(Case::new(Vec::new(), untimed(history.clone()), next))
                });
                let cases: Vec<_> = cases.collect();
                Trial::new(baskets(&histories).map_err(in_options)?, cases).map_err(in_options)
            }
            Data::Customers { histories, timed, future: None } => match (arguments.split, timed) {
                (Some(Split::LeaveOneOut), _) | (None, true) => {
                    let baskets = baskets(&histories).map_err(in_options)?;
                    Trial::leave_one_out(&baskets, arguments.test, arguments.seed).map_err(in_options)
                }
                (Some(Split::LastBasket), _) | (None, false) => {
                    Trial::last_basket(histories.into_values().map(untimed)).map_err(in_options)
                }
                (Some(Split::Time), true) => {
                    let mut times: Vec<i64> = histories.values().flatten().map(|&(time, _)| time).collect();
                    times.sort_unstable();
                    let first = (times.len() as f64 * (1.0 - arguments.test)) as usize;
                    let moment = times.get(first).copied().unwrap_or(i64::MAX);
                    Trial::split_at(histories.into_values(), moment).map_err(in_options)
                }
                (Some(Split::Time), false) => needs("time needs times"),
            },
        }
    }
}

fn untimed(history: History) -> Vec<Vec<String>> {
    history.into_iter().map(|(_, basket)| basket).collect()
}

fn baskets(histories: &BTreeMap<String, History>) -> Result<Transactions<String>, Error> {
    Transactions::from_rows(histories.values().flatten().map(|(_, basket)| basket.clone()))
}

fn in_file(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("{}: {error}", file.display()))
}

/// A year of the sample supermarket; times in minutes.
#[cfg(feature = "synth")]
fn supermarket() -> Result<Data, Failure> {
    let mut histories: BTreeMap<String, History> = BTreeMap::new();
    for sale in Supermarket::new().sales() {
        let days = (i64::from(sale.date.year) * 12 + i64::from(sale.date.month)) * 31 + i64::from(sale.date.day);
        let time = (days * 24 + i64::from(sale.time.hour)) * 60 + i64::from(sale.time.minute);
        let basket = sale.names().map(str::to_string).collect();
        histories.entry(format!("{:08}", sale.customer)).or_default().push((time, basket));
    }
    Ok(Data::Customers { histories, timed: true, future: None })
}

/// The same, without its customers and times.
#[cfg(not(feature = "synth"))]
fn supermarket() -> Result<Data, Failure> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/supermarket.csv");
    let reader = BasketReader::new().delimiter(Delimiter::Char(','));
    reader.read_file(&file).map(Data::Baskets).map_err(|error| in_file(&file, &error))
}

/// `{"user": [[-1], [items], ..., [-1]], ...}`: the public form of next-basket benchmarks; `[-1]` may be missing.
fn next_basket(file: &Path) -> Result<BTreeMap<String, History>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| in_file(file, &error))?;
    let users: BTreeMap<String, Vec<Vec<Value>>> =
        serde_json::from_str(&text).map_err(|error| in_file(file, &error))?;
    let label = |item: &Value| match item {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_mark = |basket: &Vec<String>| basket.len() == 1 && basket[0] == "-1";
    let history = |baskets: Vec<Vec<Value>>| -> History {
        let baskets = baskets.iter().map(|basket| basket.iter().map(label).collect::<Vec<String>>());
        (0..).zip(baskets.filter(|basket| !is_mark(basket) && !basket.is_empty())).collect()
    };
    Ok(users.into_iter().map(|(user, baskets)| (user, history(baskets))).collect())
}
