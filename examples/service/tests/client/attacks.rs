//! What no client should send. Each gets its answer or is cut off, memory stays bounded, and others are served.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::contract::Client;
use crate::service::Service;

/// What comes back on a connection until it is closed, or until nothing has come for a while.
fn talk(service: &Service, bytes: &[u8]) -> String {
    let mut stream = connect(service);
    // The service may cut the connection while this is still written.
    let _ = stream.write_all(bytes);
    read(&mut stream)
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
    stream
}

/// An answer and its body, or all until the end.
fn read(stream: &mut TcpStream) -> String {
    let (mut all, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(len) => all.extend_from_slice(&part[..len]),
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => break,
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&all)),
        }
        let text = String::from_utf8_lossy(&all);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let len = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if len.and_then(|len| len.parse::<usize>().ok()).is_some_and(|len| body.len() >= len) {
            break;
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn post(path: &str, body: &[u8], headers: &str) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn assert_serves(service: &mut Service) {
    assert!(service.is_alive(), "{}", service.log());
    assert!(!service.log().contains("panicked"), "{}", service.log());
    let answer = talk(service, &post("/v1/recommend", br#"{"basket": ["beer"]}"#, ""));
    assert_eq!(status(&answer), 200, "{answer}");
}

#[test]
fn what_is_no_http_is_refused() {
    let mut service = Service::start(&[]);
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET /\x80\xff HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /v1/recommend HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        b"POST /v1/recommend HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\nzz\r\n",
        b"POST /v1/recommend HTTP/1.1\r\ntransfer-encoding: gzip\r\ncontent-type: application/json\r\n\r\nzz\r\n",
    ] {
        let mut stream = connect(&service);
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let answer = read(&mut stream);
        let refused = [0, 400, 404, 408, 431, 505].contains(&status(&answer));
        assert!(refused, "{}: {answer}", String::from_utf8_lossy(bytes));
        assert!(status(&answer) == 0 || answer.contains("application/problem+json"), "{answer}");
    }
    assert_serves(&mut service);
}

#[test]
fn bodies_that_are_not_utf_8_or_too_deep_are_refused() {
    let mut service = Service::start(&[]);
    let deep = [b"{\"basket\":".to_vec(), b"[".repeat(100_000)].concat();
    let deeper = b"{\"a\":".repeat(100_000);
    for body in [&b"{\"basket\": [\"\xff\xfe\"]}"[..], b"\xff", b"", b"{\"basket\": [\"\\ud800\"]}", &deep, &deeper] {
        let answer = talk(&service, &post("/v1/recommend", body, ""));
        assert!(matches!(status(&answer), 400 | 422), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    let key = post("/v1/baskets", br#"{"items": ["beer"]}"#, "idempotency-key: \x7f\r\n");
    assert!(matches!(status(&talk(&service, &key)), 400 | 422));
    assert_serves(&mut service);
}

#[test]
fn compressed_bodies_are_not_unpacked() {
    let mut service = Service::start(&[]);
    let body = br#"{"basket": ["beer"]}"#;
    for coding in ["gzip", "zstd", "identity, gzip"] {
        let answer = talk(&service, &post("/v1/recommend", body, &format!("content-encoding: {coding}\r\n")));
        assert_eq!(status(&answer), 415, "{answer}");
        assert!(answer.contains("urn:itemset:content-coding"), "{answer}");
    }
    assert_eq!(status(&talk(&service, &post("/v1/recommend", body, "content-encoding: identity\r\n"))), 200);
    assert_serves(&mut service);
}

#[test]
fn huge_bodies_are_not_read() {
    let mut service = Service::start(&["--max-body", "10000"]);
    let before = service.memory();
    let head = "POST /v1/baskets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let answer = talk(&service, format!("{head}content-length: 99999999999\r\n\r\n{{").as_bytes());
    assert_eq!(status(&answer), 413, "{answer}");
    assert!(answer.contains("large-body"), "{answer}");
    // One that does not say how long it is.
    let mut stream = connect(&service);
    stream.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let chunk = [b"1000\r\n".to_vec(), vec![b' '; 4096], b"\r\n".to_vec()].concat();
    let sent = (0..20_000).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!(sent < 20_000, "80 MB were taken");
    // The answer, unless the connection was cut before it was read.
    assert!(matches!(status(&read(&mut stream)), 413 | 0));
    assert!(service.memory() < before + (64 << 20));
    assert_serves(&mut service);
}

#[test]
fn slow_clients_are_cut_off_and_others_are_served() {
    let mut service = Service::start(&["--head-seconds", "1", "--body-seconds", "1", "--write-seconds", "1"]);
    let begun = Instant::now();
    // A head that never ends, byte by byte.
    let mut head = connect(&service);
    let trickled = (0..100).take_while(|_| {
        std::thread::sleep(Duration::from_millis(100));
        head.write_all(b"x").is_ok()
    });
    assert!(trickled.count() < 100, "a head may take 10 s");
    // A body that never ends.
    let start =
        b"POST /v1/recommend HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let answer = talk(&service, start);
    assert_eq!(status(&answer), 408, "{answer}");
    assert!(answer.contains("slow-body"), "{answer}");
    // An idle connection.
    assert_eq!(talk(&service, b""), "");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_serves(&mut service);
}

#[test]
fn a_request_has_a_time_of_its_own() {
    let mut service = Service::start(&["--request-seconds", "1", "--body-seconds", "5"]);
    let start = b"POST /v1/baskets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    let answer = talk(&service, start);
    assert_eq!(status(&answer), 504, "{answer}");
    assert!(answer.contains("urn:itemset:time-out"), "{answer}");
    assert_serves(&mut service);
}

/// A client that asks and asks, and never reads.
#[test]
fn slow_readers_are_cut_off() {
    let mut service = Service::start(&["--write-seconds", "1"]);
    let mut stream = connect(&service);
    stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let request = b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n";
    let begun = Instant::now();
    // Until buffers are full both ways, and then until the service has waited long enough.
    loop {
        match stream.write(request) {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody cut it off");
    }
    assert_serves(&mut service);
}

#[test]
fn floods_of_headers_are_refused() {
    let mut service = Service::start(&[]);
    let many: String = (0..1000).map(|number| format!("x-{number}: y\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(100_000));
    let path = format!("/{}", "x".repeat(100_000));
    for request in [
        format!("GET /v1/rules HTTP/1.1\r\n{many}\r\n"),
        format!("GET /v1/rules HTTP/1.1\r\n{long}\r\n"),
        format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"),
    ] {
        let answer = talk(&service, request.as_bytes());
        assert!(matches!(status(&answer), 414 | 431 | 0), "{}", &answer[..answer.len().min(200)]);
        assert!(status(&answer) == 0 || answer.contains("urn:itemset:large-head"), "{answer}");
    }
    // All of them are read before they are refused, so the answer arrives.
    let answer = talk(&service, format!("GET /v1/rules HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(65)).as_bytes());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!((status(head), head.matches("content-length").count()), (431, 1), "{answer}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap()["status"], 431);
    assert_serves(&mut service);
}

#[test]
fn paths_do_not_lead_out() {
    let mut service = Service::start(&[]);
    for path in [
        "/../../etc/passwd",
        "/docs/../../../etc/passwd",
        "/docs/%2e%2e/%2e%2e/etc/passwd",
        "/docs/..%2f..%2fetc/passwd",
        "/docs\\..\\etc",
        "/healthz/..",
        "/healthz%2f..%2fmetrics",
        "/healthz/../metrics",
        "//metrics",
        "/%00",
        "/docs%00.css",
        "/v1/items/%ff%fe/related",
        "/v1/customers/",
        "http://elsewhere.example/metrics2",
        "*",
    ] {
        let answer = talk(&service, format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
        assert!(matches!(status(&answer), 400 | 404 | 405), "{path}: {answer}");
        assert!(!answer.contains("root:"), "{answer}");
    }
    assert_serves(&mut service);
}

#[test]
fn only_a_token_lets_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    std::fs::write(&file, "correct horse battery\nanother long token\n").unwrap();
    let mut service = Service::start(&["--token-file", file.to_str().unwrap()]);
    let ask =
        |path: &str, header: &str| talk(&service, format!("GET {path} HTTP/1.1\r\nhost: x\r\n{header}\r\n").as_bytes());
    let right = "authorization: Bearer correct horse battery\r\n";
    for path in ["/v1/rules", "/v1/itemsets", "/metrics", "/openapi.json", "/docs", "/v1/status", "/nix"] {
        for wrong in [
            "",
            "authorization: Bearer\r\n",
            "authorization: Bearer correct horse batterx\r\n",
            "authorization: correct horse battery\r\n",
            "authorization: Basic correct horse battery\r\n",
            "authorization: Bearer correct horse battery2\r\n",
        ] {
            let answer = ask(path, wrong);
            assert_eq!(status(&answer), 401, "{path} {wrong}");
            assert!(answer.contains("www-authenticate: Bearer"), "{answer}");
        }
        assert_eq!(status(&ask(path, right)), if path == "/nix" { 404 } else { 200 }, "{path}");
    }
    assert_eq!(status(&ask("/v1/rules", "authorization: bearer another long token\r\n")), 200);
    for open in ["/healthz", "/readyz"] {
        assert_eq!(status(&ask(open, "")), 200, "{open}");
    }
    assert!(!service.log().contains("battery"));
    assert!(service.is_alive());
    // The description says that a token is asked for.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = runtime.block_on(Client::with_token(&service, Some("correct horse battery")));
    assert!(client.doc["paths"]["/v1/rules"]["get"]["responses"]["401"].is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_unknown_labels_take_no_memory() {
    let service = Service::start(&["--max-basket", "1000", "--max-batch", "1000", "--rate-per-client", "0"]);
    let client = Client::new(&service).await;
    let mut memory = 0;
    for part in 0..50 {
        let label = |basket: usize, item: usize| format!("unknown-{}", (part * 200 + basket) * 100 + item);
        let baskets: Vec<Vec<_>> = (0..200).map(|basket| (0..100).map(|item| label(basket, item)).collect()).collect();
        let answer = client.post("/v1/recommend", &json!({"baskets": baskets, "k": 1})).await;
        assert_eq!((answer.status, &answer.json["results"][0]["unknown"]), (200, &json!(100)));
        if part == 9 {
            memory = service.memory();
        }
    }
    let now = service.memory();
    assert!(now < memory + (16 << 20), "{memory} bytes after 200,000 labels, {now} after a million");
    let metrics = client.get("/metrics").await.json;
    assert!(metrics.as_str().unwrap().contains("itemset_unknown_labels_total 1000000"));
}

#[test]
fn a_flood_of_connections_waits_and_goes() {
    let mut service = Service::start(&["--max-connections", "20", "--head-seconds", "1"]);
    let before = service.memory();
    let held: Vec<_> = (0..300).map(|_| connect(&service)).collect();
    // Those who say nothing are cut off, and the next ones get their places.
    let begun = Instant::now();
    assert_serves(&mut service);
    assert!(begun.elapsed() < Duration::from_secs(25));
    drop(held);
    assert!(service.memory() < before + (32 << 20));
    assert_serves(&mut service);
}

#[test]
fn too_many_requests_are_told_when_to_come_again() {
    let service = Service::start(&["--rate-per-client", "5"]);
    let ask = || talk(&service, b"GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n");
    let answers: Vec<_> = (0..30).map(|_| ask()).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| status(answer) == 429).collect();
    assert!(refused.len() >= 10, "{}", refused.len());
    assert!(refused.iter().all(|answer| answer.contains("retry-after: 1") && answer.contains("rate-limit")));
    assert!((0..30).all(|_| status(&talk(&service, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")) == 200));
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(status(&ask()), 200);
}

#[test]
fn more_at_once_than_there_are_places_is_refused() {
    let service = Service::start(&["--max-requests", "2", "--body-seconds", "5"]);
    // Two that are still being read.
    let start =
        b"POST /v1/recommend HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{";
    let mut slow: Vec<_> = (0..2).map(|_| connect(&service)).collect();
    slow.iter_mut().for_each(|stream| stream.write_all(start).unwrap());
    std::thread::sleep(Duration::from_millis(300));
    let answer = talk(&service, b"GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("overloaded") && answer.contains("retry-after: 1"), "{answer}");
    assert_eq!(status(&talk(&service, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")), 200);
    for stream in &mut slow {
        stream.write_all(b"\"basket\": [\"a\"]}").unwrap();
        assert_eq!(status(&read(stream)), 200);
    }
}

#[test]
fn browsers_of_other_origins_are_not_served_unless_named() {
    let ask = |service: &Service, origin: &str| {
        let preflight = format!(
            "OPTIONS /v1/rules HTTP/1.1\r\nhost: x\r\norigin: {origin}\r\naccess-control-request-method: GET\r\n\r\n"
        );
        talk(service, preflight.as_bytes())
    };
    let closed = Service::start(&[]);
    assert!(!ask(&closed, "https://shop.example").contains("access-control-allow-origin"));
    let open = Service::start(&["--cors-origins", "https://shop.example"]);
    assert!(ask(&open, "https://shop.example").contains("access-control-allow-origin: https://shop.example"));
    assert!(!ask(&open, "https://evil.example").contains("access-control-allow-origin"));
}
