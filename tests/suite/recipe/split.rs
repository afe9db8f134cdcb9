//! Tables divided for training and test.

use itemset::shape::Split;

use super::*;

/// The rows of a table as they were given.
#[cfg(feature = "random")]
fn back(table: &Table) -> Vec<Row> {
    (0..table.len()).map(|row| NAMES.iter().map(|name| table.get(row, name).map(str::to_string)).collect()).collect()
}

/// The rows in a part, in their order.
#[cfg(feature = "random")]
fn kept(rows: &[Row], keep: impl Fn(&Row) -> bool) -> Vec<Row> {
    rows.iter().filter(|row| keep(row)).cloned().collect()
}

#[cfg(feature = "random")]
proptest! {
    #[test]
    fn keys_stay_together_in_any_order_of_rows(rows in rows(), percent in 1..100u32, seed in any::<u64>(), columns in 1..3usize) {
        let key = |row: &Row| row[..columns].to_vec();
        let split = Split::by_key(NAMES[..columns].iter().copied(), f64::from(percent) / 100.0, seed);
        let parts = split.divide(&table(&rows)).unwrap();
        let known: BTreeSet<Row> = rows.iter().map(key).filter(|key| !key.contains(&None)).collect();
        let held_out: BTreeSet<Row> = back(&parts.test).iter().map(key).collect();
        // Rounded, a half upwards, though not where a float is just below a half.
        prop_assert!((100 * held_out.len()).abs_diff(known.len() * percent as usize) <= 50);
        prop_assert_eq!(back(&parts.test), kept(&rows, |row| held_out.contains(&key(row))));
        prop_assert_eq!(back(&parts.train), kept(&rows, |row| known.contains(&key(row)) && !held_out.contains(&key(row))));
        prop_assert_eq!(parts.left_out as usize, rows.len() - parts.train.len() - parts.test.len());
        let turned: Vec<Row> = rows.iter().rev().cloned().collect();
        let of_turned = split.divide(&table(&turned)).unwrap();
        let of_turned: BTreeSet<Row> = back(&of_turned.test).iter().map(key).collect();
        prop_assert_eq!(of_turned, held_out);
    }
}

#[cfg(feature = "random")]
#[test]
fn what_is_drawn_is_pinned_and_wrong_settings_are_named() {
    let rows: Vec<[Option<String>; 1]> = (0..20).map(|n| [Some(n.to_string())]).collect();
    let table = Table::from_rows(["customer"], rows.iter().map(|row| row.each_ref().map(Option::as_deref))).unwrap();
    let held_out = |seed: u64| {
        let test = Split::by_key(["customer"], 0.25, seed).divide(&table).unwrap().test;
        (0..test.len()).map(|row| test.get(row, "customer").unwrap().parse().unwrap()).collect::<Vec<u32>>()
    };
    assert_eq!(held_out(1), PINNED);
    assert_ne!(held_out(2), PINNED);
    let error = |split: Split| split.divide(&table).unwrap_err().to_string();
    assert_eq!(
        error(Split::by_key(["customer"], 1.0, 1)),
        "invalid held_out: 1 (expected a fraction above 0 and below 1)"
    );
    assert_eq!(
        error(Split::by_key(Vec::<String>::new(), 0.5, 1)),
        "invalid key: no column (expected one or more, such as that of the receipt)"
    );
    assert!(
        error(Split::by_key(["receipt"], 0.5, 1)).starts_with("invalid column: `receipt`, which no column is called")
    );
}

#[cfg(feature = "random")]
const PINNED: [u32; 5] = [2, 4, 5, 6, 17];

#[cfg(feature = "time")]
proptest! {
    #[test]
    fn times_divide_by_the_first_of_each_key(
        rows in prop::collection::vec((prop::option::of(0..5u32), prop::option::of(1..29u32)), 0..30),
        from in 1..29u32,
        together in any::<bool>(),
    ) {
        use itemset::shape::Times;

        let texts: Vec<[Option<String>; 2]> = rows
            .iter()
            .map(|(receipt, day)| [receipt.map(|n| n.to_string()), day.map(|day| format!("2026-11-{day:02}"))])
            .collect();
        let table = Table::from_rows(["receipt", "day"], texts.iter().map(|row| row.each_ref().map(Option::as_deref))).unwrap();
        let mut split = Split::at_time(Times::new("day", []), format!("2026-11-{from:02}"));
        split = if together { split.together(["receipt"]) } else { split };
        let parts = split.divide(&table).unwrap();
        let day_of = |row: &(Option<u32>, Option<u32>)| match together {
            false => row.1,
            true => row.0.and_then(|receipt| rows.iter().filter(|other| other.0 == Some(receipt)).filter_map(|other| other.1).min()),
        };
        let count = |keep: &dyn Fn(u32) -> bool| rows.iter().filter(|row| day_of(row).is_some_and(keep)).count();
        prop_assert_eq!((parts.train.len(), parts.test.len()), (count(&|day| day < from), count(&|day| day >= from)));
        prop_assert_eq!(parts.left_out as usize, rows.iter().filter(|row| day_of(row).is_none()).count());
        #[cfg(feature = "serde")]
        prop_assert_eq!(toml::from_str::<Split>(&toml::to_string(&split).unwrap()).unwrap(), split);
    }
}
