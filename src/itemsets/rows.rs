//! Itemsets as rows for other programs (feature `serde`).

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{
    ClosedItemsets, FrequentItemsets, GeneratorItemsets, Itemset, ItemsetIter, ItemsetList, ItemsetListIter,
    MaximalItemsets,
};

/// Itemsets as a sequence of objects, from [`FrequentItemsets::rows`] and the like (feature `serde`).
///
/// Each object has `items`, the labels in their order, `count` and `support`. It is a form for other programs, larger
/// than the one in which results are stored, and is not read back.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     ["beer", "diapers"], ["beer", "diapers"], ["beer", "wine"], ["beer", "wine"],
/// ])?;
/// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
/// let json = serde_json::to_string(&itemsets.rows()).unwrap();
/// assert!(json.starts_with(
///     r#"[{"items":["beer"],"count":4,"support":1.0},{"items":["diapers"],"count":2,"support":0.5},"#
/// ));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ItemsetRows<I> {
    itemsets: I,
}

impl<I> ItemsetRows<I> {
    /// Rows of the itemsets of an iterator, for example of [`iter_len`](FrequentItemsets::iter_len).
    pub fn new(itemsets: I) -> Self {
        ItemsetRows { itemsets }
    }
}

impl<'a, T: Serialize + 'a, I: Iterator<Item = Itemset<'a, T>> + Clone> Serialize for ItemsetRows<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.itemsets.clone().map(Row))
    }
}

struct Row<'a, T>(Itemset<'a, T>);

impl<T: Serialize> Serialize for Row<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row(itemset) = self;
        let mut row = serializer.serialize_struct("Itemset", 3)?;
        row.serialize_field("items", &itemset.iter().collect::<Vec<_>>())?;
        row.serialize_field("count", &itemset.count())?;
        row.serialize_field("support", &itemset.support())?;
        row.end()
    }
}

macro_rules! rows {
    ($($type:ident by $iter:ident),+) => {$(
        impl<T> $type<T> {
            /// The itemsets as a sequence of objects, for other programs (feature `serde`).
            pub fn rows(&self) -> ItemsetRows<$iter<'_, T>> {
                ItemsetRows::new(self.iter())
            }
        }
    )+};
}

rows!(
    FrequentItemsets by ItemsetIter,
    ClosedItemsets by ItemsetIter,
    MaximalItemsets by ItemsetIter,
    GeneratorItemsets by ItemsetIter,
    ItemsetList by ItemsetListIter
);
