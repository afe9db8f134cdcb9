//! The sample supermarket: its settings, and what is known of it.

mod arrivals;
mod calendar;
mod catalogue;
mod departments;
mod goods;
mod households;
mod planted;
mod sales;
mod seasons;
mod stores;

pub use calendar::{Date, TimeOfDay, Weekday};
pub use departments::Department;
pub use goods::Good;
pub use planted::{PlantedRule, RuleContext};
pub use sales::Sales;
pub use stores::{Store, StoreKind};

use crate::synth::draws::place_of;

/// A fictional chain of six supermarkets, and baskets that it sold in the year 2025.
///
/// The baskets are invented, but noisy in the ways of real ones: a few goods are in every sixth basket and
/// many in one of a thousand; ice cream sells in summer and stollen in December; stores have their busy
/// hours, closed days and kinds of customers; customers have a household, a usual store and goods that they
/// like best. In this noise some rules are planted whose strength is known
/// ([`planted_rules`](Supermarket::planted_rules)), above all that who buys diapers on a weekend evening buys
/// beer, so that what a miner finds can be compared with the truth.
///
/// The settings alone decide the baskets, on every platform and in all releases in which the change log does
/// not say otherwise. The defaults make the file `examples/data/supermarket.csv`.
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
    /// They are spread over the whole year, and there is about one customer for 40 of them, up to a million
    /// customers.
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
    /// They are made as they are asked for, and the memory in use does not grow with their number.
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
    /// The store, as a place in [`Supermarket::stores`].
    pub store: usize,
    /// The number of the customer.
    pub customer: u32,
    /// The day of the sale.
    pub date: Date,
    /// The time of the sale.
    pub time: TimeOfDay,
    /// The goods, as places in [`Supermarket::goods`]: 1 to 60, ascending and without repetition.
    pub goods: Vec<u32>,
}

impl SaleBasket {
    /// The names of the goods, in the order of `goods`.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.known_goods().map(|good| good.name)
    }

    /// What the goods cost together, one of each, in cents.
    #[must_use]
    pub fn total_cents(&self) -> u64 {
        self.known_goods().map(|good| u64::from(good.price_cents)).sum()
    }

    /// The goods; numbers that are none, which only a caller can have put in, are passed over.
    fn known_goods(&self) -> impl Iterator<Item = &'static Good> {
        self.goods.iter().filter_map(|&good| goods::GOODS.get(place_of(good)))
    }
}
