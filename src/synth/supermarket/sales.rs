//! The baskets of the sample supermarket, one by one.

use std::iter::FusedIterator;

use super::SaleBasket;
use super::arrivals::Arrivals;
use super::catalogue::{Catalogue, WHOLE_YEAR};
use super::departments::{self, Department};
use super::goods::GOODS;
use super::households::{self, Customers, Household};
use super::planted::{PLANTED_RULES, RuleContext};
use super::stores::{STORES, StoreKind};
use crate::synth::draws::{Draws, place_of};

/// The stream of the seed that the baskets are drawn from.
const STREAM: u64 = 2;
/// The first of the streams that the customers' preferences are drawn from, one for each customer.
const FIRST_CUSTOMER_STREAM: u64 = 1 << 32;

/// The longest basket.
const LONGEST: usize = 60;
/// The number of favourite goods of a customer.
const FAVOURITES: usize = 8;

/// A planted rule with item numbers instead of names.
#[derive(Clone, Debug)]
struct Rule {
    antecedent: Vec<u32>,
    consequent: Vec<u32>,
    context: RuleContext,
    probability: f64,
}

/// The baskets of a [`Supermarket`](super::Supermarket), one by one; made by
/// [`Supermarket::sales`](super::Supermarket::sales).
///
/// They are ordered by date and time.
#[derive(Clone, Debug)]
#[must_use]
pub struct Sales {
    seed: u64,
    draws: Draws,
    arrivals: Arrivals,
    customers: Customers,
    catalogue: Catalogue,
    rules: Vec<Rule>,
    /// Marks the goods of planted rules.
    in_rules: Vec<bool>,
    /// Marks the goods of the basket that is being filled.
    in_basket: Vec<bool>,
}

impl Sales {
    pub(super) fn new(seed: u64, baskets: u64) -> Self {
        let rules: Vec<Rule> = PLANTED_RULES
            .iter()
            .map(|rule| Rule {
                antecedent: numbers(rule.antecedent),
                consequent: numbers(rule.consequent),
                context: rule.context,
                probability: rule.probability,
            })
            .collect();
        let mut in_rules = vec![false; GOODS.len()];
        for &good in rules.iter().flat_map(|rule| rule.antecedent.iter().chain(&rule.consequent)) {
            in_rules[place_of(good)] = true;
        }
        Sales {
            seed,
            draws: Draws::new(seed, STREAM),
            arrivals: Arrivals::new(baskets),
            customers: Customers::new(baskets),
            catalogue: Catalogue::new(),
            rules,
            in_rules,
            in_basket: vec![false; GOODS.len()],
        }
    }

    /// Marks what the customer takes regardless of any planted rule.
    fn take(&mut self, basket: &SaleBasket, household: Household, kind: StoreKind) {
        let month = usize::from(basket.date.month.saturating_sub(1));
        let mut customer = Draws::new(self.seed, FIRST_CUSTOMER_STREAM + u64::from(basket.customer));
        let has_pet = customer.chance(0.3);

        let mut liking = departments::liking(household);
        let pets = Department::Pets.place();
        liking[pets] = if has_pet { liking[pets] * 3 } else { 0 };
        let now = departments::demand_at(kind, basket.time.day_part());
        let usual = product(liking, self.catalogue.departments(WHOLE_YEAR));
        let today = product(product(liking, now), self.catalogue.departments(month));
        let favourites: [usize; FAVOURITES] =
            std::array::from_fn(|_| self.catalogue.draw(WHOLE_YEAR, &usual, &mut customer));

        let draws = &mut self.draws;
        let wanted = households::draw_len(kind, household, LONGEST, draws);
        let mut taken = 0;
        // A good may be drawn again, and a household may want fewer goods than the customer came for.
        for _ in 0..wanted * 8 {
            if taken == wanted {
                break;
            }
            let mut good = self.catalogue.draw(month, &today, draws);
            if draws.chance(0.25) {
                let favourite = favourites[draws.place(FAVOURITES)];
                // Out of season.
                if draws.below(100) < GOODS[favourite].season.months()[month] {
                    good = favourite;
                }
            }
            if !self.in_basket[good] {
                self.in_basket[good] = true;
                taken += 1;
            }
        }
    }

    /// Lets the planted rules decide on their consequents.
    fn apply_rules(&mut self, basket: &SaleBasket) {
        for rule in &self.rules {
            let has = |goods: &[u32]| goods.iter().all(|&good| self.in_basket[place_of(good)]);
            if !has(&rule.antecedent) || !rule.context.holds(basket) {
                continue;
            }
            let complete = has(&rule.consequent);
            if self.draws.chance(rule.probability) {
                for &good in &rule.consequent {
                    self.in_basket[place_of(good)] = true;
                }
            } else if let (true, Some(&last)) = (complete, rule.consequent.last()) {
                // Without this the confidence would be the planted one plus that of chance.
                self.in_basket[place_of(last)] = false;
            }
        }
    }

    /// Takes the marked goods and clears their marks.
    fn pack(&mut self) -> Vec<u32> {
        let mut goods: Vec<u32> =
            (0..).zip(&self.in_basket).filter(|(_, marked)| **marked).map(|(good, _)| good).collect();
        self.in_basket.fill(false);
        // Rules may have added to a full basket. Goods without rules make room.
        let mut excess = goods.len().saturating_sub(LONGEST);
        goods.retain(|&good| {
            let goes = excess > 0 && !self.in_rules[place_of(good)];
            excess -= usize::from(goes);
            !goes
        });
        goods
    }
}

impl Iterator for Sales {
    type Item = SaleBasket;

    fn next(&mut self) -> Option<SaleBasket> {
        let (date, time, store) = self.arrivals.next(&mut self.draws)?;
        let kind = STORES[store].kind;
        let draws = &mut self.draws;
        let household = households::draw_household(kind, date.weekday, time.day_part(), draws);
        let customer = self.customers.draw(store, household, draws);
        let mut basket = SaleBasket { store, customer, date, time, goods: Vec::new() };
        self.take(&basket, household, kind);
        self.apply_rules(&basket);
        basket.goods = self.pack();
        Some(basket)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.arrivals.left()).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}

impl FusedIterator for Sales {}

/// The item numbers of goods.
fn numbers(names: &[&str]) -> Vec<u32> {
    // A test makes sure that all names are found.
    let number = |name: &&str| (0..).zip(GOODS).find(|(_, good)| good.name == *name);
    names.iter().filter_map(number).map(|(number, _)| number).collect()
}

fn product<const N: usize>(left: [u64; N], right: [u64; N]) -> [u64; N] {
    std::array::from_fn(|i| left[i] * right[i])
}

#[cfg(test)]
mod tests {
    use super::{PLANTED_RULES, RuleContext, Sales};

    #[test]
    fn planted_rules_name_goods_and_do_not_disturb_each_other() {
        let sales = Sales::new(0, 0);
        for (rule, planted) in sales.rules.iter().zip(&PLANTED_RULES) {
            assert_eq!(rule.antecedent.len(), planted.antecedent.len(), "{planted}");
            assert_eq!(rule.consequent.len(), planted.consequent.len(), "{planted}");
        }
        for (i, late) in PLANTED_RULES.iter().enumerate() {
            for early in &PLANTED_RULES[..i] {
                for good in late.consequent {
                    assert!(!early.antecedent.contains(good), "{late} changes {early}");
                    let apart = early.context != late.context && early.antecedent == ["diapers"];
                    assert!(apart || !early.consequent.contains(good), "{late} changes {early}");
                }
            }
        }
        assert!(sales.rules.iter().filter(|rule| rule.context == RuleContext::Always).count() > 5);
    }
}
