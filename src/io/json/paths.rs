//! Where in an object the values are.

use super::JsonLinesReader;
use crate::error::Error;

/// What a value is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Item,
    /// This part of the key.
    Key(usize),
    Quantity,
    Weight,
}

impl Part {
    /// What it is called in errors.
    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Item => "an item",
            Part::Key(_) => "the key of a basket",
            Part::Quantity => "a quantity",
            Part::Weight => "a weight",
        }
    }
}

/// All paths together: what a value is, and which fields of it are read.
#[derive(Debug)]
pub(super) struct Node {
    /// What the value is taken for.
    pub(super) parts: Vec<Part>,
    /// The fields that are read.
    pub(super) fields: Vec<(String, Node)>,
    /// The path, for errors.
    pub(super) path: String,
}

/// The most fields of one object that are read: one bit each.
const MOST_FIELDS: usize = u64::BITS as usize;

impl Node {
    /// The paths of a reader.
    pub(super) fn of(reader: &JsonLinesReader) -> Result<Node, Error> {
        let mut root = Node::new(".".to_string());
        root.add(&reader.item, Part::Item)?;
        for (place, key) in reader.keys.iter().enumerate() {
            root.add(key, Part::Key(place))?;
        }
        for (path, part) in [(&reader.quantity, Part::Quantity), (&reader.weight, Part::Weight)] {
            if let Some(path) = path {
                root.add(path, part)?;
            }
        }
        Ok(root)
    }

    fn new(path: String) -> Node {
        Node { parts: Vec::new(), fields: Vec::new(), path }
    }

    fn add(&mut self, path: &str, part: Part) -> Result<(), Error> {
        const ALLOWED: &str =
            "names of fields with dots between them, as `order.items`, a dot in a name as `\\.`; or `.` for the line";
        let refused = || Error::invalid_setting("path", format_args!("`{path}`"), ALLOWED);
        let mut node = self;
        for name in names(path).ok_or_else(refused)? {
            let place = node.fields.iter().position(|(field, _)| *field == name);
            let place = match place {
                Some(place) => place,
                None if node.fields.len() == MOST_FIELDS => return Err(Error::too_large("paths", MOST_FIELDS as u64)),
                None => {
                    let escaped = name.replace('\\', "\\\\").replace('.', "\\.");
                    let path = if node.path == "." { escaped } else { format!("{}.{escaped}", node.path) };
                    node.fields.push((name, Node::new(path)));
                    node.fields.len() - 1
                }
            };
            node = &mut node.fields[place].1;
        }
        node.parts.push(part);
        Ok(())
    }
}

/// The names of a path, or `None` if it is no path.
fn names(path: &str) -> Option<Vec<String>> {
    if path == "." {
        return Some(Vec::new());
    }
    let mut names = vec![String::new()];
    let mut chars = path.chars();
    while let Some(char) = chars.next() {
        let char = match char {
            '.' => {
                names.push(String::new());
                continue;
            }
            '\\' => chars.next().filter(|char| matches!(char, '.' | '\\'))?,
            char => char,
        };
        if let Some(name) = names.last_mut() {
            name.push(char);
        }
    }
    names.iter().all(|name| !name.is_empty()).then_some(names)
}
