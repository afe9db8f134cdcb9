//! Random draws whose values never change.
//!
//! The stream of raw numbers is that of `crate::draws`. Everything derived from it is computed here, with integer
//! operations, the four basic operations and the square root of IEEE 754, and `libm` for logarithms and exponentials.
//! The standard library leaves those to the platform, and the distributions of `rand` may change between releases. A
//! change in this file changes every generated value; digests pinned in the tests catch it.

pub(super) use crate::draws::Draws;

const TWO_POW_64: f64 = 18_446_744_073_709_551_616.0;

/// A whole number as the nearest `f64`: exact up to 2^53.
pub(super) const fn real(whole: u64) -> f64 {
    // There is no `From`, since numbers above 2^53 are rounded.
    whole as f64
}

/// The whole part of a number; 0 if it is negative or not a number, `u32::MAX` if it is larger.
pub(super) const fn whole_part(real: f64) -> u32 {
    // `as` from a float saturates, which is the behaviour stated above.
    real as u32
}

/// An item's number as an index into a table.
#[inline]
pub(super) const fn place_of(item: u32) -> usize {
    // Lossless on 32-bit and 64-bit platforms; `const` rules out `TryFrom`.
    item as usize
}

impl Draws {
    /// A number in [0, 1): the upper 53 bits of a draw, as a multiple of 2^-53.
    #[inline]
    pub(super) fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        real(self.bits() >> 11) * STEP
    }

    /// As [`below`](Draws::below), for an index into a slice of `len` elements.
    #[inline]
    pub(super) fn place(&mut self, len: usize) -> usize {
        // Lossless: `usize` has at most 64 bits, and the result is below `len`.
        self.below(len as u64) as usize
    }

    /// As [`below`](Draws::below), for the number of an item.
    #[inline]
    pub(super) fn item(&mut self, items: u32) -> u32 {
        // Lossless: below `items`.
        self.below(u64::from(items)) as u32
    }

    /// Whether an event of this probability happens. Never at 0 or less, always at 1 or more.
    #[inline]
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// An index into a list of weights, each as likely as its weight; `None` if all are 0.
    #[inline]
    pub(super) fn weighted(&mut self, weights: &[u64]) -> Option<usize> {
        let mut left = self.below(weights.iter().sum());
        weights.iter().position(|&weight| {
            let hit = left < weight;
            left = left.saturating_sub(weight);
            hit
        })
    }

    /// An exponentially distributed number with mean 1, by inversion.
    pub(super) fn exponential(&mut self) -> f64 {
        // 1 - u is in (0, 1], so the logarithm is finite.
        -libm::log(1.0 - self.unit())
    }

    /// A number of the standard normal distribution, by Marsaglia's polar method (1964). The second
    /// number of the pair is dropped, so that the draws need no memory.
    pub(super) fn normal(&mut self) -> f64 {
        loop {
            let x = 2.0 * self.unit() - 1.0;
            let y = 2.0 * self.unit() - 1.0;
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * libm::sqrt(-2.0 * libm::log(square) / square);
            }
        }
    }
}

/// A discrete distribution, drawn from in constant time with one raw draw: Walker's alias method
/// (1977), with the table built as Vose (1991) does.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// For each outcome the share of its column that belongs to it, in units of 2^-64, and the outcome that has the
    /// rest.
    columns: Vec<(u64, u32)>,
}

impl Choice {
    /// Outcome `i` with a probability proportional to `weights[i]`. The weights are finite and not negative, and there
    /// are at most 2^32.
    pub(super) fn new(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let len = real(weights.len() as u64);
        let mut shares: Vec<f64> = weights.iter().map(|weight| weight * len / total).collect();
        let mut columns: Vec<(u64, u32)> = (0..).take(weights.len()).map(|i| (u64::MAX, i)).collect();
        let (mut poor, mut rich): (Vec<usize>, Vec<usize>) = (0..shares.len()).partition(|&i| shares[i] < 1.0);
        while let (Some(low), Some(&high)) = (poor.pop(), rich.last()) {
            // The share is below 1, and `as` saturates. The rich column is still its own alias.
            columns[low] = ((shares[low] * TWO_POW_64) as u64, columns[high].1);
            shares[high] -= 1.0 - shares[low];
            if shares[high] < 1.0 {
                rich.pop();
                poor.push(high);
            }
        }
        Choice { columns }
    }

    /// An outcome; 0 if there is none.
    #[inline]
    pub(super) fn draw(&self, draws: &mut Draws) -> usize {
        let (column, fraction) = draws.scaled(self.columns.len() as u64);
        // Lossless: below the number of columns.
        let column = column as usize;
        match self.columns.get(column) {
            Some(&(own, other)) if fraction >= own => place_of(other),
            _ => column,
        }
    }
}

/// A Poisson distribution.
#[derive(Clone, Debug)]
pub(super) struct Poisson {
    least: usize,
    choice: Choice,
}

impl Poisson {
    /// Outcomes less likely than this share of the likeliest are left out: no generated data set is long enough to show
    /// them.
    const NEGLIGIBLE: f64 = 1e-20;

    /// The distribution with this mean, which is finite and not negative. Takes time and memory proportional to the
    /// square root of the mean.
    pub(super) fn new(mean: f64) -> Self {
        // Outwards from the mode, whose weight is set to 1, by the ratio of neighbouring
        // probabilities: no exponential or factorial that could overflow, and the same on any platform.
        let mode = u64::from(whole_part(mean));
        let mut weights = Vec::new();
        let (mut least, mut weight) = (mode, 1.0);
        while weight > Self::NEGLIGIBLE {
            weights.push(weight);
            if least == 0 {
                break;
            }
            weight *= real(least) / mean;
            least -= 1;
        }
        let least = mode + 1 - weights.len() as u64;
        weights.reverse();
        let mut next = mode + 1;
        weight = mean / real(next);
        while weight > Self::NEGLIGIBLE {
            weights.push(weight);
            next += 1;
            weight *= mean / real(next);
        }
        Poisson {
            // Lossless: not above a `u32`.
            least: least as usize,
            choice: Choice::new(&weights),
        }
    }

    /// A number from the distribution.
    #[inline]
    pub(super) fn draw(&self, draws: &mut Draws) -> usize {
        self.least + self.choice.draw(draws)
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Draws, Poisson};

    const N: usize = 400_000;

    fn mean_and_variance(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for x in numbers {
            n += 1.0;
            sum += x;
            squares += x * x;
        }
        (sum / n, squares / n - (sum / n) * (sum / n))
    }

    #[track_caller]
    fn assert_near(got: f64, want: f64, tolerance: f64) {
        assert!((got - want).abs() <= tolerance, "{got} is not {want} ± {tolerance}");
    }

    #[test]
    fn the_stream_is_pinned() {
        let mut draws = Draws::new(42, 7);
        assert_eq!((draws.bits(), draws.bits()), (1_790_514_816_596_529_031, 9_997_161_551_134_130_165));
        assert_eq!(draws.below(1_000_000_007), 383_255_000);
        assert_eq!(draws.unit().to_bits(), 0x3FE7_7D39_85A5_81FF);
        assert_eq!(draws.exponential().to_bits(), 0x3FCE_63CA_4AC5_3DAB);
        assert_eq!(draws.normal().to_bits(), 0xBFE4_6312_ECA0_E132);
        let poisson = Poisson::new(10.0);
        assert_eq!([(); 8].map(|()| poisson.draw(&mut draws)), [9, 11, 10, 8, 13, 11, 12, 9]);
    }

    #[test]
    fn streams_and_seeds_differ() {
        let first = |seed, stream| Draws::new(seed, stream).bits();
        assert_ne!(first(0, 0), first(0, 1));
        assert_ne!(first(0, 0), first(1, 0));
        assert_ne!(first(1, 0), first(0, 1));
    }

    #[test]
    fn continuous_draws_have_their_moments() {
        let mut draws = Draws::new(1, 0);
        let (mean, variance) = mean_and_variance((0..N).map(|_| draws.unit()));
        assert_near(mean, 0.5, 0.002);
        assert_near(variance, 1.0 / 12.0, 0.001);
        let (mean, variance) = mean_and_variance((0..N).map(|_| draws.exponential()));
        assert_near(mean, 1.0, 0.008);
        assert_near(variance, 1.0, 0.03);
        let (mean, variance) = mean_and_variance((0..N).map(|_| draws.normal()));
        assert_near(mean, 0.0, 0.008);
        assert_near(variance, 1.0, 0.012);
    }

    #[test]
    fn poisson_has_its_mean_and_variance() {
        let mut draws = Draws::new(2, 0);
        for mean in [0.0, 0.3, 1.0, 4.0, 10.0, 257.5, 10_000.0] {
            let poisson = Poisson::new(mean);
            let sizes = (0..N).map(|_| f64::from(u32::try_from(poisson.draw(&mut draws)).unwrap()));
            let (got, variance) = mean_and_variance(sizes);
            assert_near(got, mean, 5.0 * (mean / N as f64).sqrt());
            assert_near(variance, mean, 0.02 * mean);
        }
    }

    #[test]
    fn choices_keep_to_their_weights() {
        let weights = [3.0, 0.0, 1.0, 0.5, 5.5];
        let choice = Choice::new(&weights);
        let mut draws = Draws::new(3, 0);
        let mut counts = [0_u32; 5];
        for _ in 0..N {
            counts[choice.draw(&mut draws)] += 1;
        }
        for (count, weight) in counts.into_iter().zip(weights) {
            assert_near(f64::from(count) / N as f64, weight / 10.0, 0.004);
        }
        let mut counts = [0_u32; 4];
        for _ in 0..N {
            counts[draws.weighted(&[0, 6, 1, 3]).unwrap()] += 1;
        }
        assert_eq!(counts[0], 0);
        assert_near(f64::from(counts[1]) / N as f64, 0.6, 0.004);
        assert_eq!(draws.weighted(&[]), None);
        assert_eq!(draws.weighted(&[0, 0]), None);
    }

    #[test]
    fn bounds_are_kept() {
        let mut draws = Draws::new(4, 0);
        assert_eq!(draws.below(0), 0);
        assert!((0..1000).all(|_| draws.below(3) < 3));
        assert!((0..1000).all(|_| draws.chance(1.0) && !draws.chance(0.0)));
    }
}
