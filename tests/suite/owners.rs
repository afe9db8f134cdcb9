//! Owners who count together, beside mining all of their baskets.

mod noise;
mod refusals;
mod secrecy;

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::time::Duration;

use itemset::owners::{Agreement, Coordinator, CoordinatorState, Owner, OwnerState, Reply, Request};
use itemset::{Algorithm, CancelToken, Error, ErrorKind, MinSupport, Miner, RunOptions, Transactions};
use proptest::prelude::*;

use crate::brute_force;

/// The names of so many owners.
fn names(owners: usize) -> Vec<String> {
    (0..owners).map(|owner| format!("owner {owner}")).collect()
}

/// A session that is not over, with the bytes of all its messages.
struct Session<T> {
    coordinator: Coordinator<T>,
    owners: Vec<Owner<T>>,
    requests: Vec<Vec<u8>>,
    replies: Vec<Vec<u8>>,
}

impl<T: Eq + Hash + Ord + Clone + Display + Debug> Session<T> {
    fn new(agreement: &Agreement<T>, baskets: Vec<Transactions<T>>) -> Self {
        Self::seeded(agreement, baskets, 1)
    }

    /// Everything drawn follows from the seed.
    fn seeded(agreement: &Agreement<T>, baskets: Vec<Transactions<T>>, seed: u8) -> Self {
        let names = names(baskets.len());
        let seed_of = |number: usize| std::array::from_fn(|place| seed ^ (number + 7 * place) as u8);
        let owner = |(number, baskets): (usize, _)| {
            Owner::from_seed(agreement, names[number].as_str(), baskets, seed_of(number)).unwrap()
        };
        Session {
            coordinator: Coordinator::with_session(agreement, [seed; 16]).unwrap(),
            owners: baskets.into_iter().enumerate().map(owner).collect(),
            requests: Vec::new(),
            replies: Vec::new(),
        }
    }

    /// What the owners answer to the current request, through bytes.
    fn answers(&mut self) -> Result<Vec<Reply>, Error> {
        let bytes = self.coordinator.request().to_bytes();
        let request = Request::from_bytes(&bytes)?;
        assert_eq!(&request, self.coordinator.request());
        self.requests.push(bytes);
        let taking_part = self.coordinator.owners();
        let mut replies = Vec::new();
        for (owner, name) in self.owners.iter_mut().zip(names(99)) {
            if taking_part.contains(&name) {
                replies.extend(owner.answer(&request)?);
            }
        }
        self.replies.extend(replies.iter().map(Reply::to_bytes));
        Ok(replies)
    }

    fn step(&mut self) -> Result<(), Error> {
        let replies = self.answers()?;
        for reply in replies.iter().rev() {
            let read = Reply::from_bytes(&reply.to_bytes())?;
            assert_eq!(&read, reply);
            self.coordinator.receive(&read)?;
        }
        Ok(())
    }

    /// Goes on to the end, where owners and coordinator have the same.
    fn run(&mut self) -> Result<(), Error> {
        while self.coordinator.result().is_none() {
            self.step()?;
        }
        assert_eq!(self.coordinator.state(), CoordinatorState::Finished);
        assert!(self.answers()?.is_empty());
        let taking_part = self.coordinator.owners();
        let result = self.coordinator.result().unwrap();
        assert_eq!(result.owners(), taking_part);
        for (owner, name) in self.owners.iter().zip(names(99)) {
            if !taking_part.contains(&name) {
                continue;
            }
            assert_eq!(owner.state(), OwnerState::Finished);
            let own = owner.result().unwrap();
            assert!(own.iter().eq(result.iter()));
            assert_eq!((own.basket_count(), own.min_count()), (result.basket_count(), result.min_count()));
            assert_eq!(own.estimated_itemsets()?, result.estimated_itemsets()?);
        }
        Ok(())
    }

    /// Goes on until the coordinator has sent out a round, and nobody has answered.
    fn run_to_round(&mut self, round: u32) {
        while self.coordinator.state() != (CoordinatorState::Counting { round }) {
            self.step().unwrap();
        }
    }
}

/// The baskets of each owner.
fn dealt(rows: &[Vec<u32>], owners: usize, deal: impl Fn(usize) -> usize) -> Vec<Transactions<u32>> {
    let of = |owner| {
        let own = rows.iter().enumerate().filter(|(place, _)| deal(*place) % owners == owner);
        Transactions::from_rows(own.map(|(_, row)| row.clone())).unwrap()
    };
    (0..owners).map(of).collect()
}

/// All items, in an order that is neither that of the labels nor that of the rows.
fn catalogue(rows: &[Vec<u32>]) -> Vec<u32> {
    let mut items: Vec<u32> = rows.iter().flatten().copied().collect();
    items.sort_by_key(|item| (item % 7, std::cmp::Reverse(*item)));
    items.dedup();
    items
}

proptest! {
    /// The same itemsets, counts and levels, whoever has which basket.
    #[test]
    fn result_is_that_of_all_baskets(
        rows in brute_force::databases(),
        owners in 2..=6usize,
        deal in prop::collection::vec(any::<usize>(), 200),
        count in 1..8u64,
        fraction in prop::option::of(0.01..0.4),
        max_len in prop::option::of(1..5usize),
    ) {
        let min_support = fraction.map_or(MinSupport::count(count), MinSupport::fraction);
        let mut agreement = Agreement::new(names(owners), catalogue(&rows)).min_support(min_support).min_owners(2);
        let mut miner = Miner::new().min_support(min_support).algorithm(Algorithm::Apriori).threads(1);
        if let Some(max_len) = max_len {
            (agreement, miner) = (agreement.max_len(max_len), miner.max_len(max_len));
        }
        // A group of one basket is needed to take part, and here some have none.
        let mut parts = dealt(&rows, owners, |place| deal[place]);
        if parts.iter().any(Transactions::is_empty) {
            let agreement = agreement.clone().min_group(3);
            prop_assert!(Owner::new(&agreement, "owner 0", Transactions::from_rows::<Vec<u32>>([]).unwrap()).is_err());
            for part in parts.iter_mut().filter(|part| part.is_empty()) {
                *part = Transactions::from_rows([vec![]]).unwrap();
            }
        }
        let all: Vec<Vec<u32>> =
            parts.iter().flat_map(|part| part.iter().map(|row| row.iter().copied().collect())).collect();
        let mut session = Session::new(&agreement, parts);
        session.run().unwrap();
        let result = session.coordinator.result().unwrap();
        prop_assert!(result.is_exact());
        let found = result.to_frequent().unwrap();
        let expected = miner.mine(&brute_force::encode(&all)).unwrap();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(found.statistics(), expected.statistics());
        #[cfg(feature = "serde")]
        prop_assert_eq!(serde_json::to_string(&found).unwrap(), serde_json::to_string(&expected).unwrap());
        let min_count = min_support.min_count(all.len() as u64).unwrap();
        let mut listed = brute_force::itemsets(&all, min_count);
        listed.retain(|(itemset, _)| itemset.len() <= max_len.unwrap_or(usize::MAX));
        listed.iter_mut().for_each(|(itemset, _)| itemset.sort());
        prop_assert_eq!(brute_force::listed(&found), listed);
        prop_assert_eq!(result.len(), found.len());
        for itemset in result.iter() {
            prop_assert!(itemset.is_surely_frequent && itemset.count.is_exact());
        }
    }

    /// So it is with weights, with items that are not in the catalogue or that nobody has, and for fractions that are
    /// exactly those of some count.
    #[test]
    fn result_is_that_of_weighted_baskets_on_the_threshold(
        rows in brute_force::databases(),
        weights in prop::collection::vec(0..5u32, 200),
        owners in 3..=4usize,
        listed in prop::collection::vec(prop::bool::weighted(0.8), 80),
        count in 1..40u64,
        max_len in prop::option::of(1..4usize),
    ) {
        let is_listed = |item: u32| listed.get(item as usize).copied().unwrap_or(true);
        let encode = |keep: &dyn Fn(usize, u32) -> bool, own: &dyn Fn(usize) -> bool| {
            let mut builder = Transactions::builder();
            for (place, row) in rows.iter().enumerate().filter(|(place, _)| own(*place)) {
                builder.push_weighted(row.iter().copied().filter(|&item| keep(place, item)), weights[place]);
            }
            builder.build().unwrap()
        };
        let parts: Vec<_> = (0..owners).map(|owner| encode(&|_, _| true, &|place| place % owners == owner)).collect();
        if parts.iter().any(Transactions::is_empty) {
            return Ok(());
        }
        let all = encode(&|_, item| is_listed(item), &|_| true);
        let min_support = MinSupport::fraction(count.min(all.len() as u64) as f64 / all.len() as f64);
        // Nobody has 2000.
        let catalogue = catalogue(&rows).into_iter().filter(|&item| is_listed(item)).chain([2000]);
        let mut agreement = Agreement::new(names(owners), catalogue).min_support(min_support);
        let mut miner = Miner::new().min_support(min_support).algorithm(Algorithm::Apriori).threads(1);
        if let Some(max_len) = max_len {
            (agreement, miner) = (agreement.max_len(max_len), miner.max_len(max_len));
        }
        let mut session = Session::new(&agreement, parts);
        session.run().unwrap();
        let found = session.coordinator.result().unwrap().to_frequent().unwrap();
        let expected = miner.mine(&all).unwrap();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(found.statistics(), expected.statistics());
        #[cfg(feature = "serde")]
        prop_assert_eq!(serde_json::to_string(&found).unwrap(), serde_json::to_string(&expected).unwrap());
    }

    /// Each count is in its interval, and no frequent itemset is missing, whatever was held back.
    #[test]
    fn intervals_of_a_smallest_group_hold(
        rows in brute_force::databases(),
        deal in prop::collection::vec(any::<usize>(), 200),
        min_count in 2..9u64,
        min_group in 3..7u64,
    ) {
        let parts = dealt(&rows, 3, |place| deal[place]);
        if parts.iter().any(|part| (part.len() as u64) < min_group) {
            return Ok(());
        }
        let sets: Vec<Vec<BTreeSet<u32>>> =
            parts.iter().map(|part| part.iter().map(|row| row.iter().copied().collect()).collect()).collect();
        let small = |part: &[BTreeSet<u32>], itemset: &[u32]| {
            let count = part.iter().filter(|row| itemset.iter().all(|item| row.contains(item))).count();
            (1..min_group as usize).contains(&count)
        };
        let agreement = Agreement::new(names(3), catalogue(&rows))
            .min_support(MinSupport::count(min_count))
            .max_len(4)
            .min_group(min_group);
        let mut session = Session::new(&agreement, parts);
        session.run().unwrap();
        let result = session.coordinator.result().unwrap();
        let mined = |min_count| {
            let miner = Miner::new().min_support(MinSupport::count(min_count)).max_len(4);
            miner.mine(&brute_force::encode(&rows)).unwrap()
        };
        let (frequent, all) = (mined(min_count), mined(1));
        prop_assert_eq!(result.basket_count().low, rows.len() as u64);
        let mut found = 0;
        for itemset in result.iter() {
            let count = all.count_of(itemset.items.iter().copied()).unwrap_or(0);
            prop_assert!(itemset.count.contains(count), "{itemset} has {count}");
            prop_assert!(!itemset.is_surely_frequent || count >= min_count);
            found += usize::from(count >= min_count);
            let items: Vec<u32> = itemset.items.iter().map(|&&item| item).collect();
            let held = sets.iter().filter(|part| small(part, &items)).count() as u64;
            prop_assert_eq!(itemset.count.high - itemset.count.low, held * (min_group - 2));
        }
        prop_assert_eq!(found, frequent.len());
        prop_assert_eq!(result.to_frequent().is_ok(), result.is_exact());
        // Estimates make rules whose confidences are fractions.
        let rules = result.estimated_itemsets().unwrap().rules().min_confidence(0.1).generate().unwrap();
        prop_assert!(rules.iter().all(|rule| rule.confidence() <= 1.0));
    }
}

#[test]
fn weights_and_unlisted_items() {
    let part = |rows: &[(&[&'static str], u32)]| {
        let mut builder = Transactions::builder();
        rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().copied(), *weight));
        builder.build().unwrap()
    };
    let parts = vec![
        part(&[(&["beer", "diapers", "secret"], u32::MAX), (&["beer"], 3)]),
        part(&[(&["diapers", "beer"], u32::MAX), (&["wipes"], 7)]),
        part(&[(&["own brand", "beer"], 1)]),
    ];
    let agreement = Agreement::new(names(3), ["wipes", "beer", "diapers"]).min_support(MinSupport::count(2));
    let mut session = Session::new(&agreement, parts);
    assert_eq!(session.owners.iter().map(Owner::unlisted_items).collect::<Vec<_>>(), [1, 0, 1]);
    session.run().unwrap();
    let found = session.coordinator.result().unwrap().to_frequent().unwrap();
    let both = 2 * u64::from(u32::MAX);
    assert_eq!(found.basket_count(), both + 11);
    assert_eq!(found.count_of(["beer", "diapers"]), Some(both));
    assert_eq!(found.count_of(["beer"]), Some(both + 4));
    assert_eq!(found.count_of(["wipes"]), Some(7));
    assert_eq!(found.len(), 4);
}

#[test]
fn session_with_nothing_frequent_ends() {
    let agreement = Agreement::new(names(3), ["a", "b"]).min_support(MinSupport::count(9));
    let parts = || (0..3).map(|_| Transactions::from_rows([["a", "b"]]).unwrap()).collect();
    let mut session = Session::new(&agreement, parts());
    session.run().unwrap();
    assert!(session.coordinator.result().unwrap().is_empty());
    assert_eq!(session.coordinator.result().unwrap().to_frequent().unwrap().len(), 0);
    // An empty catalogue has nothing to count but baskets.
    let mut session = Session::new(&Agreement::new(names(3), Vec::<&str>::new()), parts());
    session.run().unwrap();
    assert_eq!(session.coordinator.result().unwrap().basket_count().estimate, 3);
}

/// A call that is ended changes nothing, and is made again.
#[test]
fn calls_are_ended_and_made_again() {
    let rows: Vec<Vec<u32>> = (0..600).map(|n| (0..12).filter(|item| n % (item + 2) != 0).collect()).collect();
    let agreement = Agreement::new(names(3), 0..12).min_support(MinSupport::count(20));
    let mut session = Session::new(&agreement, dealt(&rows, 3, |place| place));
    let cancelled = CancelToken::new();
    cancelled.cancel();
    let ended = RunOptions::new().cancel_token(&cancelled);
    let in_time = RunOptions::new().time_limit(Duration::from_secs(600));
    while session.coordinator.result().is_none() {
        let request = session.coordinator.request().clone();
        for owner in &mut session.owners {
            let state = owner.state();
            assert!(matches!(owner.answer_with(&request, &ended).unwrap_err().kind(), ErrorKind::Cancelled));
            assert_eq!(owner.state(), state);
            let reply = owner.answer_with(&request, &in_time).unwrap().unwrap();
            let state = session.coordinator.state();
            let error = session.coordinator.receive_with(&reply, &ended).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Cancelled));
            assert_eq!(session.coordinator.state(), state);
            session.coordinator.receive_with(&reply, &in_time).unwrap();
        }
    }
    let result = session.coordinator.result().unwrap();
    let expected = Miner::new().min_support(MinSupport::count(20)).mine(&brute_force::encode(&rows)).unwrap();
    assert_eq!(result.to_frequent_with(&in_time).unwrap(), expected);
    assert!(result.estimated_itemsets_with(&ended).is_err());
    let little = RunOptions::new().max_memory(100);
    let mut owner = Owner::new(&agreement, "owner 0", brute_force::encode(&rows)).unwrap();
    let mut coordinator = Coordinator::new(&agreement).unwrap();
    owner.answer_with(coordinator.request(), &little).unwrap();
    let mut others = Session::new(&agreement, dealt(&rows, 3, |place| place));
    for other in &mut others.owners[1..] {
        let reply = other.answer(coordinator.request()).unwrap().unwrap();
        coordinator.receive(&reply).unwrap();
    }
    assert_eq!(coordinator.missing(), ["owner 0"]);
}

/// On real data, if it is there.
#[test]
fn retail_of_several_owners() {
    let Some(folder) = std::env::var_os("ITEMSET_DATA").map(std::path::PathBuf::from) else {
        eprintln!("NOT CHECKED: ITEMSET_DATA is not set, owners with real data were skipped");
        return;
    };
    let all = itemset::io::BasketReader::new().read_file(folder.join("data/retail.dat")).unwrap();
    let mut parts = Vec::new();
    let mut rest = all.clone();
    for owner in 0..3 {
        let (part, left) = rest.partition(|place, _| place % (4 - owner) == 0);
        parts.push(part);
        rest = left;
    }
    parts.push(rest);
    let agreement = Agreement::new(names(4), all.dictionary().labels().to_vec()).min_support(MinSupport::count(200));
    let mut session = Session::new(&agreement, parts);
    session.run().unwrap();
    let found = session.coordinator.result().unwrap().to_frequent().unwrap();
    let miner = Miner::new().min_support(MinSupport::count(200)).algorithm(Algorithm::Apriori).threads(1);
    let expected = miner.mine(&all).unwrap();
    assert!(expected.len() > 1000);
    assert_eq!(found, expected);
    assert_eq!(found.statistics(), expected.statistics());
    assert_eq!(miner.rules_of(&found).unwrap(), miner.rules(&all).unwrap());
}

/// Agreements and messages read back from JSON as what they were, and unknown keys are refused.
#[cfg(feature = "serde")]
#[test]
fn values_read_back_from_json() {
    use itemset::owners::Noise;

    let agreement = Agreement::new(names(3), ["beer".to_string(), "chips".to_string()])
        .min_support(0.25)
        .max_len(2)
        .min_group(3)
        .noise(Noise::per_count(4.0).confidence(0.9));
    let text = serde_json::to_string(&agreement).unwrap();
    let read: Agreement<String> = serde_json::from_str(&text).unwrap();
    assert_eq!(read.fingerprint().unwrap(), agreement.fingerprint().unwrap());
    let wrong = text.replacen("max_len", "longest", 1);
    assert!(serde_json::from_str::<Agreement<String>>(&wrong).is_err());
    // What would not be accepted by a setter is not accepted when it is used.
    let wrong = text.replacen("\"min_owners\":3", "\"min_owners\":1", 1);
    assert!(serde_json::from_str::<Agreement<String>>(&wrong).unwrap().fingerprint().is_err());

    let part = || Transactions::from_rows(vec![vec!["beer".to_string(), "chips".to_string()]; 40]).unwrap();
    let mut session = Session::new(&agreement, vec![part(), part(), part()]);
    while session.coordinator.result().is_none() {
        let text = serde_json::to_string(session.coordinator.request()).unwrap();
        assert_eq!(&serde_json::from_str::<Request>(&text).unwrap(), session.coordinator.request());
        for reply in session.answers().unwrap() {
            let read: Reply = serde_json::from_str(&serde_json::to_string(&reply).unwrap()).unwrap();
            assert_eq!(read, reply);
            session.coordinator.receive(&read).unwrap();
        }
    }
    let result = session.coordinator.result().unwrap();
    let listed: Vec<_> = result.iter().collect();
    let json = serde_json::to_value(&listed).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 3);
    assert_eq!(json[2]["items"], serde_json::json!(["beer", "chips"]));
    assert_eq!(json[2]["count"]["high"], listed[2].count.high);
    assert!(listed[2].to_string().starts_with("{beer, chips} (count "));
}
