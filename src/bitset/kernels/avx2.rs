//! The loops over vectors of 4 words.

use std::arch::x86_64::__m256i;

use super::{Avx2, Ops, Task};

/// Words from which [`Ops::and_count`] adds with carries.
const LONG: usize = 124;

impl Ops for Avx2 {
    const NAME: &'static str = "avx2";

    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        let words = a.len().min(b.len());
        let (a, b) = (&a[..words], &b[..words]);
        if words >= LONG {
            return self.call(Long { isa: self, a, b });
        }
        let (a, a_rest) = a.as_chunks::<4>();
        let (b, b_rest) = b.as_chunks::<4>();
        let mut bytes = self.zero();
        for (x, y) in a.iter().zip(b) {
            let both = self.and(self.load(x), self.load(y));
            bytes = self.add_bytes(bytes, self.count_bytes(both));
        }
        let mut count = self.sum(self.sum_bytes(bytes));
        for (x, y) in a_rest.iter().zip(b_rest) {
            count = count.wrapping_add(u64::from((x & y).count_ones()));
        }
        count as u32
    }

    #[inline(always)]
    fn extract(self, word: u64, mask: u64) -> u64 {
        self.pext(word, mask)
    }
}

/// Intersection count of long columns, as a function of its own.
struct Long<'a> {
    isa: Avx2,
    a: &'a [u64],
    b: &'a [u64],
}

impl Task for Long<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<O: Ops>(self, _: O) -> u32 {
        let isa = self.isa;
        let (a, a_rest) = self.a.as_chunks::<64>();
        let (b, b_rest) = self.b.as_chunks::<64>();
        let mut adder = Adder::new(isa);
        for (x, y) in a.iter().zip(b) {
            let x = x.as_chunks::<4>().0;
            let y = y.as_chunks::<4>().0;
            adder.add(#[inline(always)] |i| isa.and(isa.load(&x[i]), isa.load(&y[i])));
        }
        (adder.count() as u32).wrapping_add(isa.and_count(a_rest, b_rest))
    }
}

/// Counts bits by carry-save addition (Harley and Seal): bit `i` of `ones`, `twos`, `fours` and
/// `eights` are the binary digits of the number of vectors so far with bit `i` set, and only the
/// sixteens are counted along the way.
struct Adder {
    isa: Avx2,
    ones: __m256i,
    twos: __m256i,
    fours: __m256i,
    eights: __m256i,
    sixteens: __m256i,
}

impl Adder {
    #[inline(always)]
    fn new(isa: Avx2) -> Self {
        let zero = isa.zero();
        Self { isa, ones: zero, twos: zero, fours: zero, eights: zero, sixteens: zero }
    }

    /// Adds 16 vectors.
    #[inline(always)]
    fn add(&mut self, vector: impl Fn(usize) -> __m256i) {
        let isa = self.isa;
        let mut eights = [isa.zero(); 2];
        for (i, eights) in eights.iter_mut().enumerate() {
            let mut fours = [isa.zero(); 2];
            for (j, fours) in fours.iter_mut().enumerate() {
                let at = i * 8 + j * 4;
                let a = isa.carry(&mut self.ones, vector(at), vector(at + 1));
                let b = isa.carry(&mut self.ones, vector(at + 2), vector(at + 3));
                *fours = isa.carry(&mut self.twos, a, b);
            }
            *eights = isa.carry(&mut self.fours, fours[0], fours[1]);
        }
        let sixteens = isa.carry(&mut self.eights, eights[0], eights[1]);
        self.sixteens = isa.add(self.sixteens, isa.count_words(sixteens));
    }

    /// Number of bits added.
    #[inline(always)]
    fn count(self) -> u64 {
        let isa = self.isa;
        let mut count = self.sixteens;
        for digit in [self.eights, self.fours, self.twos, self.ones] {
            count = isa.add(isa.shift::<1>(count), isa.count_words(digit));
        }
        isa.sum(count)
    }
}

impl Avx2 {
    /// Adds three binary digits at each bit: leaves the low digit in `sum`, returns the high one.
    #[inline(always)]
    fn carry(self, sum: &mut __m256i, a: __m256i, b: __m256i) -> __m256i {
        let either = self.xor(*sum, a);
        let high = self.or(self.and(*sum, a), self.and(either, b));
        *sum = self.xor(either, b);
        high
    }

    /// Number of bits of each word.
    #[inline(always)]
    fn count_words(self, vector: __m256i) -> __m256i {
        self.sum_bytes(self.count_bytes(vector))
    }
}
