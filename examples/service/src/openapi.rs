//! The description of the routes, and a page that shows it.

use std::fmt::Write;

use itemset::Measure;
use utoipa::OpenApi;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder, Schema};

use crate::problem::{PROBLEM_JSON, Problem};
use crate::settings::Settings;

/// What is said of all routes together.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "itemset-service",
        description = "Recommends items by rules that are mined from baskets, and takes in new sales.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    tags(
        (name = "recommend", description = "What goes with a basket or an item"),
        (name = "sales", description = "New sales, and customers who are forgotten"),
        (name = "rules", description = "What was found"),
        (name = "health", description = "For those who run it"),
    )
)]
pub struct Description;

/// Adds to each route the problems that any route may answer with, so that the routes need not repeat them.
pub fn add_problems(openapi: &mut utoipa::openapi::OpenApi, has_token: bool) {
    if has_token && let Some(components) = &mut openapi.components {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.security_schemes.insert("token".to_string(), SecurityScheme::Http(bearer));
    }
    for (path, item) in &mut openapi.paths.paths {
        let is_health = matches!(path.as_str(), "/healthz" | "/readyz");
        let is_parametric = path.contains('{');
        for (method, operation) in operations(item) {
            let mut add = |status: &str, words: &str| add_problem(operation, status, words);
            add("500", "A fault of the service");
            add("503", "Not ready, or too much at once; the header Retry-After says when to ask again");
            add("504", "It took too long");
            if is_health {
                continue;
            }
            add("429", "Too many requests; the header Retry-After says when to ask again");
            if is_parametric || matches!(method, HttpMethod::Post) || !is_plain(path) {
                add("400", "It cannot be read, or a parameter is not what is asked for");
            }
            if path.contains("{label}") {
                add("404", "No basket has this item");
            }
            if matches!(method, HttpMethod::Post) {
                add("408", "The body came too slowly");
                add("413", "The body is too large");
                add("415", "The body is no JSON");
                add("422", "The body is JSON, but not what is asked for; or a key stands for other sales");
            }
            if path == "/v1/baskets" || matches!(method, HttpMethod::Delete) {
                add("507", "The disk is full, or the store is as large as it may be");
            }
            if has_token {
                add("401", "There is no token, or another one");
                operation.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
            }
        }
    }
}

/// Adds what the settings and the library allow, so that a client need not find it out by being refused.
pub fn add_limits(openapi: &mut utoipa::openapi::OpenApi, settings: &Settings) {
    let measures = || Measure::ALL.iter().map(|measure| measure.name());
    for (path, item) in &mut openapi.paths.paths {
        for (_, operation) in operations(item) {
            for parameter in operation.parameters.iter_mut().flatten() {
                let Some(schema) = &mut parameter.schema else { continue };
                match (parameter.name.as_str(), path.as_str()) {
                    ("k", _) => set_most(schema, settings.max_k),
                    ("per_page", _) => set_most(schema, settings.max_per_page),
                    ("sort", "/v1/rules") => set_names(schema, measures()),
                    ("by", _) => set_names(schema, ["log-likelihood"].into_iter().chain(measures())),
                    _ => {}
                }
            }
            let bodies = operation.request_body.iter_mut().flat_map(|body| body.content.values_mut());
            for schema in bodies.filter_map(|content| content.schema.as_mut()) {
                let RefOr::T(Schema::Object(body)) = schema else { continue };
                for (name, field) in &mut body.properties {
                    match name.as_str() {
                        "k" => set_most(field, settings.max_k),
                        "basket" | "items" => set_most(field, settings.max_basket),
                        "baskets" => set_most(field, settings.max_batch),
                        "exclude" => set_most(field, settings.max_exclude),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// The most of a number, or the most entries of a list.
fn set_most(schema: &mut RefOr<Schema>, most: usize) {
    match schema {
        RefOr::T(Schema::Object(number)) => number.maximum = Some(most.into()),
        RefOr::T(Schema::Array(list)) => list.max_items = Some(most),
        _ => {}
    }
}

/// The names that a text may be.
fn set_names<'n>(schema: &mut RefOr<Schema>, names: impl Iterator<Item = &'n str>) {
    if let RefOr::T(Schema::Object(text)) = schema {
        text.enum_values = Some(names.map(Into::into).collect());
    }
}

/// Whether a route takes no parameters.
fn is_plain(path: &str) -> bool {
    !matches!(path, "/v1/rules" | "/v1/itemsets")
}

fn operations(item: &mut utoipa::openapi::PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let all =
        [(HttpMethod::Get, &mut item.get), (HttpMethod::Post, &mut item.post), (HttpMethod::Delete, &mut item.delete)];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

fn add_problem(operation: &mut Operation, status: &str, words: &str) {
    let problem: RefOr<Schema> = Ref::from_schema_name("Problem").into();
    let content = ContentBuilder::new().schema(Some(problem)).build();
    let response = ResponseBuilder::new().description(words).content(PROBLEM_JSON, content).build();
    operation.responses.responses.insert(status.to_string(), response.into());
}

/// The page: without a script, so that nothing of it can run.
#[must_use]
pub fn page(openapi: &utoipa::openapi::OpenApi) -> String {
    let info = &openapi.info;
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>itemset-service</title><link rel=\"stylesheet\" href=\"/docs/style.css\"></head><body><main>\n",
    );
    let about = info.description.as_deref().unwrap_or_default();
    let _ = write!(page, "<h1>{} {}</h1><p>{}</p>", Html(&info.title), Html(&info.version), Html(about));
    page.push_str("<p>The same for programs: <a href=\"/openapi.json\">/openapi.json</a></p>\n");
    for tag in openapi.tags.iter().flatten() {
        let _ = writeln!(page, "<h2>{}</h2>", Html(tag.description.as_deref().unwrap_or(&tag.name)));
        for (path, item) in &openapi.paths.paths {
            for (method, operation) in [("GET", &item.get), ("POST", &item.post), ("DELETE", &item.delete)] {
                let tags = operation.as_ref().and_then(|operation| operation.tags.as_ref());
                if let Some(operation) = operation
                    && tags.is_some_and(|tags| tags.contains(&tag.name))
                {
                    write_operation(&mut page, method, path, operation);
                }
            }
        }
    }
    page.push_str("</main></body></html>\n");
    page
}

fn write_operation(page: &mut String, method: &str, path: &str, operation: &Operation) {
    let summary = operation.summary.as_deref().unwrap_or_default();
    let about = operation.description.as_deref().unwrap_or_default();
    let _ =
        write!(page, "<section><h3><b>{method}</b> <code>{}</code></h3><p><em>{}</em></p>", Html(path), Html(summary));
    let _ = write!(page, "<p>{}</p>", Html(about));
    if let Some(parameters) = &operation.parameters {
        page.push_str("<table><caption>Parameters</caption><tr><th>name<th>where<th>what\n");
        for parameter in parameters {
            let place = serde_json::to_value(&parameter.parameter_in).unwrap_or_default();
            let what = parameter.description.as_deref().unwrap_or_default();
            let place = place.as_str().unwrap_or_default().to_string();
            let _ =
                writeln!(page, "<tr><td><code>{}</code><td>{}<td>{}", Html(&parameter.name), Html(&place), Html(what));
        }
        page.push_str("</table>");
    }
    if let Some(body) = &operation.request_body {
        for (media, content) in &body.content {
            let schema = serde_json::to_string_pretty(&content.schema).unwrap_or_default();
            let _ =
                write!(page, "<details><summary>Body, {}</summary><pre>{}</pre></details>", Html(media), Html(&schema));
        }
    }
    page.push_str("<table><caption>Answers</caption><tr><th>status<th>what\n");
    for (status, response) in &operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let _ = write!(page, "<tr><td>{}<td>{}", Html(status), Html(&response.description));
        if let Some((media, content)) = response.content.iter().next().filter(|_| status.starts_with('2')) {
            let schema = serde_json::to_string_pretty(&content.schema).unwrap_or_default();
            let _ = write!(page, "<details><summary>{}</summary><pre>{}</pre></details>", Html(media), Html(&schema));
        }
        page.push('\n');
    }
    page.push_str("</table></section>\n");
}

/// A text that stays text in HTML.
struct Html<'a>(&'a str);

impl std::fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for char in self.0.chars() {
            match char {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                char => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

/// The look of the page.
pub const STYLE: &str = include_str!("style.css");
