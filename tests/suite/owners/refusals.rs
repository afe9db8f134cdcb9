//! Messages that come twice, late, damaged or from elsewhere; owners that drop out.

use itemset::owners::{Agreement, Coordinator, CoordinatorState, Noise, Owner, OwnerState, Reply, Request};
use itemset::{Error, ErrorKind, MinSupport, Miner, Transactions};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{Session, dealt, names};
use crate::brute_force;

fn rows() -> Vec<Vec<u32>> {
    (0..90).map(|n| (0..6).filter(|item| n % (item + 2) != 0).collect()).collect()
}

fn agreement(owners: usize) -> Agreement<u32> {
    Agreement::new(names(owners), 0..6).min_support(MinSupport::count(5))
}

fn session(owners: usize) -> Session<u32> {
    Session::new(&agreement(owners), dealt(&rows(), owners, |place| place))
}

/// The text of an error about a message.
fn refusal<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("a message that is refused");
    assert!(matches!(error.kind(), ErrorKind::Message { .. }), "{error}");
    error.to_string()
}

/// At each step all messages of all other steps and sessions are refused, and change nothing.
#[test]
fn messages_are_expected_once() {
    let (mut done, mut other) = (session(3), session(3));
    done.run().unwrap();
    other.coordinator = Coordinator::with_session(&agreement(3), [9; 16]).unwrap();
    other.run().unwrap();
    let read = |session: &Session<u32>| {
        let requests: Vec<Request> = session.requests.iter().map(|bytes| Request::from_bytes(bytes).unwrap()).collect();
        let replies: Vec<Reply> = session.replies.iter().map(|bytes| Reply::from_bytes(bytes).unwrap()).collect();
        (requests, replies)
    };
    let ((requests, replies), (other_requests, other_replies)) = (read(&done), read(&other));
    assert!(requests.len() >= 5 && replies.len() == 3 * (requests.len() - 1));
    let mut session = session(3);
    for step in 0..requests.len() {
        for (place, request) in requests.iter().enumerate().filter(|&(place, _)| place != step) {
            let state = session.owners[0].state();
            let text = refusal(session.owners[0].answer(request));
            assert!(text.starts_with("owner owner 0 refused a message: it "), "{place} at {step}: {text}");
            assert!(text.ends_with(&format!("(expected {state})")), "{place} at {step}: {text}");
            assert_eq!(session.owners[0].state(), state);
        }
        for request in &other_requests {
            if step > 0 {
                refusal(session.owners[0].answer(request));
            }
        }
        for (place, reply) in replies.iter().enumerate().filter(|&(place, _)| place / 3 != step) {
            let text = refusal(session.coordinator.receive(reply));
            assert!(text.contains("it came twice, early or late"), "{place} at {step}: {text}");
        }
        for reply in &other_replies {
            assert!(refusal(session.coordinator.receive(reply)).contains("another session"));
        }
        for reply in session.answers().unwrap() {
            session.coordinator.receive(&reply).unwrap();
            let text = refusal(session.coordinator.receive(&reply));
            assert!(text.contains("came twice"), "{text}");
        }
    }
    let found = session.coordinator.result().unwrap().to_frequent().unwrap();
    assert_eq!(found, Miner::new().min_support(MinSupport::count(5)).mine(&brute_force::encode(&rows())).unwrap());
}

#[test]
fn other_agreements_are_refused() {
    let mut session = session(3);
    let part = dealt(&rows(), 3, |place| place).remove(0);
    for other in [agreement(3).max_len(2), agreement(3).min_support(MinSupport::count(6)), agreement(4)] {
        let mut owner = Owner::new(&other, "owner 0", part.clone()).unwrap();
        let text = refusal(owner.answer(session.coordinator.request()));
        assert!(text.contains("owners, catalogue or settings differ"), "{text}");
        assert_eq!(owner.state(), OwnerState::Invited);
        let mut coordinator = Coordinator::new(&other).unwrap();
        let reply = owner.answer(coordinator.request()).unwrap().unwrap();
        assert!(refusal(session.coordinator.receive(&reply)).contains("settings differ"));
        coordinator.receive(&reply).unwrap();
        assert_eq!(coordinator.missing().len(), coordinator.owners().len() - 1);
    }
    session.run().unwrap();
}

/// Wrong agreements, names and baskets are told by the setting.
#[test]
fn settings_are_checked() {
    let setting = |agreement: Agreement<u32>| match agreement.fingerprint().unwrap_err().kind() {
        ErrorKind::InvalidSetting { setting, .. } => *setting,
        kind => panic!("{kind:?}"),
    };
    assert_eq!(setting(agreement(2)), "owners");
    assert_eq!(setting(agreement(3).min_owners(4)), "owners");
    assert_eq!(setting(agreement(3).min_owners(1)), "min_owners");
    assert_eq!(setting(Agreement::new(["a", "b", "a"], 0..3)), "owners");
    assert_eq!(setting(Agreement::new(["a", "b", "c"], [1, 2, 1])), "catalogue");
    assert_eq!(setting(agreement(3).min_support(1.5)), "min_support");
    assert_eq!(setting(agreement(3).max_len(0)), "max_len");
    assert_eq!(setting(agreement(3).min_group(0)), "min_group");
    assert_eq!(setting(agreement(3).min_group(2)), "min_group");
    assert_eq!(setting(agreement(3).min_group(u64::MAX)), "min_group");
    assert_eq!(setting(agreement(3).max_candidates(1 << 31)), "max_candidates");
    assert_eq!(setting(agreement(3).noise(Noise::per_count(0.0))), "epsilon");
    assert_eq!(setting(agreement(3).noise(Noise::per_count(1.0).confidence(1.0))), "confidence");
    let spent = agreement(3).noise(Noise::per_basket(1.0, 6)).go_on_after_drop_out(true);
    assert_eq!(setting(spent), "go_on_after_drop_out");
    assert!(agreement(2).min_owners(2).fingerprint().is_ok());

    let refused = |agreement: &Agreement<u32>, name: &str| {
        let baskets = brute_force::encode(&[vec![1, 2, 3, 99], vec![1]]);
        Owner::new(agreement, name, baskets).unwrap_err().to_string()
    };
    let text = refused(&agreement(3), "me");
    assert_eq!(text, "invalid name: \"me\" (expected the name of an owner in the agreement)");
    assert!(
        refused(&agreement(3).min_group(3), "owner 0").starts_with("invalid baskets: 2 (expected at least min_group")
    );
    let noisy = agreement(3).noise(Noise::per_basket(1.0, 2));
    assert!(refused(&noisy, "owner 0").starts_with("invalid baskets: 1 with more than 2 items of the catalogue"));
}

/// Damaged bytes are refused, as are those of the other kind, and values that no bytes were.
#[test]
fn damaged_bytes_are_refused() {
    let mut session = session(3);
    session.run().unwrap();
    for (place, bytes) in session.requests.iter().chain(&session.replies).enumerate() {
        let is_request = place < session.requests.len();
        let read = |bytes: &[u8]| match is_request {
            true => Request::from_bytes(bytes).map(|_| ()),
            false => Reply::from_bytes(bytes).map(|_| ()),
        };
        read(bytes).unwrap();
        let other =
            if is_request { Reply::from_bytes(bytes).map(|_| ()) } else { Request::from_bytes(bytes).map(|_| ()) };
        other.unwrap_err();
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << (place % 8);
            let error = read(&damaged).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Inconsistent { .. }), "{error}");
            read(&bytes[..place]).unwrap_err();
        }
        read(&[bytes, &[0][..]].concat()).unwrap_err();
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), starts in any::<bool>()) {
        if starts {
            bytes.splice(0..0, *b"ISOW\x01");
        }
        prop_assert!(Request::from_bytes(&bytes).is_err() && Reply::from_bytes(&bytes).is_err());
    }
}

proptest! {
    /// Whatever is in a message, with a right checksum: it is refused, or it is one that could have been sent.
    #[test]
    fn damaged_messages_never_panic(
        step in 0..5usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut session = session(3);
        for _ in 0..step {
            if session.coordinator.result().is_none() {
                session.step().unwrap();
            }
        }
        let damaged = |bytes: Vec<u8>| {
            // Not the checksum, and not what is in front of the content.
            let mut bytes = bytes[..bytes.len() - 8].to_vec();
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if let Some(cut) = &cut {
                bytes.truncate(58 + cut.index(bytes.len()));
            }
            let sum = Sha256::digest(&bytes);
            bytes.extend_from_slice(&sum[..8]);
            bytes
        };
        let request = session.coordinator.request().clone();
        if let Ok(other) = Request::from_bytes(&damaged(request.to_bytes())) {
            let state = session.owners[0].state();
            if session.owners[0].answer(&other).is_err() {
                prop_assert_eq!(session.owners[0].state(), state);
            }
        }
        for owner in 1..3 {
            let Some(reply) = session.owners[owner].answer(&request).unwrap() else { continue };
            if let Ok(other) = Reply::from_bytes(&damaged(reply.to_bytes())) {
                let _ = session.coordinator.receive(&other);
            }
            let _ = session.coordinator.receive(&reply);
        }
    }
}

/// What is damaged without a checksum, and numbers of the wrong length.
#[cfg(feature = "serde")]
#[test]
fn damaged_values_are_refused() {
    use serde_json::{Value, from_value, to_value};

    let mut session = session(3);
    session.run_to_round(2);
    let replies = session.answers().unwrap();
    let with = |values: Value| -> Reply {
        let mut reply = to_value(&replies[0]).unwrap();
        reply["said"]["Counts"]["values"] = values;
        from_value(reply).unwrap()
    };
    let values: Vec<u64> = replies[0].values().to_vec();
    for length in [0, 1, values.len() - 1] {
        let text = refusal(session.coordinator.receive(&with(to_value(&values[..length]).unwrap())));
        assert!(text.contains(&format!("has {length} numbers, not {}", values.len())), "{text}");
    }
    let mut stranger = to_value(&replies[0]).unwrap();
    stranger["owner"] = 77.into();
    let stranger: Reply = from_value(stranger).unwrap();
    assert!(refusal(session.coordinator.receive(&stranger)).contains("an unknown owner, who is not part"));
    // A number that is changed makes a sum that can be none: the round is void.
    let mut changed = values.clone();
    changed[1] = changed[1].wrapping_add(1 << 63);
    session.coordinator.receive(&with(to_value(&changed).unwrap())).unwrap();
    session.coordinator.receive(&replies[1]).unwrap();
    let text = refusal(session.coordinator.receive(&replies[2]));
    assert!(text.contains("masks of the round do not cancel"), "{text}");
    assert_eq!(session.coordinator.state(), CoordinatorState::Void);
    assert!(session.coordinator.missing().is_empty());
    refusal(session.coordinator.receive(&replies[2]));
    assert!(refusal(session.coordinator.restart_without::<&str>(&[])).contains("sums are known"));

    // An owner that is asked for what cannot follow.
    let mut session = super::Session::new(&agreement(3), dealt(&rows(), 3, |place| place));
    session.run_to_round(2);
    let request = to_value(session.coordinator.request()).unwrap();
    for items in [vec![0u32, 0], vec![0, 6], vec![3]] {
        let mut other = request.clone();
        other["ask"]["Longer"]["kept"]["Items"] = to_value(items).unwrap();
        let other: Request = from_value(other).unwrap();
        refusal(session.owners[0].answer(&other));
    }
    session.step().unwrap();
    let request = to_value(session.coordinator.request()).unwrap();
    let bits = request["ask"]["Longer"]["kept"]["Bits"].as_array().unwrap().len();
    for bits in [vec![255; bits + 1], vec![255; bits - 1], vec![0; bits], vec![255; bits]] {
        let mut other = request.clone();
        other["ask"]["Longer"]["kept"]["Bits"] = to_value(bits).unwrap();
        let other: Request = from_value(other).unwrap();
        refusal(session.owners[0].answer(&other));
    }
    session.run().unwrap();
}

/// Owners that are asked for different things have masks that do not cancel: the sum says nothing.
#[cfg(feature = "serde")]
#[test]
fn different_questions_make_a_void_round() {
    use serde_json::{from_value, to_value};

    let mut session = session(3);
    session.run_to_round(2);
    let mut other = to_value(session.coordinator.request()).unwrap();
    let items = other["ask"]["Longer"]["kept"]["Items"].as_array_mut().unwrap();
    items.reverse();
    let other: Request = from_value(other).unwrap();
    let request = session.coordinator.request().clone();
    for owner in 0..3 {
        let asked = if owner == 1 { &other } else { &request };
        let reply = session.owners[owner].answer(asked).unwrap().unwrap();
        let received = session.coordinator.receive(&reply).map(|_| ());
        assert_eq!(received.is_err(), owner == 2);
    }
    assert_eq!(session.coordinator.state(), CoordinatorState::Void);
}

/// An owner that drops out at any point is named, and the others go on without it.
#[test]
fn drop_outs_are_told() {
    for dropped in 0..5usize {
        let mut all = Session::new(&agreement(5).go_on_after_drop_out(true), dealt(&rows(), 5, |place| place));
        let rounds = {
            let mut whole = Session::new(&agreement(5).go_on_after_drop_out(true), dealt(&rows(), 5, |place| place));
            whole.run().unwrap();
            whole.requests.len() - 1
        };
        for _ in 0..dropped.min(rounds - 1) {
            all.step().unwrap();
        }
        let replies = all.answers().unwrap();
        for (owner, reply) in replies.iter().enumerate().filter(|&(owner, _)| owner != dropped) {
            assert!(all.coordinator.receive(reply).unwrap().is_none(), "owner {owner} is not the last");
        }
        let name = format!("owner {dropped}");
        let missing = all.coordinator.missing();
        assert_eq!(missing, std::slice::from_ref(&name));
        assert!(all.coordinator.result().is_none());
        all.coordinator.restart_without(&missing).unwrap();
        assert_eq!(all.coordinator.state(), CoordinatorState::Joining);
        // Its answer comes late, and it is not asked again.
        assert!(refusal(all.coordinator.receive(&replies[dropped])).contains("it is of attempt 1, not 2"));
        assert!(refusal(all.owners[dropped].answer(&all.coordinator.request().clone())).contains("not part of it"));
        all.run().unwrap();
        let result = all.coordinator.result().unwrap();
        assert!(!result.owners().contains(&name) && result.owners().len() == 4);
        let left: Vec<Vec<u32>> =
            rows().into_iter().enumerate().filter(|(place, _)| place % 5 != dropped).map(|(_, row)| row).collect();
        let expected = Miner::new().min_support(MinSupport::count(5)).mine(&brute_force::encode(&left)).unwrap();
        assert_eq!(result.to_frequent().unwrap(), expected);
        assert!(refusal(all.coordinator.restart_without(&["owner 0"])).contains("cannot begin anew"));
    }
}

/// Whoever adds up answers that came late: all that a curious coordinator needs of the former attempt.
fn sum(replies: &[Reply]) -> Vec<u64> {
    let numbers = 0..replies[0].values().len();
    numbers.map(|place| replies.iter().fold(0u64, |sum, reply| sum.wrapping_add(reply.values()[place]))).collect()
}

/// An answer that is only late makes a sum known, and the sum without it would show the counts in it. So who has
/// answered does not begin anew without another owner that was asked, unless that is agreed on.
#[test]
fn late_answers_show_no_counts() {
    let own_counts = |replies: &[Reply], session: &mut Session<u32>| -> Vec<u64> {
        let with = sum(replies);
        session.run_to_round(1);
        let without = sum(&session.answers().unwrap());
        with.iter().zip(without).map(|(with, without)| with - without).collect()
    };
    // What they allow if they agree: these are the counts of the last owner.
    let agreed = agreement(4).go_on_after_drop_out(true);
    let mut session = Session::new(&agreed, dealt(&rows(), 4, |place| place));
    session.run_to_round(1);
    let replies = session.answers().unwrap();
    replies[..3].iter().for_each(|reply| assert!(session.coordinator.receive(reply).unwrap().is_none()));
    session.coordinator.restart_without(&["owner 3"]).unwrap();
    let shown = own_counts(&replies, &mut session);
    let own = session.owners[3].transactions();
    assert_eq!(shown[0], own.len() as u64);
    assert_eq!(shown[1], own.iter().filter(|row| row.iter().any(|&item| item == 0)).count() as u64);

    // What they do not allow otherwise, neither the coordinator nor each of the owners.
    let mut session = super::Session::new(&agreement(4), dealt(&rows(), 4, |place| place));
    session.run_to_round(1);
    let replies = session.answers().unwrap();
    session.coordinator.receive(&replies[0]).unwrap();
    let text = refusal(session.coordinator.restart_without(&["owner 3"]));
    assert!(text.contains("without an owner that was asked for counts"), "{text}");
    let mut other = Coordinator::with_session(&agreement(4), [1; 16]).unwrap();
    other.restart_without(&["owner 3"]).unwrap();
    let text = refusal(session.owners[0].answer(other.request()));
    assert!(text.contains("begins anew without an owner that was asked for counts"), "{text}");
    // With all of them they begin anew, and that does not make them forget.
    session.coordinator.restart_without::<&str>(&[]).unwrap();
    assert_eq!(session.answers().unwrap().len(), 4);
    refusal(session.coordinator.restart_without(&["owner 3"]));
    other.restart_without::<&str>(&[]).unwrap();
    refusal(session.owners[0].answer(other.request()));
    // An owner that lost everything comes back with another key.
    session.owners[3] = Owner::new(&agreement(4), "owner 3", session.owners[3].transactions().clone()).unwrap();
    session.coordinator.restart_without::<&str>(&[]).unwrap();
    session.run().unwrap();
    let found = session.coordinator.result().unwrap().to_frequent().unwrap();
    assert_eq!(found, Miner::new().min_support(MinSupport::count(5)).mine(&brute_force::encode(&rows())).unwrap());
}

#[derive(Clone, Debug)]
enum Event {
    /// The current request reaches an owner.
    Ask(usize),
    /// An answer, old or new, reaches the coordinator.
    Hear(prop::sample::Index),
    /// The last answers reach the coordinator.
    HearLast,
    /// The coordinator begins anew without some owner.
    Restart(Option<usize>),
    /// An owner loses its state.
    Crash(usize),
    /// Some requests and answers in a row reach everyone.
    Calm(usize),
    /// All answer, but before the coordinator hears of it, it begins anew without some owner.
    Late(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        12 => (0..4usize).prop_map(Event::Ask),
        12 => any::<prop::sample::Index>().prop_map(Event::Hear),
        1 => prop::option::weighted(0.6, 0..4usize).prop_map(Event::Restart),
        1 => (0..4usize).prop_map(Event::Crash),
        3 => (1..4usize).prop_map(Event::Calm),
        1 => (0..4usize).prop_map(Event::Late),
    ];
    prop::collection::vec(event, 0..60)
}

proptest! {
    /// Whatever gets lost, comes twice or too late, and whoever drops out: no owner answers a round twice, no mask is
    /// there twice, no two sums are known that differ by an owner, and a result is that of its owners.
    #[test]
    fn any_order_of_messages_is_safe(events in events()) {
        let mut session = session(4);
        // For each answer the owners that its attempt was for.
        let mut heard: Vec<(u32, u32, Vec<String>, Reply)> = Vec::new();
        let mut attempt = 1;
        let events = events.into_iter().flat_map(|event| match event {
            Event::Calm(steps) => {
                let step = || (0..4).map(Event::Ask).chain([Event::HearLast]);
                (0..steps).flat_map(|_| step()).collect()
            }
            Event::Late(owner) => (0..4).map(Event::Ask).chain([Event::Restart(Some(owner))]).collect(),
            event => vec![event],
        });
        for event in events {
            match event {
                Event::Ask(owner) => {
                    let request = session.coordinator.request().clone();
                    if let Ok(Some(reply)) = session.owners[owner].answer(&request) {
                        let round = request.round().unwrap_or(0);
                        heard.push((attempt, round, session.coordinator.owners(), reply));
                    }
                }
                Event::Hear(which) if !heard.is_empty() => {
                    let reply = &heard[which.index(heard.len())].3;
                    let _ = session.coordinator.receive(reply);
                }
                Event::HearLast => {
                    for (_, _, _, reply) in &heard[heard.len().saturating_sub(4)..] {
                        let _ = session.coordinator.receive(reply);
                    }
                }
                Event::Hear(_) | Event::Calm(_) | Event::Late(_) => {}
                Event::Restart(owner) => {
                    let without: Vec<String> = owner.map(|owner| names(4)[owner].clone()).into_iter().collect();
                    attempt += u32::from(session.coordinator.restart_without(&without).is_ok());
                }
                Event::Crash(owner) => {
                    let baskets = session.owners[owner].transactions().clone();
                    session.owners[owner] = Owner::new(&agreement(4), &names(4)[owner], baskets).unwrap();
                }
            }
        }
        let counts: Vec<_> = heard.iter().filter(|(_, round, _, _)| *round > 0).collect();
        let mut answered: Vec<_> =
            counts.iter().map(|(attempt, round, _, reply)| (attempt, round, reply.owner())).collect();
        answered.sort_unstable();
        prop_assert!(answered.is_sorted_by(|a, b| a < b), "answered twice: {answered:?}");
        let mut values: Vec<u64> = counts.iter().flat_map(|(_, _, _, reply)| reply.values()).copied().collect();
        values.sort_unstable();
        prop_assert!(values.is_sorted_by(|a, b| a < b), "a mask was used twice");
        let mut complete: Vec<&Vec<String>> = Vec::new();
        for number in 1..=attempt {
            let round_1: Vec<_> = counts.iter().filter(|(of, round, _, _)| (*of, *round) == (number, 1)).collect();
            if let Some((_, _, owners, _)) = round_1.first()
                && owners.len() == round_1.len()
            {
                complete.push(owners);
            }
        }
        prop_assert!(complete.windows(2).all(|pair| pair[0] == pair[1]), "sums of {complete:?}");
        if let Some(result) = session.coordinator.result() {
            let is_in = |place: usize| result.owners().contains(&names(4)[place % 4]);
            let left: Vec<Vec<u32>> =
                rows().into_iter().enumerate().filter(|(place, _)| is_in(*place)).map(|(_, row)| row).collect();
            let expected = Miner::new().min_support(MinSupport::count(5)).mine(&brute_force::encode(&left)).unwrap();
            prop_assert_eq!(result.to_frequent().unwrap(), expected);
        }
    }
}

/// With sums before and after it the counts of who drops out would be known, so that has to be agreed on.
#[test]
fn going_on_after_sums_has_to_be_agreed() {
    let mut session = session(4);
    // Nothing can be known while there are keys alone.
    session.coordinator.restart_without(&["owner 3"]).unwrap();
    session.run_to_round(2);
    let text = refusal(session.coordinator.restart_without::<&str>(&[]));
    assert!(text.contains("sums are known") && text.contains("go_on_after_drop_out"), "{text}");
    // Nor does an owner begin anew that was asked for a second round.
    session.answers().unwrap();
    let mut other = Coordinator::with_session(&agreement(4), [1; 16]).unwrap();
    for _ in 0..4 {
        other.restart_without::<&str>(&[]).unwrap();
    }
    let text = refusal(session.owners[0].answer(other.request()));
    assert!(text.contains("begins anew after sums are known"), "{text}");

    // Too few are left.
    let mut session = super::Session::new(&agreement(3), dealt(&rows(), 3, |place| place));
    let text = refusal(session.coordinator.restart_without(&["owner 1"]));
    assert!(text.contains("with 2 owners, fewer than min_owners, 3"), "{text}");
    assert!(session.coordinator.restart_without(&["owner 9"]).is_err());
    session.coordinator.restart_without::<&str>(&[]).unwrap();
    session.run().unwrap();
}

/// A key that is no key, or that another owner has, is refused with its owner's name, before the others see it.
#[cfg(feature = "serde")]
#[test]
fn wrong_keys_are_refused() {
    use serde_json::{from_value, to_value};

    let mut session = session(3);
    let replies = session.answers().unwrap();
    session.coordinator.receive(&replies[0]).unwrap();
    let key_of = |reply: &Reply| to_value(reply).unwrap()["said"]["Key"].clone();
    let mut one = [0u8; 32];
    one[0] = 1;
    for key in [to_value([0u8; 32]).unwrap(), to_value(one).unwrap(), key_of(&replies[0])] {
        let mut reply = to_value(&replies[1]).unwrap();
        reply["said"]["Key"] = key;
        let text = refusal(session.coordinator.receive(&from_value(reply).unwrap()));
        assert!(text.contains("that of owner 1 has no key of its own"), "{text}");
    }
    replies[1..].iter().for_each(|reply| _ = session.coordinator.receive(reply).unwrap());
    session.run().unwrap();
}

/// Sums of more baskets than a number holds are refused before anything is counted.
#[test]
fn too_many_baskets_are_refused() {
    let mut many = Transactions::builder();
    (0..1u32 << 15).for_each(|_| _ = many.push_weighted([1u32], u32::MAX));
    let many = many.build().unwrap();
    let agreement = agreement(40_000);
    let error = Owner::from_seed(&agreement, "owner 7", many, [1; 32]).unwrap_err();
    let limit = i64::MAX as u128 / 2 / 40_000;
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: found, .. } if *found == limit), "{error}");
}

/// Limits of the agreement, and noise above the threshold.
#[test]
fn limits_end_a_session() {
    let mut session = Session::new(&agreement(3).max_candidates(14), dealt(&rows(), 3, |place| place));
    let error = session.run().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 14, .. }), "{error}");
    assert!(error.to_string().contains("max_candidates"));
    // That is known from sums: with others, the counts of who is left out would be too.
    assert!(refusal(session.coordinator.restart_without::<&str>(&[])).contains("sums are known"));
    let loud = agreement(3).noise(Noise::per_count(0.1));
    let mut session = Session::new(&loud, dealt(&rows(), 3, |place| place));
    let error = session.run().unwrap_err();
    assert!(error.to_string().starts_with("invalid noise: which takes sums up to "), "{error}");
    assert!(refusal(session.coordinator.restart_without::<&str>(&[])).contains("sums are known"));
    let baskets = Transactions::from_rows([[1u32]]).unwrap();
    assert!(Owner::from_seed(&loud, "owner 1", baskets, [0; 32]).is_ok());
}
