//! Requests made from the description, and then made wrong. Whatever comes, the answer is one that the description
//! names, none is a fault of the service, and the service lives.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::contract::{Client, encode};
use crate::service::Service;

/// Requests of each route; `PROPTEST_CASES` says otherwise.
const CASES: u32 = 200;

/// Values of a schema.
fn of_schema(schema: &Value, doc: &Value) -> BoxedStrategy<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let found = doc.pointer(name.trim_start_matches('#')).expect("a schema of the document");
        return of_schema(found, doc);
    }
    if let Some(some) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let all: Vec<_> = some.iter().map(|schema| of_schema(schema, doc)).collect();
        return proptest::strategy::Union::new(all).boxed();
    }
    if let Some(values) = schema["enum"].as_array() {
        return proptest::sample::select(values.clone()).boxed();
    }
    match &schema["type"] {
        Value::Array(types) => {
            let of = |of: &Value| {
                let mut one = schema.clone();
                one["type"] = of.clone();
                of_schema(&one, doc)
            };
            let weight = |of: &Value| if of == "null" { 1 } else { 4 };
            proptest::strategy::Union::new_weighted(
                types.iter().map(|of_type| (weight(of_type), of(of_type))).collect(),
            )
            .boxed()
        }
        Value::String(of) => of_type(of, schema, doc),
        _ => any_json(),
    }
}

fn of_type(of: &str, schema: &Value, doc: &Value) -> BoxedStrategy<Value> {
    match of {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => prop_oneof![0..20u64, any::<u64>()].prop_map(Value::from).boxed(),
        "number" => any::<f64>().prop_map(|number| json!(number)).boxed(),
        "string" => text().prop_map(Value::from).boxed(),
        "array" => vec(of_schema(&schema["items"], doc), 0..4).prop_map(Value::from).boxed(),
        "object" => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = schema["properties"].as_object().cloned().unwrap_or_default();
            let fields: Vec<_> = fields
                .into_iter()
                .map(|(name, of)| {
                    let value = of_schema(&of, doc);
                    let present =
                        if required.contains(&json!(name)) { Just(true).boxed() } else { any::<bool>().boxed() };
                    (Just(name), present, value)
                })
                .collect();
            let object = |fields: Vec<(String, bool, Value)>| {
                let present = fields.into_iter().filter(|(_, present, _)| *present);
                Value::Object(present.map(|(name, _, value)| (name, value)).collect::<Map<_, _>>())
            };
            fields.prop_map(object).boxed()
        }
        _ => any_json(),
    }
}

/// Labels that are known, are not, and are meant badly.
fn text() -> BoxedStrategy<String> {
    let hostile = [
        "",
        " ",
        "\u{0}",
        "\u{202e}txt",
        "<script>alert(1)</script>",
        "'; DROP TABLE sales;--",
        "../../etc/passwd",
        "%00",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "\u{1F469}\u{200D}\u{1F466}",
        "\r\nx-injected: 1",
        "NaN",
        "-1",
        "1e999",
    ];
    prop_oneof![
        3 => proptest::sample::select(vec!["beer", "diapers", "chips"]).prop_map(str::to_string),
        1 => proptest::sample::select(hostile.to_vec()).prop_map(str::to_string),
        1 => "\\PC{0,12}",
        1 => any::<String>(),
        1 => (1..3000usize).prop_map(|len| "x".repeat(len)),
    ]
    .boxed()
}

fn any_json() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        Just(json!(1e308)),
        text().prop_map(Value::from),
    ];
    let more = |inner: BoxedStrategy<Value>| {
        let object = vec((text(), inner.clone()), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect()));
        prop_oneof![vec(inner, 0..4).prop_map(Value::from), object].boxed()
    };
    leaf.prop_recursive(3, 20, 4, more).boxed()
}

/// What is made wrong.
#[derive(Clone, Debug)]
enum Wrong {
    Nothing,
    /// Another value in some place.
    Replace(usize, Value),
    /// A field that nobody asked for.
    Extra(String, Value),
    /// A field is missing.
    Drop(usize),
    /// Lists in lists.
    Deep(usize),
    /// A list of many.
    Many(usize),
    /// Bytes after the value, in it, or instead of it.
    Bytes(usize, Vec<u8>),
    Cut(usize),
}

fn wrong() -> impl Strategy<Value = Wrong> {
    prop_oneof![
        3 => Just(Wrong::Nothing),
        3 => (any::<usize>(), any_json()).prop_map(|(place, value)| Wrong::Replace(place, value)),
        1 => (text(), any_json()).prop_map(|(name, value)| Wrong::Extra(name, value)),
        1 => any::<usize>().prop_map(Wrong::Drop),
        1 => (1..2000usize).prop_map(Wrong::Deep),
        1 => (1..3000usize).prop_map(Wrong::Many),
        1 => (any::<usize>(), vec(any::<u8>(), 1..8)).prop_map(|(place, bytes)| Wrong::Bytes(place, bytes)),
        1 => any::<usize>().prop_map(Wrong::Cut),
    ]
}

/// Values within a value, itself included.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(size).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// Puts another value in a place, counted as `size` does.
fn replace(value: &mut Value, place: &mut usize, by: &Value) {
    if *place == 0 {
        *value = by.clone();
    }
    // Beyond all places once it is done.
    *place = place.wrapping_sub(1);
    let done = *place > usize::MAX / 2;
    match value {
        Value::Array(values) if !done => values.iter_mut().for_each(|value| replace(value, place, by)),
        Value::Object(fields) if !done => fields.values_mut().for_each(|value| replace(value, place, by)),
        _ => {}
    }
}

fn body(mut value: Value, wrong: &Wrong) -> Vec<u8> {
    match wrong {
        Wrong::Replace(place, by) => {
            let mut place = place % size(&value);
            replace(&mut value, &mut place, by);
        }
        Wrong::Extra(name, by) => {
            if let Some(fields) = value.as_object_mut() {
                fields.insert(name.clone(), by.clone());
            }
        }
        Wrong::Drop(place) => {
            if let Some(fields) = value.as_object_mut().filter(|fields| !fields.is_empty()) {
                let name = fields.keys().nth(place % fields.len()).cloned().expect("a field");
                fields.remove(&name);
            }
        }
        Wrong::Many(count) => {
            if let Some(list) =
                value.as_object_mut().and_then(|fields| fields.values_mut().find(|value| value.is_array()))
            {
                *list = json!(vec!["beer"; *count]);
            }
        }
        Wrong::Nothing | Wrong::Deep(_) | Wrong::Bytes(..) | Wrong::Cut(_) => {}
    }
    let mut bytes = value.to_string().into_bytes();
    match wrong {
        Wrong::Deep(depth) => bytes = [b"[".repeat(*depth), bytes, b"]".repeat(*depth)].concat(),
        Wrong::Bytes(place, more) => {
            let place = place % (bytes.len() + 1);
            bytes.splice(place..place, more.iter().copied());
        }
        Wrong::Cut(place) => bytes.truncate(place % bytes.len().max(1)),
        _ => {}
    }
    bytes
}

/// Runs cases against a service of its own.
fn drive<V: std::fmt::Debug>(
    strategy: impl Fn(&Client) -> BoxedStrategy<V>,
    each: impl AsyncFn(&Client, V) -> u16,
) -> Vec<u16> {
    let mut service = Service::start(&["--refresh-after-baskets", "20"]);
    let runtime = Runtime::new().expect("a runtime");
    let client = runtime.block_on(Client::new(&service));
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let statuses = std::cell::RefCell::new(Vec::new());
    let result = TestRunner::new(config).run(&strategy(&client), |value| {
        let status = runtime.block_on(each(&client, value));
        prop_assert!(status < 500, "{status}");
        statuses.borrow_mut().push(status);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}\n{}", service.log()));
    assert!(service.is_alive() && !service.log().contains("panicked"), "{}", service.log());
    statuses.into_inner()
}

/// Bodies of the description and one that is in order, made wrong.
fn fuzz_body(path: &'static str, right: &Value) {
    let strategy = |client: &Client| {
        let content = &client.doc["paths"][path]["post"]["requestBody"]["content"]["application/json"];
        let values = of_schema(&content["schema"], &client.doc);
        let values = prop_oneof![2 => values, 1 => Just(right.clone())];
        (values, wrong()).prop_map(|(value, wrong)| body(value, &wrong)).boxed()
    };
    let statuses = drive(strategy, async |client, body| client.call(Method::POST, path, Some(body)).await.status);
    // What is sent is neither all nonsense nor all in order.
    assert!(statuses.iter().any(|status| *status < 300), "{statuses:?}");
    assert!(statuses.contains(&400) && statuses.contains(&422), "{statuses:?}");
}

#[test]
fn bodies_of_recommend() {
    fuzz_body("/v1/recommend", &json!({"basket": ["beer", "chips"], "k": 3, "policy": "noisy-or", "explain": true}));
}

#[test]
fn bodies_of_baskets() {
    fuzz_body("/v1/baskets", &json!({"items": ["beer", "wine"], "customer": "7", "key": "r1"}));
}

/// A query of parameters that the description names, and of others.
fn query(client: &Client, path: &str) -> BoxedStrategy<String> {
    let parameters = client.doc["paths"][path]["get"]["parameters"].as_array().expect("parameters");
    let named: Vec<_> = parameters.iter().filter(|of| of["in"] == "query").cloned().collect();
    let doc = Value::clone(&client.doc);
    let one = proptest::sample::select(named).prop_flat_map(move |of| {
        let name = of["name"].as_str().expect("a name").to_string();
        let value = prop_oneof![3 => of_schema(&of["schema"], &doc), 1 => any_json()];
        (prop_oneof![20 => Just(name), 1 => text()], value)
    });
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    prop_oneof![1 => Just(Vec::new()), 2 => vec(one, 1..4)]
        .prop_map(move |all| {
            let all = all.into_iter().map(|(name, value)| format!("{}={}", encode(&name), encode(&text(value))));
            all.collect::<Vec<_>>().join("&")
        })
        .boxed()
}

fn fuzz_query(path: &'static str) {
    let statuses =
        drive(|client| query(client, path), async |client, query| client.get(&format!("{path}?{query}")).await.status);
    assert!(statuses.contains(&200) && statuses.contains(&400), "{statuses:?}");
}

#[test]
fn queries_of_rules() {
    fuzz_query("/v1/rules");
}

#[test]
fn queries_of_itemsets() {
    fuzz_query("/v1/itemsets");
}

#[test]
fn labels_and_queries_of_related() {
    let path = "/v1/items/{label}/related";
    let statuses = drive(
        |client| (text().prop_filter("a part of a path", |text| !text.is_empty()), query(client, path)).boxed(),
        async |client, (label, query)| {
            client.get(&format!("/v1/items/{}/related?{query}", encode(&label))).await.status
        },
    );
    assert!(statuses.contains(&200) && statuses.contains(&404), "{statuses:?}");
}

#[test]
fn customers() {
    let statuses = drive(
        |_| text().prop_filter("a part of a path", |text| !text.is_empty()).boxed(),
        async |client, customer| client.delete(&format!("/v1/customers/{}", encode(&customer))).await.status,
    );
    assert!(statuses.contains(&200) && statuses.contains(&400), "{statuses:?}");
}
