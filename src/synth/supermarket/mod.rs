//! The sample supermarket: its settings, and what is known about it.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | the settings, and the public tables |
//! | `sales` | the baskets, one by one |
//! | `arrivals` | when each basket is paid for |
//! | `calendar`, `seasons` | days and hours; when in the year goods sell |
//! | `stores`, `households` | where baskets are bought, and by whom |
//! | `departments`, `goods`, `catalogue` | what is sold, and how goods are drawn |
//! | `receipts` | baskets with their receipts and the cards that were shown |
//! | `planted` | the rules that the data contain on purpose |

mod arrivals;
pub(in crate::synth) mod calendar;
mod catalogue;
mod departments;
mod goods;
mod households;
mod planted;
mod receipts;
mod sales;
mod seasons;
mod stores;

pub use calendar::{Date, TimeOfDay, Weekday};
pub use departments::Department;
pub use goods::Good;
pub use planted::{PlantedRule, RuleContext};
pub use receipts::{CardOwner, Receipt, Sex};
pub use sales::Sales;
pub use stores::{Store, StoreKind};

use crate::synth::draws::place_of;

/// A fictional chain of six supermarkets, and the baskets that it sold in 2025.
///
/// The baskets are invented, but noisy like real ones. A few goods are in every sixth basket, and many in one of a
/// thousand. Ice cream sells in summer and stollen in December. Stores have busy hours, closed days and their own kinds
/// of customers. Customers have a household, a usual store and favourite goods. Some rules of known strength are
/// planted in this noise ([`planted_rules`](Supermarket::planted_rules)), above all that customers who buy diapers on a
/// weekend evening buy beer. So what a miner finds can be compared with the truth.
///
/// The baskets depend on the settings alone, on every platform and in all releases, unless the changelog says
/// otherwise. The defaults make the file `examples/data/supermarket.csv`.
///
/// # Examples
///
/// ```
/// use itemset::synth::Supermarket;
///
/// let (mut diapers, mut both) = (0_u32, 0_u32);
/// for basket in Supermarket::new().sales() {
///     let has = |good| basket.names().any(|name| name == good);
///     diapers += u32::from(has("diapers"));
///     both += u32::from(has("diapers") && has("beer"));
/// }
/// let confidence = f64::from(both) / f64::from(diapers);
/// assert!(confidence > 0.35);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Supermarket {
    baskets: u64,
    seed: u64,
}

impl Supermarket {
    /// The defaults: a sample of 11,500 baskets of the year, with seed 2025.
    pub fn new() -> Self {
        Supermarket { baskets: 11_500, seed: 2_025 }
    }

    /// The number of baskets. Default: 11,500; any number is allowed.
    ///
    /// They are spread over the whole year. There is about one customer for 40 baskets, up to a million customers.
    pub fn baskets(mut self, baskets: u64) -> Self {
        self.baskets = baskets;
        self
    }

    /// The seed of all random draws. Default: 2025; any number is allowed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The year's baskets in the order of date and time.
    ///
    /// They are made on demand, so the memory in use does not depend on their number.
    pub fn sales(&self) -> Sales {
        Sales::new(self.seed, self.baskets)
    }

    /// What is on sale, in the order of the item numbers: `goods()[i]` is item `i` of the baskets. Sorted by
    /// department.
    #[must_use]
    pub fn goods() -> &'static [Good] {
        goods::GOODS
    }

    /// The stores of the chain: `stores()[i]` is store `i` of the baskets.
    #[must_use]
    pub fn stores() -> &'static [Store] {
        &stores::STORES
    }

    /// The rules that are planted in the data, with their expected confidence.
    ///
    /// # Examples
    ///
    /// ```
    /// use itemset::synth::Supermarket;
    ///
    /// let rule = &Supermarket::planted_rules()[0];
    /// assert_eq!(
    ///     rule.to_string(),
    ///     "{diapers} => {beer} on weekend evenings in residential stores (confidence 0.75)"
    /// );
    /// ```
    #[must_use]
    pub fn planted_rules() -> &'static [PlantedRule] {
        &planted::PLANTED_RULES
    }
}

impl Default for Supermarket {
    fn default() -> Self {
        Supermarket::new()
    }
}

/// A basket of the sample supermarket, as a receipt shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SaleBasket {
    /// The store, as an index into [`Supermarket::stores`].
    pub store: usize,
    /// The number of the customer.
    pub customer: u32,
    /// The day of the sale.
    pub date: Date,
    /// The time of the sale.
    pub time: TimeOfDay,
    /// The goods, as indices into [`Supermarket::goods`]: 1 to 60, ascending and without duplicates.
    pub goods: Vec<u32>,
}

impl SaleBasket {
    /// The names of the goods, in the order of `goods`.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.known_goods().map(|good| good.name)
    }

    /// The price of the goods, one of each, in cents.
    #[must_use]
    pub fn total_cents(&self) -> u64 {
        self.known_goods().map(|good| u64::from(good.price_cents)).sum()
    }

    /// The goods. Numbers without a good, which only a caller can have added, are skipped.
    fn known_goods(&self) -> impl Iterator<Item = &'static Good> {
        self.goods.iter().filter_map(|&good| goods::GOODS.get(place_of(good)))
    }
}
