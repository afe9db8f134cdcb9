//! What can be set, and the end of the program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::contract::Client;
use crate::service::{PATIENCE, Service};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_itemset-service"))
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .expect("it runs");
    (ran.status.code().expect("a status"), String::from_utf8(ran.stderr).expect("text"))
}

#[test]
fn all_faults_of_the_settings_are_named_at_the_start() {
    let (status, errors) = run(
        &["--max-k", "0", "--min-support", "7", "--listen", "nowhere"],
        &[("ITEMSET_SERVICE_MAX_BATCH", "many"), ("ITEMSET_SERVICE_MAX_KK", "1")],
    );
    assert_eq!(status, 2);
    for fault in
        ["max_kk: there is no such setting", "max_k: 0", "min_support: 7", "listen: nowhere", "max_batch: many"]
    {
        assert!(errors.contains(fault), "{fault}: {errors}");
    }
    let (status, errors) = run(&["--max-k", "x", "--listen", "nowhere"], &[("ITEMSET_SERVICE_MAX_BATCH", "many")]);
    assert_eq!(status, 2);
    for fault in ["max_k: x (expected a whole number), from flag", "listen: nowhere", "max_batch: many"] {
        assert!(errors.contains(fault), "{fault}: {errors}");
    }
    let (status, errors) =
        run(&["--data", "/nowhere.csv", "--token-file", "/nowhere", "--config", "/nowhere.toml"], &[]);
    assert_eq!(status, 2);
    for fault in ["/nowhere.toml is no file", "/nowhere.csv is no file", "/nowhere is no file"] {
        assert!(errors.contains(fault), "{fault}: {errors}");
    }
}

#[test]
fn a_setting_of_the_environment_is_not_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    let mut command = Command::new(env!("CARGO_BIN_EXE_itemset-service"));
    let ran = command.env("ITEMSET_SERVICE_STORE", std::ffi::OsStr::from_bytes(b"\xff\xfe")).output().expect("it runs");
    let errors = String::from_utf8(ran.stderr).expect("text");
    assert_eq!(ran.status.code(), Some(2), "{errors}");
    assert!(errors.contains("ITEMSET_SERVICE_STORE: no UTF-8"), "{errors}");
}

#[test]
fn a_file_that_cannot_be_read_ends_it_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bad.csv");
    std::fs::write(&data, b"beer,diapers\n\xff\xfe\xff\n").unwrap();
    let store = folder.path().join("store");
    let flags = ["--listen", "127.0.0.1:0", "--data", data.to_str().unwrap(), "--store", store.to_str().unwrap()];
    let (status, errors) = run(&flags, &[]);
    assert_eq!(status, 1, "{errors}");
    assert!(errors.contains("bad.csv") && errors.contains("line 2"), "{errors}");
}

#[test]
fn a_store_is_one_service_s() {
    let folder = tempfile::tempdir().unwrap();
    let _service = Service::start_in(folder.path(), &[]);
    let store = folder.path().join("store");
    let (status, errors) = run(&["--listen", "127.0.0.1:0", "--store", store.to_str().unwrap()], &[]);
    assert_eq!((status, errors.contains("another service has it open")), (1, true), "{errors}");
}

/// The number behind a name of the metrics.
async fn metric(client: &Client, name: &str) -> f64 {
    let metrics = client.get("/metrics").await.json;
    let line = metrics.as_str().unwrap().lines().find_map(|line| line.strip_prefix(name).map(str::to_string));
    line.map_or(0.0, |number| number.trim().parse().unwrap())
}

#[tokio::test]
async fn a_refresh_that_fails_leaves_the_old_model() {
    // As many itemsets as the file has, and no more.
    let first = Service::start(&[]);
    let itemsets = Client::new(&first).await.get("/v1/status").await.json["itemsets"].to_string();
    let service = Service::start(&["--max-itemsets", &itemsets, "--refresh-after-baskets", "1"]);
    let client = Client::new(&service).await;
    assert_eq!(client.get("/v1/status").await.json["model"], 1);
    let sale = json!({"items": ["a", "b", "c", "d", "e", "f"], "key": "r1"});
    assert_eq!(client.post("/v1/baskets", &sale).await.status, 201);
    let begun = Instant::now();
    while metric(&client, "itemset_refreshes_total{result=\"failed\"}").await < 1.0 {
        assert!(begun.elapsed() < PATIENCE, "{}", service.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let status = client.get("/v1/status").await.json;
    assert_eq!((&status["model"], &status["pending"]), (&json!(1), &json!(1)));
    assert_eq!(client.post("/v1/recommend", &json!({"basket": ["beer"]})).await.status, 200);
    assert!(service.log().contains("max_itemsets"), "{}", service.log());
}

#[tokio::test]
async fn without_a_model_it_lives_and_is_not_ready() {
    let service = Service::start(&["--max-itemsets", "1"]);
    let client = Client::new(&service).await;
    assert_eq!(client.get("/healthz").await.status, 200);
    for path in ["/readyz", "/v1/rules", "/report"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status, &answer.json["type"]), (503, &json!("urn:itemset:not-ready")), "{path}");
    }
    // Requests that are refused are counted, and fill no log.
    assert!(!service.log().contains("\"status\":503"), "{}", service.log());
    // What needs no model goes on.
    assert_eq!(client.post("/v1/baskets", &json!({"items": ["beer"], "key": "r1"})).await.status, 201);
    assert_eq!(client.get("/v1/items/beer/related").await.json["count"], 4);
}

/// One that reads a large file for longer than anybody waits.
#[test]
fn it_stops_while_it_reads_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let line = |basket: usize| (0..10).map(|item| format!("i{}", (basket * 7 + item * item) % 997)).collect::<Vec<_>>();
    let lines: String = (0..5000).map(|basket| line(basket).join(" ") + "\n").collect();
    std::fs::write(folder.path().join("large"), lines.repeat(200)).unwrap();
    let data = folder.path().join("large");
    let mut service = Service::start_on(folder.path(), &["--data", data.to_str().unwrap()]);
    let begun = Instant::now();
    let status = service.stop();
    assert!(status.success(), "{status}: {}", service.log());
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(!service.log().contains("sales are taken in"), "the file was read too fast for this test");
}

#[test]
fn a_second_signal_waits_for_nobody() {
    let mut service = Service::start(&["--drain-seconds", "50", "--body-seconds", "50", "--request-seconds", "50"]);
    let mut slow = TcpStream::connect(service.address()).unwrap();
    let head = "POST /v1/baskets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 34\r\n\r\n{";
    slow.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    service.signal();
    std::thread::sleep(Duration::from_millis(500));
    assert!(service.is_alive());
    let status = service.stop();
    assert!(status.success(), "{status}: {}", service.log());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_what_was_asked_before_it_stops() {
    let mut service = Service::start(&[]);
    let client = Client::new(&service).await;
    let posting: Vec<_> = (0..20)
        .map(|sale| {
            let client = client.clone();
            tokio::spawn(async move {
                let body = json!({"items": ["beer", "wine"], "key": sale.to_string()});
                client.post("/v1/baskets", &body).await.status
            })
        })
        .collect();
    for posting in posting {
        assert_eq!(posting.await.unwrap(), 201);
    }
    // One that is still being sent.
    let mut slow = TcpStream::connect(service.address()).unwrap();
    let head = "POST /v1/baskets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 34\r\n\r\n";
    slow.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let rest = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        slow.write_all(br#"{"items": ["beer"], "key": "slow"}"#).unwrap();
        let mut answer = String::new();
        slow.read_to_string(&mut answer).unwrap();
        answer
    });
    let status = service.stop();
    assert!(status.success(), "{status}: {}", service.log());
    let answer = rest.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(client.http.get(format!("{}/healthz", client.base)).send().await.is_err());
}
