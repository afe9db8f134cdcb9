//! Can a list of rules be believed? Two experiments on generated baskets, where the truth is known.
//!
//! ```text
//! cargo run --release --example true_or_chance
//! ```
//!
//! First, baskets without any rule: items are bought independently of each other, as often as in a real supermarket.
//! Every rule reported is false. Then, baskets with 20 planted rules: how many of them are found?
//!
//! Exits with an error if a correction does not do what it promises.

use std::process::ExitCode;

use itemset::{
    Contingency, Correction, Error, FrequentItemsets, Hypotheses, MinSupport, Miner, Rule, Rules, Transactions,
};
use rand::Rng;
use rand_pcg::Pcg64;

/// How often each of the 169 goods was bought in the 9,835 baskets of the data set *groceries* (Hahsler, Hornik and
/// Reutterer 2006).
const BASKETS: usize = 9_835;
const MARGINS: [u16; 169] = [
    2513, 1903, 1809, 1715, 1372, 1087, 1072, 1032, 969, 924, 875, 814, 792, 785, 764, 744, 711, 705, 638, 624, 580,
    576, 571, 567, 545, 524, 516, 515, 488, 473, 422, 414, 390, 378, 372, 368, 365, 333, 329, 327, 327, 324, 305, 299,
    294, 279, 279, 276, 275, 269, 256, 256, 254, 246, 241, 241, 229, 220, 207, 189, 189, 187, 176, 174, 174, 173, 171,
    170, 168, 163, 160, 148, 148, 140, 130, 128, 118, 115, 112, 110, 109, 106, 106, 106, 103, 102, 101, 101, 93, 91,
    90, 89, 89, 88, 84, 84, 83, 82, 80, 79, 78, 75, 73, 71, 68, 67, 64, 64, 60, 59, 57, 56, 55, 54, 54, 53, 51, 50, 50,
    50, 45, 44, 42, 42, 41, 41, 38, 36, 35, 35, 33, 32, 32, 32, 31, 30, 29, 28, 27, 27, 26, 25, 23, 23, 22, 22, 20, 19,
    18, 17, 16, 15, 15, 13, 12, 11, 10, 9, 8, 8, 8, 7, 6, 6, 4, 4, 2, 1, 1,
];

/// The level of significance.
const ALPHA: f64 = 0.05;
/// The thresholds of the searches.
const MIN_COUNT: u64 = 10;
const MAX_LEN: usize = 3;

/// The number of databases in the first experiment, and in the second.
const NULLS: u64 = 200;
const PLANTED: u64 = 50;
const PLANTED_BASKETS: usize = 10_000;

/// Lifts of the planted rules, and the number of baskets that would contain both sides by chance (n_x n_y / n): one
/// rule for each pair of these.
const LIFTS: [f64; 5] = [1.1, 1.25, 1.5, 2.0, 3.0];
const EXPECTED: [f64; 4] = [25.0, 50.0, 100.0, 200.0];

/// The largest share of databases in which a rule may pass although none is true: 5 %, and what chance adds in 200
/// trials.
const MOST_FALSE: f64 = 0.08;
/// The least power if the lift is at least 1.5 and at least 200 baskets are expected.
const LEAST_POWER: f64 = 0.9;

/// The ways to separate true rules from chance.
const METHODS: [(&str, Method); 7] = [
    ("no correction", Method::Corrected(Correction::None)),
    ("Bonferroni", Method::Corrected(Correction::Bonferroni)),
    ("Holm", Method::Corrected(Correction::Holm)),
    ("layered", Method::Corrected(Correction::Layered)),
    ("Benjamini-Hochberg", Method::Corrected(Correction::BenjaminiHochberg)),
    ("Benjamini-Yekutieli", Method::Corrected(Correction::BenjaminiYekutieli)),
    ("hold-out", Method::HoldOut),
];

#[derive(Clone, Copy)]
enum Method {
    /// All rules, corrected for the number of rules searched.
    Corrected(Correction),
    /// Rules that look promising in one half of the baskets, tested in the other half.
    HoldOut,
}

impl Method {
    /// Whether it should bound the probability of any false rule.
    fn allows_none(self) -> bool {
        use Correction::{Bonferroni, Holm, Layered};
        matches!(self, Method::HoldOut | Method::Corrected(Bonferroni | Holm | Layered))
    }
}

fn main() -> Result<ExitCode, Error> {
    println!(
        "Rules of up to {MAX_LEN} items, one of them on the right, in at least {MIN_COUNT} baskets, with any \
         confidence; level {ALPHA}.\n"
    );
    let kept = [nothing_is_true()?, twenty_are_true()?];
    if kept == [true, true] {
        println!("All as promised.");
        Ok(ExitCode::SUCCESS)
    } else {
        println!("NOT as promised.");
        Ok(ExitCode::FAILURE)
    }
}

/// Baskets without rules. Returns whether the corrections that allow no false rule kept to that.
fn nothing_is_true() -> Result<bool, Error> {
    println!("{NULLS} databases of {BASKETS} baskets, {} independent items: every rule is false.\n", MARGINS.len());
    let chances: Vec<f64> = MARGINS.iter().map(|&count| f64::from(count) / BASKETS as f64).collect();
    let (mut any, mut rules) = ([0u64; METHODS.len()], [0u64; METHODS.len()]);
    let (mut found, mut searched) = (0, 0.0);
    for seed in 0..NULLS {
        let mut draws = Draws::new(seed);
        let baskets = Transactions::from_rows((0..BASKETS).map(|_| draws.independent(&chances)))?;
        let search = Search::new(&baskets)?;
        found += search.rules.len();
        searched += search.hypotheses.total();
        for (place, (_, method)) in METHODS.into_iter().enumerate() {
            let passed = search.passed(&baskets, method, seed)?.len() as u64;
            any[place] += u64::from(passed > 0);
            rules[place] += passed;
        }
    }
    let mean = |total: f64| total / NULLS as f64;
    println!("  {:.0} rules per database were searched, {:.0} found.\n", mean(searched), mean(found as f64));
    println!("  {:<20} {:>28} {:>24}", "correction", "databases with a false rule", "false rules per database");
    let mut kept = true;
    for (place, (name, method)) in METHODS.into_iter().enumerate() {
        let share = mean(any[place] as f64);
        println!("  {name:<20} {:>26.1} % {:>24.2}", share * 100.0, mean(rules[place] as f64));
        kept &= !method.allows_none() || share <= MOST_FALSE;
    }
    println!("\n  Promised: at most {:.0} % for Bonferroni, Holm, layered and hold-out.\n", MOST_FALSE * 100.0);
    Ok(kept)
}

/// Baskets with planted rules. Returns whether the strong ones were found.
fn twenty_are_true() -> Result<bool, Error> {
    println!(
        "{PLANTED} databases of {PLANTED_BASKETS} baskets: the same independent items, and {} pairs bought together.\n",
        LIFTS.len() * EXPECTED.len()
    );
    let chances: Vec<f64> = MARGINS.iter().map(|&count| f64::from(count) / BASKETS as f64).collect();
    let mut found = [[[0u64; EXPECTED.len()]; LIFTS.len()]; METHODS.len()];
    for seed in 0..PLANTED {
        let mut draws = Draws::new(NULLS + seed);
        let baskets = Transactions::from_rows((0..PLANTED_BASKETS).map(|_| {
            let mut items = draws.independent(&chances);
            for (lift, expected) in planted() {
                // Both sides are equally frequent.
                let chance = (EXPECTED[expected] / PLANTED_BASKETS as f64).sqrt();
                let x = draws.happens(chance);
                let with = LIFTS[lift] * chance;
                let without = chance * (1.0 - with) / (1.0 - chance);
                let y = draws.happens(if x { with } else { without });
                let [x_item, y_item] = sides(lift, expected);
                items.extend(x.then_some(x_item).into_iter().chain(y.then_some(y_item)));
            }
            items
        }))?;
        let search = Search::new(&baskets)?;
        for (place, (_, method)) in METHODS.into_iter().enumerate() {
            let rules = search.passed(&baskets, method, seed)?;
            for (lift, expected) in planted() {
                let [x, y] = sides(lift, expected);
                let is_planted = |rule: Rule<'_, u32>| rule.antecedent().eq([&x]) && rule.consequent().eq([&y]);
                found[place][lift][expected] += u64::from(rules.iter().any(is_planted));
            }
        }
    }
    let mut kept = true;
    println!("  Power in %: how often a planted rule is found, by its lift and the baskets expected by chance.\n");
    print!("  {:<20}", "lift");
    LIFTS.iter().for_each(|lift| print!(" |{lift:^19}"));
    print!("\n  {:<20}", "expected");
    for _ in LIFTS {
        print!(" |");
        EXPECTED.iter().for_each(|expected| print!("{expected:>4} "));
        print!("\u{8}");
    }
    println!();
    for (place, (name, _)) in METHODS.into_iter().enumerate() {
        print!("  {name:<20}");
        for (lift, found) in LIFTS.iter().zip(&found[place]) {
            let powers = found.map(|times| times as f64 / PLANTED as f64);
            print!(" |{}", powers.map(|power| format!("{:>4.0}", power * 100.0)).join(" "));
            let strong = EXPECTED.iter().zip(powers).filter(|(expected, _)| *lift >= 1.5 && **expected >= 200.0);
            kept &= strong.into_iter().all(|(_, power)| power >= LEAST_POWER);
        }
        println!();
    }
    println!(
        "\n  Promised: at least {:.0} % if the lift is at least 1.5 and at least 200 baskets are expected.\n",
        LEAST_POWER * 100.0
    );
    Ok(kept)
}

/// The planted rules, by the indices of their lift and expectation.
fn planted() -> impl Iterator<Item = (usize, usize)> {
    (0..LIFTS.len()).flat_map(|lift| (0..EXPECTED.len()).map(move |expected| (lift, expected)))
}

/// The items of a planted rule, numbered after those of the supermarket.
fn sides(lift: usize, expected: usize) -> [u32; 2] {
    let first = 1000 + 2 * (lift * EXPECTED.len() + expected) as u32;
    [first, first + 1]
}

/// A search through all baskets of one database.
struct Search {
    rules: Rules<u32>,
    hypotheses: Hypotheses,
}

impl Search {
    fn new(baskets: &Transactions<u32>) -> Result<Self, Error> {
        let itemsets = mine(baskets, MIN_COUNT)?;
        let builder = itemsets.rules().min_confidence(0.0);
        Ok(Search { hypotheses: builder.hypotheses(), rules: builder.generate()? })
    }

    /// The rules that pass.
    fn passed(&self, baskets: &Transactions<u32>, method: Method, seed: u64) -> Result<Rules<u32>, Error> {
        match method {
            Method::Corrected(correction) => self.rules.significant(ALPHA, correction, &self.hypotheses),
            Method::HoldOut => {
                let (explored, held_out) = baskets.split(0.5, seed)?;
                // The same support in half of the baskets.
                let itemsets = mine(&explored, MIN_COUNT / 2)?;
                let promising = |counts: &Contingency| counts.fishers_exact_test().value() <= ALPHA / 10.0;
                let rules = itemsets.rules().min_confidence(0.0).generate()?;
                rules.filter(|rule| promising(&rule.counts())).confirmed_by(&held_out, ALPHA, Correction::Holm)
            }
        }
    }
}

fn mine(baskets: &Transactions<u32>, min_count: u64) -> Result<FrequentItemsets<u32>, Error> {
    Miner::new().min_support(MinSupport::count(min_count)).max_len(MAX_LEN).threads(1).mine(baskets)
}

/// Random numbers from a stream that never changes.
struct Draws(Pcg64);

impl Draws {
    fn new(seed: u64) -> Self {
        Draws(Pcg64::new(u128::from(seed), 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96))
    }

    fn happens(&mut self, chance: f64) -> bool {
        chance > (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Items that are in a basket with these probabilities, independently of each other.
    fn independent(&mut self, chances: &[f64]) -> Vec<u32> {
        (0..).zip(chances).filter(|&(_, &chance)| self.happens(chance)).map(|(item, _)| item).collect()
    }
}
