//! A client that believes nothing: each answer has a status that the service's own description names for the route, and
//! a body that fits the schema named there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jsonschema::Validator;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::service::Service;

/// An answer that was checked.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub json: Value,
}

/// The client of one service. It can be cloned into tasks.
#[derive(Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub base: String,
    pub doc: Arc<Value>,
    token: Option<String>,
    validators: Arc<Mutex<HashMap<String, Arc<Validator>>>>,
}

/// Bytes that stay as they are in a path.
pub fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl Client {
    /// Fetches the description.
    pub async fn new(service: &Service) -> Self {
        Client::with_token(service, None).await
    }

    pub async fn with_token(service: &Service, token: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut request = http.get(format!("{}/openapi.json", service.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let doc: Value = request.send().await.expect("an answer").json().await.expect("the description");
        assert!(doc["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{doc}");
        let (base, token) = (service.base.clone(), token.map(str::to_string));
        Client { http, base, doc: Arc::new(doc), token, validators: Arc::default() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string().into_bytes())).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Sends a request, and checks the answer.
    pub async fn call(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
        self.check(&method, path, response).await
    }

    /// Checks an answer to a request of that method and path.
    pub async fn check(&self, method: &Method, path: &str, response: Response) -> Answer {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let media = headers.get("content-type").map(|of| of.to_str().expect("text").to_string()).unwrap_or_default();
        let text = response.text().await.unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
        let json = if media.contains("json") { serde_json::from_str(&text).expect(&text) } else { json!(text) };
        assert!(headers.contains_key("x-request-id"), "{method} {path}");
        if status >= 400 {
            assert_eq!(media, "application/problem+json", "{method} {path}: {status} {text}");
            assert_eq!(json["status"], status, "{text}");
            self.assert_fits("Problem", &json!({"$ref": "#/components/schemas/Problem"}), &json);
        }
        let Some(template) = self.template(path) else {
            assert_eq!(status, 404, "{method} {path}: {text}");
            return Answer { status, headers, json };
        };
        let Some(operation) = self.doc["paths"][&template].get(method.as_str().to_lowercase()) else {
            assert_eq!(status, 405, "{method} {path}: {text}");
            assert!(headers.contains_key("allow"), "{method} {path}");
            return Answer { status, headers, json };
        };
        let documented = &operation["responses"][status.to_string()];
        assert!(documented.is_object(), "{method} {template} does not say that it may answer {status}: {text}");
        let kind = media.split(';').next().unwrap_or_default();
        let schema = &documented["content"][kind]["schema"];
        assert!(schema.is_object(), "{method} {template} {status} is documented without {kind}: {documented}");
        if media.contains("json") {
            self.assert_fits(&format!("{method} {template} {status}"), schema, &json);
        }
        Answer { status, headers, json }
    }

    fn assert_fits(&self, name: &str, schema: &Value, instance: &Value) {
        let validator = {
            let mut known = self.validators.lock().expect("the schemas");
            let made = || {
                let whole = json!({"allOf": [schema], "components": self.doc["components"]});
                Arc::new(jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{name}: {error}")))
            };
            Arc::clone(known.entry(name.to_string()).or_insert_with(made))
        };
        let faults: Vec<_> = validator.iter_errors(instance).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}\n{instance}");
    }

    /// The path of the description that a path is one of.
    fn template(&self, path: &str) -> Option<String> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &&String| {
            let of: Vec<&str> = template.split('/').collect();
            let same = |(of, part): (&&str, &&str)| of == part || (of.starts_with('{') && !part.is_empty());
            of.len() == parts.len() && of.iter().zip(&parts).all(same)
        };
        self.doc["paths"].as_object().expect("paths").keys().find(fits).cloned()
    }
}
