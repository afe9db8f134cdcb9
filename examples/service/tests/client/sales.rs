//! Sales that are stored, sent again, and forgotten.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::contract::{Answer, Client};
use crate::service::{PATIENCE, Service};

async fn with_key(client: &Client, key: &str, body: &Value) -> Answer {
    let request = client.http.post(format!("{}/v1/baskets", client.base)).header("idempotency-key", key).json(body);
    client.check(&Method::POST, "/v1/baskets", request.send().await.unwrap()).await
}

/// The baskets that hold an item, by the counts of pairs.
async fn count(client: &Client, item: &str) -> u64 {
    client.get(&format!("/v1/items/{item}/related")).await.json["count"].as_u64().unwrap_or(0)
}

/// Waits for a model of so many baskets.
pub async fn wait_for_baskets(client: &Client, baskets: u64) {
    let begun = Instant::now();
    while client.get("/v1/status").await.json["baskets"] != baskets {
        assert!(begun.elapsed() < PATIENCE, "{}", client.get("/v1/status").await.json);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_sale_counts_once_however_often_it_is_sent() {
    let service = Service::start(&["--refresh-after-baskets", "0"]);
    let client = Client::new(&service).await;
    let sale = json!({"items": ["wine", "cheese", "wine"], "customer": "7", "key": "r1"});
    let first = client.post("/v1/baskets", &sale).await;
    assert_eq!((first.status, &first.json), (201, &json!({"baskets": [{"id": 0, "key": "r1"}]})));
    for again in [sale.clone(), json!({"items": ["cheese", "wine"], "customer": "7", "key": "r1"})] {
        let again = client.post("/v1/baskets", &again).await;
        assert_eq!((again.status, again.json), (200, first.json.clone()));
    }
    for other in
        [json!({"items": ["wine"], "customer": "7", "key": "r1"}), json!({"items": ["wine", "cheese"], "key": "r1"})]
    {
        let other = client.post("/v1/baskets", &other).await;
        assert_eq!((other.status, &other.json["type"]), (422, &json!("urn:itemset:key-conflict")));
    }
    assert_eq!(count(&client, "wine").await, 1);
    assert_eq!(client.get("/v1/status").await.json["sales"], 1);
}

#[tokio::test]
async fn several_sales_are_stored_all_or_none() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    let two = json!({"baskets": [{"items": ["wine"], "key": "a"}, {"items": ["wine", "cheese"], "key": "b"}]});
    assert_eq!(client.post("/v1/baskets", &two).await.status, 201);
    // One is new, and one is another than before.
    let mixed = json!({"baskets": [{"items": ["wine"], "key": "c"}, {"items": ["rum"], "key": "b"}]});
    assert_eq!(client.post("/v1/baskets", &mixed).await.status, 422);
    assert_eq!((count(&client, "wine").await, count(&client, "rum").await), (2, 0));
    let some_new = json!({"baskets": [{"items": ["wine"], "key": "a"}, {"items": ["rum"], "key": "c"}]});
    let answer = client.post("/v1/baskets", &some_new).await;
    assert_eq!((answer.status, answer.json), (201, json!({"baskets": [{"id": 0, "key": "a"}, {"id": 2, "key": "c"}]})));
}

#[tokio::test]
async fn a_key_may_be_that_of_the_request() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    let two = json!({"baskets": [{"items": ["wine"]}, {"items": ["wine"]}]});
    let first = with_key(&client, "whole", &two).await;
    assert_eq!(first.status, 201);
    let again = with_key(&client, "whole", &two).await;
    assert_eq!((again.status, again.json), (200, first.json));
    assert_eq!(with_key(&client, "whole", &json!({"items": ["wine"]})).await.status, 422);
    assert_eq!(count(&client, "wine").await, 2);
    for refused in [
        json!({"items": ["wine"], "key": "both"}),
        json!({"items": []}),
        json!({"baskets": []}),
        json!({"items": [" "]}),
        json!({"items": ["a\nb"]}),
        json!({"items": ["a"], "customer": ""}),
        json!({"baskets": [[["a"], "7"]]}),
        json!({"baskets": [{"items": ["a"]}], "customer": "7"}),
    ] {
        assert_eq!(with_key(&client, "new", &refused).await.status, 422, "{refused}");
    }
    assert_eq!(client.post("/v1/baskets", &json!({"items": ["wine"]})).await.status, 422);
    let middle =
        json!({"baskets": [{"items": ["a"], "key": "m0"}, {"items": [], "key": "m1"}, {"items": ["a"], "key": "m2"}]});
    let refused = client.post("/v1/baskets", &middle).await;
    assert_eq!((refused.status, &refused.json["detail"]), (422, &json!("basket 1: items: there is none")));
    assert_eq!(count(&client, "a").await, 0);
    let twice = json!({"baskets": [{"items": ["a"], "key": "k"}, {"items": ["a"], "key": "k"}]});
    assert_eq!(client.post("/v1/baskets", &twice).await.status, 422);
}

#[tokio::test]
async fn sales_are_in_the_next_model_and_customers_are_not() {
    let service = Service::start(&["--refresh-after-baskets", "1"]);
    let client = Client::new(&service).await;
    for receipt in 0..10 {
        let customer = if receipt < 8 { "7" } else { "8" };
        let sale = json!({"items": ["wine", "cheese"], "customer": customer, "key": receipt.to_string()});
        assert_eq!(client.post("/v1/baskets", &sale).await.status, 201);
    }
    wait_for_baskets(&client, 16).await;
    let body = json!({"basket": ["wine"], "k": 1});
    assert_eq!(client.post("/v1/recommend", &body).await.json["items"][0]["item"], "cheese");

    assert_eq!(client.delete("/v1/customers/7").await.json["baskets"], 8);
    assert_eq!(count(&client, "wine").await, 2);
    wait_for_baskets(&client, 8).await;
    let sets = client.get("/v1/itemsets?item=wine&min_len=2").await.json;
    assert_eq!(sets["itemsets"][0]["count"], 2);
    // A late repeat does not bring the sale back.
    let late = json!({"items": ["wine", "cheese"], "customer": "7", "key": "3"});
    assert_eq!(client.post("/v1/baskets", &late).await.status, 200);
    assert_eq!(count(&client, "wine").await, 2);
    assert_eq!(client.delete("/v1/customers/7").await.json["baskets"], 0);
    assert_eq!(client.delete("/v1/customers/nobody").await.json["baskets"], 0);
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_new_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start_in(folder.path(), &["--refresh-after-baskets", "1"]);
    let client = Client::new(&service).await;
    let sale = json!({"items": ["wine", "cheese"], "customer": "7", "key": "r1"});
    client.post("/v1/baskets", &sale).await;
    wait_for_baskets(&client, 7).await;
    assert!(service.stop().success());

    let service = Service::start_in(folder.path(), &["--refresh-after-baskets", "1"]);
    let client = Client::new(&service).await;
    assert_eq!(client.post("/v1/baskets", &sale).await.status, 200);
    assert_eq!(client.get("/v1/status").await.json["baskets"], 7);
    assert_eq!(count(&client, "wine").await, 1);
    assert!(service.log().contains("the model of the snapshot answers"), "{}", service.log());
}

/// A snapshot that was being written at a kill may tell of customers who are forgotten since.
#[test]
fn half_a_snapshot_does_not_stay() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("store")).unwrap();
    let half = folder.path().join("store/.model-0123456789abcdef-7-1700000000.snapshot.1-0.tmp");
    std::fs::write(&half, "secret-item").unwrap();
    let mut service = Service::start_in(folder.path(), &[]);
    let begun = Instant::now();
    while half.exists() {
        assert!(begun.elapsed() < PATIENCE, "{}", service.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(service.stop().success());
}

#[tokio::test]
async fn the_log_names_nobody_and_nothing() {
    let service = Service::start(&["--log", "debug", "--refresh-after-baskets", "1"]);
    let client = Client::new(&service).await;
    let sale = json!({"items": ["secret-item"], "customer": "secret-customer", "key": "secret-key"});
    client.post("/v1/baskets", &sale).await;
    client.post("/v1/recommend", &json!({"basket": ["secret-item"]})).await;
    client.post("/v1/recommend", &json!({"basket": ["secret-item"], "k": "secret-k"})).await;
    client.get("/v1/items/secret-item/related").await;
    client.get("/v1/rules?item=secret-item").await;
    client.get("/secret-path").await;
    client.delete("/v1/customers/secret-customer").await;
    wait_for_baskets(&client, 6).await;
    let log = service.log();
    assert!(log.contains("/v1/customers/{id}") && !log.contains("secret"), "{log}");
}
