//! The stored forms of a window: the same bytes for the same baskets, back again, and refused where damaged.

use itemset::window::Window;
use proptest::prelude::*;

use super::{Model, check, step, take};

/// All stored forms that the features give.
pub(super) fn stored(window: &Window<u8, u8>) -> Vec<Vec<u8>> {
    let forms: Vec<Vec<u8>> = vec![
        #[cfg(feature = "serde")]
        serde_json::to_vec(window).unwrap(),
        #[cfg(feature = "snapshot")]
        snapshot(window),
    ];
    // Without features there is nothing to write.
    let _ = window;
    forms
}

#[cfg(feature = "snapshot")]
fn snapshot(window: &Window<u8, u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    itemset::snapshot::Snapshot::new().window(window).write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn windows_come_back(miner in super::miner(), steps in prop::collection::vec(step(), 0..20)) {
        let mut window = Window::new(miner);
        let mut model = Model::default();
        for step in &steps {
            take(&mut window, &mut model, step);
            if matches!(step, super::Step::Refresh) {
                window.refresh().unwrap();
            }
        }
        let written = stored(&window);
        let mut read: Vec<Window<u8, u8>> = vec![
            #[cfg(feature = "serde")]
            serde_json::from_slice(&serde_json::to_vec(&window).unwrap()).unwrap(),
            #[cfg(feature = "snapshot")]
            itemset::snapshot::SnapshotReader::from_bytes(snapshot(&window)).unwrap().window(window.miner().clone()).unwrap(),
        ];
        for read in &mut read {
            prop_assert_eq!(&*read, &window);
            prop_assert_eq!(stored(read), written.clone());
            check(read, &model);
            prop_assert!(read.itemsets().is_none());
            super::check_refresh(read, &model);
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn damaged_forms_are_named() {
    use serde_json::json;

    let mut window = Window::new(itemset::Miner::new());
    window.add("b", [vec![1u8, 2], vec![1, 2], vec![3]]).unwrap();
    window.add("a", [vec![2u8], vec![]]).unwrap();
    let whole = serde_json::to_value(&window).unwrap();
    let columns = ["format", "labels", "keys", "baskets", "lens", "times", "items"].map(|name| whole[name].clone());
    let expected = [
        json!(1),
        json!([1, 2, 3]),
        json!(["a", "b"]),
        json!([2, 2]),
        json!([0, 1, 2, 1]),
        json!([1, 1, 2, 1]),
        json!([1, 0, 1, 2]),
    ];
    assert_eq!(columns, expected);
    for (name, value, reason) in [
        ("format", json!(2), "format 2"),
        ("labels", json!([2, 1, 3]), "labels are not in their order"),
        ("labels", json!([1, 2]), "an item without a label"),
        ("labels", json!([1, 2, 3, 4]), "labels without a basket"),
        ("keys", json!(["b", "a"]), "keys are not in their order"),
        ("keys", json!(["a"]), "differ in length"),
        ("baskets", json!([2, 3]), "a partition lacks baskets"),
        ("baskets", json!([2, 1]), "without a partition"),
        ("baskets", json!([0, 4]), "a partition has no baskets"),
        ("lens", json!([0, 1, 2]), "differ in length"),
        ("lens", json!([0, 1, 2, 2]), "lacks items"),
        ("lens", json!([1, 0, 2, 1]), "baskets are not in their order"),
        ("times", json!([1, 0, 2, 1]), "baskets are not in their order"),
        ("times", json!([1, u64::MAX, 2, 1]), "baskets"),
        ("items", json!([1, 1, 0, 2]), "baskets are not in their order"),
        ("items", json!([1, 0, 1, 2, 2]), "without a partition"),
    ] {
        let mut damaged = whole.clone();
        damaged[name] = value;
        let text = damaged.to_string();
        let error = serde_json::from_str::<Window<&str, u8>>(&text).unwrap_err().to_string();
        assert!(error.contains(reason), "{name}: {error}");
    }
}

#[cfg(feature = "snapshot")]
#[test]
fn a_snapshot_names_what_is_wrong_with_it() {
    use itemset::Miner;
    use itemset::snapshot::{Snapshot, SnapshotReader};

    let mut window = Window::new(Miner::new());
    window.add("monday".to_string(), [["beer", "diapers"]]).unwrap();
    let mut bytes = Vec::new();
    Snapshot::new().window(&window).write_to(&mut bytes).unwrap();
    let stored = SnapshotReader::from_bytes(&bytes[..]).unwrap();
    let read = stored.window::<String, String>(Miner::new()).unwrap();
    assert_eq!(read.keys().collect::<Vec<_>>(), ["monday"]);
    assert_eq!(read.transactions().unwrap().count_of("beer"), Some(1));
    let error = stored.window::<u32, String>(Miner::new()).unwrap_err().to_string();
    assert_eq!(error, "snapshot, section window: the stored bytes are damaged: its keys are of another type");
    let error = stored.window::<String, u32>(Miner::new()).unwrap_err().to_string();
    assert_eq!(error, "snapshot, section window: its labels are of type String, not u32");
    for len in 0..bytes.len() {
        assert!(SnapshotReader::from_bytes(&bytes[..len]).is_err());
    }
}
