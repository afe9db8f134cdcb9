//! Recommenders as they are stored: the arrays of the index, taken over as they are once they are checked.

use std::hash::Hash;
use std::sync::Arc;

use super::builder::popular;
use super::index::{Entry, Index, Node};
use super::policy::Join;
use super::recommender::Recommender;
use super::scratch::Scoring;
use super::sides::NONE;
use crate::error::Error;
use crate::itemsets::{CountTable, FrequentItems};
use crate::rules::{Contingency, MAX_RULE_LEN};

/// What is stored, which is not trusted. Counts are codes of `table`.
pub(crate) struct Columns<T> {
    pub(crate) baskets: u64,
    /// How values are joined, and whether popular items fill up.
    pub(crate) join: u32,
    pub(crate) fill: u32,
    /// By rank.
    pub(crate) labels: Vec<T>,
    pub(crate) counts: Vec<u32>,
    /// By rank, or none.
    pub(crate) margins: Vec<f64>,
    /// By node, the root first: how many children and rules it has, and the baskets with its path.
    pub(crate) children: Vec<u32>,
    pub(crate) rules: Vec<u32>,
    pub(crate) n_x: Vec<u32>,
    /// By node, without the root: the last item of its path.
    pub(crate) items: Vec<u32>,
    /// By rule, in the order of the nodes.
    pub(crate) values: Vec<f64>,
    pub(crate) targets: Vec<u32>,
    pub(crate) n_xy: Vec<u32>,
    /// By consequent: how many items, and the baskets with it; and the items of all of them.
    pub(crate) target_lens: Vec<u32>,
    pub(crate) target_counts: Vec<u32>,
    pub(crate) target_items: Vec<u32>,
    /// What codes stand for; empty if they are counts.
    pub(crate) table: Vec<u64>,
}

const JOINS: [Join; 3] = [Join::Best, Join::Sum, Join::NoisyOr];

impl<T> Recommender<T> {
    /// What is stored of it, with borrowed labels.
    pub(crate) fn columns(&self) -> Columns<&T> {
        let Recommender { items, index, scoring } = self;
        let of_nodes = |of: fn(&[Node]) -> u32| index.nodes.windows(2).map(of).collect();
        Columns {
            baskets: index.baskets,
            join: JOINS.iter().zip(0..).find(|&(&join, _)| join == scoring.join).map_or(0, |(_, place)| place),
            fill: scoring.fill.into(),
            // Items are numbered by a u32.
            labels: (0..items.len() as u32).map(|rank| items.label(rank)).collect(),
            counts: index.counts.clone(),
            margins: scoring.margins.clone(),
            children: of_nodes(|two| two[1].children - two[0].children),
            rules: of_nodes(|two| two[1].rules - two[0].rules),
            n_x: of_nodes(|two| two[0].n_x),
            items: index.items[1..].to_vec(),
            values: index.rules.iter().map(|rule| rule.value).collect(),
            targets: index.rules.iter().map(|rule| rule.target).collect(),
            n_xy: index.rules.iter().map(|rule| rule.n_xy).collect(),
            target_lens: index.target_starts.windows(2).map(|two| two[1] - two[0]).collect(),
            target_counts: index.target_counts.clone(),
            target_items: index.target_items.clone(),
            table: index.table.counts().to_vec(),
        }
    }
}

impl<T: Eq + Hash + Ord> Columns<T> {
    /// The recommender, if the columns fit each other and the counts can be those of some baskets.
    pub(crate) fn check(mut self) -> Result<Recommender<T>, Error> {
        let labels = std::mem::take(&mut self.labels);
        // Recommenders have their own counts of single items.
        let unused = vec![0; labels.len()];
        let items = FrequentItems::from_labels(labels, unused)?;
        let (len, fill) = (items.len(), self.fill == 1);
        let Some(&join) = JOINS.get(self.join as usize).filter(|_| self.fill <= 1) else {
            return Err(damaged("its policy is none that is known"));
        };
        let margins = std::mem::take(&mut self.margins);
        if !(margins.is_empty() || margins.len() == len) || margins.iter().any(|margin| !margin.is_finite()) {
            return Err(damaged("there is not one finite margin for each item"));
        }
        let index = self.index(len)?;
        let places = items.places().to_vec();
        let popular = popular(&index, &margins, &places);
        Ok(Recommender::new(Arc::new(items), index, Scoring { join, margins, places, popular, fill }))
    }

    fn index(self, len: usize) -> Result<Index, Error> {
        let table = CountTable::from_counts(self.table, self.baskets).map_err(damaged)?;
        if self.counts.len() != len || !self.counts.iter().all(|&code| is_count(&table, code, self.baskets)) {
            return Err(damaged("the counts of the items cannot be theirs"));
        }
        let nodes = self.children.len();
        if nodes == 0 || [self.rules.len(), self.n_x.len(), self.items.len() + 1] != [nodes; 3] {
            return Err(damaged("the columns of the antecedents differ in length"));
        }
        let rules = self.values.len();
        if [self.targets.len(), self.n_xy.len()] != [rules; 2] || self.target_lens.len() != self.target_counts.len() {
            return Err(damaged("the columns of the rules differ in length"));
        }
        let starts = |first, lens: &[u32], all: usize| {
            starts(first, lens).filter(|starts| starts.last().map(|&end| end as usize) == Some(all))
        };
        let target_starts = starts(0, &self.target_lens, self.target_items.len());
        // The root is nobody's child.
        let (children, of_rules) = (starts(1, &self.children, nodes), starts(0, &self.rules, rules));
        let (Some(target_starts), Some(children), Some(of_rules)) = (target_starts, children, of_rules) else {
            return Err(damaged("the parts are not all of the whole"));
        };
        let mut used = vec![false; len];
        for two in target_starts.windows(2) {
            let target = &self.target_items[two[0] as usize..two[1] as usize];
            if target.is_empty() || target.len() > MAX_RULE_LEN || !target.is_sorted_by(|a, b| a < b) {
                return Err(damaged("a right side is empty, too long or not in order"));
            }
            for &item in target {
                *used.get_mut(item as usize).ok_or_else(|| damaged("a right side has an item without a label"))? = true;
            }
        }
        let mut items = Vec::with_capacity(nodes);
        items.push(NONE);
        items.extend(self.items);
        check_paths(&items, &children, &of_rules, len)?;
        let mut roots = vec![NONE; len];
        for node in children[0]..children[1] {
            roots[items[node as usize] as usize] = node;
        }
        items[1..].iter().for_each(|&item| used[item as usize] = true);

        let rules = self.values.into_iter().zip(self.targets).zip(self.n_xy);
        let rules: Vec<Entry> = rules.map(|((value, target), n_xy)| Entry { value, target, n_xy }).collect();
        for (node, two) in of_rules.windows(2).enumerate().filter(|(_, two)| two[0] < two[1]) {
            let of_node = &rules[two[0] as usize..two[1] as usize];
            let n_x = table.get(self.n_x[node]);
            if node == 0 && n_x != Some(self.baskets) {
                return Err(damaged("an empty left side is in every basket"));
            }
            for rule in of_node {
                let n_y = self.target_counts.get(rule.target as usize).and_then(|&code| table.get(code));
                let (Some(n_x), Some(n_y), Some(n_xy)) = (n_x, n_y, table.get(rule.n_xy)) else {
                    return Err(damaged("a rule has no right side, or a count is not in the table of counts"));
                };
                if !rule.value.is_finite() || Contingency::new(self.baskets, n_x, n_y, n_xy).is_err() {
                    return Err(damaged("no baskets can have these counts, or a value is not finite"));
                }
            }
            if !of_node.is_sorted_by(|a, b| a.best_first(b).is_lt()) {
                return Err(damaged("the rules of an antecedent are not in order"));
            }
        }
        let nodes = children.into_iter().zip(of_rules).zip(self.n_x.into_iter().chain([0]));
        Ok(Index {
            baskets: self.baskets,
            roots,
            items,
            nodes: nodes.map(|((children, rules), n_x)| Node { children, rules, n_x }).collect(),
            rules,
            target_starts,
            target_items: self.target_items,
            target_counts: self.target_counts,
            counts: self.counts,
            table,
            used,
        })
    }
}

fn is_count(table: &CountTable, code: u32, baskets: u64) -> bool {
    table.get(code).is_some_and(|count| count <= baskets)
}

/// Where each part begins, the first at `first`, and, last, where the last one ends.
fn starts(first: u32, lens: &[u32]) -> Option<Vec<u32>> {
    let mut starts = Vec::with_capacity(lens.len() + 1);
    let mut start = first;
    starts.push(start);
    for &len in lens {
        start = start.checked_add(len)?;
        starts.push(start);
    }
    Some(starts)
}

/// An error unless each node is later than its parent, has a lower item, and its siblings have falling ones; and each
/// path leads to a rule.
fn check_paths(items: &[u32], children: &[u32], rules: &[u32], len: usize) -> Result<(), Error> {
    for (node, two) in children.windows(2).enumerate() {
        let own = &items[two[0] as usize..two[1] as usize];
        let below = if node == 0 { len } else { items[node] as usize };
        if two[0] as usize <= node {
            return Err(damaged("an antecedent begins with itself"));
        }
        if own.first().is_some_and(|&item| item as usize >= below) || !own.is_sorted_by(|a, b| a > b) {
            return Err(damaged("the items of the antecedents are not in order, or have no label"));
        }
        if node > 0 && own.is_empty() && rules[node] == rules[node + 1] {
            return Err(damaged("an antecedent has no rule"));
        }
    }
    Ok(())
}

fn damaged(reason: &'static str) -> Error {
    Error::inconsistent("rules of a recommender", reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::mined_for_tests;

    fn whole() -> Columns<u8> {
        let rows = [vec![1, 2, 3, 4], vec![1, 2, 3], vec![2, 3, 4], vec![1, 4], vec![2]];
        let rules = mined_for_tests(&rows, 1).rules().min_confidence(0.6).generate().unwrap();
        let recommender = rules.recommender().build().unwrap();
        let columns = recommender.columns();
        let labels = columns.labels.iter().map(|&&label| label).collect();
        Columns {
            labels,
            baskets: columns.baskets,
            join: columns.join,
            fill: columns.fill,
            counts: columns.counts,
            margins: columns.margins,
            children: columns.children,
            rules: columns.rules,
            n_x: columns.n_x,
            items: columns.items,
            values: columns.values,
            targets: columns.targets,
            n_xy: columns.n_xy,
            target_lens: columns.target_lens,
            target_counts: columns.target_counts,
            target_items: columns.target_items,
            table: columns.table,
        }
    }

    #[test]
    fn contradictions_are_named() {
        assert!(whole().check().unwrap().len() > 3);
        let refused = |change: fn(&mut Columns<u8>), reason: &str| {
            let mut columns = whole();
            change(&mut columns);
            let error = columns.check().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        };
        refused(|of| of.join = 3, "its policy is none that is known");
        refused(|of| of.fill = 2, "its policy is none that is known");
        refused(|of| of.labels[0] = of.labels[1], "a label occurs twice");
        refused(|of| of.margins = vec![1.0], "one finite margin for each item");
        refused(|of| of.margins = vec![f64::NAN; 4], "one finite margin for each item");
        refused(|of| of.counts[0] = 6, "the counts of the items cannot be theirs");
        refused(|of| _ = of.n_x.pop(), "the columns of the antecedents differ in length");
        refused(|of| of.children.clear(), "the columns of the antecedents differ in length");
        refused(|of| _ = of.values.pop(), "the columns of the rules differ in length");
        refused(|of| of.children[0] += 1, "the parts are not all of the whole");
        refused(|of| of.rules[0] = u32::MAX, "the parts are not all of the whole");
        refused(|of| of.target_lens[0] = 0, "the parts are not all of the whole");
        refused(|of| of.target_items[0] = 9, "an item without a label");
        refused(
            |of| (of.children[1], of.children[0]) = (of.children[1] + of.children[0], 0),
            "an antecedent begins with itself",
        );
        refused(|of| of.items[0] = 4, "not in order, or have no label");
        refused(|of| of.items.swap(0, 1), "not in order, or have no label");
        refused(|of| of.targets[0] = 99, "a rule has no right side");
        refused(|of| of.values[0] = f64::INFINITY, "a value is not finite");
        refused(|of| of.values.reverse(), "not in order");
        refused(|of| of.n_xy.fill(0), "no baskets can have these counts");
        refused(|of| of.baskets = 2, "cannot be theirs");
    }
}
