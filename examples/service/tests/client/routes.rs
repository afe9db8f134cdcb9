//! What each route says.

use serde_json::json;

use crate::contract::{Answer, Client, encode};
use crate::service::{PATIENCE, Service};

#[tokio::test]
async fn one_basket_and_many_get_the_same_recommendations() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    let one = client.post("/v1/recommend", &json!({"basket": ["beer", "nix", "nix"], "k": 3, "explain": true})).await;
    assert_eq!((one.status, &one.json["unknown"]), (200, &json!(2)));
    let items = one.json["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    // Of three baskets with beer two have diapers and two chips.
    assert_eq!(items[0]["reasons"][0]["because"], json!(["beer"]));
    assert_eq!(items[0]["score"], json!(2.0 / 3.0));
    assert!(items.iter().all(|item| item["item"] != "beer"));

    for policy in ["best-confidence", "best-lift", "best-significant", "evidence", "noisy-or"] {
        let baskets = json!([["beer"], [], ["diapers", "chips"], ["nix"]]);
        let many = client.post("/v1/recommend", &json!({"baskets": baskets, "k": 2, "policy": policy})).await;
        let results = many.json["results"].as_array().unwrap();
        assert_eq!((many.status, results.len()), (200, 4));
        for (basket, result) in baskets.as_array().unwrap().iter().zip(results) {
            let one = client.post("/v1/recommend", &json!({"basket": basket, "k": 2, "policy": policy})).await;
            assert_eq!((&one.json["items"], &one.json["unknown"]), (&result["items"], &result["unknown"]), "{policy}");
        }
    }
}

#[tokio::test]
async fn what_is_excluded_is_not_recommended() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    let body = json!({"basket": ["beer"], "exclude": ["diapers", "nix"], "k": 10});
    let items = client.post("/v1/recommend", &body).await.json["items"].clone();
    let labels: Vec<_> = items.as_array().unwrap().iter().map(|item| item["item"].as_str().unwrap()).collect();
    assert_eq!(labels[0], "chips");
    assert!(!labels.contains(&"diapers") && !labels.contains(&"beer"), "{labels:?}");
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_refused_with_the_field() {
    let service = Service::start(&["--max-basket", "3", "--max-batch", "2", "--max-k", "5", "--max-answers", "8"]);
    let client = Client::new(&service).await;
    let long = "x".repeat(201);
    let cases = [
        (json!({}), "either basket or baskets"),
        (json!({"basket": [], "baskets": []}), "either basket or baskets"),
        (json!({"basket": ["a"], "k": 6}), "k: 6 (expected at most 5)"),
        (json!({"basket": ["a", "b", "c", "d"], "k": 1}), "4 (expected at most 3)"),
        (json!({"baskets": [[], [], []], "k": 1}), "baskets: 3 (expected at most 2)"),
        (json!({"baskets": [[], []], "k": 5}), "10 (expected at most 8)"),
        (json!({"basket": [long], "k": 1}), "201 bytes"),
        (json!({"basket": ["a"], "policy": "expected-profit", "k": 1}), "margins"),
        (json!({"basket": ["a"], "policy": "best", "k": 1}), "best-confidence"),
        (json!({"basket": ["a"], "K": 1}), "unknown field"),
        (json!({"basket": [1]}), "invalid type"),
        (json!([]), "expected an object"),
        (json!([["beer"], null, 3]), "expected an object"),
    ];
    for (body, words) in cases {
        let answer = client.post("/v1/recommend", &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.json);
        assert!(answer.json["detail"].as_str().unwrap().contains(words), "{body}: {}", answer.json);
    }
}

#[tokio::test]
async fn rules_are_filtered_sorted_and_paged() {
    let service = Service::start(&["--max-per-page", "100"]);
    let client = Client::new(&service).await;
    let all = client.get("/v1/rules?per_page=100").await.json;
    let total = all["total"].as_u64().unwrap();
    assert_eq!(all["rules"].as_array().unwrap().len() as u64, total);
    let lifts: Vec<f64> = all["rules"].as_array().unwrap().iter().map(|rule| rule["lift"].as_f64().unwrap()).collect();
    assert!(lifts.is_sorted_by(|a, b| a >= b) && lifts.len() > 5, "{lifts:?}");

    let mut paged = Vec::new();
    for page in 1..=total.div_ceil(4) + 1 {
        let page = client.get(&format!("/v1/rules?per_page=4&page={page}")).await.json;
        paged.extend(page["rules"].as_array().unwrap().clone());
    }
    assert_eq!(&paged, all["rules"].as_array().unwrap());

    let some = client.get("/v1/rules?item=dip&min_lift=1.5&min_confidence=0.6&sort=conviction").await.json;
    let expected = all["rules"].as_array().unwrap().iter().filter(|rule| {
        let sides = [&rule["antecedent"], &rule["consequent"]];
        sides.iter().any(|side| side.as_array().unwrap().contains(&json!("dip")))
            && rule["lift"].as_f64().unwrap() >= 1.5
            && rule["confidence"].as_f64().unwrap() >= 0.6
    });
    assert_eq!(some["total"].as_u64().unwrap() as usize, expected.count());
    // The conviction of a rule without exception is infinite, which JSON does not know.
    assert_eq!(some["rules"][0]["value"], json!("inf"));

    for (query, words) in [
        ("page=0", "page: 0"),
        ("per_page=101", "per_page: 101 (expected 1 to 100)"),
        ("sort=best", "sort"),
        ("min_lift=high", "min_lift"),
        ("min_lift=nan", "min_lift"),
        ("items=beer", "items"),
    ] {
        let answer = client.get(&format!("/v1/rules?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.json["detail"].as_str().unwrap().contains(words), "{query}: {}", answer.json);
    }
    assert_eq!(client.get("/v1/rules?page=18446744073709551615&per_page=100").await.json["rules"], json!([]));
}

#[tokio::test]
async fn itemsets_have_their_counts() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    let pairs = client.get("/v1/itemsets?item=diapers&min_len=2").await.json;
    let best = &pairs["itemsets"][0];
    assert_eq!((&best["count"], best["items"].as_array().unwrap().len()), (&json!(2), 2));
    let largest = client.get("/v1/itemsets?sort=len&per_page=1").await.json;
    assert_eq!(largest["itemsets"][0]["items"].as_array().unwrap().len(), 3);
    assert_eq!(client.get("/v1/itemsets?sort=canonical").await.status, 200);
    assert_eq!(client.get("/v1/itemsets?sort=size").await.status, 400);
}

#[tokio::test]
async fn related_items_have_their_counts() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    let related = client.get("/v1/items/beer/related?by=confidence&k=2").await.json;
    assert_eq!(related["count"], 3);
    assert_eq!(related["related"].as_array().unwrap().len(), 2);
    assert_eq!(related["related"][0]["together"], 2);
    assert_eq!(client.get("/v1/items/nix/related").await.status, 404);
    assert_eq!(client.get("/v1/items/beer/related?by=love").await.status, 400);
    assert_eq!(client.get("/v1/items/beer/related?k=101").await.status, 400);
    let hostile = encode("../../etc/passwd\u{0}<script>'\"");
    assert_eq!(client.get(&format!("/v1/items/{hostile}/related")).await.status, 404);
}

#[tokio::test]
async fn it_says_how_it_is() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    assert_eq!(client.get("/healthz").await.status, 200);
    let status = client.get("/v1/status").await.json;
    assert_eq!((&status["model"], &status["baskets"], &status["sales"]), (&json!(1), &json!(6), &json!(0)));
    assert_eq!(client.get("/readyz").await.status, 200);
    client.post("/v1/recommend", &json!({"basket": ["beer", "nix"]})).await;
    // A refresh is counted a moment after its model answers.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let metrics = client.get("/metrics").await.json.as_str().unwrap().to_string();
    for line in
        ["itemset_unknown_labels_total 1", "itemset_model_baskets 6", "itemset_refreshes_total{result=\"done\"} 1"]
    {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(metrics.contains(r#"itemset_http_requests_total{route="/v1/recommend",method="POST",status="200"} 1"#));
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    let page = client.get("/docs").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let html = page.json.as_str().unwrap();
    assert!(!html.contains("<script") && !html.contains("https://") && !html.contains("style="), "{html}");
    for path in client.doc["paths"].as_object().unwrap().keys() {
        assert!(html.contains(path.as_str()), "{path}");
    }
    assert_eq!(client.get("/docs/style.css").await.status, 200);
}

#[tokio::test]
async fn the_report_is_of_the_model_and_keeps_to_its_policy() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start_in(folder.path(), &[]);
    let client = Client::new(&service).await;
    let page = wait_for_report(&client).await;
    let html = page.json.as_str().unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains("diapers"), "{html}");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sha256-"), "{policy}");
    assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    // Hostile labels stay text.
    let hostile = "</script><script>alert(1)</script>";
    for key in 0..6 {
        let sale = json!({"items": [hostile, "beer"], "key": key.to_string()});
        assert_eq!(client.post("/v1/baskets", &sale).await.status, 201);
    }
    assert!(service.stop().success());
    let service = Service::start_in(folder.path(), &["--refresh-after-baskets", "1"]);
    let client = Client::new(&service).await;
    let begun = std::time::Instant::now();
    loop {
        let page = wait_for_report(&client).await;
        let html = page.json.as_str().unwrap();
        assert!(!html.contains(hostile) && !html.contains("<script>alert"));
        if html.contains("alert(1)") {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "the report never has the new sales");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// The first report comes some moments after the first model.
async fn wait_for_report(client: &Client) -> Answer {
    let begun = std::time::Instant::now();
    loop {
        let page = client.get("/report").await;
        if page.status == 200 {
            return page;
        }
        assert!(page.status == 503 && begun.elapsed() < PATIENCE, "{}", page.json);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    let service = Service::start(&[]);
    let client = Client::new(&service).await;
    for path in ["/", "/v1", "/v1/rules/", "/v2/rules", "//v1/rules", "/report.php"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    for (method, path) in
        [("PUT", "/v1/rules"), ("GET", "/v1/recommend"), ("PATCH", "/v1/customers/7"), ("BREW", "/docs")]
    {
        let answer = client.call(method.parse().unwrap(), path, None).await;
        assert_eq!(answer.status, 405, "{method} {path}");
    }
}

#[tokio::test]
async fn without_data_it_answers_from_the_sample_supermarket() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start_on(folder.path(), &["--min-support", "0.01"]);
    let client = Client::new(&service).await;
    let found = client.post("/v1/recommend", &json!({"basket": ["diapers"], "k": 1, "explain": true})).await.json;
    assert_eq!(found["items"][0]["item"], "beer");
    assert_eq!(client.get("/v1/status").await.json["baskets"], 11_500);
    // Its customers are known, and can be forgotten.
    let gone = client.delete("/v1/customers/2").await.json["baskets"].as_u64().unwrap();
    assert!(gone > 0);
    assert_eq!(client.delete("/v1/customers/2").await.json["baskets"], 0);
}

#[tokio::test]
async fn the_description_names_the_limits() {
    let service = Service::start(&["--max-k", "7", "--max-basket", "8", "--max-batch", "9", "--max-per-page", "10"]);
    let client = Client::new(&service).await;
    let paths = &client.doc["paths"];
    let of_body =
        |path: &str| &paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"];
    let (recommend, sales) = (of_body("/v1/recommend"), of_body("/v1/baskets"));
    assert_eq!((&recommend["k"]["maximum"], &recommend["basket"]["maxItems"]), (&json!(7), &json!(8)));
    assert_eq!((&sales["baskets"]["maxItems"], &sales["items"]["maxItems"]), (&json!(9), &json!(8)));
    let of_query = |path: &str, name: &str| {
        let parameters = paths[path]["get"]["parameters"].as_array().unwrap();
        parameters.iter().find(|parameter| parameter["name"] == name).unwrap()["schema"].clone()
    };
    assert_eq!(of_query("/v1/itemsets", "per_page")["maximum"], 10);
    // A request that names no number asks for no more than it may.
    let found = client.post("/v1/recommend", &json!({"basket": ["beer"]})).await;
    assert_eq!(found.status, 200, "{}", found.json);
    // Each name is one that the route takes.
    for name in of_query("/v1/rules", "sort")["enum"].as_array().unwrap() {
        assert_eq!(client.get(&format!("/v1/rules?sort={}", name.as_str().unwrap())).await.status, 200, "{name}");
    }
    for name in of_query("/v1/items/{label}/related", "by")["enum"].as_array().unwrap() {
        assert_eq!(
            client.get(&format!("/v1/items/beer/related?by={}", name.as_str().unwrap())).await.status,
            200,
            "{name}"
        );
    }
}
