//! Models that change while requests run: none fails, and each answer is of one model.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::json;

use crate::contract::Client;
use crate::service::{PATIENCE, Service};

const SWAPS: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_models_change() {
    let service = Service::start(&["--refresh-after-baskets", "1", "--rate-per-client", "0"]);
    let client = Client::new(&service).await;
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4).map(|_| tokio::spawn(read(client.clone(), Arc::clone(&done)))).collect();
    let (begun, mut sale) = (Instant::now(), 0);
    while client.get("/v1/status").await.json["model"].as_u64().unwrap() <= SWAPS {
        let body = json!({"items": ["beer", "diapers"], "key": sale.to_string()});
        assert_eq!(client.post("/v1/baskets", &body).await.status, 201);
        sale += 1;
        assert!(begun.elapsed() < PATIENCE, "{}", client.get("/v1/status").await.json);
    }
    done.store(true, Ordering::Relaxed);
    let mut read = 0;
    for reader in readers {
        read += reader.await.unwrap();
    }
    assert!(read > SWAPS, "{read}");
    println!("{SWAPS} swaps, {read} requests, none failed");
}

/// Asks until it is done; returns how often.
async fn read(client: Client, done: Arc<AtomicBool>) -> u64 {
    let (mut asked, mut model) = (0, 0);
    while !done.load(Ordering::Relaxed) {
        let found = client
            .post("/v1/recommend", &json!({"basket": ["beer"], "k": 1, "exclude": ["chips"], "explain": true}))
            .await;
        assert_eq!((found.status, &found.json["items"][0]["item"]), (200, &json!("diapers")));
        let of = found.json["model"].as_u64().unwrap();
        assert!(of >= model, "model {of} after {model}");
        model = of;
        // Counts of one model: each sale has beer and diapers, so those without do not change.
        let reason = &found.json["items"][0]["reasons"][0];
        let (count, confidence) = (reason["count"].as_f64().unwrap(), reason["confidence"].as_f64().unwrap());
        assert_eq!((count / confidence).round() - count, 1.0, "{reason}");
        asked += 1;
    }
    asked
}
