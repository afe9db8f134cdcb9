//! Drawing goods by department and season.

use super::departments::Department;
use super::goods::GOODS;
use crate::synth::draws::Draws;

/// The index of the whole year, after the months.
pub(super) const WHOLE_YEAR: usize = 12;

/// The seasonal demand for the goods, cumulated for drawing.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    /// For each month and, last, for the whole year: for each good, the demand for it and all goods before it.
    months: Vec<Vec<u64>>,
    /// Where the goods of each department begin and, last, where those of the last department end.
    starts: Vec<usize>,
}

impl Catalogue {
    pub(super) fn new() -> Self {
        let months = (0..=WHOLE_YEAR)
            .map(|month| {
                let mut end = 0;
                let mut sums = vec![0];
                for good in GOODS {
                    // The whole year has no seasons: every good counts by its popularity.
                    let percent = good.season.months().get(month).copied().unwrap_or(100);
                    end += good.popularity * percent;
                    sums.push(end);
                }
                sums
            })
            .collect();
        let mut starts: Vec<usize> =
            Department::all().map(|department| GOODS.partition_point(|good| good.department < department)).collect();
        starts.push(GOODS.len());
        Catalogue { months, starts }
    }

    /// How much of each department's goods sells in a month (0 to 11, or [`WHOLE_YEAR`]).
    pub(super) fn departments(&self, month: usize) -> [u64; Department::COUNT] {
        let sums = &self.months[month];
        std::array::from_fn(|place| sums[self.starts[place + 1]] - sums[self.starts[place]])
    }

    /// A good, drawn by the demand for the departments and then by its own demand in a month (0 to 11, or
    /// [`WHOLE_YEAR`]).
    pub(super) fn draw(&self, month: usize, departments: &[u64; Department::COUNT], draws: &mut Draws) -> usize {
        let department = draws.weighted(departments).unwrap_or(0);
        let (start, end) = (self.starts[department], self.starts[department + 1]);
        let sums = &self.months[month][start..=end];
        let at = sums[0] + draws.below(sums[end - start] - sums[0]);
        // The sums begin with the one before the first good, so the last one that is not above `at` has the index of
        // the good.
        start + sums.partition_point(|&sum| sum <= at).saturating_sub(1)
    }
}
