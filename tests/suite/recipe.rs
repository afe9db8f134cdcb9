//! Tables to baskets, against the same made by hand.

#[path = "recipe/refine.rs"]
mod refine;
#[cfg(any(feature = "random", feature = "time"))]
#[path = "recipe/split.rs"]
mod split;
#[cfg(feature = "serde")]
#[path = "recipe/stored.rs"]
mod stored;

use std::collections::{BTreeMap, BTreeSet};

use itemset::io::{LongReader, TableReader};
use itemset::shape::{BinMethod, Bins, Missing, Recipe, Shaped, Table};
use itemset::{Consequents, MinSupport, Miner, Transactions};
use proptest::prelude::*;

type Row = Vec<Option<String>>;

const NAMES: [&str; 5] = ["receipt", "till", "item", "store", "price"];

/// Rows of a receipt, a till, an item, a store and a price, some of them missing.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let field = |prefix: &'static str, most: u32| prop_oneof![9 => (0..most).prop_map(move |n| Some(format!("{prefix}{n}"))), 1 => Just(None)];
    let price = prop_oneof![9 => (1..40u32).prop_map(|quarters| Some((f64::from(quarters) / 4.0).to_string())), 1 => Just(None)];
    let row = (field("r", 6), field("t", 2), field("i", 7), field("s", 3), price)
        .prop_map(|(receipt, till, item, store, price)| vec![receipt, till, item, store, price]);
    prop::collection::vec(row, 0..40)
}

fn table(rows: &[Row]) -> Table {
    Table::from_rows(NAMES, rows.iter().map(|row| row.iter().map(Option::as_deref))).unwrap()
}

fn csv(rows: &[Row]) -> String {
    let line = |row: &Row| row.iter().map(|field| field.clone().unwrap_or_default()).collect::<Vec<_>>().join(",");
    [NAMES.join(",")].into_iter().chain(rows.iter().map(line)).map(|line| line + "\n").collect()
}

/// The labels of each basket.
fn sets(baskets: &Transactions<String>) -> Vec<BTreeSet<String>> {
    baskets.iter().map(|basket| basket.iter().cloned().collect()).collect()
}

proptest! {
    #[test]
    fn a_table_is_read_as_it_is(rows in rows(), threads in 1..3usize) {
        let threads = if cfg!(feature = "rayon") { threads } else { 1 };
        let (read, report) = TableReader::new().threads(threads).read_with_report(csv(&rows).as_bytes()).unwrap();
        prop_assert_eq!(&read, &table(&rows));
        prop_assert_eq!((report.rows, report.rows_skipped()), (rows.len() as u64, 0));
        let some = TableReader::new().only(["item", "till"]).read(csv(&rows).as_bytes()).unwrap();
        prop_assert_eq!(some.names(), ["item", "till"]);
        for (place, row) in rows.iter().enumerate() {
            prop_assert_eq!((some.get(place, "item"), some.get(place, "till")), (row[2].as_deref(), row[1].as_deref()));
        }
    }

    #[test]
    fn baskets_are_those_made_by_hand(
        rows in rows(),
        keys in 0..3usize,
        [context, numbers, missing] in any::<[bool; 3]>(),
        cut in 1..9u32,
    ) {
        let mut recipe = Recipe::new("item").basket(NAMES[..keys].iter().copied());
        recipe = if context { recipe.context("store") } else { recipe };
        let bins = Bins::at([f64::from(cut)]).unwrap();
        recipe = if numbers { recipe.numbers("price", BinMethod::Fixed(bins.clone())) } else { recipe };
        recipe = if missing { recipe.missing(Missing::Item) } else { recipe };
        let shaped = recipe.shape(&table(&rows)).unwrap();

        let mut order: Vec<Vec<Option<String>>> = Vec::new();
        let mut baskets: BTreeMap<Vec<Option<String>>, BTreeSet<String>> = BTreeMap::new();
        let mut without_key = 0;
        for (place, row) in rows.iter().enumerate() {
            let key = if keys == 0 { vec![Some(format!("{place:05}"))] } else { row[..keys].to_vec() };
            if key.contains(&None) {
                without_key += 1;
                continue;
            }
            if !order.contains(&key) {
                order.push(key.clone());
            }
            let basket = baskets.entry(key).or_default();
            let field = |place: usize| row[place].clone().or_else(|| missing.then(|| "?".to_string()));
            basket.extend(row[2].clone().or_else(|| missing.then(|| "item=?".to_string())));
            if context {
                basket.extend(field(3).map(|store| format!("store={store}")));
            }
            if numbers {
                basket.extend(field(4).map(|price| match price.parse::<f64>() {
                    Ok(price) => format!("price={}", bins.label(usize::from(price >= f64::from(cut))).unwrap()),
                    Err(_) => "price=?".to_string(),
                }));
            }
        }
        let expected: Vec<BTreeSet<String>> = order.iter().map(|key| baskets[key].clone()).filter(|set| !set.is_empty()).collect();
        prop_assert_eq!(sets(shaped.baskets()), expected);
        let report = shaped.report();
        prop_assert_eq!((report.rows, report.rows_without_key), (rows.len() as u64, without_key));
        prop_assert_eq!(report.baskets + report.empty_baskets, order.len() as u64);
        // Each item has the kind of its column.
        prop_assert_eq!(shaped.kinds().len(), 1 + usize::from(context) + usize::from(numbers));
        let of_kinds: usize = shaped.kinds().iter().map(|kind| shaped.of_kind(kind).count()).sum();
        prop_assert_eq!(of_kinds, shaped.baskets().dictionary().len());
        prop_assert!(shaped.of_kind("store").all(|label| label.starts_with("store=")));
        #[cfg(feature = "serde")]
        {
            let stored = serde_json::to_string(&recipe).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Recipe>(&stored).unwrap(), &recipe);
            let stored = serde_json::to_string(shaped.baskets()).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Transactions<String>>(&stored).unwrap(), shaped.baskets());
        }
    }

    /// Without context it is what the reader of line items does.
    #[test]
    fn line_items_are_those_of_the_reader(rows in rows()) {
        let shaped = Recipe::new("item").basket(["receipt", "till"]).shape(&table(&rows)).unwrap();
        let read = LongReader::new("receipt", "item").and_basket("till").read(csv(&rows).as_bytes()).unwrap();
        let mut shaped = sets(shaped.baskets());
        let mut read = sets(&read);
        // There, a basket comes with its first item, not with its first row.
        shaped.sort();
        read.sort();
        prop_assert_eq!(shaped, read);
    }

    /// What is fitted on some rows puts others in the same bins.
    #[test]
    fn bins_are_fitted_once(rows in rows(), others in rows(), bins in 2..5usize) {
        for method in [BinMethod::EqualWidth(bins), BinMethod::EqualFrequency(bins), BinMethod::KMeans(bins), BinMethod::Entropy("store".to_string())] {
            let recipe = Recipe::of_context().numbers("price", method);
            prop_assert!(recipe.shape(&table(&rows)).is_err());
            let Ok(fitted) = recipe.fit(&table(&rows)) else { continue };
            prop_assert_eq!(&fitted.fit(&table(&others)).unwrap(), &fitted);
            let cuts = fitted.bins("price").unwrap();
            let shaped = fitted.shape(&table(&others)).unwrap();
            let priced = others.iter().filter_map(|row| row[4].as_ref()).map(|price| {
                BTreeSet::from([format!("price={}", cuts.label(cuts.bin_of(price.parse().unwrap()).unwrap()).unwrap())])
            });
            prop_assert_eq!(sets(shaped.baskets()), priced.collect::<Vec<_>>());
        }
    }

    #[test]
    fn lacks_by_definition(rows in prop::collection::vec(prop::collection::vec(0..6u32, 0..5), 1..20), min_count in 1..6u64) {
        let baskets = Transactions::from_rows(rows.iter().cloned()).unwrap();
        let chosen: Vec<u32> = [1, 4].into_iter().filter(|item| baskets.count_of(item).is_some()).collect();
        let with = baskets.with_absent(&chosen, |item| item + 100).unwrap();
        let expected: Vec<Vec<u32>> = rows
            .iter()
            .map(|row| row.iter().copied().chain(chosen.iter().filter(|item| !row.contains(item)).map(|item| item + 100)).collect())
            .collect();
        prop_assert_eq!(with.duplicates_skipped(), baskets.duplicates_skipped());
        let miner = Miner::new().min_support(MinSupport::count(min_count));
        let plain = Transactions::from_rows(expected).unwrap();
        prop_assert_eq!(miner.mine(&with).unwrap(), miner.mine(&plain).unwrap());
        let rules = |baskets| miner.mine(baskets).unwrap().rules().consequents(Consequents::Any).generate().unwrap();
        prop_assert_eq!(rules(&with), rules(&plain));
        // No item is with its lack.
        let is_sound = |rule: itemset::Rule<'_, u32>| {
            let all: Vec<u32> = rule.antecedent().chain(rule.consequent()).copied().collect();
            !all.iter().any(|item| all.contains(&(item + 100)))
        };
        prop_assert!(rules(&with).iter().all(is_sound));
    }
}

#[cfg(feature = "time")]
mod times {
    use std::time::Duration;

    use itemset::shape::{TimePart, Times};

    use super::*;

    fn shaped(recipe: &Recipe, text: &str) -> Result<Shaped, String> {
        let table = TableReader::new().read(text.as_bytes()).unwrap();
        recipe.shape(&table).map_err(|error| error.to_string())
    }

    fn lines(recipe: &Recipe, text: &str) -> Vec<String> {
        shaped(recipe, text).unwrap().baskets().iter().map(|basket| basket.to_string()).collect()
    }

    #[test]
    fn parts_of_times() {
        let times = Times::new("time", TimePart::ALL.iter().copied());
        let recipe = Recipe::of_context().times(times.clone());
        let text = "time\n2026-11-28 18:05\n2026-03-01T05:59:59\n2026-06-15\n";
        assert_eq!(
            lines(&recipe, text),
            [
                "{weekday=Sat, day=weekend, daypart=evening, hour=18, month=11, quarter=4}",
                "{day=weekend, weekday=Sun, daypart=night, hour=5, month=3, quarter=1}",
                "{weekday=Mon, day=workday, month=6, quarter=2}",
            ]
            .map(str::to_string)
        );
        let own =
            Recipe::of_context().times(Times::new("time", [TimePart::Daypart]).dayparts([("day", 8), ("dark", 18)]));
        // A date alone has no part of the day.
        assert_eq!(lines(&own, text), ["{daypart=dark}", "{daypart=dark}"]);
        let months = Recipe::of_context().times(Times::new("time", [TimePart::Month]));
        assert_eq!(lines(&months, "time\n9999-12-31\n"), ["{month=12}"]);
        let days = Recipe::new("day").times(Times::new("time", [TimePart::Day]));
        assert_eq!(
            shaped(&days, "time,day\n").unwrap_err(),
            "invalid items: `day`, which is a part of `time` too (expected items that tell their columns apart: rename a column)"
        );
    }

    #[test]
    fn clocks_of_time_zones() {
        let part = |zone: &str| Recipe::of_context().times(Times::new("time", [TimePart::Hour]).zone(zone));
        // An instant is shown by the clock of the zone; what was written by that clock stays.
        let text = "time\n2026-11-28T18:05:00Z\n2026-11-28 18:05\n2026-11-28T18:05:00+09:00\n";
        assert_eq!(lines(&part("Europe/Berlin"), text), ["{hour=19}", "{hour=18}", "{hour=10}"]);
        let written = Recipe::of_context().times(Times::new("time", [TimePart::Hour]));
        assert_eq!(lines(&written, "time\n2026-11-28T18:05:00+09:00\n"), ["{hour=18}"]);
        // The clock goes from 2:00 to 3:00 in March, and from 3:00 to 2:00 in October.
        let changes = "time\n2026-03-29 02:30\n2026-10-25 02:30\n2026-10-25 03:30\n";
        let shaped = shaped(&part("Europe/Berlin"), changes).unwrap();
        assert_eq!(shaped.report().ambiguous_times, 2);
        assert!(shaped.report().to_string().ends_with("shown twice or never by the clock of the zone: 2 times"));
    }

    #[test]
    fn sessions_end_with_a_gap() {
        let text = "customer,time,item\n\
            7,2026-11-28 18:00,beer\n7,2026-11-28 18:30,chips\n8,2026-11-28 18:10,tea\n7,2026-11-28 19:01,wine\n\
            7,2026-11-28 17:45,diapers\n7,,salt\n,2026-11-28 17:45,sugar\n";
        let recipe = |minutes: u64| {
            let times = Times::new("time", []);
            Recipe::new("item").basket(["customer"]).session(times, Duration::from_secs(60 * minutes))
        };
        assert_eq!(lines(&recipe(30), text), ["{beer, chips, diapers}", "{tea}", "{wine}"]);
        assert_eq!(lines(&recipe(31), text), ["{beer, chips, wine, diapers}", "{tea}"]);
        assert_eq!(shaped(&recipe(30), text).unwrap().report().rows_without_key, 2);
        let close = "customer,time,item\n1,2026-03-29 10:00:00.9,beer\n1,2026-03-29 10:00:01.4,chips\n";
        let within = |gap: Duration| Recipe::new("item").basket(["customer"]).session(Times::new("time", []), gap);
        assert_eq!(lines(&within(Duration::from_millis(500)), close).len(), 1);
        assert_eq!(lines(&within(Duration::from_millis(499)), close).len(), 2);
        // Across the change of the clock, hours are counted, not what the clock shows.
        let night = "customer,time,item\n1,2026-03-29 01:50,beer\n1,2026-03-29 03:10,chips\n";
        let in_zone = Recipe::new("item")
            .basket(["customer"])
            .session(Times::new("time", []).zone("Europe/Berlin"), Duration::from_secs(30 * 60));
        assert_eq!(lines(&in_zone, night).len(), 1);
        assert_eq!(lines(&recipe(30), night).len(), 2);
    }

    #[test]
    fn wrong_times_are_named() {
        let recipe = |times: Times| Recipe::of_context().times(times);
        let plain = Times::new("time", [TimePart::Hour]);
        for (times, text, expected) in [
            (
                plain.clone(),
                "time\nyesterday\n",
                "invalid time: `yesterday` of column `time` (expected a time as 2026-11-30 18:05, or another format)",
            ),
            (
                plain.clone().format("%d.%m.%Y"),
                "time\n2026-11-28\n",
                "invalid time: `2026-11-28` of column `time` (expected a time in the format of the column)",
            ),
            (
                plain.clone().format("%Q!%"),
                "time\n2026-11-28\n",
                "invalid time_format: `%Q!%` (expected a form as %d.%m.%Y %H:%M)",
            ),
            (
                plain.clone().zone("Atlantis"),
                "time\n2026-11-28\n",
                "invalid zone: `Atlantis` (expected the name of a time zone, such as Europe/Berlin)",
            ),
            (
                plain.clone().dayparts([("late", 24)]),
                "time\n2026-11-28\n",
                "invalid dayparts: late from 24 (expected parts of the day with ascending hours from 0 to 23)",
            ),
        ] {
            assert_eq!(shaped(&recipe(times), text).unwrap_err(), expected);
        }
        let without_key = Recipe::new("time").session(plain, Duration::ZERO);
        assert_eq!(
            shaped(&without_key, "time\n").unwrap_err(),
            "invalid recipe: sessions without a key (expected the columns of `basket`)"
        );
    }
}

#[test]
fn wrong_tables_and_columns_are_named() {
    let sales = TableReader::new().read("receipt,item,price\n1,beer,0.99\n1,chips,cheap\n".as_bytes()).unwrap();
    let error = |result: Result<Shaped, itemset::Error>| result.unwrap_err().to_string();
    assert_eq!(
        error(Recipe::new("product").shape(&sales)),
        "invalid column: `product`, which no column is called; there are `receipt`, `item`, `price` (expected the name of a column)"
    );
    let priced = Recipe::new("item").numbers("price", BinMethod::EqualWidth(2));
    assert_eq!(
        priced.fit(&sales).unwrap_err().to_string(),
        "invalid number: `cheap` of column `price` in row 2 (expected a finite number such as 2 or 0.5, or a missing field)"
    );
    assert_eq!(
        error(priced.shape(&sales)),
        "invalid recipe: the bins of `price` are not fitted (expected a recipe after `fit`)"
    );
    let shaped = Recipe::new("item").absent(["wine", "beer", "beer"]).shape(&sales).unwrap();
    assert_eq!(
        (shaped.report().never_bought.as_slice(), shaped.of_kind("item").count()),
        (&["wine".to_string()][..], 3)
    );
    let constant = Recipe::new("item").numbers("receipt", BinMethod::KMeans(2));
    assert_eq!(
        constant.fit(&sales).unwrap_err().to_string(),
        "invalid values: only 1 in column `receipt` (expected two different numbers or more)"
    );
    // Items of two columns must not be one.
    let stores =
        TableReader::new().read("item,store,day\nstore=x,y,1\nbeer,x,2\nbeer,?,3\nbeer,,4\n".as_bytes()).unwrap();
    assert_eq!(
        error(Recipe::new("item").context("store").shape(&stores)),
        "invalid items: `store=x` is one of `item`, and of `store` (expected items that tell their columns apart: rename a column)"
    );
    assert_eq!(
        error(Recipe::of_context().context("store").missing(Missing::Item).shape(&stores)),
        "invalid items: `store=?` is one of `store`, and what its missing fields are (expected no such field where missing ones are items)"
    );
    let folded = Recipe::new("item")
        .case_fold(true)
        .shape(&Table::from_rows(["item"], [[Some("Beer")], [Some("beer")]]).unwrap());
    assert_eq!(folded.unwrap().baskets().dictionary().labels(), ["beer"]);
    let same = |label: &str| {
        let baskets = Transactions::from_rows([["a".to_string()], ["b".to_string()]]).unwrap();
        baskets.with_absent(["a", "b"], |_| label.to_string()).unwrap_err().to_string()
    };
    assert_eq!(
        same("none"),
        "invalid absent items: the lack of `b` has the label of another lack (expected a label for each)"
    );
    assert_eq!(
        same("b"),
        "invalid absent items: the lack of `a` has the label of an item (expected a label that no item has)"
    );
    let empty = TableReader::new().read(&b""[..]).unwrap();
    assert!(priced.fit(&empty).unwrap().shape(&empty).unwrap().baskets().is_empty());
    let twice = Table::from_rows(["a", "a"], [[None, None]]).unwrap_err().to_string();
    assert_eq!(twice, "invalid columns: two called `a` (expected different names)");
    let ragged = Table::from_rows(["a"], [vec![None], vec![None, None]]).unwrap_err().to_string();
    assert_eq!(ragged, "invalid rows: 2 fields in row 2 (expected as many fields as there are names)");
    let customers = Table::from_rows(["receipt", "sex"], [[Some("1"), Some("m")], [Some("1"), Some("f")]]).unwrap();
    assert_eq!(
        sales.join(&customers, "receipt").unwrap_err().to_string(),
        "invalid join: `1` of column `receipt` has two rows (expected one row for each key in the second table)"
    );
    let both = Table::from_rows(["receipt", "item"], [[Some("1"), None]]).unwrap();
    let error = sales.join(&both, "receipt").unwrap_err().to_string();
    assert_eq!(error, "invalid columns: two called `item` (expected different names)");
}

#[test]
fn a_recipe_tells_what_it_does() {
    let sales = TableReader::new().read("receipt,item,price\n1,beer,1\n1,chips,9\n,wine,\n".as_bytes()).unwrap();
    let recipe = Recipe::new("item").basket(["receipt"]).numbers("price", BinMethod::EqualWidth(2)).absent(["beer"]);
    assert_eq!(
        recipe.to_string(),
        "baskets: rows with the same receipt\nitems: item\nitems price=2 bins of equal width\nitem !beer in baskets without beer"
    );
    let fitted = recipe.fit(&sales).unwrap();
    assert!(fitted.to_string().contains("items price=(-inf, 5), [5, inf)"));
    let shaped = fitted.shape(&sales).unwrap();
    assert_eq!(shaped.report().to_string(), "1 basket of 3 rows\nleft out: 1 row without a key");
    #[cfg(feature = "serde")]
    {
        let stored = r#"{"items": ["item"], "bascet": ["receipt"]}"#;
        let error = serde_json::from_str::<Recipe>(stored).unwrap_err().to_string();
        assert!(
            error.starts_with("unknown key `bascet`, did you mean `basket`? (expected `format`, `items`"),
            "{error}"
        );
        let later = r#"{"format": 9, "items": ["item"]}"#;
        assert!(serde_json::from_str::<Recipe>(later).unwrap_err().to_string().contains("stored in format 9"));
    }
}
