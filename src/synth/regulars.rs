//! Customers with habits, so that what they buy next is known.

use std::collections::BTreeSet;

use super::draws::Draws;

/// How likely each favourite is bought at a visit.
const LIKELY: [f64; 5] = [0.9, 0.75, 0.6, 0.45, 0.3];

/// How likely whoever buys an even item buys the next one too.
const PAIRED: f64 = 0.5;

/// Generates customers with habits: what each of them is likely to buy next is known exactly, so that a recommender can
/// be tested against the truth.
///
/// - Each customer has five favourites, bought at a visit with probabilities of 0.9, 0.75, 0.6, 0.45 and 0.3.
/// - After half of the visits they all change.
/// - At each visit one item at random is bought besides.
/// - Whoever buys an even item buys the item after it too, with a probability of one half.
///
/// The same settings give the same customers on every platform.
///
/// ```
/// use itemset::synth::Regulars;
///
/// let customer = Regulars::new().customers(100).iter().next().unwrap();
/// assert_eq!(customer.visits.len(), 12);
/// let expected: f64 = (0..200).map(|item| customer.probability(item)).sum();
/// assert!((4.0..8.0).contains(&expected));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Regulars {
    customers: u32,
    visits: u32,
    items: u32,
    seed: u64,
}

impl Regulars {
    /// The defaults: 1000 customers with 12 visits each, 200 items, seed 2025.
    pub fn new() -> Self {
        Regulars { customers: 1000, visits: 12, items: 200, seed: 2_025 }
    }

    /// The number of customers. Default: 1000; any number is allowed.
    pub fn customers(mut self, customers: u32) -> Self {
        self.customers = customers;
        self
    }

    /// The visits of each customer. Default: 12; any number is allowed.
    pub fn visits(mut self, visits: u32) -> Self {
        self.visits = visits;
        self
    }

    /// The number of items, rounded up to an even number of at least 2. Default: 200.
    pub fn items(mut self, items: u32) -> Self {
        self.items = items;
        self
    }

    /// The seed of all random draws. Default: 2025; any number is allowed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The customers. They are made on demand.
    pub fn iter(&self) -> impl Iterator<Item = Regular> + use<> {
        let Regulars { customers, visits, items, seed } = *self;
        // The largest even number of 32 bits if there is no other.
        let items = items.clamp(2, u32::MAX - 1).next_multiple_of(2);
        (0..customers).map(move |customer| Regular::new(visits, items, Draws::new(seed, customer.into())))
    }
}

/// As [`new`](Regulars::new).
impl Default for Regulars {
    fn default() -> Self {
        Regulars::new()
    }
}

/// A customer of [`Regulars`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Regular {
    /// The items of each visit, ascending and without duplicates, the oldest visit first.
    pub visits: Vec<Vec<u32>>,
    /// The favourites at the last visit. An item may be among them twice.
    favourites: [u32; LIKELY.len()],
    items: u32,
}

impl Regular {
    fn new(visits: u32, items: u32, mut draws: Draws) -> Self {
        let mut favourites = [0; LIKELY.len()];
        let mut regular = Regular { visits: Vec::new(), favourites, items };
        for visit in 0..visits {
            if visit == 0 || visit == visits / 2 {
                favourites = std::array::from_fn(|_| draws.item(items));
            }
            let mut basket = BTreeSet::new();
            for (&favourite, likely) in favourites.iter().zip(LIKELY) {
                if draws.chance(likely) {
                    basket.insert(favourite);
                }
            }
            basket.insert(draws.item(items));
            let even: Vec<u32> = basket.iter().copied().filter(|item| item.is_multiple_of(2)).collect();
            for item in even {
                if draws.chance(PAIRED) {
                    basket.insert(item + 1);
                }
            }
            regular.visits.push(basket.into_iter().collect());
        }
        regular.favourites = favourites;
        regular
    }

    /// The probability that the customer buys an item at the last visit, or at another one with the same favourites.
    #[must_use]
    pub fn probability(&self, item: u32) -> f64 {
        if item >= self.items {
            return 0.0;
        }
        // That it is not bought as a favourite.
        let spared = |item: u32| {
            let as_favourite = self.favourites.iter().zip(LIKELY).filter(|&(&favourite, _)| favourite == item);
            as_favourite.map(|(_, likely)| 1.0 - likely).product::<f64>()
        };
        let at_random = 1.0 / f64::from(self.items);
        if item.is_multiple_of(2) {
            return 1.0 - spared(item) * (1.0 - at_random);
        }
        // The item bought at random is this one, the one before it, or neither.
        let before = 1.0 - PAIRED * (1.0 - spared(item - 1));
        let not_bought = spared(item) * (at_random * (1.0 - PAIRED) + (1.0 - 2.0 * at_random) * before);
        1.0 - not_bought
    }

    /// The `k` items that the customer most likely buys at the last visit, the most likely first; of equally likely ones
    /// the smallest number first.
    #[must_use]
    pub fn most_likely(&self, k: usize) -> Vec<u32> {
        let mut likely: Vec<(f64, u32)> = (0..self.items).map(|item| (self.probability(item), item)).collect();
        likely.sort_by(|a, b| b.0.total_cmp(&a.0));
        likely.into_iter().take(k).map(|(_, item)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_those_of_what_is_bought() {
        // One customer with the same favourites for 20,000 visits.
        let customer = Regular::new(40_000, 20, Draws::new(7, 7));
        let visits = &customer.visits[20_000..];
        for item in 0..20 {
            let bought = visits.iter().filter(|visit| visit.contains(&item)).count() as f64 / visits.len() as f64;
            let expected = customer.probability(item);
            assert!((bought - expected).abs() < 0.02, "{item}: {bought} {expected}");
        }
        assert_eq!(customer.probability(20), 0.0);
        let likely = customer.most_likely(3);
        assert!(likely.is_sorted_by(|&a, &b| customer.probability(a) >= customer.probability(b)));
    }

    #[test]
    fn customers_are_pinned() {
        let first = Regulars::new().iter().next().unwrap();
        assert_eq!(first.visits[0], PINNED);
        assert!(Regulars::new().visits(0).customers(2).iter().all(|customer| customer.visits.is_empty()));
        assert!(Regulars::new().items(0).iter().flat_map(|customer| customer.visits).flatten().all(|item| item < 2));
    }

    const PINNED: &[u32] = &[11, 42, 81, 163, 173];
}
