//! All itemsets of a file as the result that they were.

use super::file::{BLOCKS, ItemsetFile};
use super::source::ReadAt;
use crate::call::control::NEVER;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{ClosedItemsets, Columns, FrequentItemsets, GeneratorItemsets, MaximalItemsets, Trie};
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::target::Target;
use crate::mine::report::statistics::Statistics;
use crate::snapshot::OwnedLabel;

impl<T: OwnedLabel + Clone, S: ReadAt> ItemsetFile<T, S> {
    /// All frequent itemsets, for rules and whatever else a file cannot do. It takes 28 bytes per itemset while it is
    /// read, and 12 afterwards. That every subset is there is checked.
    ///
    /// The algorithm is not in a file: [`statistics`](FrequentItemsets::statistics) says Eclat on one thread.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Snapshot`](crate::ErrorKind::Snapshot) if the file does not have all of them, and those of the
    /// [type](ItemsetFile#errors); [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` itemsets;
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system refuses memory.
    pub fn to_frequent(&self) -> Result<FrequentItemsets<T>, Error> {
        self.all(Target::All, Columns::check, FrequentItemsets::len)
    }

    /// All closed itemsets. Whether one is missing cannot be checked.
    ///
    /// # Errors
    ///
    /// As [`to_frequent`](ItemsetFile::to_frequent).
    pub fn to_closed(&self) -> Result<ClosedItemsets<T>, Error> {
        self.all(Target::Closed, ClosedItemsets::from_columns, ClosedItemsets::len)
    }

    /// All maximal itemsets. Whether one is missing cannot be checked.
    ///
    /// # Errors
    ///
    /// As [`to_frequent`](ItemsetFile::to_frequent).
    pub fn to_maximal(&self) -> Result<MaximalItemsets<T>, Error> {
        self.all(Target::Maximal, MaximalItemsets::from_columns, MaximalItemsets::len)
    }

    /// All generators. That every subset is there is checked.
    ///
    /// # Errors
    ///
    /// As [`to_frequent`](ItemsetFile::to_frequent).
    pub fn to_generators(&self) -> Result<GeneratorItemsets<T>, Error> {
        self.all(Target::Generators, GeneratorItemsets::from_columns, GeneratorItemsets::len)
    }

    /// Makes a result that has as many itemsets as the file. A forged file could have others: columns do not say which
    /// nodes only lead to itemsets, a result tells it from the counts.
    fn all<R>(
        &self,
        target: Target,
        make: impl Fn(Columns<T>) -> Result<R, Error>,
        len: impl Fn(&R) -> usize,
    ) -> Result<R, Error> {
        let result = make(self.columns(target)?)?;
        match len(&result) as u64 == self.len() {
            true => Ok(result),
            false => Err(Error::snapshot(BLOCKS, format!("its itemsets cannot be those of the target {target}"))),
        }
    }

    fn columns(&self, target: Target) -> Result<Columns<T>, Error> {
        if self.target() != Some(target) {
            let has = self.target().map_or_else(|| "some itemsets, by constraints".to_owned(), |of| of.to_string());
            return Err(Error::snapshot("contents of an itemset file", format!("asked for {target}, it has {has}")));
        }
        let itemsets = usize::try_from(self.len()).ok().filter(|&itemsets| itemsets < u32::MAX as usize);
        Trie::check_room(itemsets.ok_or_else(Trie::too_many)?)?;
        let mut nodes = Nodes::default();
        self.each(&mut Ticker::new(&NEVER), |path, count| nodes.push(path, count))?;
        nodes.close(0);
        let ranks = 0..self.items.len() as u32;
        Ok(Columns {
            baskets: self.baskets,
            min_count: self.min_count,
            labels: ranks.map(|rank| self.items.label(rank).clone()).collect(),
            item_counts: self.items.counts().to_vec(),
            ranks: nodes.ranks,
            sizes: nodes.sizes,
            counts: nodes.counts,
            statistics: Statistics { algorithm: Algorithm::Eclat, threads: 1, levels: Vec::new() },
        })
    }
}

/// The columns of a trie.
#[derive(Debug, Default)]
struct Nodes {
    ranks: Vec<u32>,
    sizes: Vec<u32>,
    counts: Vec<u64>,
    /// The nodes of the path, and which of them only lead to itemsets.
    open: Vec<(usize, bool)>,
}

impl Nodes {
    fn push(&mut self, path: &[u32], count: Option<u64>) {
        self.close(path.len() - 1);
        self.open.push((self.ranks.len(), count.is_none()));
        self.ranks.extend(path.last());
        self.sizes.push(1);
        self.counts.push(count.unwrap_or(0));
    }

    /// Ends the paths that are longer. What only leads to itemsets has the largest count of those.
    fn close(&mut self, len: usize) {
        while self.open.len() > len {
            let Some((node, _)) = self.open.pop() else { return };
            self.sizes[node] = u32::try_from(self.ranks.len() - node).unwrap_or(u32::MAX);
            if let Some(&(parent, true)) = self.open.last() {
                self.counts[parent] = self.counts[parent].max(self.counts[node]);
            }
        }
    }
}
