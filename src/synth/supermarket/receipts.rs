//! What the tills of the sample supermarket write down: receipts, and the cards that were shown.

use std::fmt;

use super::calendar::DayPart;
use super::households::{Customers, Household};
use super::sales::Sales;
use super::stores::STORES;
use super::{SaleBasket, Supermarket};
use crate::synth::draws::{Draws, place_of};

/// The stream of the seed that tells who of a household shops.
const STREAM: u64 = 3;
/// The first of the streams that the owners of cards are drawn from, one for each customer.
const FIRST_OWNER_STREAM: u64 = 1 << 33;

/// How likely the second adult of a household shops: the man, of a couple.
const USUALLY: f64 = 0.45;
/// The same with diapers and beer on a weekend evening, and with diapers but no beer.
const WITH_BEER: f64 = 0.92;
const WITHOUT_BEER: f64 = 0.35;

impl Supermarket {
    /// The names of the columns of [`receipts`](Supermarket::receipts).
    pub const SALES_HEADER: &str = "receipt,time,store,surroundings,card,item,price";
    /// The names of the columns of [`card_owners`](Supermarket::card_owners).
    pub const OWNERS_HEADER: &str = "card,sex,age";

    /// The year's baskets with their receipts, in the order of date and time. The text form of a receipt is a row of CSV
    /// for each line item, each with its line break.
    ///
    /// The baskets are those of [`sales`](Supermarket::sales). A household has a card for each adult. Who shops tells
    /// something: of those who buy diapers and beer on a weekend evening, nine of ten are men.
    ///
    /// ```
    /// use itemset::synth::Supermarket;
    ///
    /// let receipt = Supermarket::new().receipts().next().unwrap().to_string();
    /// assert_eq!(receipt, "1,2025-01-02 08:12,Mill Hill,residential,94,whipping cream,0.89\n");
    /// ```
    pub fn receipts(&self) -> impl Iterator<Item = Receipt> + use<> {
        let (customers, mut draws) = (Customers::new(self.baskets), Draws::new(self.seed, STREAM));
        Sales::new(self.seed, self.baskets).zip(1..).map(move |(basket, number)| {
            let second = draws.chance(second_shops(&basket));
            let second = second && customers.household(basket.customer).adults() > 1;
            // There are a million customers at most.
            Receipt { number, card: 2 * basket.customer + u32::from(second), basket }
        })
    }

    /// Who owns the cards, in the order of their numbers. The text form of an owner is a row of CSV, without a line
    /// break.
    ///
    /// ```
    /// use itemset::synth::{Sex, Supermarket};
    ///
    /// let owners: Vec<_> = Supermarket::new().card_owners().collect();
    /// assert!(owners.iter().any(|owner| owner.sex == Sex::Male && owner.age < 40));
    /// ```
    pub fn card_owners(&self) -> impl Iterator<Item = CardOwner> + use<> {
        let (customers, seed) = (Customers::new(self.baskets), self.seed);
        (0..customers.len()).flat_map(move |customer| owners(customer, customers.household(customer), seed))
    }
}

/// How likely the second adult of a household has bought a basket.
fn second_shops(basket: &SaleBasket) -> f64 {
    let has = |name| basket.names().any(|good| good == name);
    let weekend_evening = basket.date.weekday.is_weekend() && basket.time.day_part() == DayPart::Evening;
    match weekend_evening && has("diapers") {
        false => USUALLY,
        true if has("beer") => WITH_BEER,
        true => WITHOUT_BEER,
    }
}

/// The owners of a customer's cards.
fn owners(customer: u32, household: Household, seed: u64) -> impl Iterator<Item = CardOwner> {
    let mut draws = Draws::new(seed, FIRST_OWNER_STREAM + u64::from(customer));
    let (youngest, oldest) = household.ages();
    (0..household.adults()).map(move |adult| {
        let sex = match household.adults() {
            1 if draws.chance(0.5) => Sex::Male,
            1 => Sex::Female,
            _ if adult == 0 => Sex::Female,
            _ => Sex::Male,
        };
        CardOwner { card: 2 * customer + adult, sex, age: youngest + draws.item(oldest - youngest + 1) }
    })
}

/// A basket as a till writes it down: see [`Supermarket::receipts`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Receipt {
    /// The number of the receipt, from 1.
    pub number: u64,
    /// The number of the card that was shown.
    pub card: u32,
    /// What was bought, where and when.
    pub basket: SaleBasket,
}

/// A sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Female, `f`.
    Female,
    /// Male, `m`.
    Male,
}

/// Who owns a card: see [`Supermarket::card_owners`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CardOwner {
    /// The number of the card.
    pub card: u32,
    /// The owner's sex.
    pub sex: Sex,
    /// The owner's age in years.
    pub age: u32,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receipt { number, card, basket } = self;
        // Numbers of stores that only a caller can have changed have no name.
        let (name, kind) = STORES.get(basket.store).map_or(("", ""), |store| (store.name, store.kind.name()));
        for good in basket.goods.iter().filter_map(|&good| Supermarket::goods().get(place_of(good))) {
            let (units, cents) = (good.price_cents / 100, good.price_cents % 100);
            let (date, time) = (basket.date, basket.time);
            writeln!(f, "{number},{date} {time},{name},{kind},{card},{},{units}.{cents:02}", good.name)?;
        }
        Ok(())
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Sex::Female => "f",
            Sex::Male => "m",
        })
    }
}

impl fmt::Display for CardOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.card, self.sex, self.age)
    }
}
