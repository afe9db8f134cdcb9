//! The library for Python: the compiled half of the package `itemset`. The other half, which people call, is in
//! `python/itemset`; it has the signatures and the documentation.
//!
//! | file | its part |
//! |---|---|
//! | `errors` | errors of the library as exceptions |
//! | `labels` | labels of Python as texts, and back |
//! | `run` | a call without the interpreter's lock: signals, progress, limits |
//! | `capsules` | memory of others: Arrow data by capsules, buffers; the only file with `unsafe` |
//! | `baskets` | the class of baskets, and baskets from lists and codes |
//! | `tables` | baskets from Arrow data |
//! | `matrices` | baskets from matrices of zeros and ones |
//! | `files` | baskets from files |
//! | `mining` | the settings of a search, and the search |
//! | `itemsets`, `rules` | the classes of results |
//! | `recommender`, `report` | rules at work, and for people |
//! | `window` | baskets that come and go |
//! | `columns` | results as columns: of Arrow, and of numbers for numpy |
//! | `distributed`, `item_counts`, `prefixes` | searches in parts, for a cluster |
//! | `rule_index` | which rules a basket fires |
//! | `pairs`, `subsets`, `metrics` | rules from a table of itemsets, as mlxtend makes them |
//!
//! Labels are texts everywhere below, so that what is generic in the library is compiled once. Whole numbers are kept as
//! their texts, and made numbers again where they go out.

mod baskets;
mod capsules;
mod columns;
mod distributed;
mod errors;
mod files;
mod item_counts;
mod itemsets;
mod labels;
mod matrices;
mod metrics;
mod mining;
mod pairs;
mod prefixes;
mod recommender;
mod report;
mod rule_index;
mod rules;
mod run;
mod subsets;
mod tables;
mod window;

/// The compiled half of the package `itemset`, which is no interface: call what `itemset` has.
#[pyo3::pymodule]
mod _itemset {
    #[pymodule_export]
    use crate::baskets::{Baskets, from_lists, from_pairs};
    #[pymodule_export]
    use crate::distributed::{GroupSearch, PlanTable, measure_values, merge_prefixes};
    #[pymodule_export]
    use crate::errors::LimitError;
    #[pymodule_export]
    use crate::files::read_file;
    #[pymodule_export]
    use crate::item_counts::CountTable;
    #[pymodule_export]
    use crate::itemsets::ItemsetTable;
    #[pymodule_export]
    use crate::matrices::{from_dense, from_sparse};
    #[pymodule_export]
    use crate::mining::{count, estimate, mine, mine_partial};
    #[pymodule_export]
    use crate::pairs::rules_of_table;
    #[pymodule_export]
    use crate::recommender::RecommenderTable;
    #[pymodule_export]
    use crate::rule_index::RuleIndex;
    #[pymodule_export]
    use crate::rules::{RuleTable, measure_of, measures};
    #[pymodule_export]
    use crate::tables::{from_item_columns, from_line_items, from_list_column, hand_over};
    #[pymodule_export]
    use crate::window::{RefreshTable, WindowTable};
}
