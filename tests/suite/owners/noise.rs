//! Noise: whether intervals hold, over many seeds.

use itemset::owners::{Agreement, Noise};
use itemset::{MinSupport, Miner, Transactions};

use super::{Session, dealt, names};
use crate::brute_force;

fn rows() -> Vec<Vec<u32>> {
    // Counts from a few to all: items just below and above any threshold are among them.
    (0..900u32)
        .map(|n| (0..14).filter(|item| n.wrapping_mul(2_654_435_761) >> 20 & 63 < 64 / (item / 2 + 1)).collect())
        .collect()
}

/// Over 200 seeds: all intervals of a session hold at once, no frequent itemset is missing, and what is called surely
/// frequent is, each in at least 95 of 100.
#[test]
fn intervals_hold_as_often_as_stated() {
    let (rows, min_count) = (rows(), 200);
    let all = Miner::new().min_support(MinSupport::count(1)).max_len(3).mine(&brute_force::encode(&rows)).unwrap();
    let truth = |items: &[&u32]| all.count_of(items.iter().copied()).unwrap_or(0);
    // With a fraction the threshold is uncertain too.
    let fraction = MinSupport::fraction(min_count as f64 / rows.len() as f64);
    for (epsilon, min_group, min_support) in [(0.4, 1, fraction), (0.4, 12, MinSupport::count(min_count))] {
        let agreement = Agreement::new(names(3), 0..14)
            .min_support(min_support)
            .max_len(3)
            .min_group(min_group)
            .noise(Noise::per_count(epsilon));
        let (mut all_hold, mut complete, mut sure, mut inexact) = (0, 0, 0, 0);
        let (mut intervals, mut hold) = (0, 0);
        for seed in 0..200 {
            let mut session = Session::seeded(&agreement, dealt(&rows, 3, |place| place / 7), seed);
            session.run().unwrap();
            let result = session.coordinator.result().unwrap();
            let found: Vec<_> = result.iter().collect();
            let held = found.iter().filter(|itemset| itemset.count.contains(truth(&itemset.items))).count();
            let baskets = result.basket_count().contains(rows.len() as u64);
            all_hold += u32::from(held == found.len() && baskets);
            (intervals, hold) = (intervals + found.len(), hold + held);
            let frequent = all.iter().filter(|itemset| itemset.count() >= min_count).count();
            complete +=
                u32::from(found.iter().filter(|itemset| truth(&itemset.items) >= min_count).count() == frequent);
            sure += u32::from(
                found
                    .iter()
                    .filter(|itemset| itemset.is_surely_frequent)
                    .all(|itemset| truth(&itemset.items) >= min_count),
            );
            inexact += u32::from(found.iter().any(|itemset| itemset.count.estimate != truth(&itemset.items)));
            assert!(result.to_frequent().is_err());
            // Estimates are frequent itemsets, of which rules are made.
            let rules = result.estimated_itemsets().unwrap().rules().min_confidence(0.5).generate().unwrap();
            assert!(rules.iter().all(|rule| rule.confidence() <= 1.0));
        }
        assert!(inexact >= 199, "there is noise: {inexact}");
        assert!(all_hold >= 190, "epsilon {epsilon}: all intervals held in {all_hold} of 200 sessions");
        assert!(complete >= 190, "epsilon {epsilon}: {complete} of 200 sessions were complete");
        assert!(sure >= 190, "epsilon {epsilon}: {sure} of 200 sessions were right about what is sure");
        assert!(hold as f64 >= 0.95 * intervals as f64, "epsilon {epsilon}: {hold} of {intervals}");
        eprintln!("epsilon {epsilon}, group {min_group}: {hold} of {intervals}, {all_hold} of 200 sessions with all");
    }
}

/// The intervals are not wider than they need to be: with one round of one item about 95 of 100 hold.
#[test]
fn intervals_are_tight() {
    let rows = [vec![vec![1u32]; 300], vec![vec![]; 300]].concat();
    let agreement = Agreement::new(names(3), [1])
        .min_support(MinSupport::count(100))
        .max_len(1)
        .noise(Noise::per_count(0.1).confidence(0.5));
    let (mut held, mut widths) = (0, Vec::new());
    for seed in 0..200 {
        let mut session = Session::seeded(&agreement, dealt(&rows, 3, |place| place), seed);
        session.run().unwrap();
        let result = session.coordinator.result().unwrap();
        let count = result.iter().next().unwrap().count;
        held += u32::from(count.contains(300));
        widths.push(count.high - count.low);
    }
    // Half of what may be missed is for round 1, a quarter for each of its two counts... 0.125 each.
    assert!((160..190).contains(&held), "{held}");
    // The standard deviation of the sum is 24.5.
    assert!(widths.iter().all(|width| (50..110).contains(width)), "{widths:?}");
}

/// A count is not called exact because noise is unlikely to have changed it.
#[test]
fn little_noise_is_noise() {
    let agreement = Agreement::new(names(3), 0..14)
        .min_support(MinSupport::count(200))
        .max_len(2)
        .noise(Noise::per_count(40.0).confidence(0.5));
    let mut session = Session::new(&agreement, dealt(&rows(), 3, |place| place));
    session.run().unwrap();
    let result = session.coordinator.result().unwrap();
    assert!(result.len() > 5 && result.iter().all(|itemset| itemset.count.is_exact()));
    assert!(!result.is_exact() && result.to_frequent().is_err());
    let mined = Miner::new().min_support(MinSupport::count(200)).max_len(2).mine(&brute_force::encode(&rows()));
    assert_eq!(result.estimated_itemsets().unwrap(), mined.unwrap());
}

/// What a basket has spent is added up, by the budget or by what was counted.
#[test]
fn epsilon_is_added_up() {
    let rows = rows();
    let short: Vec<Vec<u32>> = rows.iter().map(|row| row.iter().copied().take(4).collect()).collect();
    let budget =
        Agreement::new(names(3), 0..14).min_support(MinSupport::count(200)).max_len(2).noise(Noise::per_basket(8.0, 4));
    let mut session = Session::new(&budget, dealt(&short, 3, |place| place));
    assert!(session.owners.iter().all(|owner| owner.epsilon_spent() == 0.0));
    session.run().unwrap();
    for owner in &session.owners {
        // 1 + 4 + 6 counts, all of which the longest basket can be in.
        assert!(owner.epsilon_spent() <= 8.0 && owner.epsilon_spent() > 7.99, "{}", owner.epsilon_spent());
    }
    let each =
        Agreement::new(names(3), 0..14).min_support(MinSupport::count(200)).max_len(1).noise(Noise::per_count(1.0));
    let mut session = Session::new(&each, dealt(&short, 3, |place| place));
    session.run().unwrap();
    assert!(session.owners.iter().all(|owner| owner.epsilon_spent() == 5.0));
    // Round 1 of a new attempt has the same noise: the sums stay, and nothing more is spent. A round of other
    // candidates has its own.
    let group = budget.clone().min_group(3);
    for agreement in [&budget, &group] {
        let mut session = Session::new(agreement, dealt(&short, 3, |place| place));
        let sums = |session: &mut Session<u32>| -> (Vec<u64>, f64) {
            session.run_to_round(1);
            let replies = session.answers().unwrap();
            let sum = |place| replies.iter().fold(0u64, |sum, reply| sum.wrapping_add(reply.values()[place]));
            ((0..replies[0].values().len()).map(sum).collect(), session.owners[0].epsilon_spent())
        };
        let first = sums(&mut session);
        assert!(first.1 > 0.0 && first.1 < 8.0);
        session.coordinator.restart_without::<&str>(&[]).unwrap();
        assert_eq!(sums(&mut session), first);
        session.coordinator.restart_without::<&str>(&[]).unwrap();
        session.run().unwrap();
        assert!(session.owners.iter().all(|owner| owner.epsilon_spent() <= 8.0));
    }
    let empty: Vec<Transactions<u32>> = (0..3).map(|_| Transactions::from_rows([Vec::<u32>::new()]).unwrap()).collect();
    let mut session = Session::new(&each.min_support(MinSupport::count(50)), empty);
    session.run().unwrap();
    assert!(session.owners.iter().all(|owner| owner.epsilon_spent() == 1.0));
}
