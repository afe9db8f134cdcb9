//! Which rules a basket fires, for recommendations on a cluster, whose rules come as a table.

use hashbrown::HashMap;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors::invalid;
use crate::labels::{Kind, Objects, label_of, one_label};

/// For baskets, the items on the right of rules whose left side they hold, without those that they have: positions of
/// rules, best first as the rules are listed, each item once.
#[pyclass(frozen, module = "itemset._itemset")]
pub(crate) struct RuleIndex {
    /// The rules that have an item on the left.
    with_item: HashMap<String, Vec<u32>>,
    /// How many items are on the left of each rule.
    lens: Vec<u32>,
    consequents: Vec<String>,
    kind: Kind,
}

#[pymethods]
impl RuleIndex {
    #[new]
    fn new(kind: &str, antecedents: Vec<Vec<Bound<'_, PyAny>>>, consequents: Vec<Bound<'_, PyAny>>) -> PyResult<Self> {
        let kind = Kind::of_name(kind)?;
        if antecedents.len() != consequents.len() || u32::try_from(antecedents.len()).is_err() {
            return Err(invalid("rules", "sides of different lengths", "an antecedent and a consequent for each rule"));
        }
        let mut index = RuleIndex { with_item: HashMap::new(), lens: Vec::new(), consequents: Vec::new(), kind };
        for (rule, (antecedent, consequent)) in (0..).zip(antecedents.iter().zip(&consequents)) {
            let mut labels: Vec<String> =
                antecedent.iter().map(|label| one_label(label, kind, "antecedent")).collect::<PyResult<_>>()?;
            labels.sort_unstable();
            labels.dedup();
            index.lens.push(labels.len() as u32);
            index.consequents.push(one_label(consequent, kind, "consequent")?);
            labels.into_iter().for_each(|label| index.with_item.entry(label).or_default().push(rule));
        }
        Ok(index)
    }

    /// For each basket the consequents.
    fn apply<'py>(&self, baskets: &Bound<'py, PyAny>) -> PyResult<Vec<Vec<Bound<'py, PyAny>>>> {
        let py = baskets.py();
        let mut objects = Objects::new(py, self.kind);
        let (mut held, mut touched) = (vec![0_u32; self.lens.len()], Vec::new());
        let mut all = Vec::new();
        for basket in baskets.try_iter()? {
            let basket = basket?;
            let mut labels: Vec<String> = Vec::new();
            if !basket.is_none() {
                for label in basket.try_iter()? {
                    labels.extend(self.held(&label?)?);
                }
            }
            labels.sort_unstable();
            labels.dedup();
            let mut fired: Vec<u32> = Vec::new();
            for rule in labels.iter().filter_map(|label| self.with_item.get(label)).flatten() {
                let count = &mut held[*rule as usize];
                if *count == 0 {
                    touched.push(*rule);
                }
                *count += 1;
                if *count == self.lens[*rule as usize] {
                    fired.push(*rule);
                }
            }
            touched.drain(..).for_each(|rule: u32| held[rule as usize] = 0);
            fired.sort_unstable();
            let mut proposed: Vec<&String> = Vec::new();
            for rule in fired {
                let consequent = &self.consequents[rule as usize];
                if labels.binary_search(consequent).is_err() && !proposed.contains(&consequent) {
                    proposed.push(consequent);
                }
            }
            all.push(proposed.into_iter().map(|label| objects.get(label)).collect::<PyResult<_>>()?);
        }
        Ok(all)
    }
}

impl RuleIndex {
    /// The label of an item, if a rule can have it.
    fn held(&self, item: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
        // Rules have no texts that are no labels, so those need no check.
        if let Ok(text) = item.cast::<PyString>() {
            return Ok((self.kind == Kind::Text).then_some(text.to_str()?.to_string()));
        }
        Ok(label_of(item)?.filter(|(_, kind)| *kind == self.kind).map(|(label, _)| label))
    }
}
