//! The rules that are planted in the sample supermarket's data.

use std::fmt;

use super::SaleBasket;
use super::calendar::DayPart;
use super::stores::{STORES, StoreKind};

/// When and where a planted rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RuleContext {
    /// Always and everywhere.
    Always,
    /// On Saturday or Sunday.
    Weekend,
    /// On Saturday or Sunday from 17:00, in a residential store.
    WeekendEveningResidential,
    /// On Saturday or Sunday from 17:00, in any other store.
    WeekendEveningElsewhere,
    /// At any other time than Saturday or Sunday from 17:00.
    OutsideWeekendEvening,
    /// On Monday to Friday before 11:00, in a station.
    StationWeekdayMorning,
    /// From May to August.
    Summer,
    /// From November to February.
    Winter,
    /// In December.
    December,
}

impl RuleContext {
    /// Whether a basket belongs to this context.
    #[must_use]
    pub fn holds(self, basket: &SaleBasket) -> bool {
        let kind = STORES.get(basket.store).map(|store| store.kind);
        let month = basket.date.month;
        let weekend = basket.date.weekday.is_weekend();
        let weekend_evening = weekend && basket.time.day_part() == DayPart::Evening;
        match self {
            RuleContext::Always => true,
            RuleContext::Weekend => weekend,
            RuleContext::WeekendEveningResidential => weekend_evening && kind == Some(StoreKind::Residential),
            RuleContext::WeekendEveningElsewhere => weekend_evening && kind != Some(StoreKind::Residential),
            RuleContext::OutsideWeekendEvening => !weekend_evening,
            RuleContext::StationWeekdayMorning => {
                !weekend && basket.time.day_part() == DayPart::Morning && kind == Some(StoreKind::Station)
            }
            RuleContext::Summer => (5..=8).contains(&month),
            RuleContext::Winter => month <= 2 || month >= 11,
            RuleContext::December => month == 12,
        }
    }
}

impl fmt::Display for RuleContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            RuleContext::Always => "always",
            RuleContext::Weekend => "at weekends",
            RuleContext::WeekendEveningResidential => "on weekend evenings in residential stores",
            RuleContext::WeekendEveningElsewhere => "on weekend evenings in other stores",
            RuleContext::OutsideWeekendEvening => "except on weekend evenings",
            RuleContext::StationWeekdayMorning => "on weekday mornings in stations",
            RuleContext::Summer => "from May to August",
            RuleContext::Winter => "from November to February",
            RuleContext::December => "in December",
        })
    }
}

/// A rule that is known to be in the sample supermarket's data, and its strength.
///
/// Each basket in the context that contains the whole antecedent contains the whole consequent with this probability,
/// independently of everything else. So the expected confidence is the probability itself. Outside the context nothing
/// is planted: the consequent occurs as often as customers happen to take it.
///
/// Displayed as in `{gin} => {tonic water, limes} always (confidence 0.50)`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlantedRule {
    /// Names of the goods on the left.
    pub antecedent: &'static [&'static str],
    /// Names of the goods on the right.
    pub consequent: &'static [&'static str],
    /// When and where the rule holds.
    pub context: RuleContext,
    /// The expected confidence in that context.
    pub probability: f64,
}

impl fmt::Display for PlantedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{{{}}} => {{{}}} {} (confidence {:.2})",
            self.antecedent.join(", "),
            self.consequent.join(", "),
            self.context,
            self.probability
        )
    }
}

const fn rule(
    antecedent: &'static [&'static str],
    consequent: &'static [&'static str],
    context: RuleContext,
    probability: f64,
) -> PlantedRule {
    PlantedRule { antecedent, consequent, context, probability }
}

/// The planted rules, in the order in which they are applied to a basket.
///
/// The probabilities are exact because no rule changes what an earlier one has decided: no consequent occurs in the
/// antecedent of an earlier rule, or in the consequent of one whose context overlaps.
#[rustfmt::skip]
pub(super) static PLANTED_RULES: [PlantedRule; 18] = [
    rule(&["diapers"], &["beer"], RuleContext::WeekendEveningResidential, 0.75),
    rule(&["diapers"], &["beer"], RuleContext::WeekendEveningElsewhere, 0.60),
    rule(&["diapers"], &["beer"], RuleContext::OutsideWeekendEvening, 0.30),
    rule(&["spaghetti"], &["tomato sauce"], RuleContext::Always, 0.45),
    rule(&["spaghetti", "tomato sauce"], &["parmesan"], RuleContext::Always, 0.50),
    rule(&["tortilla chips"], &["salsa"], RuleContext::Always, 0.55),
    rule(&["gin"], &["tonic water", "limes"], RuleContext::Always, 0.50),
    rule(&["charcoal"], &["barbecue sausages"], RuleContext::Summer, 0.70),
    rule(&["hot dog rolls"], &["frankfurters"], RuleContext::Always, 0.60),
    rule(&["hot dog rolls", "frankfurters"], &["mustard"], RuleContext::Always, 0.65),
    rule(&["pancake mix"], &["maple syrup"], RuleContext::Weekend, 0.55),
    rule(&["cat food"], &["cat litter"], RuleContext::Always, 0.40),
    rule(&["mulled wine"], &["stollen"], RuleContext::December, 0.45),
    rule(&["croissants"], &["coffee to go"], RuleContext::StationWeekdayMorning, 0.65),
    rule(&["smoked salmon"], &["cream cheese"], RuleContext::Always, 0.45),
    rule(&["strawberries"], &["whipping cream"], RuleContext::Summer, 0.50),
    rule(&["nasal spray"], &["paper tissues"], RuleContext::Winter, 0.55),
    rule(&["toothbrush"], &["toothpaste"], RuleContext::Always, 0.40),
];
