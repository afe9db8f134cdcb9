//! What a report shows, without the type of its labels: the best rules, and facts about the baskets.

use std::cmp::Ordering;
use std::fmt::Display;
use std::hash::Hash;

use hashbrown::HashMap;

use super::basket_facts::BasketFacts;
use super::settings::{Report, Since};
use super::text::{named, shown};
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::rules::{Contingency, Drift, Measure, PValue, Rule, Rules, check_alpha};
use crate::run_options::RunOptions;

/// The level at which a change since the last report counts, after Bonferroni's correction.
pub(super) const DRIFT_LEVEL: f64 = 0.05;

/// Bytes that choosing the best takes for each rule, and a rule that is shown with its part of the page.
const BYTES_PER_RULE: u64 = 24;
const BYTES_PER_SHOWN: u64 = 500;

/// All that a page or a plot shows.
pub(super) struct Content {
    pub(super) title: String,
    pub(super) date: Option<String>,
    pub(super) note: Option<String>,
    /// The items of the shown rules, in the order of their first appearance.
    pub(super) labels: Vec<String>,
    /// The rules that are shown, the best first.
    pub(super) rules: Vec<Shown>,
    /// All rules.
    pub(super) all: usize,
    pub(super) baskets: u64,
    pub(super) best_by: Measure,
    pub(super) facts: Option<BasketFacts>,
    pub(super) significance: Option<Significance>,
    pub(super) changes: Option<Changes>,
    pub(super) settings: Vec<(String, String)>,
}

/// One rule.
pub(super) struct Shown {
    pub(super) antecedent: Vec<u32>,
    pub(super) consequent: Vec<u32>,
    pub(super) counts: Contingency,
    /// By the measure that decides which are the best.
    pub(super) value: f64,
    /// Corrected, and whether it is small enough.
    pub(super) chance: Option<(f64, bool)>,
    /// How it changed, and whether that is more than chance; nothing for one that was not there before.
    pub(super) drift: Option<(Drift, bool)>,
}

impl Shown {
    pub(super) fn support(&self) -> f64 {
        self.counts.measure(Measure::Support)
    }

    pub(super) fn confidence(&self) -> f64 {
        self.counts.measure(Measure::Confidence)
    }

    pub(super) fn lift(&self) -> f64 {
        self.counts.measure(Measure::Lift)
    }

    /// The baskets with both sides beyond those that chance would give.
    pub(super) fn extra(&self) -> f64 {
        self.counts.measure(Measure::Leverage) * self.counts.n() as f64
    }
}

/// What was asked about chance, and how many of all rules passed.
pub(super) struct Significance {
    pub(super) alpha: f64,
    pub(super) correction: String,
    pub(super) hypotheses: f64,
    pub(super) passed: usize,
}

/// How many of all rules changed, and the places of the shown ones that did, the surest first.
pub(super) struct Changes {
    /// The baskets of then.
    pub(super) before: u64,
    pub(super) changed: usize,
    pub(super) surest: Vec<usize>,
    /// New rules, and those that are no longer found, where earlier rules are known.
    pub(super) new_and_gone: Option<[usize; 2]>,
}

impl Content {
    pub(super) fn of<T: Display + Eq + Hash>(
        report: &Report<'_, T>,
        options: &RunOptions,
        control: &Control,
    ) -> Result<Self, Error> {
        let rules = report.rules;
        if let Some(Since::Drift(drift)) = report.since
            && drift.len() != rules.len()
        {
            return Err(Error::invalid_setting("since", drift.len(), "a drift for each rule, in their order"));
        }
        let tested = match &report.significance {
            None => None,
            Some((alpha, correction, hypotheses)) => {
                let level = check_alpha(*alpha)?;
                let values = rules.adjusted_p_values_under(*correction, hypotheses, options, control)?;
                let passed = values.iter().filter(|&&value| value <= level).count();
                let (correction, hypotheses) = (correction.to_string(), hypotheses.total());
                Some((values, level, Significance { alpha: *alpha, correction, hypotheses, passed }))
            }
        };
        let most = rules.len().min(report.max_rules) as u64;
        options.check_room(BYTES_PER_RULE * rules.len() as u64 + BYTES_PER_SHOWN * most)?;
        let best = best(rules, report.best_by, report.max_rules, control)?;
        let mut content = Content {
            title: named(&report.title),
            date: report.date.as_ref().map(shown),
            note: report.note.as_ref().map(shown),
            labels: Vec::new(),
            rules: Vec::with_capacity(best.len()),
            all: rules.len(),
            baskets: rules.basket_count(),
            best_by: report.best_by,
            facts: report.baskets.map(|baskets| BasketFacts::of(baskets, control)).transpose()?,
            significance: None,
            changes: None,
            settings: report.settings.iter().map(|(name, value)| (shown(name), shown(value))).collect(),
        };
        content.take(rules, &best, control)?;
        if let Some((values, level, significance)) = tested {
            for (rule, &place) in content.rules.iter_mut().zip(&best) {
                rule.chance = Some((values[place].value(), values[place] <= level));
            }
            content.significance = Some(significance);
        }
        match report.since {
            None => {}
            Some(Since::Drift(drift)) => {
                let before = drift.first().map_or(0, |drift| drift.before().n());
                let drift: Vec<Option<Drift>> = drift.iter().copied().map(Some).collect();
                content.compare(&drift, before, None, &best, control)?;
            }
            Some(Since::Rules(earlier)) => {
                let drift = since(rules, earlier, control)?;
                let found = drift.iter().flatten().count();
                let new_and_gone = [rules.len() - found, earlier.len().saturating_sub(found)];
                content.compare(&drift, earlier.basket_count(), Some(new_and_gone), &best, control)?;
            }
        }
        Ok(content)
    }

    /// Takes the rules at some places, with the texts of their labels.
    fn take<T: Display>(&mut self, rules: &Rules<T>, places: &[usize], control: &Control) -> Result<(), Error> {
        let mut ticker = Ticker::new(control);
        // Labels of one set of rules are the same if they are at the same address.
        let mut numbers: HashMap<*const T, u32> = HashMap::new();
        let labels = &mut self.labels;
        let mut number = |label: &T| {
            // Items are numbered by a u32.
            let next = labels.len() as u32;
            let number = *numbers.entry(std::ptr::from_ref(label)).or_insert(next);
            if number == next {
                labels.push(named(label));
            }
            number
        };
        for rule in places.iter().filter_map(|&place| rules.get(place)) {
            let antecedent = rule.antecedent().map(&mut number).collect();
            let consequent = rule.consequent().map(&mut number).collect();
            let (counts, value) = (rule.counts(), rule.measure(self.best_by));
            self.rules.push(Shown { antecedent, consequent, counts, value, chance: None, drift: None });
            ticker.check(64)?;
        }
        Ok(())
    }

    /// Tests which rules changed.
    fn compare(
        &mut self,
        drift: &[Option<Drift>],
        before: u64,
        new_and_gone: Option<[usize; 2]>,
        places: &[usize],
        control: &Control,
    ) -> Result<(), Error> {
        let mut ticker = Ticker::new(control);
        let tests = drift.iter().flatten().count() as f64;
        let is_changed = |test: PValue| test.value() * tests <= DRIFT_LEVEL;
        let mut changed = 0;
        for drift in drift.iter().flatten() {
            changed += usize::from(is_changed(drift.confidence_test()));
            ticker.check(8)?;
        }
        for (rule, &place) in self.rules.iter_mut().zip(places) {
            rule.drift = drift[place].map(|drift| (drift, is_changed(drift.confidence_test())));
        }
        let surprise = |&place: &usize| self.rules[place].drift.map_or(0.0, |(drift, _)| drift.confidence_test().ln());
        let mut surest: Vec<usize> = (0..self.rules.len())
            .filter(|&place| self.rules[place].drift.is_some_and(|(_, changed)| changed))
            .collect();
        surest.sort_by(|a, b| surprise(a).total_cmp(&surprise(b)));
        self.changes = Some(Changes { before, changed, surest, new_and_gone });
        Ok(())
    }

    /// The labels of some items.
    pub(super) fn labels(&self, items: &[u32]) -> Vec<&str> {
        items.iter().map(|&item| &self.labels[item as usize][..]).collect()
    }

    /// The greatest lift of the shown rules.
    pub(super) fn greatest_lift(&self) -> f64 {
        self.rules.iter().map(Shown::lift).fold(0.0, f64::max)
    }
}

/// How the rules changed that earlier rules have too, compared by the labels of both sides.
fn since<T: Eq + Hash>(rules: &Rules<T>, earlier: &Rules<T>, control: &Control) -> Result<Vec<Option<Drift>>, Error> {
    fn sides<'a, T>(rule: Rule<'a, T>) -> (Vec<&'a T>, Vec<&'a T>) {
        (rule.antecedent().collect(), rule.consequent().collect())
    }
    let mut ticker = Ticker::new(control);
    let mut known = HashMap::with_capacity(earlier.len());
    for rule in earlier {
        known.insert(sides(rule), rule.counts());
        ticker.check(32)?;
    }
    let mut drift = Vec::with_capacity(rules.len());
    for rule in rules {
        drift.push(known.get(&sides(rule)).map(|&before| Drift::between(before, rule.counts())));
        ticker.check(32)?;
    }
    Ok(drift)
}

/// The places of the best rules, the best first.
fn best<T>(rules: &Rules<T>, by: Measure, most: usize, control: &Control) -> Result<Vec<usize>, Error> {
    let (judge, mut ticker) = (by.judge(), Ticker::new(control));
    let mut judged = Vec::with_capacity(rules.len());
    for (place, rule) in rules.iter().enumerate() {
        judged.push((judge.goodness(&rule.counts()), rule.count(), place));
        ticker.check(8)?;
    }
    let order = |a: &(f64, u64, usize), b: &(f64, u64, usize)| -> Ordering {
        b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2))
    };
    if most < judged.len() {
        judged.select_nth_unstable_by(most, order);
        judged.truncate(most);
    }
    judged.sort_unstable_by(order);
    Ok(judged.into_iter().map(|(.., place)| place).collect())
}
