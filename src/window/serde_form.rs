//! A window as it is serialised: the settings of its miner, and the baskets in their canonical order.

use std::hash::Hash;

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::canonical::StoredWindow;
use super::sliding::Window;
use crate::call::control::NEVER;
use crate::call::ticker::Ticker;
use crate::miner::Miner;
use crate::stored_format::Format;

#[derive(Serialize, Deserialize)]
#[serde(rename = "Window")]
struct Form<M, K, T> {
    format: Format<1>,
    miner: M,
    /// In their order.
    labels: Vec<T>,
    keys: Vec<K>,
    /// The different baskets of each partition.
    baskets: Vec<u32>,
    /// The items of each different basket, and how many there are of it.
    lens: Vec<u32>,
    times: Vec<u64>,
    /// The items of all of them, as positions in `labels`.
    items: Vec<u32>,
}

impl<K: Serialize + Ord, T: Serialize + Ord> Serialize for Window<K, T> {
    /// Without what follows from the baskets: the last result, which the next [`refresh`](Window::refresh) finds again, and
    /// the pairs, which [`with_pairs`](Window::with_pairs) counts again.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = self.stored(&mut Ticker::new(&NEVER)).map_err(S::Error::custom)?;
        let StoredWindow { labels, keys, baskets, lens, times, items } = stored;
        let form = Form { format: Format, miner: &self.miner, labels, keys, baskets, lens, times, items };
        form.serialize(serializer)
    }
}

impl<'de, K, T> Deserialize<'de> for Window<K, T>
where
    K: Deserialize<'de> + Ord + Clone,
    T: Deserialize<'de> + Eq + Hash + Ord + Clone,
{
    /// Refuses what is not written: keys, labels or baskets out of order, items without a label, labels without a basket.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Form::<Miner, K, T>::deserialize(deserializer)?;
        let Form { miner, labels, keys, baskets, lens, times, items, .. } = form;
        let stored = StoredWindow { labels, keys, baskets, lens, times, items };
        stored.check(miner).map_err(serde::de::Error::custom)
    }
}
