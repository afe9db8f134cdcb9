//! Where the items are in a file of JSON lines, as far as its first object shows.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

/// What the names of keys and items contain, the best first.
const KEYS: [&str; 7] = ["invoice", "order", "receipt", "transaction", "basket", "visit", "session"];
const ITEMS: [&str; 7] = ["description", "product", "item", "article", "sku", "name", "stock"];

/// The longest line that is looked at, in bytes.
const LONGEST: u64 = 1 << 20;

/// The options that say where the items are: a list of them, or one item an object, with its key.
pub(crate) fn options(file: &Path) -> Option<Vec<String>> {
    let mut line = String::new();
    BufReader::new(File::open(file).ok()?.take(LONGEST)).read_line(&mut line).ok()?;
    let object: Value = serde_json::from_str(line.trim_start_matches('\u{feff}')).ok()?;
    if let Some(path) = list(&object) {
        return Some(vec!["--item-column".to_string(), path]);
    }
    let (key, item) = (named(&object, &KEYS)?, named(&object, &ITEMS)?);
    let mut options = ["--basket-columns", &key, "--item-column", &item].map(str::to_string).to_vec();
    if let Some(quantity) = named(&object, &["quantity", "qty"]) {
        options.extend(["--quantity-column".to_string(), quantity]);
    }
    Some(options)
}

/// The path to the first list of labels, or of objects with a label.
fn list(value: &Value) -> Option<String> {
    value.as_object()?.iter().find_map(|(name, value)| match value {
        Value::Array(items) => match items.first()? {
            Value::String(_) | Value::Number(_) => Some(name.clone()),
            item => Some(format!("{name}.{}", named(item, &ITEMS)?)),
        },
        _ => Some(format!("{name}.{}", list(value)?)),
    })
}

/// The path to a label that contains one of these words, the shortest such path.
fn named(value: &Value, words: &[&str]) -> Option<String> {
    let mut paths = Vec::new();
    labels(value, "", DEEPEST, &mut paths);
    // Of equal length in the order of their names.
    paths.sort_by_key(|path| path.split('.').count());
    words.iter().find_map(|word| paths.iter().find(|path| path.to_lowercase().contains(word)).cloned())
}

/// How deep labels are looked for.
const DEEPEST: usize = 4;

/// The paths to all labels in objects.
fn labels(value: &Value, above: &str, depth: usize, paths: &mut Vec<String>) {
    let Some(fields) = value.as_object().filter(|_| depth > 0) else { return };
    for (name, value) in fields {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            Value::String(_) | Value::Number(_) => paths.push(path),
            value => labels(value, &path, depth - 1, paths),
        }
    }
}
