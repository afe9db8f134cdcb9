//! Rules in a stored form (feature `serde`): labels once, then a column for every number.

use std::hash::Hash;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::contingency::Contingency;
use super::make::rows::{Row, damaged, store};
use super::make::store::{MAX_LEN, MAX_RULES};
use super::rule_set::Rules;
use crate::error::Error;
use crate::itemsets::FrequentItems;
use crate::stored_format::Format;

/// What is written, in the order of the rules. Counts are whole numbers, so all measures come back exactly,
/// the infinite ones too.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Rules")]
struct Columns<L> {
    format: Format<1>,
    baskets: u64,
    /// The labels that some rule uses, those of more frequent items first.
    labels: Vec<L>,
    /// Items on the left side of each rule, and on the right.
    antecedent_lens: Vec<u32>,
    consequent_lens: Vec<u32>,
    /// The items of all rules, as positions in `labels`; each side in the order of its labels.
    items: Vec<u32>,
    n_x: Vec<u64>,
    n_y: Vec<u64>,
    n_xy: Vec<u64>,
}

impl<T: Serialize> Serialize for Rules<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let store = &self.store;
        let rules = || store.splits.iter();
        let ranks = || rules().flat_map(|split| store.side(split, false).chain(store.side(split, true)));
        let mut positions = vec![None; self.items.len()];
        for rank in ranks() {
            positions[rank as usize] = Some(0);
        }
        let mut labels = Vec::new();
        for (rank, position) in (0..).zip(&mut positions).filter(|(_, position)| position.is_some()) {
            // There are fewer than u32::MAX items.
            *position = Some(labels.len() as u32);
            labels.push(self.items.label(rank));
        }
        Columns {
            format: Format,
            baskets: self.baskets,
            labels,
            antecedent_lens: rules().map(|split| store.side(split, false).count() as u32).collect(),
            consequent_lens: rules().map(|split| store.side(split, true).count() as u32).collect(),
            items: ranks().filter_map(|rank| positions[rank as usize]).collect(),
            n_x: rules().map(|split| store.side_counts(split)[0]).collect(),
            n_y: rules().map(|split| store.side_counts(split)[1]).collect(),
            n_xy: rules().map(|split| store.n_xy(split)).collect(),
        }
        .serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for Rules<T> {
    /// Refuses what contradicts itself: items that are not there, sides that share one, rules that come
    /// twice, counts that no baskets can have, two counts of one itemset.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Columns::deserialize(deserializer)?.read().map_err(D::Error::custom)
    }
}

impl<T: Eq + Hash + Ord> Columns<T> {
    fn read(self) -> Result<Rules<T>, Error> {
        let rules = self.n_xy.len();
        if [self.antecedent_lens.len(), self.consequent_lens.len(), self.n_x.len(), self.n_y.len()] != [rules; 4]
            || rules > MAX_RULES
        {
            return Err(damaged("the columns differ in length"));
        }
        // Rules do not use the counts of single items.
        let counts = vec![0; self.labels.len()];
        let items = FrequentItems::from_labels(self.labels, counts)?;
        let mut falling = self.items.clone();
        let (mut rest, mut falling, mut rows) = (&self.items[..], &mut falling[..], Vec::with_capacity(rules));
        for rule in 0..rules {
            let antecedent = take(&mut rest, self.antecedent_lens[rule], &items)?;
            let consequent = take(&mut rest, self.consequent_lens[rule], &items)?;
            if consequent.is_empty() {
                return Err(damaged("a right side is empty"));
            }
            let len = antecedent.len() + consequent.len();
            // As many items as were taken above.
            let whole = falling.split_off_mut(..len).ok_or_else(|| damaged("a rule lacks items"))?;
            whole.sort_unstable_by(|a, b| b.cmp(a));
            if len > MAX_LEN || !whole.is_sorted_by(|a, b| a > b) {
                return Err(damaged("the sides of a rule share an item or are too long"));
            }
            let (n_x, n_y, n_xy) = (self.n_x[rule], self.n_y[rule], self.n_xy[rule]);
            Contingency::new(self.baskets, n_x, n_y, n_xy).map_err(|_| damaged("no baskets can have these counts"))?;
            if antecedent.is_empty() && n_x != self.baskets {
                return Err(damaged("an empty left side is in every basket"));
            }
            rows.push(Row { falling: whole, consequent, n_x, n_y, n_xy });
        }
        if !rest.is_empty() {
            return Err(damaged("there are items without a rule"));
        }
        let store = store(&rows, &items, self.baskets)?;
        Ok(Rules { items: Arc::new(items), baskets: self.baskets, store })
    }
}

/// The next side.
fn take<'a, T>(rest: &mut &'a [u32], len: u32, items: &FrequentItems<T>) -> Result<&'a [u32], Error> {
    let side = rest.split_off(..len as usize).ok_or_else(|| damaged("a rule lacks items"))?;
    if side.iter().any(|&rank| rank as usize >= items.len()) {
        return Err(damaged("a side has an item without a label"));
    }
    if !side.is_sorted_by(|&a, &b| items.places()[a as usize] < items.places()[b as usize]) {
        return Err(damaged("the items of a side are not in the order of their labels"));
    }
    Ok(side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::mined;
    use crate::rules::{Consequents, Measure};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn through_json(rules: &Rules<u8>) -> Rules<u8> {
        serde_json::from_str(&serde_json::to_string(rules).unwrap()).unwrap()
    }

    fn sample() -> Rules<u8> {
        let rows = [vec![1, 2, 3, 4], vec![1, 2, 3], vec![2, 3, 4], vec![1, 4], vec![2]];
        mined(&rows, 1).rules().min_confidence(0.6).consequents(Consequents::Any).generate().unwrap()
    }

    proptest! {
        #[test]
        fn rules_come_back_equal_in_every_order(
            rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..16),
            percent in 0..=100u8,
        ) {
            let itemsets = mined(&rows, 2);
            let builder = itemsets.rules().min_confidence(f64::from(percent) / 100.0).consequents(Consequents::Any);
            let rules = builder.antecedent_len(usize::from(percent % 2)..).generate().unwrap();
            let read = through_json(&rules);
            prop_assert_eq!(&read, &rules);
            for measure in [Measure::Lift, Measure::Conviction, Measure::Count] {
                let sorted = rules.clone().sorted_by(measure);
                let read_sorted = through_json(&sorted);
                prop_assert_eq!(&read_sorted, &sorted);
                // The canonical order, which decides between equals, is known after any of them.
                prop_assert_eq!(read.top(9, measure), rules.top(9, measure));
                prop_assert_eq!(read_sorted.sorted_by(Measure::Leverage), rules.clone().sorted_by(Measure::Leverage));
            }
        }

        #[test]
        fn damaged_numbers_are_refused_or_read_but_never_panic(
            column in 0..7usize,
            place in any::<prop::sample::Index>(),
            value in prop_oneof![0..12u64, Just(u64::from(u32::MAX)), any::<u64>()],
        ) {
            let mut stored = serde_json::to_value(sample()).unwrap();
            match ["antecedent_lens", "consequent_lens", "items", "n_x", "n_y", "n_xy", "baskets"][column] {
                "baskets" => stored["baskets"] = json!(value),
                name => {
                    let column = stored[name].as_array_mut().unwrap();
                    *place.get_mut(column) = json!(value);
                }
            }
            if let Ok(rules) = serde_json::from_value::<Rules<u8>>(stored) {
                prop_assert!(rules.iter().all(|rule| rule.lift() > 0.0 && rule.consequent().len() > 0));
                prop_assert_eq!(through_json(&rules), rules);
            }
        }
    }

    #[test]
    fn labels_without_a_rule_are_left_out() {
        let rows = [vec![1, 2, 9], vec![1, 2], vec![9], vec![8], vec![8]];
        let rules = mined(&rows, 2).rules().min_confidence(1.0).generate().unwrap();
        let expected = json!({
            "format": 1, "baskets": 5, "labels": [1, 2], "antecedent_lens": [1, 1], "consequent_lens": [1, 1],
            "items": [1, 0, 0, 1], "n_x": [2, 2], "n_y": [2, 2], "n_xy": [2, 2],
        });
        assert_eq!(serde_json::to_value(&rules).unwrap(), expected);
        let none = mined(&rows, 5).rules().generate().unwrap();
        assert_eq!(through_json(&none), none);
    }

    #[test]
    fn contradictions_are_named() {
        let whole = json!({
            "format": 1, "baskets": 9, "labels": [5, 6, 4], "antecedent_lens": [1, 1], "consequent_lens": [1, 2],
            "items": [0, 1, 1, 2, 0], "n_x": [4, 5], "n_y": [5, 3], "n_xy": [3, 2],
        });
        assert_eq!(serde_json::from_value::<Rules<u8>>(whole.clone()).unwrap().len(), 2);
        let refused = |name: &str, value: Value| {
            let mut damaged = whole.clone();
            damaged[name] = value;
            serde_json::from_value::<Rules<u8>>(damaged).unwrap_err().to_string()
        };
        for (name, value, reason) in [
            ("labels", json!([5, 5, 4]), "a label occurs twice"),
            ("labels", json!([5, 6]), "an item without a label"),
            ("items", json!([0, 0, 1, 2, 0]), "share an item"),
            ("items", json!([0, 1, 1, 0, 2]), "not in the order of their labels"),
            ("items", json!([0, 1, 1, 2, 2]), "not in the order of their labels"),
            ("items", json!([0, 1, 1, 2]), "a rule lacks items"),
            ("items", json!([0, 1, 1, 2, 0, 0]), "items without a rule"),
            ("antecedent_lens", json!([0, 1]), "an empty left side is in every basket"),
            ("consequent_lens", json!([0, 2]), "a right side is empty"),
            ("n_x", json!([4]), "the columns differ in length"),
            ("n_x", json!([4, 4]), "an itemset has two counts"),
            ("n_xy", json!([6, 2]), "no baskets can have these counts"),
            ("baskets", json!(5), "no baskets can have these counts"),
        ] {
            let error = refused(name, value);
            assert!(error.contains(reason), "{error}");
        }
        let mut twice = whole.clone();
        (twice["items"], twice["consequent_lens"], twice["n_y"]) = (json!([0, 1, 0, 1]), json!([1, 1]), json!([5, 4]));
        let error = serde_json::from_value::<Rules<u8>>(twice.clone()).unwrap_err().to_string();
        assert!(error.contains("a rule occurs twice"), "{error}");
        twice["items"] = json!([0, 1, 1, 0]);
        let error = serde_json::from_value::<Rules<u8>>(twice).unwrap_err().to_string();
        assert!(error.contains("differ in its count"), "{error}");
    }
}
