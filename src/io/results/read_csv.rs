//! Rows from CSV (feature `csv`).

use std::io::Read;
use std::str::FromStr;

use super::column::RuleColumn;
use super::csv::{ESCAPE, ITEM_SEPARATOR, ITEMSET_HEADER, RULE_HEADER};
use super::rows::{ItemsetRow, RuleRow, float};
use crate::error::Error;
use crate::rules::Contingency;

/// Reads the itemsets that [`CsvWriter`](super::CsvWriter) writes, one by one (feature `csv`).
///
/// # Errors
///
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the line, for another header, a row with too few or too
/// many fields, and a field that is not what its column says; [`ErrorKind::Io`](crate::ErrorKind::Io). Do not go on
/// after an error.
///
/// ```
/// let csv = "items,count,support\nbeer;chips\\; salted,2,0.5\n";
/// let itemsets = itemset::io::read_itemsets_csv(csv.as_bytes())?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((&itemsets[0].items[1][..], itemsets[0].count), ("chips; salted", 2));
/// # Ok::<(), itemset::Error>(())
/// ```
pub fn read_itemsets_csv<R: Read>(input: R) -> Result<impl Iterator<Item = Result<ItemsetRow, Error>>, Error> {
    let mut reader = ::csv::Reader::from_reader(input);
    let header = reader.headers().map_err(error)?;
    if !header.iter().eq(ITEMSET_HEADER) {
        return Err(Error::malformed(1, format_args!("expected the header {}", ITEMSET_HEADER.join(","))));
    }
    Ok(reader.into_records().map(|record| {
        let record = record.map_err(error)?;
        let field = |place: usize| field(&record, place, ITEMSET_HEADER[place]);
        Ok(ItemsetRow { items: field(0).labels(), count: field(1).count()?, support: field(2).float()? })
    }))
}

/// Reads the rules that [`CsvWriter`](super::CsvWriter) writes, one by one (feature `csv`).
///
/// # Errors
///
/// Those of [`read_itemsets_csv`]; [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) also for a column that is no
/// [`RuleColumn`], and for counts that no rule can have.
///
/// ```
/// use itemset::Measure;
///
/// let csv = "antecedent,consequent,n,n_x,n_y,n_xy,lift\nbeer,diapers,4,2,3,2,1.3333333333333333\n";
/// for rule in itemset::io::read_rules_csv(csv.as_bytes())? {
///     let rule = rule?;
///     assert_eq!((rule.antecedent, rule.consequent), (vec!["beer".to_string()], vec!["diapers".to_string()]));
///     assert_eq!(rule.values, [(Measure::Lift.into(), rule.counts.measure(Measure::Lift))]);
/// }
/// # Ok::<(), itemset::Error>(())
/// ```
pub fn read_rules_csv<R: Read>(input: R) -> Result<impl Iterator<Item = Result<RuleRow, Error>>, Error> {
    let mut reader = ::csv::Reader::from_reader(input);
    let columns = rule_columns(reader.headers().map_err(error)?)?;
    Ok(reader.into_records().map(move |record| {
        let record = record.map_err(error)?;
        let field = |place: usize, name| field(&record, place, name);
        let [n, n_x, n_y, n_xy] = [2, 3, 4, 5].map(|place| field(place, RULE_HEADER[place]).count());
        let counts = Contingency::new(n?, n_x?, n_y?, n_xy?).map_err(|error| Error::malformed(line(&record), error))?;
        let values = columns.iter().map(|&(place, column)| Ok((column, field(place, column.name()).float()?)));
        Ok(RuleRow {
            antecedent: field(0, RULE_HEADER[0]).labels(),
            consequent: field(1, RULE_HEADER[1]).labels(),
            counts,
            values: values.collect::<Result<_, Error>>()?,
        })
    }))
}

/// Where each value stands, in the order of [`RuleColumn::all`].
fn rule_columns(header: &::csv::StringRecord) -> Result<Vec<(usize, RuleColumn)>, Error> {
    let names: Vec<&str> = header.iter().collect();
    let Some(chosen) = names.strip_prefix(&RULE_HEADER[..]) else {
        let reason = format_args!("expected the header {} and columns", RULE_HEADER.join(","));
        return Err(Error::malformed(1, reason));
    };
    for (place, name) in chosen.iter().enumerate() {
        RuleColumn::from_str(name).map_err(|error| Error::malformed(1, error))?;
        if chosen[..place].contains(name) {
            return Err(Error::malformed(1, format_args!("the column {name} comes twice, expected it once")));
        }
    }
    let place = |column: RuleColumn| chosen.iter().position(|&name| name == column.name());
    Ok(RuleColumn::all().filter_map(|column| Some((RULE_HEADER.len() + place(column)?, column))).collect())
}

/// A field of a row, and what is needed for its error.
struct Field<'a> {
    text: &'a str,
    name: &'static str,
    line: u64,
}

fn field<'a>(record: &'a ::csv::StringRecord, place: usize, name: &'static str) -> Field<'a> {
    // Each row has as many fields as the header; the reader sees to it.
    Field { text: record.get(place).unwrap_or_default(), name, line: line(record) }
}

fn line(record: &::csv::StringRecord) -> u64 {
    record.position().map_or(1, ::csv::Position::line)
}

impl Field<'_> {
    fn labels(&self) -> Vec<String> {
        if self.text.is_empty() {
            return Vec::new();
        }
        let (mut labels, mut label) = (Vec::new(), String::new());
        let mut chars = self.text.chars();
        while let Some(char) = chars.next() {
            match char {
                // Nothing follows in a side of one empty label.
                ESCAPE => label.extend(chars.next()),
                ITEM_SEPARATOR => labels.push(std::mem::take(&mut label)),
                _ => label.push(char),
            }
        }
        labels.push(label);
        labels
    }

    fn count(&self) -> Result<u64, Error> {
        self.text.parse().map_err(|_| self.not("a whole number of baskets"))
    }

    fn float(&self) -> Result<f64, Error> {
        float(self.text).ok_or_else(|| self.not("a number, inf or -inf"))
    }

    fn not(&self, expected: &str) -> Error {
        let Field { text, name, line } = self;
        Error::malformed(*line, format_args!("{name} is {text:?}, expected {expected}"))
    }
}

/// The system's error inside, or the line of the input.
fn error(error: ::csv::Error) -> Error {
    let line = error.position().map_or(1, ::csv::Position::line);
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error.into(),
        ::csv::ErrorKind::Utf8 { .. } => Error::malformed(line, "the row is not UTF-8; save the file as UTF-8"),
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Error::malformed(line, format_args!("the row has {len} fields, expected {expected_len} as in the header"))
        }
        other => Error::malformed(line, format_args!("{other:?}")),
    }
}
