//! What messages show, to someone who reads all of them.

use std::collections::HashSet;

use itemset::MinSupport;
use itemset::owners::{Agreement, Noise, Owner, OwnerState, Reply};

use super::{Session, dealt, names};

/// Baskets of few items, whose numbers are easily found among bytes.
fn rows() -> Vec<Vec<u32>> {
    (0..300u32)
        .map(|n| (0..8).filter(|item| (n * 7 + item * 13) % (item + 3) != 0).map(|item| 0xabcd_0000 + item).collect())
        .collect()
}

fn agreement() -> Agreement<u32> {
    Agreement::new(names(3), (0..8).map(|item| 0xabcd_0000 + item)).min_support(MinSupport::count(10)).min_group(3)
}

/// Neither labels nor runs of items are in any message, in numbers or in text.
#[test]
fn no_message_has_a_basket() {
    let mut session = Session::new(&agreement(), dealt(&rows(), 3, |place| place));
    session.run().unwrap();
    let messages: Vec<&Vec<u8>> = session.requests.iter().chain(&session.replies).collect();
    assert!(messages.iter().map(|bytes| bytes.len()).sum::<usize>() > 3000);
    let holds = |needle: &[u8]| messages.iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle));
    assert!(holds(b"ISOW"));
    let replies = session.replies.iter().map(|bytes| Reply::from_bytes(bytes).unwrap());
    let sent: Vec<Vec<u8>> =
        replies.map(|reply| reply.values().iter().flat_map(|value| value.to_le_bytes()).collect()).collect();
    for item in (0..8).map(|item| 0xabcd_0000u32 + item) {
        assert!(!holds(&item.to_le_bytes()) && !holds(item.to_string().as_bytes()));
    }
    let distinct: HashSet<Vec<u32>> = rows().into_iter().collect();
    assert!(distinct.len() > 20 && distinct.iter().flatten().collect::<HashSet<_>>().len() == 8);
    for row in distinct {
        // The catalogue numbers items as the labels above do. The numbers of owner and round may look like some.
        for run in row.windows(3) {
            let numbers: Vec<u8> = run.iter().flat_map(|item| (item & 0xffff).to_le_bytes()).collect();
            assert!(!sent.iter().any(|bytes| bytes.windows(12).any(|window| window == numbers)));
        }
    }
}

/// All bytes of masked numbers are as likely, of each owner; a sum of less than all owners is no count.
#[test]
fn masked_numbers_look_random() {
    let catalogue = 0..400u32;
    let sold: Vec<Vec<u32>> =
        (0..300).map(|n| catalogue.clone().filter(|item| (n + item) % 20 == 0).collect()).collect();
    let agreement = Agreement::new(names(3), catalogue).min_support(MinSupport::count(6)).max_len(2).min_group(3);
    let mut session = Session::new(&agreement, dealt(&sold, 3, |place| place));
    session.run_to_round(1);
    let mut counted = Vec::new();
    for _ in 0..2 {
        let replies = session.answers().unwrap();
        for reply in &replies {
            session.coordinator.receive(reply).unwrap();
        }
        counted.push(replies);
    }
    for replies in &counted {
        for reply in replies {
            let mut found = [0u64; 256];
            reply.values().iter().flat_map(|value| value.to_le_bytes()).for_each(|byte| found[byte as usize] += 1);
            let expected = reply.values().len() as f64 * 8.0 / 256.0;
            assert!(expected > 20.0);
            let chi_squared: f64 = found.iter().map(|&found| (found as f64 - expected).powi(2) / expected).sum();
            // 255 degrees of freedom: five standard deviations.
            assert!((142.0..368.0).contains(&chi_squared), "{chi_squared}");
            assert!(reply.values().iter().filter(|&&value| value < 1 << 40).count() < 3);
        }
        let two = replies[0].values().iter().zip(replies[1].values()).map(|(one, other)| one.wrapping_add(*other));
        assert!(two.filter(|&sum| sum < 1 << 40).count() < 3);
        let all: Vec<u64> = (0..replies[0].values().len())
            .map(|place| replies.iter().fold(0u64, |sum, reply| sum.wrapping_add(reply.values()[place])))
            .collect();
        assert!(all.iter().all(|&sum| sum <= 300));
    }
    // What owners send in two rounds has nothing in common.
    let (first, second) = (counted[0][0].values(), counted[1][0].values());
    let second: HashSet<u64> = second.iter().copied().collect();
    assert!(first.iter().all(|value| !second.contains(value)));
}

/// One basket more or less, or another one, changes no length, and no byte of what the coordinator asks.
#[test]
fn lengths_do_not_follow_from_single_baskets() {
    let lengths = |rows: &[Vec<u32>]| {
        let mut session = Session::new(&agreement(), dealt(rows, 3, |place| place));
        session.run().unwrap();
        let of = |messages: &[Vec<u8>]| messages.iter().map(Vec::len).collect::<Vec<_>>();
        // Without the last request, which brings the sums, and what follows from keys.
        let asked: Vec<Vec<u8>> = session.requests[..session.requests.len() - 1].to_vec();
        (of(&session.requests), of(&session.replies), asked)
    };
    let before = lengths(&rows());
    for place in [0, 1, 200] {
        for other in [vec![], vec![0xabcd_0001], (0..8).map(|item| 0xabcd_0000 + item).collect()] {
            let mut rows = rows();
            rows[place] = other;
            let after = lengths(&rows);
            assert_eq!((&before.0, &before.1), (&after.0, &after.1));
            assert_eq!(before.2, after.2);
        }
    }
}

/// Without seeds every session has other keys and masks; with one it is the same again.
#[test]
fn sessions_differ_unless_seeded() {
    let first_counts = |seed: Option<[u8; 32]>| -> Vec<Reply> {
        let mut session = Session::new(&agreement(), dealt(&rows(), 3, |place| place));
        let part = session.owners[0].transactions().clone();
        session.owners[0] = match seed {
            None => Owner::new(&agreement(), "owner 0", part).unwrap(),
            Some(seed) => Owner::from_seed(&agreement(), "owner 0", part, seed).unwrap(),
        };
        session.run_to_round(1);
        let replies = session.answers().unwrap();
        // All owners saw the same keys.
        let codes: Vec<&str> = session.owners.iter().filter_map(Owner::code).collect();
        assert_eq!(codes.len(), 3);
        assert!(codes.iter().all(|code| code.len() == 32 && *code == codes[0]));
        replies
    };
    assert_ne!(first_counts(None), first_counts(None));
    assert_eq!(first_counts(Some([4; 32])), first_counts(Some([4; 32])));
    assert_ne!(first_counts(Some([4; 32])), first_counts(Some([5; 32])));
}

/// Neither a secret nor a basket is in the text of an owner, which may get into a log.
#[test]
fn debug_text_has_no_secret() {
    let mut session = Session::new(&agreement().noise(Noise::per_count(5.0)), dealt(&rows(), 3, |place| place));
    loop {
        let text = format!("{:?}", session.owners[0]);
        assert!(text.starts_with("Owner { name: \"owner 0\", state: ") && text.len() < 80, "{text}");
        if session.owners[0].state() == OwnerState::Finished {
            break;
        }
        session.answers().unwrap().iter().for_each(|reply| _ = session.coordinator.receive(reply).unwrap());
    }
}
