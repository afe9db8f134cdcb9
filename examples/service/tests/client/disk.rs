//! A disk that is full: sales are refused, all else goes on, and it recovers.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::contract::Client;
use crate::service::Service;

/// Posts sales until one is refused; returns how many were stored, and the refusal.
async fn fill(client: &Client, name: &str) -> (u64, u16) {
    for sale in 0..20_000 {
        // Labels of different texts, so that they take room.
        let items: Vec<_> = (0..10).map(|item| format!("{name}-{sale}-{item}-{}", "x".repeat(100))).collect();
        let answer = client.post("/v1/baskets", &json!({"items": items, "key": format!("{name}-{sale}")})).await;
        if answer.status != 201 {
            assert_eq!(answer.json["type"], "urn:itemset:full", "{}", answer.json);
            assert!(answer.headers.contains_key("retry-after"));
            return (sale, answer.status);
        }
    }
    panic!("the disk is not full after 20 MB");
}

async fn assert_goes_on(client: &Client) {
    assert_eq!(client.post("/v1/recommend", &json!({"basket": ["beer"]})).await.status, 200);
    assert_eq!(client.get("/v1/items/beer/related").await.status, 200);
    assert_eq!(client.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn a_store_that_is_as_large_as_it_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start_in(folder.path(), &["--max-store", "2000000"]);
    let client = Client::new(&service).await;
    let (stored, status) = fill(&client, "a").await;
    assert_eq!(status, 507);
    assert_goes_on(&client).await;
    assert!(service.stop().success());

    let service = Service::start_in(folder.path(), &["--max-store", "20000000"]);
    let client = Client::new(&service).await;
    assert_eq!(client.get("/v1/status").await.json["sales"], stored);
    assert_eq!(client.post("/v1/baskets", &json!({"items": ["beer"], "key": "more"})).await.status, 201);
}

#[tokio::test]
async fn more_pairs_than_may_be() {
    let service = Service::start(&["--max-pairs", "200"]);
    let client = Client::new(&service).await;
    let (stored, status) = fill(&client, "a").await;
    assert_eq!(status, 507);
    // 45 pairs each, and those of the file.
    assert!((3..=4).contains(&stored), "{stored}");
    // A sale of pairs that are known fits.
    for key in 0..30 {
        let sale = json!({"items": ["beer", "diapers", "chips"], "key": key.to_string()});
        assert_eq!(client.post("/v1/baskets", &sale).await.status, 201);
    }
    assert_goes_on(&client).await;
}

/// Sales that come together share a write, and not the room that is left.
#[tokio::test(flavor = "multi_thread")]
async fn more_pairs_than_may_be_at_once() {
    let service = Service::start(&["--max-pairs", "2000"]);
    let client = Client::new(&service).await;
    let posting: Vec<_> = (0..64)
        .map(|sale| {
            let client = client.clone();
            tokio::spawn(async move {
                let items: Vec<_> = (0..20).map(|item| format!("{sale}-{item}")).collect();
                client.post("/v1/baskets", &json!({"items": items, "key": sale.to_string()})).await.status
            })
        })
        .collect();
    let mut stored = 0;
    for posting in posting {
        match posting.await.unwrap() {
            201 => stored += 1,
            status => assert_eq!(status, 507),
        }
    }
    // 20 items and 190 pairs each, and those of the file.
    assert_eq!(stored, 9);
    // Items alone take room too.
    let alone: Vec<_> =
        (0..200).map(|item| json!({"items": [format!("alone-{item}")], "key": item.to_string()})).collect();
    assert_eq!(client.post("/v1/baskets", &json!({"baskets": alone})).await.status, 507);
}

/// A file system of its own, if this process may make one.
struct SmallDisk<'p>(&'p Path);

impl<'p> SmallDisk<'p> {
    fn mount(path: &'p Path) -> Option<Self> {
        let options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs"];
        let mounted = Command::new("mount").args(options).arg(path).status().is_ok_and(|status| status.success());
        mounted.then_some(SmallDisk(path))
    }

    fn grow(&self) {
        let grown = Command::new("mount").args(["-o", "remount,size=64m"]).arg(self.0).status().expect("mount runs");
        assert!(grown.success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[tokio::test]
async fn a_disk_that_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        println!("SKIPPED: no file system could be mounted (this needs root), so no full disk was tested");
        return;
    };
    let mut service = Service::start_in(folder.path(), &["--refresh-after-baskets", "0", "--refresh-seconds", "0"]);
    let client = Client::new(&service).await;
    let (stored, status) = fill(&client, "a").await;
    assert_eq!(status, 507);
    assert!(stored > 10, "{stored}");
    assert_goes_on(&client).await;
    // Still full, and still said.
    let more = json!({"items": ["beer"], "key": "more"});
    let again = client.post("/v1/baskets", &more).await.status;
    assert!(matches!(again, 201 | 507), "{again}");
    let last = format!("a-{}", stored - 1);
    let items: Vec<_> = (0..10).map(|item| format!("a-{}-{item}-{}", stored - 1, "x".repeat(100))).collect();
    let known = client.post("/v1/baskets", &json!({"items": items, "key": last})).await.status;
    assert!(matches!(known, 200 | 507), "{known}");

    disk.grow();
    assert!(matches!(client.post("/v1/baskets", &more).await.status, 200 | 201), "{}", service.log());
    let (items, key) = (vec!["beer", "wine"], "after");
    assert_eq!(client.post("/v1/baskets", &json!({"items": items, "key": key})).await.status, 201);
    assert_eq!(client.get("/v1/status").await.json["sales"], stored + 2);
    // And so it is on the disk.
    service.kill();
    let service = Service::start_in(folder.path(), &[]);
    let client = Client::new(&service).await;
    assert_eq!(client.get("/v1/status").await.json["sales"], stored + 2);
    drop(service);
}
