//! Rows and columns of texts.

use std::fmt;

use hashbrown::HashMap;

use crate::dictionary::Dictionary;
use crate::error::Error;

/// Rows and columns of texts, each different text stored once: what a [`Recipe`](super::Recipe) makes baskets of.
///
/// [`TableReader`](crate::io::TableReader) reads one from a file. 4 bytes a field, and each different text.
///
/// ```
/// use itemset::shape::Table;
///
/// let sales = Table::from_rows(["receipt", "item"], [[Some("1"), Some("beer")], [Some("1"), None]])?;
/// assert_eq!((sales.len(), sales.get(0, "item"), sales.get(1, "item")), (2, Some("beer"), None));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone)]
pub struct Table {
    names: Vec<String>,
    /// The different texts of all columns.
    texts: Dictionary<String>,
    /// By column, the number of the text in each row, or [`Table::MISSING`].
    columns: Vec<Vec<u32>>,
    rows: usize,
}

impl Table {
    /// No text's number.
    pub(crate) const MISSING: u32 = u32::MAX;

    /// From rows of fields, `None` for a missing one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for two columns of one name, and for a row with
    /// more or fewer fields than there are names; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX`
    /// rows or different texts.
    pub fn from_rows<'t, R: IntoIterator<Item = Option<&'t str>>>(
        names: impl IntoIterator<Item = impl Into<String>>,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<Table, Error> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut texts = Dictionary::new();
        let mut columns: Vec<Vec<u32>> = vec![Vec::new(); names.len()];
        for (place, row) in rows.into_iter().enumerate() {
            let mut fields = 0;
            for field in row {
                if let Some(column) = columns.get_mut(fields) {
                    column.push(field.map_or(Ok(Table::MISSING), |text| texts.intern_borrowed(text))?);
                }
                fields += 1;
            }
            if fields != names.len() {
                let value = format!("{fields} fields in row {}", place + 1);
                return Err(Error::invalid_setting("rows", value, "as many fields as there are names"));
            }
        }
        Table::new(names, texts, columns)
    }

    /// From columns of equal length, with the numbers of texts.
    pub(crate) fn new(names: Vec<String>, texts: Dictionary<String>, columns: Vec<Vec<u32>>) -> Result<Table, Error> {
        let rows = columns.first().map_or(0, Vec::len);
        if rows > u32::MAX as usize {
            return Err(Error::too_large("rows", u32::MAX));
        }
        if let Some(name) = (1..names.len())
            .map(|place| &names[place])
            .zip(1..)
            .find_map(|(name, place)| names[..place].contains(name).then_some(name))
        {
            return Err(Error::invalid_setting("columns", format!("two called `{name}`"), "different names"));
        }
        Ok(Table { names, texts, columns, rows })
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A field, by its row, from 0, and the name of its column; `None` if it is missing or not there.
    #[must_use]
    pub fn get(&self, row: usize, column: &str) -> Option<&str> {
        let place = self.names.iter().position(|name| name == column)?;
        self.columns[place].get(row).and_then(|&code| self.text(code))
    }

    /// The rows for which `keep` holds, in their order. It gets the number of the row, from 0, for [`get`](Table::get).
    ///
    /// ```
    /// use itemset::shape::Table;
    ///
    /// let sales = Table::from_rows(["receipt", "item"], [[Some("C1"), Some("beer")], [Some("2"), Some("beer")]])?;
    /// let kept = sales.filter(|row| !sales.get(row, "receipt").is_some_and(|receipt| receipt.starts_with('C')));
    /// assert_eq!((kept.len(), kept.get(0, "receipt")), (1, Some("2")));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn filter(&self, keep: impl FnMut(usize) -> bool) -> Table {
        let kept: Vec<bool> = (0..self.rows).map(keep).collect();
        let of_kept = |column: &Vec<u32>| {
            column.iter().zip(&kept).filter(|&(_, &kept)| kept).map(|(&code, _)| code).collect::<Vec<u32>>()
        };
        let columns: Vec<Vec<u32>> = self.columns.iter().map(of_kept).collect();
        let rows = kept.into_iter().filter(|&kept| kept).count();
        Table { names: self.names.clone(), texts: self.texts.clone(), columns, rows }
    }

    /// This table with the columns of another one, a row for each key, such as what is known of customers. Rows whose key
    /// is missing, or has no row there, have none of its fields; how many, is returned as well.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a key that is no column of both tables, that
    /// has two rows in the other one, and for another column that both have;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` different texts.
    ///
    /// ```
    /// use itemset::shape::Table;
    ///
    /// let sales = Table::from_rows(["customer", "item"], [[Some("7"), Some("beer")], [Some("8"), Some("tea")]])?;
    /// let customers = Table::from_rows(["customer", "sex"], [[Some("7"), Some("m")]])?;
    /// let (joined, unknown) = sales.join(&customers, "customer")?;
    /// assert_eq!((joined.get(0, "sex"), joined.get(1, "sex"), unknown), (Some("m"), None, 1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn join(&self, other: &Table, key: &str) -> Result<(Table, usize), Error> {
        let (own, others) = (self.column(key)?, other.column(key)?);
        let mut row_of: HashMap<&str, usize> = HashMap::new();
        for (row, text) in others.iter().map(|&code| other.text(code)).enumerate() {
            let Some(text) = text else { continue };
            if row_of.insert(text, row).is_some() {
                let value = format!("`{text}` of column `{key}` has two rows");
                return Err(Error::invalid_setting("join", value, "one row for each key in the second table"));
            }
        }
        // A key is looked up once, not once a row.
        let rows: Vec<Option<usize>> = self.texts.labels().iter().map(|text| row_of.get(&**text).copied()).collect();
        let row_of_code = |code: u32| rows.get(code as usize).copied().flatten();
        let unknown = own.iter().filter(|&&code| row_of_code(code).is_none()).count();
        let mut joined = self.clone();
        for (name, column) in other.names.iter().zip(&other.columns).filter(|(name, _)| *name != key) {
            let mut codes = HashMap::new();
            let mut taken = Vec::with_capacity(self.rows);
            for &code in own {
                let code = row_of_code(code).map_or(Table::MISSING, |row| column[row]);
                taken.push(match (other.text(code), codes.get(&code)) {
                    (None, _) => Table::MISSING,
                    (_, Some(&known)) => known,
                    (Some(text), None) => {
                        let new = joined.texts.intern_borrowed(text)?;
                        codes.insert(code, new);
                        new
                    }
                });
            }
            joined.names.push(name.clone());
            joined.columns.push(taken);
        }
        Table::new(joined.names, joined.texts, joined.columns).map(|joined| (joined, unknown))
    }

    /// The numbers of the texts of a column; an error that lists the columns for a name that none has.
    pub(super) fn column(&self, name: &str) -> Result<&[u32], Error> {
        match self.names.iter().position(|own| own == name) {
            Some(place) => Ok(&self.columns[place]),
            None => {
                const ALLOWED: &str = "the name of a column";
                let names: Vec<String> = self.names.iter().map(|name| format!("`{name}`")).collect();
                let value = format!("`{name}`, which no column is called; there are {}", names.join(", "));
                Err(Error::invalid_setting("column", value, ALLOWED))
            }
        }
    }

    /// The text of a number; `None` for a missing one.
    pub(super) fn text(&self, code: u32) -> Option<&str> {
        self.texts.labels().get(code as usize).map(String::as_str)
    }

    /// Different texts.
    pub(super) fn texts(&self) -> usize {
        self.texts.len()
    }
}

/// The names and the numbers of rows and different texts.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("names", &self.names)
            .field("rows", &self.rows)
            .field("texts", &self.texts.len())
            .finish_non_exhaustive()
    }
}

/// The same columns with the same fields.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        let texts =
            |table: &Table, column: usize, row: usize| table.text(table.columns[column][row]).map(str::to_string);
        self.names == other.names
            && self.rows == other.rows
            && (0..self.names.len())
                .all(|column| (0..self.rows).all(|row| texts(self, column, row) == texts(other, column, row)))
    }
}

impl Eq for Table {}
