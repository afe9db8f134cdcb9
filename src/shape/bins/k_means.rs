//! Bins around means.

use super::Bins;
use super::numbers::{Numbers, between, check_bins, check_table};
use crate::error::Error;

impl Bins {
    /// Bins around means: the numbers are divided so that the sum of the squared distances to the mean of their bin is
    /// the least possible. Cuts are in the middle between two means.
    ///
    /// This is the best division, not one that depends on where a search began. scikit-learn's
    /// `KBinsDiscretizer(strategy="kmeans")` and `discretize` of arules (method "cluster") give the same cuts where their
    /// search finds it. If there are fewer different numbers than bins, each has a bin.
    ///
    /// # Complexity
    ///
    /// Sorts the numbers, then k m log m steps and 4 k m bytes for k bins and m different numbers.
    ///
    /// # Source
    ///
    /// H. Wang, M. Song: Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming, The R Journal
    /// 3, 2011.
    ///
    /// # Errors
    ///
    /// Those of [`equal_width`](Bins::equal_width); [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if k m is more than
    /// 2^28.
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// let bins = Bins::k_means(&[1.0, 2.0, 3.0, 40.0, 42.0, 90.0], 3)?;
    /// assert_eq!(bins.cuts(), [21.5, 65.5]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn k_means(values: &[f64], bins: usize) -> Result<Bins, Error> {
        check_bins(bins)?;
        let numbers = Numbers::of(values)?;
        let bins = bins.min(numbers.distinct.len());
        check_table(
            numbers.distinct.len(),
            bins,
            "different numbers times bins: round the numbers, or take fewer bins",
        )?;
        let sums = Sums::of(&numbers);
        let ends = best_ends(&sums, numbers.distinct.len(), bins);
        let starts = [0].into_iter().chain(ends.iter().copied());
        let means: Vec<f64> = starts.zip(&ends).map(|(start, &end)| sums.mean(start, end)).collect();
        let cut = |(means, &end): (&[f64], &usize)| {
            let (below, above) = (numbers.distinct[end - 1], numbers.distinct[end]);
            // It is between the numbers, as each is nearest to the mean of its bin; rounding may move it.
            let middle = between(means[0], means[1]);
            if middle > below && middle <= above { middle } else { between(below, above) }
        };
        Ok(Bins::of_ascending(means.windows(2).zip(&ends).map(cut).collect()))
    }
}

/// Sums over the first numbers, scaled to the range from -1 to 1, so that squares do not overflow. Each sum has twice the
/// precision of a float: the squared distances in a bin may be smaller than those of an outlier by twenty digits.
struct Sums {
    counts: Vec<f64>,
    sums: Vec<Twice>,
    squares: Vec<Twice>,
    middle: f64,
    scale: f64,
}

/// A number as the sum of two floats, the second one less than a rounding error of the first.
#[derive(Clone, Copy)]
struct Twice(f64, f64);

impl Twice {
    const ZERO: Twice = Twice(0.0, 0.0);

    /// The sum of two floats (D. E. Knuth, The Art of Computer Programming 2, 4.2.2).
    fn sum(a: f64, b: f64) -> Twice {
        let sum = a + b;
        let of_b = sum - a;
        Twice(sum, (a - (sum - of_b)) + (b - of_b))
    }

    /// The product of two floats (T. J. Dekker, Numerische Mathematik 18, 1971).
    fn product(a: f64, b: f64) -> Twice {
        let halves = |number: f64| {
            let shifted = 134_217_729.0 * number;
            let upper = shifted - (shifted - number);
            (upper, number - upper)
        };
        let ((a_upper, a_lower), (b_upper, b_lower)) = (halves(a), halves(b));
        let product = a * b;
        let error = ((a_upper * b_upper - product) + a_upper * b_lower + a_lower * b_upper) + a_lower * b_lower;
        Twice(product, error)
    }

    fn plus(self, other: Twice) -> Twice {
        let sum = Twice::sum(self.0, other.0);
        Twice::sum(sum.0, sum.1 + self.1 + other.1)
    }

    fn minus(self, other: Twice) -> Twice {
        self.plus(Twice(-other.0, -other.1))
    }

    fn times(self, factor: f64) -> Twice {
        let product = Twice::product(self.0, factor);
        Twice::sum(product.0, product.1 + self.1 * factor)
    }

    fn squared(self) -> Twice {
        let square = Twice::product(self.0, self.0);
        Twice::sum(square.0, square.1 + 2.0 * self.0 * self.1)
    }

    fn over(self, divisor: f64) -> Twice {
        let quotient = self.0 / divisor;
        let rest = self.minus(Twice::product(quotient, divisor));
        Twice::sum(quotient, (rest.0 + rest.1) / divisor)
    }
}

impl Sums {
    fn of(numbers: &Numbers) -> Self {
        let (low, high) = (numbers.distinct[0], numbers.distinct[numbers.distinct.len() - 1]);
        let middle = low.midpoint(high);
        let scale = high - middle;
        let mut sums = Sums { counts: vec![0.0], sums: vec![Twice::ZERO], squares: vec![Twice::ZERO], middle, scale };
        let (mut counts, mut sum, mut squares) = (0.0, Twice::ZERO, Twice::ZERO);
        for (&number, &count) in numbers.distinct.iter().zip(&numbers.counts) {
            let count = count as f64;
            // Half of it first, as the difference may overflow.
            let number = Twice::sum(number / 2.0, -middle / 2.0).over(scale / 2.0);
            counts += count;
            sum = sum.plus(number.times(count));
            squares = squares.plus(number.squared().times(count));
            sums.counts.push(counts);
            sums.sums.push(sum);
            sums.squares.push(squares);
        }
        sums
    }

    /// The sum of the squared distances of some numbers to their mean.
    fn cost(&self, start: usize, end: usize) -> f64 {
        let (count, sum) = (self.counts[end] - self.counts[start], self.sums[end].minus(self.sums[start]));
        let cost = self.squares[end].minus(self.squares[start]).minus(sum.squared().over(count));
        cost.0.max(0.0)
    }

    fn mean(&self, start: usize, end: usize) -> f64 {
        let sum = self.sums[end].minus(self.sums[start]);
        let mean = sum.over(self.counts[end] - self.counts[start]);
        self.middle + mean.0 * self.scale
    }
}

/// Where each of the bins ends that cost the least together.
fn best_ends(sums: &Sums, numbers: usize, bins: usize) -> Vec<usize> {
    // The least cost of the first numbers in so many bins, and where the last of them begins.
    let mut costs: Vec<f64> = (0..=numbers).map(|end| if end == 0 { 0.0 } else { sums.cost(0, end) }).collect();
    let mut starts: Vec<Vec<u32>> = Vec::with_capacity(bins);
    for bin in 1..bins {
        let mut level = Level {
            sums,
            before: &costs,
            least: bin,
            costs: vec![f64::INFINITY; numbers + 1],
            starts: vec![0; numbers + 1],
        };
        level.fill(bin + 1, numbers, bin, numbers);
        (costs, _) = (level.costs, starts.push(level.starts));
    }
    let mut ends = vec![numbers];
    for starts in starts.iter().rev() {
        ends.push(starts[ends[ends.len() - 1]] as usize);
    }
    ends.reverse();
    ends
}

/// One bin more.
struct Level<'a> {
    sums: &'a Sums,
    before: &'a [f64],
    /// The bins before it, which have a number each.
    least: usize,
    costs: Vec<f64>,
    starts: Vec<u32>,
}

impl Level<'_> {
    /// Fills the ends from `first` to `last`, whose last bins begin from `low` to `high`: the later a bin ends, the later
    /// it begins. The recursion is as deep as the logarithm of the ends.
    fn fill(&mut self, first: usize, last: usize, low: usize, high: usize) {
        if first > last {
            return;
        }
        let end = first.midpoint(last);
        let (mut best, mut from) = (f64::INFINITY, low.max(self.least));
        for start in low.max(self.least)..=high.min(end - 1) {
            let cost = self.before[start] + self.sums.cost(start, end);
            if cost < best {
                (best, from) = (cost, start);
            }
        }
        // Positions are below the number of values, which memory bounds; k bins of them fit in 32 bits.
        (self.costs[end], self.starts[end]) = (best, from as u32);
        self.fill(first, end - 1, low, from);
        self.fill(end + 1, last, from, high);
    }
}
