//! The functions of the fuzz targets on arbitrary bytes and on damaged input.

#[allow(unreachable_pub, reason = "the fuzz package uses the file as its library")]
#[path = "../../fuzz/bodies.rs"]
pub(crate) mod bodies;

use bodies::targets;
use proptest::prelude::*;
use proptest::sample::Index;

/// A change of a text.
#[derive(Clone, Debug)]
enum Damage {
    Replace(Index, u8),
    Insert(Index, u8),
    /// Removes some bytes from a place on.
    Remove(Index, usize),
    /// Repeats some bytes from a place on.
    Repeat(Index, usize),
    Truncate(Index),
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |index: &Index, bytes: &[u8]| index.index(bytes.len() + 1);
        match self {
            Damage::Replace(index, byte) => {
                let at = at(index, bytes);
                if let Some(old) = bytes.get_mut(at) {
                    *old = *byte;
                }
            }
            Damage::Insert(index, byte) => bytes.insert(at(index, bytes), *byte),
            Damage::Remove(index, len) => {
                let at = at(index, bytes);
                bytes.drain(at..bytes.len().min(at + len));
            }
            Damage::Repeat(index, len) => {
                let at = at(index, bytes);
                let again = bytes[at..bytes.len().min(at + len)].to_vec();
                bytes.splice(at..at, again);
            }
            Damage::Truncate(index) => bytes.truncate(at(index, bytes)),
        }
    }
}

/// Bytes that mean something to one of the readers, and any others.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        4 => b'0'..=b'9',
        3 => prop::sample::select(b"{}[],:\"\\-.e \t\r\n;|".to_vec()),
        1 => any::<u8>(),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    let len = 1..12usize;
    prop_oneof![
        4 => (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        3 => (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        2 => (any::<Index>(), len.clone()).prop_map(|(at, len)| Damage::Remove(at, len)),
        2 => (any::<Index>(), len).prop_map(|(at, len)| Damage::Repeat(at, len)),
        1 => any::<Index>().prop_map(Damage::Truncate),
    ]
}

#[test]
fn seeds_read() {
    for target in targets() {
        (target.run)(&target.seed);
        let no_json = ["basket_reader", "table_readers", "json_lines", "written_results", "snapshot", "itemset_file"];
        if !no_json.contains(&target.name) {
            assert!(serde_json::from_slice::<serde_json::Value>(&target.seed).is_ok(), "{}", target.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(byte(), 0..200)) {
        for target in targets() {
            (target.run)(&bytes);
        }
    }

    #[test]
    fn damaged_input_never_panics(damages in prop::collection::vec(damage(), 1..4)) {
        for target in targets() {
            let mut bytes = target.seed;
            damages.iter().for_each(|damage| damage.apply(&mut bytes));
            (target.run)(&bytes);
        }
    }
}
