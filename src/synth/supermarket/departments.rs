//! The departments of the sample supermarket, and who buys there when.

use std::fmt;

use super::calendar::DayPart;
use super::households::Household;
use super::stores::StoreKind;

/// A department of the sample supermarket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Department {
    /// Fresh fruit, vegetables and herbs.
    FruitAndVegetables,
    /// Bread, rolls and cakes.
    Bakery,
    /// Milk, cheese, eggs and the like.
    Dairy,
    /// Fresh meat, sausages and fish.
    MeatAndFish,
    /// Cold cuts, salads and spreads.
    Delicatessen,
    /// Frozen food and ice cream.
    Frozen,
    /// Pasta, rice, pulses, oils and spices.
    Pantry,
    /// Tinned food and sauces.
    TinsAndSauces,
    /// What is needed for baking.
    Baking,
    /// Cereals, jams and the like.
    Breakfast,
    /// Coffee, tea and cocoa.
    HotDrinks,
    /// Water, juices and lemonades.
    SoftDrinks,
    /// Beer, wine and spirits.
    Alcohol,
    /// Crisps, nuts and the like.
    Snacks,
    /// Chocolate, sweets and biscuits.
    Confectionery,
    /// Food and drink to eat at once.
    ReadyToEat,
    /// Cleaning, paper goods and the like.
    Household,
    /// Body care and health.
    PersonalCare,
    /// What babies need.
    Baby,
    /// What cats and dogs need.
    Pets,
    /// Barbecue, garden, candles and the like.
    Seasonal,
    /// Newspapers, magazines and writing materials.
    Press,
}

/// What share of its usual demand a department has, in per cent.
struct Demand {
    department: Department,
    /// By [`Household`]: single, couple, family, family with a baby, pensioner, shared flat.
    households: [u64; 6],
    /// By [`DayPart`]: morning, midday, afternoon, evening.
    day_parts: [u64; 4],
    /// By [`StoreKind`]: residential, city centre, out of town, station.
    stores: [u64; 4],
}

const fn demand(department: Department, households: [u64; 6], day_parts: [u64; 4], stores: [u64; 4]) -> Demand {
    Demand { department, households, day_parts, stores }
}

/// The departments in the order of the enumeration, which is also the order of the goods.
#[rustfmt::skip]
static DEMAND: [Demand; Department::COUNT] = {
    use Department::*;
    [
        demand(FruitAndVegetables, [90, 110, 110, 105, 115, 75], [110, 90, 100, 85], [100, 95, 110, 50]),
        demand(Bakery, [90, 95, 110, 100, 120, 80], [220, 105, 75, 60], [100, 100, 80, 230]),
        demand(Dairy, [90, 100, 115, 125, 105, 80], [110, 90, 100, 95], [105, 90, 110, 50]),
        demand(MeatAndFish, [70, 110, 120, 95, 110, 55], [100, 100, 110, 90], [105, 85, 125, 15]),
        demand(Delicatessen, [100, 110, 100, 90, 120, 70], [100, 105, 100, 95], [105, 105, 95, 50]),
        demand(Frozen, [130, 90, 120, 100, 70, 150], [60, 90, 110, 125], [100, 85, 125, 30]),
        demand(Pantry, [90, 100, 110, 100, 90, 130], [80, 90, 110, 110], [105, 90, 115, 25]),
        demand(TinsAndSauces, [105, 95, 105, 100, 90, 130], [80, 90, 110, 110], [105, 90, 115, 20]),
        demand(Baking, [50, 95, 140, 100, 125, 60], [100, 100, 110, 80], [110, 75, 120, 10]),
        demand(Breakfast, [90, 95, 125, 100, 95, 110], [105, 90, 100, 100], [105, 90, 115, 35]),
        demand(HotDrinks, [100, 105, 90, 95, 125, 95], [105, 100, 100, 95], [100, 95, 115, 40]),
        demand(SoftDrinks, [95, 90, 125, 110, 75, 120], [80, 115, 105, 105], [95, 105, 110, 150]),
        demand(Alcohol, [115, 130, 80, 45, 85, 170], [25, 65, 95, 170], [90, 110, 120, 105]),
        demand(Snacks, [105, 95, 115, 80, 45, 180], [45, 85, 105, 150], [95, 100, 105, 120]),
        demand(Confectionery, [95, 90, 120, 100, 105, 105], [80, 105, 110, 100], [95, 100, 100, 150]),
        demand(ReadyToEat, [160, 90, 55, 50, 40, 170], [140, 180, 60, 70], [40, 150, 25, 550]),
        demand(Household, [80, 100, 115, 125, 100, 70], [95, 90, 110, 100], [105, 80, 130, 15]),
        demand(PersonalCare, [90, 110, 105, 115, 90, 90], [90, 100, 110, 95], [95, 110, 115, 55]),
        demand(Baby, [3, 5, 22, 1_150, 4, 2], [95, 90, 105, 105], [110, 85, 120, 20]),
        demand(Pets, [90, 110, 105, 60, 120, 40], [95, 90, 110, 100], [110, 75, 120, 10]),
        demand(Seasonal, [75, 110, 125, 95, 110, 65], [80, 95, 115, 105], [105, 80, 130, 35]),
        demand(Press, [90, 90, 75, 60, 200, 50], [200, 100, 70, 50], [80, 100, 60, 320]),
    ]
};

impl Department {
    /// How many departments there are.
    pub(super) const COUNT: usize = 22;

    /// The index of the department in tables.
    pub(super) const fn place(self) -> usize {
        self as usize
    }

    /// The departments in order.
    pub(super) fn all() -> impl Iterator<Item = Department> {
        DEMAND.iter().map(|demand| demand.department)
    }

    /// The department's name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Department::FruitAndVegetables => "fruit and vegetables",
            Department::Bakery => "bakery",
            Department::Dairy => "dairy",
            Department::MeatAndFish => "meat and fish",
            Department::Delicatessen => "delicatessen",
            Department::Frozen => "frozen food",
            Department::Pantry => "pantry",
            Department::TinsAndSauces => "tins and sauces",
            Department::Baking => "baking",
            Department::Breakfast => "breakfast",
            Department::HotDrinks => "hot drinks",
            Department::SoftDrinks => "soft drinks",
            Department::Alcohol => "beer wine and spirits",
            Department::Snacks => "snacks",
            Department::Confectionery => "confectionery",
            Department::ReadyToEat => "ready to eat",
            Department::Household => "household",
            Department::PersonalCare => "personal care",
            Department::Baby => "baby",
            Department::Pets => "pets",
            Department::Seasonal => "seasonal",
            Department::Press => "press",
        }
    }
}

impl fmt::Display for Department {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How much of each department a household wants, in per cent of the average.
pub(super) fn liking(household: Household) -> [u64; Department::COUNT] {
    DEMAND.each_ref().map(|demand| demand.households[household.place()])
}

/// How well each department sells in a kind of store at a part of the day, in parts of 10,000 of the average.
pub(super) fn demand_at(kind: StoreKind, part: DayPart) -> [u64; Department::COUNT] {
    DEMAND.each_ref().map(|demand| demand.day_parts[part.place()] * demand.stores[kind.place()])
}

#[cfg(test)]
mod tests {
    use super::Department;

    #[test]
    fn the_table_keeps_to_the_order_of_the_departments() {
        assert!(Department::all().is_sorted_by(|a, b| a < b));
        assert!(Department::all().all(|department| department.name() == department.name().to_lowercase()));
    }
}
