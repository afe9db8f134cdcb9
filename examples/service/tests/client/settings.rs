//! What can be set, and the end of the program.

use std::process::Command;

use serde_json::json;

use crate::contract::Client;
use crate::service::Service;

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
    assert!(errors.contains("max_kk: there is no such setting"), "{errors}");
    let (status, errors) = run(&["--max-k", "x", "--listen", "nowhere"], &[("ITEMSET_SERVICE_MAX_BATCH", "many")]);
    assert_eq!(status, 2);
    for fault in ["max_k: x (expected a whole number), from flag", "listen: nowhere", "max_batch: many"] {
        assert!(errors.contains(fault), "{fault}: {errors}");
    }
    let (status, errors) =
        run(&["--data", "/nowhere.csv", "--token-file", "/nowhere", "--config", "/nowhere.toml"], &[]);
    assert_eq!((status, errors.contains("/nowhere.toml is no file")), (2, true), "{errors}");
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
    let status = service.stop();
    assert!(status.success(), "{status}: {}", service.log());
    assert!(client.http.get(format!("{}/healthz", client.base)).send().await.is_err());
}
