//! What rows show: names of columns, and tables that were taken for baskets.

use std::collections::{HashMap, HashSet};

use super::finding::Finding;
use super::names::{Role, role};
use super::proposal::{InputFormat, Proposal};
use super::sample::Row;
use crate::io::Column;

/// Words that say that an item is not there, in lower case, and those that say that it is.
const NOT_THERE: [&str; 6] = ["0", "0.0", "false", "f", "no", "n"];
const THERE: [&str; 7] = ["1", "1.0", "true", "t", "yes", "y", "x"];

/// Columns of a table that may be no yes or no.
const OTHER_COLUMNS: usize = 3;

fn is_one_of(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text is a number, a date or a time.
fn is_number(text: &str) -> bool {
    let mut has_digit = false;
    text.chars().all(|char| {
        has_digit |= char.is_ascii_digit();
        char.is_ascii_digit() || "+-.,:/ ".contains(char)
    }) && has_digit
}

/// What the rows show if baskets were expected. Settings for what they look like go to the proposal.
pub(super) fn structure(rows: &[Row<'_>], proposal: &mut Proposal) -> Vec<Finding> {
    if let Some(finding) = sparse(rows, proposal) {
        return vec![finding];
    }
    if let Some(finding) = one_hot(rows, proposal) {
        return vec![finding];
    }
    let table = Table::of(rows, proposal.header);
    let mut findings = Vec::new();
    if let Some(names) = &table.names
        && !proposal.header
    {
        findings.push(Finding::Header { line: rows[0].line, names: names.to_vec() });
        proposal.header = true;
    }
    if let Some(finding) = table.long(proposal) {
        findings.push(finding);
        return findings;
    }
    if !findings.is_empty()
        && let Some(finding) = table.attributes(proposal)
    {
        findings.push(finding);
        return findings;
    }
    if !findings.is_empty() {
        proposal.id_column = proposal.id_column.take().or_else(|| table.id());
    }
    let has_one = |row: &Row<'_>| row.fields.iter().filter(|field| !field.is_empty()).count() == 1;
    if table.body.len() >= 3 && table.body.iter().all(has_one) {
        findings.push(Finding::SingleItems { lines: table.body.len() });
    }
    findings
}

/// Whether fields name their items, as `beer:1`.
fn sparse(rows: &[Row<'_>], proposal: &mut Proposal) -> Option<Finding> {
    let value = |field: &str| -> Option<f64> {
        let (label, value) = field.rsplit_once(':').filter(|(label, _)| !label.is_empty())?;
        // Times look so too.
        let is_time = label.bytes().all(|byte| byte.is_ascii_digit()) && value.len() > 1 && !value.contains('.');
        value.parse().ok().filter(|_| !is_time && is_number(value))
    };
    let firsts = rows.iter().filter(|row| row.fields.first().is_some_and(|field| value(field).is_none())).count();
    // Most files have none.
    if !rows.iter().take(2).any(|row| row.fields.iter().any(|field| field.contains(':'))) {
        return None;
    }
    // The first field may be a class, or a number of the row.
    let skip = usize::from(firsts == rows.len());
    let fields = || rows.iter().flat_map(|row| row.fields.iter().skip(skip)).filter(|field| !field.is_empty());
    let (all, having) = (fields().count(), fields().filter(|field| value(field).is_some()).count());
    let usual = fields().filter_map(|field| value(field)).filter(|&value| value == 0.0 || value == 1.0).count();
    if all < 2 || having * 10 < all * 9 || usual * 2 < having {
        return None;
    }
    let example = fields().find(|field| value(field).is_some())?.to_string();
    proposal.format = InputFormat::Sparse;
    proposal.header = false;
    if skip > 0 {
        proposal.not_items = vec![Column::from(1)];
    }
    Some(Finding::Sparse { example })
}

/// Whether there is a column for each item.
fn one_hot(rows: &[Row<'_>], proposal: &mut Proposal) -> Option<Finding> {
    let width = rows.first()?.fields.len();
    if width < 2 || rows.len() < 2 || rows.iter().any(|row| row.fields.len() != width) {
        return None;
    }
    let says = |field: &str| field.is_empty() || is_one_of(&THERE, field) || is_one_of(&NOT_THERE, field);
    // The column of row numbers may have no name.
    let names = || rows[0].fields.iter().filter(|name| !name.is_empty());
    let has_names = names().count() > 1 && !names().any(|name| says(name) || name.parse::<f64>().is_ok());
    let body = if has_names { &rows[1..] } else { rows };
    let column = |place: usize| body.iter().map(move |row| &*row.fields[place]);
    let is_flag = |&place: &usize| {
        let is_named = !has_names || !rows[0].fields[place].is_empty();
        is_named && column(place).all(says) && column(place).any(|field| !field.is_empty())
    };
    let flags: Vec<usize> = (0..width).filter(is_flag).collect();
    let words = || flags.iter().flat_map(|&place| column(place));
    let both = words().any(|field| is_one_of(&NOT_THERE, field)) && words().any(|field| is_one_of(&THERE, field));
    if flags.len() < 2 || width - flags.len() > OTHER_COLUMNS || !both {
        return None;
    }
    let others = (0..width).filter(|place| !flags.contains(place));
    if has_names {
        proposal.format = InputFormat::OneHot;
        proposal.not_items = others.map(|place| name(&rows[0], place)).collect();
    } else {
        // No basket has an item twice; two columns may be two items.
        if width < 3 || flags.len() < width {
            return None;
        }
        proposal.format = InputFormat::Attributes;
        for word in words().filter(|field| is_one_of(&NOT_THERE, field)) {
            if !proposal.nulls.iter().any(|known| known == word) {
                proposal.nulls.push(word.to_string());
            }
        }
    }
    proposal.header = has_names;
    Some(Finding::OneHot { columns: flags.len() })
}

/// A column by its name, if that is clear, or by its number.
fn name(names: &Row<'_>, place: usize) -> Column {
    let name = &names.fields[place];
    let is_clear = !name.is_empty()
        && !name.contains(',')
        && !name.contains(char::is_control)
        && names.fields.iter().filter(|other| *other == name).count() == 1;
    if is_clear { Column::from(&**name) } else { Column::from(place + 1) }
}

/// Rows, perhaps with names of columns before them.
struct Table<'r, 't> {
    /// The first row, if it has the names.
    names: Option<Vec<String>>,
    first: &'r Row<'t>,
    body: &'r [Row<'t>],
    /// The number of fields, if all rows have the same, besides empty ones at their ends.
    width: Option<usize>,
}

impl<'r, 't> Table<'r, 't> {
    fn of(rows: &'r [Row<'t>], has_header: bool) -> Self {
        let has_names = has_header || has_names(rows);
        let first = &rows[0];
        let names = has_names.then(|| {
            let last = first.fields.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
            first.fields[..last].iter().map(|name| name.to_string()).collect::<Vec<_>>()
        });
        let width = names.as_ref().map_or(first.fields.len(), Vec::len);
        let fits =
            |row: &Row<'_>| row.fields.len() >= width && row.fields[width..].iter().all(|field| field.is_empty());
        let width = Some(width).filter(|_| rows.iter().all(fits));
        Table { names, first, body: &rows[usize::from(has_names)..], width }
    }

    fn column(&self, place: usize) -> impl Iterator<Item = &'r str> + use<'r> {
        let body: &'r [Row<'_>] = self.body;
        body.iter().map(move |row| &*row.fields[place])
    }

    /// A column as a setting.
    fn name(&self, place: usize) -> Column {
        if self.names.is_some() { name(self.first, place) } else { Column::from(place + 1) }
    }

    /// Whether each row is an item of a basket; then it goes to the proposal how to read it.
    fn long(&self, proposal: &mut Proposal) -> Option<Finding> {
        let width = self.width.filter(|&width| width >= 2)?;
        let roles: Vec<Option<Role>> = match &self.names {
            Some(names) => names.iter().map(|name| role(name)).collect(),
            None => vec![None; width],
        };
        let (keys, item) = self.by_names(&roles).or_else(|| self.by_values(width))?;
        let key = *keys.first()?;
        let (value, rows) = self.most_frequent(key)?;
        let quantity = roles.iter().position(|&role| role == Some(Role::Quantity)).filter(|&place| {
            self.column(place).filter(|field| !field.is_empty()).all(|field| field.parse::<f64>().is_ok())
        });
        // As in sales of shops that cancel invoices by others.
        let is_cancelled =
            |key: &str| key.strip_prefix('C').is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()));
        let cancelled = self.column(key).filter(|key| is_cancelled(key)).count();
        let plain = self.column(key).filter(|key| key.starts_with(|char: char| char.is_ascii_digit())).count();
        proposal.exclude_baskets = (cancelled > 0 && plain > cancelled).then(|| "C*".parse().ok()).flatten();
        proposal.format = InputFormat::Long;
        proposal.header = self.names.is_some();
        proposal.basket_columns = keys.iter().map(|&place| self.name(place)).collect();
        proposal.item_column = Some(self.name(item));
        proposal.quantity_column = quantity.map(|place| self.name(place));
        Some(Finding::Long { column: self.name(key), value: value.to_string(), rows })
    }

    /// Whether each column has values of its own; then it goes to the proposal to read them so.
    fn attributes(&self, proposal: &mut Proposal) -> Option<Finding> {
        let (width, names) = (self.width.filter(|&width| width >= 2)?, self.names.as_ref()?);
        let is_full = self.body.iter().all(|row| row.fields[..width].iter().all(|field| !field.is_empty()));
        let are_items = names.iter().any(|name| matches!(role(name), Some(Role::Item(_))));
        if !is_full || are_items || self.body.len() < 3 {
            return None;
        }
        let mut columns: HashMap<&str, usize> = HashMap::new();
        let of_one =
            (0..width).all(|place| self.column(place).all(|value| *columns.entry(value).or_insert(place) == place));
        let is_number_of_row = |&place: &usize| self.most_frequent(place).is_none();
        let others: Vec<usize> = (0..width).filter(is_number_of_row).collect();
        if !of_one || width - others.len() < 2 {
            return None;
        }
        proposal.format = InputFormat::Attributes;
        proposal.not_items = others.into_iter().map(|place| self.name(place)).collect();
        Some(Finding::Attributes { columns: width - proposal.not_items.len() })
    }

    /// The columns of the key and of the item, by their names.
    fn by_names(&self, roles: &[Option<Role>]) -> Option<(Vec<usize>, usize)> {
        let rank = |place: &usize| match roles[*place] {
            Some(Role::Item(rank)) => rank,
            _ => u8::MAX,
        };
        let items: Vec<usize> = (0..roles.len()).filter(|place| rank(place) < u8::MAX).collect();
        let place = |wanted| roles.iter().position(|&role| role == Some(wanted));
        let keys = match (place(Role::Key), place(Role::Customer), place(Role::Date)) {
            (Some(key), ..) => vec![key],
            (None, Some(customer), Some(date)) => vec![customer, date],
            (None, Some(customer), None) => vec![customer],
            _ => return None,
        };
        self.most_frequent(keys[0])?;
        // `item 1`, `item 2`: a basket a row.
        let is_alike = |&&place: &&usize| items.iter().filter(|other| rank(other) == rank(&place)).count() > 1;
        if items.iter().filter(is_alike).count() > 2 {
            return None;
        }
        let item = match items.iter().min_by_key(|place| rank(place)) {
            Some(&item) => item,
            None => (0..roles.len()).find(|place| {
                !keys.contains(place) && roles[*place].is_none() && !self.column(*place).all(is_number)
            })?,
        };
        Some((keys, item))
    }

    /// The same by what the fields have: keys of a few rows each, and items that no basket has twice.
    fn by_values(&self, width: usize) -> Option<(Vec<usize>, usize)> {
        const FEW: usize = 4;
        if width > FEW {
            return None;
        }
        let has_digit = |key: &str| key.contains(|char: char| char.is_ascii_digit());
        let keys: HashSet<&str> = self.column(0).collect();
        let item = match width {
            2 => 1,
            _ => (1..width).find(|&place| !self.column(place).any(is_number))?,
        };
        let rows = self.body.len();
        let fits = keys.len() >= 3
            && rows * 2 >= keys.len() * 3
            && rows <= keys.len() * 50
            && keys.iter().all(|key| has_digit(key))
            && !self.column(item).any(|item| keys.contains(item));
        let pairs: HashSet<(&str, &str)> = self.column(0).zip(self.column(item)).collect();
        let items: HashSet<&str> = self.column(item).collect();
        (fits && pairs.len() == rows && items.len() < rows).then_some((vec![0], item))
    }

    /// The value that most rows have in a column, if there are several.
    fn most_frequent(&self, place: usize) -> Option<(&'r str, usize)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        self.column(place).filter(|value| !value.is_empty()).for_each(|value| *counts.entry(value).or_default() += 1);
        let most = counts.values().copied().max().filter(|&most| most > 1)?;
        // The first of them, whatever the order of the map.
        self.column(place).find(|value| counts.get(value) == Some(&most)).map(|value| (value, most))
    }

    /// The column with the numbers of the baskets.
    fn id(&self) -> Option<Column> {
        let names = self.names.as_ref()?;
        let place = names.iter().position(|name| role(name) == Some(Role::Key))?;
        let values: Option<HashSet<&str>> = self.body.iter().map(|row| row.fields.get(place).map(|id| &**id)).collect();
        (names.len() > 1 && values?.len() == self.body.len()).then(|| self.name(place))
    }
}

/// Whether the first row has names of columns.
fn has_names(rows: &[Row<'_>]) -> bool {
    let [first, body @ ..] = rows else { return false };
    let names: HashSet<&str> = first.fields.iter().map(|name| &**name).filter(|name| !name.is_empty()).collect();
    let fields = || body.iter().flat_map(|row| &row.fields).filter(|field| !field.is_empty());
    if body.is_empty() || names.is_empty() || names.iter().any(|name| is_number(name)) {
        return false;
    }
    if fields().any(|field| names.contains(&**field)) {
        return false;
    }
    let roles: Vec<Role> = names.iter().filter_map(|name| role(name)).collect();
    // Items can be called so too, as a birthday or tea time.
    let is_sure = roles.iter().any(|role| !matches!(role, Role::Date | Role::Other));
    if (is_sure || roles.len() > 1) && roles.len() * 3 >= names.len() {
        return true;
    }
    if body.len() < 3 || names.len() < 2 {
        return false;
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    fields().for_each(|field| *counts.entry(field).or_default() += 1);
    let all_recur = counts.values().all(|&count| count > 1);
    let has_several = body.iter().all(|row| row.fields.iter().filter(|field| !field.is_empty()).count() > 1);
    // Or numbers below words.
    let is_table = body.iter().all(|row| row.fields.len() == first.fields.len());
    let is_numbers = |place: usize| body.iter().all(|row| is_number(&row.fields[place]));
    (all_recur && has_several) || (is_table && (0..first.fields.len()).any(is_numbers))
}
