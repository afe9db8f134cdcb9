//! PMML documents.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use super::blocks::{push_count, push_decimal, push_float};
use crate::error::Error;
use crate::itemsets::Itemset;
use crate::rules::{Measure, Rule};

/// Writes rules or itemsets as a document of [PMML 4.4](https://dmg.org/pmml/v4-4-1/AssociationRules.html), the
/// exchange format of data mining programs: an `AssociationModel` in UTF-8.
///
/// - An `Item` has a label as its `value`. Two labels with the same text are one item.
/// - An `Itemset` has its items and its `support`. A document of rules has the sides of its rules as itemsets, each
///   once; a side without items has support 1.
/// - An `AssociationRule` has its sides, `support`, `confidence`, `lift` and `leverage`. PMML has no other measures. It
///   has no counts: those are the supports times `numberOfTransactions`.
/// - Ids are whole numbers from 1, by first appearance.
/// - `minimumSupport` and `minimumConfidence` are the lowest in the document, which is what all rules reach. Without
///   rules the confidence is 0, and without itemsets the support is 0 too.
///
/// Numbers have the fewest digits that read back as the same float, without an exponent where the schema allows none.
/// Line breaks and tabs in labels are character references, so that they are read back.
///
/// The document begins with its numbers, so it cannot be streamed: it is held as text before it is written.
///
/// ```
/// use itemset::io::PmmlWriter;
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "chips & dip"], vec!["beer", "chips & dip"], vec!["beer"]])?;
/// let rules = Miner::new().min_support(0.5).min_confidence(0.9).rules(&baskets)?;
/// let mut text = Vec::new();
/// PmmlWriter::new().write_rules(&rules, &mut text)?;
/// let text = String::from_utf8(text).unwrap();
/// assert!(text.contains(r#"<Item id="1" value="chips &amp; dip"/>"#));
/// assert!(text.contains(r#"<AssociationRule antecedent="1" consequent="2" support="0.6666666666666666""#));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct PmmlWriter {
    basket_count: u64,
}

impl PmmlWriter {
    /// A writer.
    pub fn new() -> Self {
        PmmlWriter::default()
    }

    /// `numberOfTransactions` of a document without rules and itemsets; the others know theirs. Default: 0.
    pub fn basket_count(mut self, baskets: u64) -> Self {
        self.basket_count = baskets;
        self
    }

    /// Writes a document of rules, in the order of the iterator.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails. The same, of the kind
    /// [`InvalidData`](std::io::ErrorKind::InvalidData), before anything is written, for a label with a character that
    /// XML 1.0 cannot hold: a control character other than tab, line feed and carriage return, U+FFFE or U+FFFF.
    pub fn write_rules<'a, T: Display + 'a>(
        &self,
        rules: impl IntoIterator<Item = Rule<'a, T>>,
        out: impl Write,
    ) -> Result<(), Error> {
        let mut document = Document::new(self.basket_count);
        for rule in rules {
            let counts = rule.counts();
            document.baskets = counts.n();
            let share = |count: u64| count as f64 / counts.n() as f64;
            let antecedent = document.itemset(rule.antecedent(), share(counts.n_x()))?;
            let consequent = document.itemset(rule.consequent(), share(counts.n_y()))?;
            document.rule(antecedent, consequent, rule);
        }
        document.write(out)
    }

    /// Writes a document of itemsets without rules, in the order of the iterator.
    ///
    /// # Errors
    ///
    /// Those of [`write_rules`](PmmlWriter::write_rules).
    pub fn write_itemsets<'a, T: Display + 'a>(
        &self,
        itemsets: impl IntoIterator<Item = Itemset<'a, T>>,
        out: impl Write,
    ) -> Result<(), Error> {
        let mut document = Document::new(self.basket_count);
        for itemset in itemsets {
            document.baskets = itemset.basket_count();
            document.itemset(itemset.iter(), itemset.support())?;
            document.min_support = document.min_support.min(itemset.support());
        }
        document.write(out)
    }
}

/// The parts of a document, which come in another order than they are known.
struct Document {
    baskets: u64,
    items: Elements<String>,
    itemsets: Elements<Vec<u64>>,
    rules: u64,
    rule_text: String,
    min_support: f64,
    min_confidence: f64,
}

/// Elements of one kind, and the id of each by what makes it different from the others.
struct Elements<K> {
    ids: HashMap<K, u64>,
    text: String,
}

impl<K> Elements<K> {
    fn new() -> Self {
        Elements { ids: HashMap::new(), text: String::new() }
    }
}

impl Document {
    fn new(baskets: u64) -> Self {
        Document {
            baskets,
            items: Elements::new(),
            itemsets: Elements::new(),
            rules: 0,
            rule_text: String::new(),
            min_support: f64::INFINITY,
            min_confidence: f64::INFINITY,
        }
    }

    /// The id of an item.
    fn item(&mut self, label: &impl Display) -> Result<u64, Error> {
        let mut value = String::new();
        write!(value, "{label}").map_err(io::Error::other)?;
        let Elements { ids, text } = &mut self.items;
        if let Some(&id) = ids.get(&value) {
            return Ok(id);
        }
        let id = ids.len() as u64 + 1;
        text.push_str("  <Item");
        attribute(text, "id", |text| push_count(text, id));
        text.push_str(" value=\"");
        escape(text, &value)?;
        text.push_str("\"/>\n");
        ids.insert(value, id);
        Ok(id)
    }

    /// The id of an itemset.
    fn itemset<L: Display>(&mut self, labels: impl Iterator<Item = L>, support: f64) -> Result<u64, Error> {
        let items = labels.map(|label| self.item(&label)).collect::<Result<Vec<u64>, Error>>()?;
        let Elements { ids, text } = &mut self.itemsets;
        if let Some(&id) = ids.get(&items) {
            return Ok(id);
        }
        let id = ids.len() as u64 + 1;
        text.push_str("  <Itemset");
        attribute(text, "id", |text| push_count(text, id));
        attribute(text, "support", |text| push_decimal(text, support));
        attribute(text, "numberOfItems", |text| push_count(text, items.len() as u64));
        text.push_str(">\n");
        for &item in &items {
            text.push_str("   <ItemRef");
            attribute(text, "itemRef", |text| push_count(text, item));
            text.push_str("/>\n");
        }
        text.push_str("  </Itemset>\n");
        ids.insert(items, id);
        Ok(id)
    }

    fn rule<T>(&mut self, antecedent: u64, consequent: u64, rule: Rule<'_, T>) {
        self.rules += 1;
        self.min_support = self.min_support.min(rule.support());
        self.min_confidence = self.min_confidence.min(rule.confidence());
        let text = &mut self.rule_text;
        text.push_str("  <AssociationRule");
        attribute(text, "antecedent", |text| push_count(text, antecedent));
        attribute(text, "consequent", |text| push_count(text, consequent));
        for measure in [Measure::Support, Measure::Confidence] {
            attribute(text, measure.name(), |text| push_decimal(text, rule.measure(measure)));
        }
        for measure in [Measure::Lift, Measure::Leverage] {
            attribute(text, measure.name(), |text| push_float(text, rule.measure(measure)));
        }
        text.push_str("/>\n");
    }

    fn write(self, mut out: impl Write) -> Result<(), Error> {
        let Document { baskets, items, itemsets, rules, rule_text, min_support, min_confidence } = self;
        let text = &mut String::new();
        text.push_str(concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<PMML xmlns=\"http://www.dmg.org/PMML-4_4\" version=\"4.4\">\n",
            " <Header description=\"Frequent itemsets and association rules\">\n",
            "  <Application name=\"itemset\" version=\"",
            env!("CARGO_PKG_VERSION"),
            "\"/>\n",
            " </Header>\n",
            " <DataDictionary numberOfFields=\"2\">\n",
            "  <DataField name=\"transaction\" optype=\"categorical\" dataType=\"string\"/>\n",
            "  <DataField name=\"item\" optype=\"categorical\" dataType=\"string\"/>\n",
            " </DataDictionary>\n",
            " <AssociationModel functionName=\"associationRules\"",
        ));
        for (name, count) in [
            ("numberOfTransactions", baskets),
            ("numberOfItems", items.ids.len() as u64),
            ("numberOfItemsets", itemsets.ids.len() as u64),
            ("numberOfRules", rules),
        ] {
            attribute(text, name, |text| push_count(text, count));
        }
        for (name, lowest) in [("minimumSupport", min_support), ("minimumConfidence", min_confidence)] {
            attribute(text, name, |text| push_decimal(text, if lowest.is_finite() { lowest } else { 0.0 }));
        }
        text.push_str(concat!(
            ">\n",
            "  <MiningSchema>\n",
            "   <MiningField name=\"transaction\" usageType=\"group\"/>\n",
            "   <MiningField name=\"item\" usageType=\"active\"/>\n",
            "  </MiningSchema>\n",
        ));
        for part in [text, &items.text, &itemsets.text, &rule_text, " </AssociationModel>\n</PMML>\n"] {
            out.write_all(part.as_bytes())?;
        }
        Ok(out.flush()?)
    }
}

/// An attribute whose value needs no escapes.
fn attribute(text: &mut String, name: &str, value: impl FnOnce(&mut String)) {
    text.push(' ');
    text.push_str(name);
    text.push_str("=\"");
    value(text);
    text.push('"');
}

/// The value of an attribute. Readers turn line breaks and tabs into spaces unless they are character references.
fn escape(text: &mut String, value: &str) -> Result<(), Error> {
    for char in value.chars() {
        match char {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\t' => text.push_str("&#9;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            '\0'..'\x20' | '\u{fffe}' | '\u{ffff}' => return Err(unfit(value)),
            _ => text.push(char),
        }
    }
    Ok(())
}

fn unfit(label: &str) -> Error {
    let reason = format!(
        "XML 1.0 cannot hold the label {label:?}, as it has no control characters but tab and line breaks, and no \
         U+FFFE and U+FFFF: rename the item, or write CSV or JSON lines"
    );
    io::Error::new(io::ErrorKind::InvalidData, reason).into()
}
