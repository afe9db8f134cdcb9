//! Filters, categories, lacks and samples of a recipe, against the same made by hand.

use itemset::shape::Filter;
#[cfg(feature = "random")]
use itemset::shape::Portion;

use super::*;

/// Each item of these belongs to something, some to two.
const PAIRS: [(&str, &str); 6] =
    [("i0", "even"), ("i2", "even"), ("i1", "odd"), ("even", "all"), ("odd", "all"), ("i2", "prime")];

fn above(item: &str) -> &'static [&'static str] {
    match item {
        "i0" => &["even", "all"],
        "i2" => &["even", "all", "prime"],
        "i1" => &["odd", "all"],
        _ => &[],
    }
}

proptest! {
    #[test]
    fn filters_categories_and_lacks_by_hand(
        rows in rows(),
        [named, counted, generalised] in any::<[bool; 3]>(),
        (min_count, top) in (0..4u64, 0..6usize),
        lens in prop::option::of((0..3usize, 1..5usize)),
    ) {
        let mut filter = Filter::new();
        filter = if named { filter.only(["x[".parse().unwrap(), "i*".parse().unwrap()]).without(["?3".parse().unwrap()]) } else { filter };
        filter = if counted { filter.min_count(min_count).top(top) } else { filter };
        filter = lens.map_or(filter.clone(), |(least, most)| filter.min_len(least).max_len(most));
        let mut recipe = Recipe::new("item").basket(["receipt"]).context("store").absent(["i1", "even", "s0"]).filter(filter);
        recipe = if generalised { recipe.taxonomy(PAIRS) } else { recipe };
        let table = table(&rows);
        prop_assert_eq!(recipe.shape(&table).is_err(), counted);
        let fitted = recipe.fit(&table).unwrap();
        prop_assert_eq!(&fitted.fit(&Table::from_rows(NAMES, [[None; 5]]).unwrap()).unwrap(), &fitted);
        let shaped = fitted.shape(&table).unwrap();

        let plain = Recipe::new("item").basket(["receipt"]).context("store").shape(&table).unwrap();
        let is_item = |label: &String| label.starts_with('i');
        let before = sets(plain.baskets());
        let mut items: Vec<(usize, &String)> = plain
            .of_kind("item")
            .filter(|item| !named || *item != "i3")
            .map(|item| before.iter().flatten().find(|label| *label == item).unwrap())
            .map(|item| (before.iter().filter(|basket| basket.contains(item)).count(), item))
            .collect();
        if counted {
            items.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
            items.retain(|(count, _)| *count as u64 >= min_count);
            items.truncate(top);
        }
        let kept: BTreeSet<&String> = items.into_iter().map(|(_, item)| item).collect();
        let mut expected: Vec<BTreeSet<String>> = before
            .iter()
            .map(|basket| basket.iter().filter(|label| !is_item(label) || kept.contains(label)).cloned().collect())
            .collect();
        let all = expected.len();
        if let Some((least, most)) = lens {
            expected.retain(|basket| (least..=most).contains(&basket.iter().filter(|label| is_item(label)).count()));
        }
        let left_out = plain.of_kind("item").count() - kept.len();
        prop_assert_eq!(
            (shaped.report().items_left_out, shaped.report().baskets_left_out),
            (left_out as u64, (all - expected.len()) as u64)
        );
        if generalised {
            for basket in &mut expected {
                let more: Vec<&str> = basket.iter().flat_map(|label| above(label)).copied().collect();
                basket.extend(more.into_iter().map(str::to_string));
            }
        }
        let mut never = Vec::new();
        for item in ["even", "i1", "s0"] {
            if expected.iter().any(|basket| basket.contains(item)) {
                let lacking = expected.iter_mut().filter(|basket| !basket.contains(item));
                lacking.for_each(|basket| { basket.insert(format!("!{item}")); });
            } else {
                never.push(item.to_string());
            }
        }
        prop_assert_eq!(sets(shaped.baskets()), expected);
        prop_assert_eq!(&shaped.report().never_bought, &never);
        // Categories are of the kind of what is below them.
        let of_kind = shaped.of_kind("item").all(|label| !label.starts_with("store="));
        prop_assert!(of_kind && shaped.of_kind("store").all(|label| label.starts_with("store=")));
        let constraints = shaped.taxonomy().map(|taxonomy| taxonomy.constraints()).unwrap_or_default();
        let found = Miner::new().min_support(MinSupport::count(1)).search(shaped.baskets()).constraints(&constraints).collect().unwrap();
        for itemset in found.iter() {
            let labels: Vec<&str> = itemset.iter().map(String::as_str).collect();
            prop_assert!(!generalised || !labels.iter().any(|item| above(item).iter().any(|above| labels.contains(above))));
        }
    }
}

#[cfg(feature = "random")]
#[test]
fn samples_are_the_last_step_and_are_told() {
    let rows: Vec<[Option<&str>; 1]> = (0..500).map(|n| [Some(["a", "b", "c"][n % 3])]).collect();
    let table = Table::from_rows(["item"], rows).unwrap();
    let all = Recipe::new("item").shape(&table).unwrap();
    for (portion, expected) in
        [(Portion::Fraction(0.1), 50), (Portion::Fraction(1e-9), 1), (Portion::Baskets(700), 700)]
    {
        let recipe = Recipe::new("item").sample(portion, 7);
        let shaped = recipe.shape(&table).unwrap();
        assert_eq!(shaped.baskets(), &all.baskets().sample(expected, 7).unwrap());
        let report = shaped.report();
        assert_eq!((report.baskets, report.sample.map(|sample| sample.of)), (expected as u64, Some(500)));
        assert!(report.to_string().contains("a sample of 500 baskets: with a probability of 95 %"), "{report}");
    }
    for portion in [Portion::Fraction(0.0), Portion::Fraction(1.5), Portion::Fraction(f64::NAN), Portion::Baskets(0)] {
        let error = Recipe::new("item").sample(portion, 7).shape(&table).unwrap_err().to_string();
        assert!(error.starts_with("invalid sample: "), "{error}");
    }
    let none = Table::from_rows(["item"], Vec::<[Option<&str>; 1]>::new()).unwrap();
    assert!(Recipe::new("item").sample(Portion::Baskets(3), 1).shape(&none).unwrap().baskets().is_empty());
}

proptest! {
    /// A mark stands in the baskets of which no field of the column is there, and products have none.
    #[test]
    fn marks_by_hand(rows in rows(), keys in 0..3usize) {
        let recipe = |missing| Recipe::new("item").basket(NAMES[..keys].iter().copied()).context("store").missing(missing);
        let table = table(&rows);
        let plain = recipe(Missing::Ignore).shape(&table).unwrap();
        let marked = recipe(Missing::Adjust).shape(&table).unwrap();
        let itemised = recipe(Missing::Item).shape(&table).unwrap();
        prop_assert_eq!(&marked.report().missing, &plain.report().missing);
        let with_marks: Vec<BTreeSet<String>> = sets(itemised.baskets())
            .into_iter()
            .map(|mut basket| {
                basket.remove("item=?");
                let knows = basket.iter().any(|label| label.starts_with("store=s"));
                basket.retain(|label| label != "store=?" || !knows);
                basket
            })
            .filter(|basket| !basket.is_empty())
            .collect();
        prop_assert_eq!(sets(marked.baskets()), with_marks.clone());
        let found = marked.into_incomplete().unwrap();
        let found = found.mine(&Miner::new(), 1e-9, 1e-9).unwrap();
        let valid = with_marks.iter().filter(|basket| !basket.contains("store=?")).count() as u64;
        for itemset in found.iter() {
            let is_about_stores = itemset.items.iter().any(|label| label.starts_with("store="));
            prop_assert_eq!(itemset.valid, if is_about_stores { valid } else { with_marks.len() as u64 });
            let count = with_marks.iter().filter(|basket| itemset.items.iter().all(|label| basket.contains(*label))).count();
            prop_assert_eq!(itemset.count, count as u64);
        }
    }
}

#[test]
fn circles_are_refused() {
    let table = Table::from_rows(["item"], [[Some("a")]]).unwrap();
    let error = Recipe::new("item").taxonomy([("a", "b"), ("b", "a")]).shape(&table).unwrap_err().to_string();
    assert_eq!(error, "invalid taxonomy: a -> b -> a (expected nothing to be above itself)");
}
