//! When in the year the goods of the sample supermarket sell.

/// When in the year a good sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    /// Equally well in all months.
    AllYear,
    /// Best on hot days.
    Summer,
    /// Needed for barbecues.
    Barbecue,
    /// Asparagus and rhubarb.
    Spring,
    /// Strawberries and cherries.
    EarlySummer,
    /// The harvest.
    Autumn,
    /// Best on cold days.
    Winter,
    /// When people have colds.
    Colds,
    /// Before Easter.
    Easter,
    /// Before Christmas.
    Advent,
}

impl Season {
    /// The demand in each month, in per cent of the good's popularity.
    pub(super) const fn months(self) -> [u64; 12] {
        match self {
            Season::AllYear => [100; 12],
            Season::Summer => [25, 25, 45, 80, 150, 260, 320, 280, 130, 50, 25, 25],
            Season::Barbecue => [2, 2, 20, 110, 280, 380, 400, 340, 140, 20, 5, 5],
            Season::Spring => [2, 5, 60, 350, 500, 250, 20, 5, 5, 5, 2, 2],
            Season::EarlySummer => [15, 20, 50, 120, 420, 480, 300, 120, 50, 20, 15, 15],
            Season::Autumn => [20, 10, 10, 10, 10, 15, 40, 120, 350, 420, 220, 60],
            Season::Winter => [200, 180, 120, 70, 40, 30, 30, 30, 60, 120, 180, 220],
            Season::Colds => [220, 220, 160, 90, 50, 40, 40, 40, 70, 120, 170, 200],
            Season::Easter => [0, 30, 300, 900, 10, 0, 0, 0, 0, 0, 0, 0],
            Season::Advent => [20, 0, 0, 0, 0, 0, 0, 0, 10, 60, 500, 1_200],
        }
    }
}
