//! The program killed while it stores sales: none that was acknowledged is lost, and none counts twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::contract::Client;
use crate::service::Service;

/// Kills; `ITEMSET_KILLS` says otherwise.
const KILLS: u64 = 5;

/// Clients that post at the same time.
const CLIENTS: u64 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn no_sale_is_lost_or_counted_twice() {
    let kills: u64 = std::env::var("ITEMSET_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    let next = Arc::new(AtomicU64::new(0));
    let mut acknowledged = Vec::new();
    let flags = ["--refresh-after-baskets", "50", "--rate-per-client", "0", "--min-support", "0.3"];
    for kill in 0..kills {
        let mut service = Service::start_in(folder.path(), &flags);
        let posting: Vec<_> =
            (0..CLIENTS).map(|_| tokio::spawn(post_until_cut(service.base.clone(), Arc::clone(&next)))).collect();
        // At another moment each time.
        tokio::time::sleep(Duration::from_millis(60 + kill * 37 % 200)).await;
        service.kill();
        for posting in posting {
            acknowledged.extend(posting.await.unwrap());
        }
    }
    let attempted = next.load(Ordering::Relaxed);
    assert!(acknowledged.len() as u64 > kills, "{} of {attempted}", acknowledged.len());

    let service = Service::start_in(folder.path(), &flags);
    let client = Client::new(&service).await;
    // Those that were acknowledged are known; those that were not are stored now, or were.
    acknowledged.sort_unstable();
    let mut lost = Vec::new();
    for sale in 0..attempted {
        let status = client.post("/v1/baskets", &body(sale)).await.status;
        assert!(status == 200 || status == 201, "{status}");
        if status == 201 && acknowledged.binary_search(&sale).is_ok() {
            lost.push(sale);
        }
    }
    assert!(lost.is_empty(), "{} of {} acknowledged sales are lost: {lost:?}", lost.len(), acknowledged.len());
    assert_eq!(client.get("/v1/status").await.json["sales"], attempted);
    for sale in (0..attempted).step_by(7) {
        let related = client.get(&format!("/v1/items/only-{sale}/related")).await.json;
        assert_eq!(related["count"], 1, "sale {sale}");
    }
    assert_eq!(client.get("/v1/items/sold/related").await.json["count"], attempted);
    // What the model was mined from, and what it does not know yet, are all there is.
    let status = client.get("/v1/status").await.json;
    let number = |field: &str| status[field].as_u64().unwrap();
    assert_eq!(number("baskets") + number("pending"), attempted + 6, "{status}");
    // Nor was a snapshot ever half written.
    assert!(!service.log().contains("of no use"), "{}", service.log());
    println!("{kills} kills, {} of {attempted} sales acknowledged, none lost", acknowledged.len());
}

fn body(sale: u64) -> serde_json::Value {
    let (only, customer) = (format!("only-{sale}"), format!("c{}", sale % 10));
    json!({"items": ["sold", only], "customer": customer, "key": format!("key-{sale}")})
}

/// Posts sales one after the other until the service is gone; returns those that were acknowledged.
async fn post_until_cut(base: String, next: Arc<AtomicU64>) -> Vec<u64> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut acknowledged = Vec::new();
    loop {
        let sale = next.fetch_add(1, Ordering::Relaxed);
        let sent = http.post(format!("{base}/v1/baskets")).json(&body(sale)).send().await;
        match sent {
            Ok(answer) if answer.status() == 201 => acknowledged.push(sale),
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => return acknowledged,
        }
    }
}
