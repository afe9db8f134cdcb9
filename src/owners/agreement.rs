//! What all owners agree on before a session, and its fingerprint.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::noise::{Noise, Scale};
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::mine::query::min_support::MinSupport;

/// What the owners and the coordinator agree on: who takes part, which items are counted, and with which settings.
///
/// Everything in it is public. Each party makes the same agreement by itself; every message has its
/// [fingerprint](Agreement::fingerprint), and a party with another agreement refuses it. Nothing is checked until the
/// agreement is used.
///
/// ```
/// use itemset::owners::Agreement;
///
/// let agreement = Agreement::new(["north", "south", "west"], ["beer", "diapers", "wipes"])
///     .min_support(0.1)
///     .max_len(3)
///     .min_group(5);
/// assert_eq!(agreement.fingerprint()?.len(), 64);
/// assert!(agreement.clone().min_owners(1).fingerprint().is_err());
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[must_use]
pub struct Agreement<T> {
    owners: Vec<String>,
    catalogue: Vec<T>,
    min_support: MinSupport,
    max_len: Option<usize>,
    min_group: u64,
    noise: Option<Noise>,
    min_owners: usize,
    max_candidates: u64,
    goes_on: bool,
}

/// Candidates of a round, unless the agreement says otherwise: messages of 32 MB.
const MAX_CANDIDATES: u64 = 1 << 22;

/// The most that an agreement can allow: messages have lengths of 32 bits, and a mark for each count.
const MOST_CANDIDATES: u64 = (1 << 31) - 1;

/// The most owners: each makes a mask with each other one.
const MAX_OWNERS: usize = u16::MAX as usize;

impl<T> Agreement<T> {
    /// Of owners, by name, and a catalogue of items. The order of both is part of the agreement. Items of baskets that
    /// are not in the catalogue are not counted.
    ///
    /// The catalogue is public, and so is which of its items are frequent: take it from a price list or the like, not
    /// from the baskets of one owner.
    pub fn new<O: Into<String>>(owners: impl IntoIterator<Item = O>, catalogue: impl IntoIterator<Item = T>) -> Self {
        Agreement {
            owners: owners.into_iter().map(Into::into).collect(),
            catalogue: catalogue.into_iter().collect(),
            min_support: MinSupport::fraction(0.01),
            max_len: None,
            min_group: 1,
            noise: None,
            min_owners: 3,
            max_candidates: MAX_CANDIDATES,
            goes_on: false,
        }
    }

    /// The smallest support that is frequent, in the baskets of all owners that take part. Default: 0.01.
    pub fn min_support(mut self, min_support: impl Into<MinSupport>) -> Self {
        self.min_support = min_support.into();
        self
    }

    /// The longest itemsets that are counted, in items, at least 1. Default: no limit. Each length is a round, and
    /// shows more sums.
    pub fn max_len(mut self, max_len: usize) -> Self {
        self.max_len = Some(max_len);
        self
    }

    /// The smallest group: an owner's count from 1 to `baskets` - 1 does not leave it, not even masked, and an owner
    /// with fewer baskets cannot take part. Default: 1, with which all counts leave; the next one is 3, as with 2 only
    /// a count of 1 could be held back.
    ///
    /// In place of such a count 0 is sent, with a mark; the sum of the marks says how many owners held back. A total is
    /// then known as an [interval](super::CountInterval), and an itemset may be only possibly frequent. With
    /// [noise](Agreement::noise) it is the noisy count that is held back, so that marks show no more than noisy counts
    /// would.
    pub fn min_group(mut self, baskets: u64) -> Self {
        self.min_group = baskets;
        self
    }

    /// Noise that each owner adds to each count. Default: none.
    pub fn noise(mut self, noise: Noise) -> Self {
        self.noise = Some(noise);
        self
    }

    /// The fewest owners, at least 2. Default: 3. From the sum of two owners each computes the other's counts, so 2 is
    /// only for owners who may know each other's.
    pub fn min_owners(mut self, owners: usize) -> Self {
        self.min_owners = owners;
        self
    }

    /// The most itemsets that are counted in one round. Each takes 8 bytes of a message, 16 with a
    /// [smallest group](Agreement::min_group). Default: 4,194,304; at most 2^31 - 1. With more the session ends
    /// with an error.
    pub fn max_candidates(mut self, candidates: u64) -> Self {
        self.max_candidates = candidates;
        self
    }

    /// Whether a session may go on without an owner that drops out after it was asked for counts. Default: no, since
    /// the difference between a sum with it and the same sum without it is its own count. If its answer only comes too
    /// late, the coordinator can compute that sum too. While keys are collected, a session can always go on without an
    /// owner; until a sum is known, it can begin anew with all of them.
    pub fn go_on_after_drop_out(mut self, allowed: bool) -> Self {
        self.goes_on = allowed;
        self
    }
}

impl<T: Eq + Hash + Clone + fmt::Display> Agreement<T> {
    /// A hash of all of it, as 64 hexadecimal digits (SHA-256): equal if and only if the agreements are. Labels are
    /// compared by their text, so that one owner may have numbers where another one has strings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an agreement that cannot be used.
    pub fn fingerprint(&self) -> Result<String, Error> {
        Ok(hexadecimal(&self.check()?.fingerprint))
    }

    /// What a session works with.
    pub(super) fn check(&self) -> Result<Arc<Terms<T>>, Error> {
        let Agreement { owners, min_support, max_len, min_group, noise, min_owners, max_candidates, goes_on, .. } =
            self;
        if *min_owners < 2 {
            return Err(Error::invalid_setting("min_owners", min_owners, "at least 2: one owner needs no session"));
        }
        if owners.len() < *min_owners || owners.len() > MAX_OWNERS {
            let allowed = "as many names as min_owners says, 3 if it says nothing, to 65535: the sum of two owners \
                           tells each of them the counts of the other";
            return Err(Error::invalid_setting("owners", owners.len(), allowed));
        }
        if let Some(name) = twice(owners) {
            return Err(Error::invalid_setting("owners", format_args!("{name:?} twice"), "names that differ"));
        }
        let texts: Vec<String> = self.catalogue.iter().map(ToString::to_string).collect();
        if let Some(label) = twice(&texts) {
            let allowed = "labels whose texts differ";
            return Err(Error::invalid_setting("catalogue", format_args!("{label:?} twice"), allowed));
        }
        // A wrong threshold is told before anything is sent.
        min_support.min_count(1)?;
        if *max_len == Some(0) {
            return Err(Error::invalid_setting("max_len", 0, "at least 1"));
        }
        if !(1..=1 << 32).contains(min_group) || *min_group == 2 {
            let allowed = "1, or 3 to 4294967296 baskets: with 2 the mark of a count that is held back would tell it";
            return Err(Error::invalid_setting("min_group", min_group, allowed));
        }
        if *max_candidates > MOST_CANDIDATES {
            return Err(Error::invalid_setting("max_candidates", max_candidates, "at most 2147483647"));
        }
        let scale = noise.map(|noise| noise.scale(*max_len)).transpose()?;
        if *goes_on && noise.is_some_and(Noise::has_budget) {
            let allowed = "false with Noise::per_basket, whose budget is spent when sums are known";
            return Err(Error::invalid_setting("go_on_after_drop_out", true, allowed));
        }
        let mut hash = Sha256::new();
        hash.update(b"itemset agreement of owners 1");
        for list in [owners, &texts] {
            hash.update((list.len() as u64).to_le_bytes());
            for text in list {
                hash.update((text.len() as u64).to_le_bytes());
                hash.update(text);
            }
        }
        let noise = noise.map_or_else(|| "none".to_string(), |noise| noise.to_string());
        hash.update(format!("{min_support} {max_len:?} {min_group} {noise} {min_owners} {max_candidates} {goes_on}"));
        Ok(Arc::new(Terms {
            fingerprint: hash.finalize().into(),
            owners: owners.clone(),
            catalogue: Arc::new(Dictionary::from_labels(self.catalogue.iter().cloned())?),
            min_support: *min_support,
            max_len: max_len.unwrap_or(usize::MAX),
            min_group: *min_group,
            scale,
            min_owners: *min_owners,
            max_candidates: *max_candidates,
            goes_on: *goes_on,
        }))
    }
}

/// An agreement that was checked.
#[derive(Debug)]
pub(super) struct Terms<T> {
    pub(super) fingerprint: [u8; 32],
    pub(super) owners: Vec<String>,
    pub(super) catalogue: Arc<Dictionary<T>>,
    pub(super) min_support: MinSupport,
    /// `usize::MAX` if there is no limit.
    pub(super) max_len: usize,
    pub(super) min_group: u64,
    pub(super) scale: Option<Scale>,
    pub(super) min_owners: usize,
    pub(super) max_candidates: u64,
    pub(super) goes_on: bool,
}

impl<T> Terms<T> {
    /// Whether marks are sent with the counts.
    pub(super) fn has_marks(&self) -> bool {
        self.min_group > 1
    }

    /// The numbers in a message of so many counts.
    pub(super) fn values(&self, counts: usize) -> usize {
        if self.has_marks() { 2 * counts } else { counts }
    }

    /// The names of some owners.
    pub(super) fn names(&self, owners: &[u32]) -> Vec<String> {
        owners.iter().filter_map(|&owner| self.owners.get(owner as usize)).cloned().collect()
    }
}

/// A text that is there twice.
fn twice(texts: &[String]) -> Option<&String> {
    let mut sorted: Vec<&String> = texts.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_in_the_fingerprint() {
        let base = || Agreement::new(["a", "b", "c"], ["x", "y"]).min_support(0.5);
        let all = [
            base(),
            Agreement::new(["a", "b", "d"], ["x", "y"]).min_support(0.5),
            Agreement::new(["a", "b", "c"], ["y", "x"]).min_support(0.5),
            Agreement::new(["a", "b", "c"], ["x", "y", "z"]).min_support(0.5),
            base().min_support(0.25),
            base().min_support(MinSupport::count(1)),
            base().min_support(MinSupport::fraction(1.0)),
            base().max_len(1),
            base().min_group(3),
            base().noise(Noise::per_count(0.5)),
            base().noise(Noise::per_count(0.25)),
            base().noise(Noise::per_count(0.5).confidence(0.9)),
            base().noise(Noise::per_basket(0.5, 4)),
            base().min_owners(2),
            base().max_candidates(9),
            base().go_on_after_drop_out(true),
        ];
        let mut found: Vec<String> = all.iter().map(|agreement| agreement.fingerprint().unwrap()).collect();
        assert_eq!(found[0], base().fingerprint().unwrap());
        found.sort();
        found.dedup();
        assert_eq!(found.len(), all.len());
        let numbers = Agreement::new(["a", "b", "c"], [1, 2]).fingerprint().unwrap();
        assert_eq!(numbers, Agreement::new(["a", "b", "c"], ["1", "2"]).fingerprint().unwrap());
    }
}
