//! Generated data: the Quest generator follows its paper, the sample supermarket its planted rules, and both their
//! pinned values.

use std::collections::HashSet;
use std::fs;
use std::panic::UnwindSafe;

use itemset::synth::{
    Department, PlantedRule, Quest, QuestRows, RuleContext, SaleBasket, Sales, StoreKind, Supermarket, Weekday,
};
use proptest::prelude::*;

/// FNV-1a with 64 bits.
fn digest(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

fn real(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn rows(quest: &Quest) -> Vec<Vec<u32>> {
    quest.rows().unwrap().collect()
}

fn mean_len(rows: &[Vec<u32>]) -> f64 {
    real(rows.iter().map(Vec::len).sum()) / real(rows.len())
}

fn distinct_items(rows: &[Vec<u32>]) -> usize {
    rows.iter().flatten().collect::<HashSet<_>>().len()
}

#[test]
fn quest_values_are_pinned() {
    let bytes = |quest: Quest| {
        rows(&quest.transactions(1_000))
            .into_iter()
            .flat_map(|row| row.into_iter().chain([u32::MAX]))
            .flat_map(u32::to_le_bytes)
    };
    assert_eq!(digest(bytes(Quest::new().seed(1994))), 0xC20E_8E1D_8902_74AF);
    let other = Quest::new().transaction_len(25.0).pattern_len(10.0).patterns(500).items(200);
    assert_eq!(digest(bytes(other.correlation(0.25).corruption(0.3))), 0xA84C_FB5E_7AB0_93A0);
}

#[test]
fn quest_has_the_shape_of_the_published_data_sets() {
    for (transaction_len, pattern_len, items) in [(5.0, 2.0, 1_000), (10.0, 4.0, 1_000), (20.0, 6.0, 2_000)] {
        let quest = Quest::new().transactions(30_000).items(items);
        let rows = rows(&quest.transaction_len(transaction_len).pattern_len(pattern_len));
        assert_eq!(rows.len(), 30_000);
        let mean = mean_len(&rows);
        assert!((mean / transaction_len - 1.0).abs() < 0.06, "T{transaction_len}: {mean}");
        let items = usize::try_from(items).unwrap();
        assert!((items * 85 / 100..=items).contains(&distinct_items(&rows)));
        assert!(rows.iter().all(|row| !row.is_empty() && row.is_sorted_by(|a, b| a < b)));
        assert!(rows.iter().flatten().all(|&item| usize::try_from(item).unwrap() < items));
    }
}

/// With one pattern of l items and transactions of one, each row is what corruption leaves of it: l - k
/// items with probability c^k (1 - c), if any.
#[test]
fn quest_corrupts_patterns_as_the_paper_says() {
    let quest = Quest::new().patterns(1).pattern_len(6.0).transaction_len(1e-9);
    for level in [0.0, 0.3, 0.5, 0.8] {
        let rows = rows(&quest.clone().corruption(level).corruption_variance(0.0));
        let longest = rows.iter().map(Vec::len).max().unwrap();
        assert!(longest > 2);
        for dropped in 0..longest {
            let got = rows.iter().filter(|row| row.len() == longest - dropped).count();
            let power = |k: usize| level.powi(i32::try_from(k).unwrap());
            let want = power(dropped) * (1.0 - level) / (1.0 - power(longest));
            assert!((real(got) / real(rows.len()) - want).abs() < 0.008, "{level}, {dropped} dropped");
        }
    }
}

#[test]
fn quest_patterns_share_items_by_their_correlation() {
    let quest = Quest::new().patterns(3_000).items(1_000_000).corruption(0.0).corruption_variance(0.0);
    let items = |correlation| distinct_items(&rows(&quest.clone().correlation(correlation)));
    // 3,000 patterns of 4 items on average, of which about one in 80 is too rare to occur. Without
    // correlation they have next to nothing in common; with it, a pattern shares the rounded part of its
    // items with the one before, if that has as many, which leaves about 2.6 new ones (by simulation of the
    // paper's text).
    let (apart, shared) = (items(0.0), items(0.5));
    assert!((11_500..=12_150).contains(&apart), "{apart}");
    assert!((7_350..=8_000).contains(&shared), "{shared}");
}

#[test]
fn quest_is_reproducible_and_extends_its_prefix() {
    let quest = Quest::new().seed(3);
    let some = rows(&quest.clone().transactions(500));
    assert_eq!(some, rows(&quest.clone().transactions(500)));
    assert_eq!(some[..200], rows(&quest.clone().transactions(200)));
    assert_ne!(some, rows(&quest.clone().seed(4).transactions(500)));

    let endless = quest.transactions(u64::MAX).rows().unwrap();
    assert_eq!(some, endless.take(500).collect::<Vec<_>>());
}

#[test]
fn quest_ends_at_extreme_settings() {
    let quest = Quest::new().transactions(200);
    assert!(rows(&quest.clone().transactions(0)).is_empty());
    assert!(rows(&quest.clone().items(1)).iter().all(|row| row == &[0]));
    assert!(rows(&quest.clone().patterns(1)).iter().all(|row| !row.is_empty()));

    // Transactions longer than there are items hold all or nearly all that occur in patterns.
    for items in [1, 2, 20, 300] {
        let full = rows(&quest.clone().transaction_len(5_000.0).items(items));
        let distinct = distinct_items(&full);
        assert!(full.iter().all(|row| row.len() * 10 >= distinct * 9));
    }
    let long_patterns = rows(&quest.clone().pattern_len(5_000.0).items(30).patterns(10));
    assert!(long_patterns.iter().all(|row| (1..=30).contains(&row.len())));
    // Nothing is left of patterns that are fully corrupted.
    let corrupted = rows(&quest.clone().corruption(1.0).corruption_variance(0.0));
    assert!(corrupted.len() == 200 && corrupted.iter().all(Vec::is_empty));
    // Every transaction takes up the whole of the one pattern.
    let whole = rows(&quest.patterns(1).corruption(0.0).corruption_variance(0.0));
    assert!(whole.iter().all(|row| row == &whole[0]));
}

#[test]
fn quest_refuses_settings_out_of_range_by_name() {
    let quest = Quest::new();
    let cases = [
        ("transaction_len", quest.clone().transaction_len(0.0)),
        ("transaction_len", quest.clone().transaction_len(f64::NAN)),
        ("transaction_len", quest.clone().transaction_len(1e5)),
        ("pattern_len", quest.clone().pattern_len(-4.0)),
        ("pattern_len", quest.clone().pattern_len(f64::INFINITY)),
        ("patterns", quest.clone().patterns(0)),
        ("patterns", quest.clone().patterns(u32::MAX)),
        ("patterns", quest.clone().patterns(1_000_000).pattern_len(1_000.0)),
        ("items", quest.clone().items(0)),
        ("items", quest.clone().items(u32::MAX)),
        ("correlation", quest.clone().correlation(1.5)),
        ("corruption", quest.clone().corruption(-0.1)),
        ("corruption_variance", quest.clone().corruption_variance(f64::NAN)),
    ];
    for (setting, quest) in cases {
        let message = quest.rows().err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains(setting), "{setting}: {message:?}");
    }
    assert!(quest.rows().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn quest_rows_are_sets_of_items_whatever_the_settings(
        (seed, items, patterns) in (any::<u64>(), 1..400_u32, 1..50_u32),
        (transaction_len, pattern_len) in (0.001..80.0, 0.001..80.0),
        (correlation, corruption, variance) in (0.0..=1.0, 0.0..=1.0, 0.0..=1.0),
    ) {
        let quest = Quest::new().transactions(30).seed(seed).items(items).patterns(patterns);
        let quest = quest.transaction_len(transaction_len).pattern_len(pattern_len);
        let quest = quest.correlation(correlation).corruption(corruption).corruption_variance(variance);
        let rows = rows(&quest);
        prop_assert_eq!(rows.len(), 30);
        for row in rows {
            prop_assert!(row.is_sorted_by(|a, b| a < b));
            prop_assert!(row.iter().all(|&item| item < items));
        }
    }

    #[test]
    fn quest_never_panics(
        (items, patterns) in (0..500_u32, 0..100_u32),
        means in [any::<f64>(), any::<f64>(), any::<f64>(), any::<f64>(), any::<f64>()],
    ) {
        let [transaction_len, pattern_len, correlation, corruption, variance] = means;
        let quest = Quest::new().transactions(5).items(items).patterns(patterns);
        let quest = quest.transaction_len(transaction_len).pattern_len(pattern_len);
        let quest = quest.correlation(correlation).corruption(corruption).corruption_variance(variance);
        if let Ok(rows) = quest.rows() {
            prop_assert_eq!(rows.count(), 5);
        }
    }
}

/// The numbers of goods.
fn numbers(names: &[&str]) -> Vec<u32> {
    let number = |name: &&str| Supermarket::goods().iter().position(|good| good.name == *name);
    let number = |name| u32::try_from(number(name).expect("a good of this name")).unwrap();
    names.iter().map(number).collect()
}

/// Of the baskets: how many there are, with the antecedent, with the consequent, and with both.
fn counts<'a>(
    baskets: impl IntoIterator<Item = &'a SaleBasket>,
    antecedent: &[&str],
    consequent: &[&str],
) -> [usize; 4] {
    let (x, y) = (numbers(antecedent), numbers(consequent));
    baskets.into_iter().fold([0; 4], |[n, n_x, n_y, n_xy], basket| {
        let has = |goods: &[u32]| goods.iter().all(|good| basket.goods.contains(good));
        let (x, y) = (has(&x), has(&y));
        let count = usize::from;
        [n + 1, n_x + count(x), n_y + count(y), n_xy + count(x && y)]
    })
}

/// How many baskets in a rule's context hold its antecedent, and the confidence there.
fn confidence(baskets: &[SaleBasket], rule: &PlantedRule) -> (usize, f64) {
    let context = baskets.iter().filter(|basket| rule.context.holds(basket));
    let [_, n_x, _, n_xy] = counts(context, rule.antecedent, rule.consequent);
    (n_x, real(n_xy) / real(n_x))
}

/// The planted probability decides on each basket alone, so the confidence has to lie within some standard
/// deviations of the binomial distribution around it: 4.5 are exceeded by chance in one of 150,000 cases.
#[test]
fn planted_rules_have_their_planted_strength() {
    let enough = [(Supermarket::new(), 25), (Supermarket::new().baskets(200_000).seed(1), 600)];
    for (supermarket, least) in enough {
        let baskets: Vec<SaleBasket> = supermarket.sales().collect();
        for rule in Supermarket::planted_rules() {
            let (n_x, confidence) = confidence(&baskets, rule);
            assert!(n_x >= least, "{rule}: only {n_x} baskets");
            let deviation = (rule.probability * (1.0 - rule.probability) / real(n_x)).sqrt();
            assert!((confidence - rule.probability).abs() <= 4.5 * deviation, "{rule}: {confidence} in {n_x} baskets");
        }
    }
}

#[test]
fn diapers_imply_beer() {
    let baskets: Vec<SaleBasket> = Supermarket::new().sales().collect();
    let [n, n_x, n_y, n_xy] = counts(&baskets, &["diapers"], &["beer"]).map(real);
    assert!(n_xy / n_x >= 0.35, "confidence {}", n_xy / n_x);
    assert!(n * n_xy / (n_x * n_y) >= 2.0, "lift {}", n * n_xy / (n_x * n_y));
    assert!(n_y / n < 0.15);

    let evening = |basket: &&SaleBasket| basket.date.weekday.is_weekend() && basket.time.hour >= 17;
    let evenings = baskets.iter().filter(evening);
    let [_, n_x, _, n_xy] = counts(evenings, &["diapers"], &["beer"]).map(real);
    assert!((0.6..0.8).contains(&(n_xy / n_x)), "confidence on weekend evenings {}", n_xy / n_x);
}

#[test]
fn sample_file_is_reproduced_byte_for_byte() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/supermarket.csv");
    let file = fs::read(path).expect("the sample file");
    let mut lines = String::new();
    for basket in Supermarket::new().sales() {
        lines.push_str(&basket.names().collect::<Vec<_>>().join(","));
        lines.push('\n');
    }
    assert!(file.len() <= 1_000_000);
    // Without printing a million bytes.
    assert!(file == lines.as_bytes(), "run the example `sample_supermarket` to write the file anew");
}

#[test]
fn supermarket_values_are_pinned() {
    let bytes = Supermarket::new().baskets(1_000).seed(1994).sales().flat_map(|basket| {
        let line = format!(
            "{} {} {} {} {} {:?}\n",
            basket.store, basket.customer, basket.date, basket.time, basket.date.weekday, basket.goods
        );
        line.into_bytes()
    });
    assert_eq!(digest(bytes), 0x95F9_6649_7FC9_536C);
}

#[test]
fn supermarket_is_reproducible() {
    let some = |supermarket: Supermarket| supermarket.sales().take(300).collect::<Vec<_>>();
    let supermarket = Supermarket::new().baskets(500);
    assert_eq!(some(supermarket.clone()), some(supermarket.clone()));
    assert_ne!(some(supermarket.clone()), some(supermarket.seed(1)));
}

#[test]
fn sales_cover_a_year_in_order() {
    let baskets: Vec<SaleBasket> = Supermarket::new().sales().collect();
    assert!(baskets.is_sorted_by_key(|basket| (basket.date, basket.time)));
    let days: HashSet<String> = baskets.iter().map(|basket| basket.date.to_string()).collect();
    // Closed on three days.
    assert_eq!(days.len(), 362);
    assert!(!days.contains("2025-01-01") && !days.contains("2025-04-20") && !days.contains("2025-12-25"));
    let christmas_eve = baskets.iter().find(|basket| basket.date.to_string() == "2025-12-24");
    assert_eq!(christmas_eve.map(|basket| basket.date.weekday), Some(Weekday::Wednesday));

    let goods = u32::try_from(Supermarket::goods().len()).unwrap();
    for basket in &baskets {
        assert!((1..=60).contains(&basket.goods.len()));
        assert!(basket.goods.is_sorted_by(|a, b| a < b));
        assert!(basket.goods.iter().all(|&good| good < goods));
        assert!(basket.store < Supermarket::stores().len());
        assert!((6..22).contains(&basket.time.hour) && basket.time.minute < 60);
        assert!(basket.total_cents() > 0);
    }
    // Right-skewed: the mean is well above the median, and there are long baskets.
    let mut lengths: Vec<usize> = baskets.iter().map(|basket| basket.goods.len()).collect();
    lengths.sort_unstable();
    let mean = real(lengths.iter().sum()) / real(lengths.len());
    assert!((6.5..9.0).contains(&mean), "{mean}");
    assert!(mean > 1.3 * real(lengths[lengths.len() / 2]));
    assert!(lengths[lengths.len() - 1] > 45);
}

#[test]
fn demand_depends_on_season_store_and_time() {
    let baskets: Vec<SaleBasket> = Supermarket::new().baskets(60_000).sales().collect();
    let share = |name: &str, context: &dyn Fn(&SaleBasket) -> bool| {
        let [n, n_x, ..] = counts(baskets.iter().filter(|basket| context(basket)), &[name], &[]);
        real(n_x) / real(n)
    };
    let summer = |basket: &SaleBasket| RuleContext::Summer.holds(basket);
    let december = |basket: &SaleBasket| RuleContext::December.holds(basket);
    let evening = |basket: &SaleBasket| basket.time.hour >= 17;
    let station = |basket: &SaleBasket| Supermarket::stores()[basket.store].kind == StoreKind::Station;
    assert!(share("ice lollies", &summer) > 4.0 * share("ice lollies", &december));
    assert!(share("stollen", &december) > 0.02);
    assert_eq!(share("stollen", &summer), 0.0);
    assert!(share("beer", &evening) > 1.5 * share("beer", &|basket| !evening(basket)));
    assert!(share("coffee to go", &station) > 3.0 * share("coffee to go", &|basket| !station(basket)));

    // Zipf-like: the tenth of the goods that sells best makes a third of the sales or more.
    let mut sold = vec![0; Supermarket::goods().len()];
    for basket in &baskets {
        for &good in &basket.goods {
            sold[usize::try_from(good).unwrap()] += 1;
        }
    }
    sold.sort_unstable_by_key(|&count| std::cmp::Reverse(count));
    assert!(sold[..sold.len() / 10].iter().sum::<usize>() * 3 > sold.iter().sum());
    assert!(sold.last() > Some(&0));
}

#[test]
fn catalogue_names_fit_csv() {
    let goods = Supermarket::goods();
    assert!((300..=400).contains(&goods.len()));
    assert!(goods.iter().all(|good| good.price_cents > 0 && !good.name.contains([',', '"', ';', '\n'])));
    assert!(goods.iter().any(|good| good.name == "beer" && good.department == Department::Alcohol));
    assert!(goods.iter().any(|good| good.name == "diapers" && good.department == Department::Baby));
    assert_eq!(Supermarket::stores().len(), 6);
    assert_eq!(Department::FruitAndVegetables.to_string(), "fruit and vegetables");
}

#[test]
fn any_number_of_baskets_is_allowed() {
    assert_eq!(Supermarket::new().baskets(0).sales().count(), 0);
    assert_eq!(Supermarket::new().baskets(1).sales().count(), 1);
    assert_eq!(Supermarket::new().baskets(37).sales().size_hint(), (37, Some(37)));
    assert_eq!(Supermarket::new().baskets(u64::MAX).sales().take(5).count(), 5);
}

#[test]
fn generators_are_send_and_sync() {
    fn check<T: Send + Sync + UnwindSafe>() {}
    check::<Quest>();
    check::<QuestRows>();
    check::<Supermarket>();
    check::<Sales>();
    check::<SaleBasket>();
    check::<PlantedRule>();
}
