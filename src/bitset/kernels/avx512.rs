//! The loops over vectors of 8 words.

use super::{Avx512, Ops};

impl Ops for Avx512 {
    const NAME: &'static str = "avx512";

    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        let words = a.len().min(b.len());
        let (a, a_rest) = a[..words].as_chunks::<8>();
        let (b, b_rest) = b[..words].as_chunks::<8>();
        let mut count = [self.zero(); 4];
        let (a4, a) = a.as_chunks::<4>();
        let (b4, b) = b.as_chunks::<4>();
        for (x, y) in a4.iter().zip(b4) {
            for i in 0..4 {
                let both = self.and(self.load(&x[i]), self.load(&y[i]));
                count[i] = self.add(count[i], self.count_words(both));
            }
        }
        for (x, y) in a.iter().zip(b) {
            let both = self.and(self.load(x), self.load(y));
            count[0] = self.add(count[0], self.count_words(both));
        }
        if !a_rest.is_empty() {
            let both = self.and(self.load_part(a_rest), self.load_part(b_rest));
            count[1] = self.add(count[1], self.count_words(both));
        }
        let count = self.add(self.add(count[0], count[1]), self.add(count[2], count[3]));
        self.sum(count) as u32
    }
    #[inline(always)]
    fn extract(self, word: u64, mask: u64) -> u64 {
        self.pext(word, mask)
    }
}
