//! Sets of basket numbers against `BTreeSet`, in both forms.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::bitset::{Isa, Task};

/// Numbers of baskets around the boundaries of words.
const BASKETS: [u32; 9] = [0, 1, 63, 64, 65, 127, 128, 129, 200];

impl TidSet {
    /// The set in the given form, whatever its density.
    fn with_form(tids: Vec<u32>, baskets: u32, dense: bool) -> Self {
        let count = tids.len() as u32;
        let tids = if dense {
            let mut words = vec![0; baskets.div_ceil(64) as usize];
            set_bits_of(&tids, &mut words);
            Owned::dense(words, baskets)
        } else {
            Owned::Sparse(tids)
        };
        TidSet { tids, baskets, count }
    }

    /// Checks that the form is the one for the density.
    fn validate_form(&self) {
        self.as_slice().validate();
        assert_eq!(self.as_slice().is_dense(), self.count as u64 * 32 > self.baskets as u64);
    }

    fn ids(&self) -> BTreeSet<u32> {
        self.as_slice().iter().collect()
    }
}

impl TidSlice<'_> {
    /// Checks the invariants that the other functions rely on.
    fn validate(self) {
        let ids: Vec<u32> = self.iter().collect();
        assert_eq!(ids.len(), self.count() as usize);
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|&tid| tid < self.baskets && self.contains(tid)));
        if let Some(words) = self.words() {
            assert_eq!(words.len(), self.baskets.div_ceil(64) as usize);
            let ones: u32 = words.iter().map(|word| word.count_ones()).sum();
            assert_eq!(ones, self.count(), "no bit past the last basket");
        }
    }
}

struct AtLeast<'a>(TidSlice<'a>, TidSlice<'a>, u32);

impl Task for AtLeast<'_> {
    type Output = Option<u32>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Option<u32> {
        self.0.intersection_count_at_least(self.1, ops, self.2)
    }
}

struct Intersection<'a>(TidSlice<'a>, TidSlice<'a>);

impl Task for Intersection<'_> {
    type Output = TidSet;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> TidSet {
        let mut both = TidSet::default();
        self.0.intersect_into(self.1, ops, &mut both);
        both
    }
}

fn intersection(a: &TidSet, b: &TidSet) -> TidSet {
    let both = Isa::detect().run(Intersection(a.as_slice(), b.as_slice()));
    both.validate_form();
    both
}

/// The set in its own form, as bits and as a list.
fn forms(ids: &BTreeSet<u32>, baskets: u32) -> [TidSet; 3] {
    let list: Vec<u32> = ids.iter().copied().collect();
    let own = TidSet::from_sorted(list.clone(), baskets);
    own.validate_form();
    let dense = TidSet::with_form(list.clone(), baskets, true);
    let sparse = TidSet::with_form(list, baskets, false);
    assert!(dense.as_slice().is_dense() && !sparse.as_slice().is_dense());
    let forms = [own, dense, sparse];
    let mut copy = TidSet::default();
    for form in &forms {
        assert_eq!(form.ids(), *ids);
        copy.copy_from(form.as_slice());
        assert_eq!((copy.ids(), copy.as_slice().is_dense()), (form.ids(), form.as_slice().is_dense()));
        let form = form.as_slice();
        form.validate();
        assert_eq!(form.count() as usize, ids.len());
        assert_eq!(form.baskets, baskets);
        for tid in 0..baskets + 70 {
            assert_eq!(form.contains(tid), ids.contains(&tid));
        }
    }
    forms
}

/// A number of baskets and three sets of them, of any density.
fn three_sets() -> impl Strategy<Value = (u32, [BTreeSet<u32>; 3])> {
    let baskets = prop_oneof![prop::sample::select(&BASKETS[..]), 0..3000u32];
    baskets.prop_flat_map(|baskets| {
        let set = prop_oneof![0.0..1.0f64, 0.0..0.05f64, Just(0.0), Just(1.0)].prop_flat_map(move |density| {
            prop::collection::vec(prop::bool::weighted(density), baskets as usize)
                .prop_map(|bits| (0u32..).zip(bits).filter_map(|(tid, is)| is.then_some(tid)).collect())
        });
        (Just(baskets), [set.clone(), set.clone(), set])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counts_and_intersections_match_btree_sets((baskets, [a, b, _]) in three_sets()) {
        let expected: BTreeSet<u32> = a.intersection(&b).copied().collect();
        let count = expected.len() as u32;
        for x in &forms(&a, baskets) {
            for y in &forms(&b, baskets) {
                prop_assert_eq!(intersection(x, y).ids(), expected.clone());
                for isa in Isa::available() {
                    for min in [0, 1, count, count + 1, baskets] {
                        let at_least = (count >= min).then_some(count);
                        prop_assert_eq!(isa.run(AtLeast(x.as_slice(), y.as_slice(), min)), at_least);
                    }
                }
            }
        }
    }

    #[test]
    fn intersection_is_commutative_associative_idempotent((baskets, sets) in three_sets()) {
        let [a, b, c] = sets.map(|ids| forms(&ids, baskets));
        let all = forms(&(0..baskets).collect(), baskets);
        let none = forms(&BTreeSet::new(), baskets);
        for (x, (y, z)) in a.iter().zip(b.iter().zip(&c)) {
            let xy = intersection(x, y);
            prop_assert_eq!(xy.ids(), intersection(y, x).ids());
            let yz = intersection(y, z);
            prop_assert_eq!(intersection(&xy, z).ids(), intersection(x, &yz).ids());
            prop_assert_eq!(intersection(x, x).ids(), x.ids());
            prop_assert_eq!(intersection(&xy, x).ids(), xy.ids());
        }
        for x in &a {
            for (all, none) in all.iter().zip(&none) {
                prop_assert_eq!(intersection(x, all).ids(), x.ids());
                prop_assert_eq!(intersection(x, none).as_slice().count(), 0);
            }
        }
    }
}

#[test]
fn form_follows_density() {
    for (baskets, sparse) in [(0, 0), (31, 0), (32, 1), (63, 1), (64, 2), (3200, 100)] {
        let of = |count| TidSet::from_sorted((0..count).collect(), baskets);
        let list = of(sparse);
        list.validate_form();
        assert!(list.as_slice().words().is_none());
        if sparse < baskets {
            let bits = of(sparse + 1);
            bits.validate_form();
            assert_eq!(bits.as_slice().words().map(<[_]>::len), Some(baskets.div_ceil(64) as usize));
        }
    }
}

#[test]
fn lists_of_every_length_ratio() {
    for step in [1u32, 2, 3, 4, 5, 7, 40, 1000] {
        let long = TidSet::with_form((0..2000).map(|tid| tid * 3).collect(), 6000, false);
        let short: Vec<u32> = (0..6000).step_by(step as usize).collect();
        let count = short.iter().filter(|tid| *tid % 3 == 0).count() as u32;
        let short = TidSet::with_form(short, 6000, false);
        let isa = Isa::detect();
        for (x, y) in [(&long, &short), (&short, &long)] {
            assert_eq!(isa.run(AtLeast(x.as_slice(), y.as_slice(), 0)), Some(count));
            assert_eq!(isa.run(AtLeast(x.as_slice(), y.as_slice(), count)), Some(count));
            assert_eq!(isa.run(AtLeast(x.as_slice(), y.as_slice(), count + 1)), None);
            assert_eq!(intersection(x, y).as_slice().count(), count);
        }
    }
}
