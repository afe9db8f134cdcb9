//! How a file could be read instead.

use std::fmt;

use crate::io::{Column, Delimiter, Pattern, Trim};
use crate::text_enum::text_enum;

text_enum! {
    /// The layout of a file, and so its reader.
    ///
    /// ```
    /// use itemset::io::InputFormat;
    ///
    /// assert_eq!("one-hot".parse::<InputFormat>()?, InputFormat::OneHot);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub enum InputFormat for "format" {
        /// One basket per line: [`BasketReader`](crate::io::BasketReader).
        Basket = "basket",
        /// One line item per row: [`LongReader`](crate::io::LongReader).
        Long = "long",
        /// A column per item: [`OneHotReader`](crate::io::OneHotReader).
        OneHot = "one-hot",
        /// Fields that name their items, as `beer:1`: [`OneHotReader::sparse`](crate::io::OneHotReader::sparse).
        Sparse = "sparse",
        /// A column per attribute: [`AttributesReader`](crate::io::AttributesReader).
        Attributes = "attributes",
        /// One value of JSON per line.
        JsonLines = "jsonl",
    }
}

/// How a file could be read, judged by its first lines: all settings that matter for it.
///
/// The text form is the reader with its settings, as code.
///
/// ```
/// use itemset::io::{InputFormat, Sniffer};
///
/// let text = "order;product;quantity\n1;beer;2\n1;chips;1\n2;beer;1\n";
/// let sniffed = Sniffer::new(InputFormat::Basket).sniff(text.as_bytes())?;
/// let proposal = sniffed.proposal().unwrap();
/// assert_eq!((proposal.format(), proposal.item_column()), (InputFormat::Long, Some(&"product".into())));
/// assert_eq!(
///     proposal.to_string(),
///     "LongReader::new(\"order\", \"product\").quantity(\"quantity\").delimiter(Delimiter::Char(';'))"
/// );
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub(super) format: InputFormat,
    pub(super) delimiter: Delimiter,
    pub(super) header: bool,
    pub(super) basket_columns: Vec<Column>,
    pub(super) item_column: Option<Column>,
    pub(super) quantity_column: Option<Column>,
    pub(super) exclude_baskets: Option<Pattern>,
    pub(super) id_column: Option<Column>,
    pub(super) not_items: Vec<Column>,
    pub(super) nulls: Vec<String>,
    pub(super) trim: Trim,
    pub(super) case_fold: bool,
    pub(super) comment: Option<char>,
    pub(super) other_comments: Vec<String>,
    pub(super) lines_to_skip: u64,
    pub(super) unquote_lines: bool,
}

impl Proposal {
    /// The layout, and so the reader.
    #[must_use]
    pub fn format(&self) -> InputFormat {
        self.format
    }

    /// The delimiter between fields.
    #[must_use]
    pub fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    /// Whether the first row has the names of the columns.
    #[must_use]
    pub fn header(&self) -> bool {
        self.header
    }

    /// The columns that are the key of a basket, with [`InputFormat::Long`]. There are none if those that were chosen
    /// are right.
    #[must_use]
    pub fn basket_columns(&self) -> &[Column] {
        &self.basket_columns
    }

    /// The column with the item, with [`InputFormat::Long`].
    #[must_use]
    pub fn item_column(&self) -> Option<&Column> {
        self.item_column.as_ref()
    }

    /// The column with the quantity, if there is one, with [`InputFormat::Long`].
    #[must_use]
    pub fn quantity_column(&self) -> Option<&Column> {
        self.quantity_column.as_ref()
    }

    /// The keys of baskets to leave out, such as cancelled invoices.
    #[must_use]
    pub fn exclude_baskets(&self) -> Option<&Pattern> {
        self.exclude_baskets.as_ref()
    }

    /// The column with the number of each basket, with [`InputFormat::Basket`].
    #[must_use]
    pub fn id_column(&self) -> Option<&Column> {
        self.id_column.as_ref()
    }

    /// Other columns that are no items.
    #[must_use]
    pub fn not_items(&self) -> &[Column] {
        &self.not_items
    }

    /// Words that stand for missing values.
    #[must_use]
    pub fn nulls(&self) -> &[String] {
        &self.nulls
    }

    /// What is removed around fields.
    #[must_use]
    pub fn trim(&self) -> Trim {
        self.trim
    }

    /// Whether labels become lower case.
    #[must_use]
    pub fn case_fold(&self) -> bool {
        self.case_fold
    }

    /// The character with which comments begin.
    #[must_use]
    pub fn comment(&self) -> Option<char> {
        self.comment
    }

    /// What other comments begin with, which no setting skips: leave those lines out before reading.
    #[must_use]
    pub fn other_comments(&self) -> &[String] {
        &self.other_comments
    }

    /// Lines at the beginning which no setting skips: leave them out before reading.
    #[must_use]
    pub fn lines_to_skip(&self) -> u64 {
        self.lines_to_skip
    }

    /// Whether each line is in quotes, which no setting removes: remove them before reading, and halve doubled quotes.
    #[must_use]
    pub fn unquote_lines(&self) -> bool {
        self.unquote_lines
    }
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |column: &Column| format!("{:?}", column.to_string());
        let is_table = matches!(self.format, InputFormat::Long | InputFormat::OneHot | InputFormat::Attributes);
        let mut keys = self.basket_columns.iter().map(quoted);
        match self.format {
            InputFormat::Basket => write!(f, "BasketReader::new()")?,
            InputFormat::Long => {
                let [key, item] = [keys.next(), self.item_column.as_ref().map(quoted)].map(Option::unwrap_or_default);
                write!(f, "LongReader::new({key}, {item})")?;
            }
            InputFormat::OneHot => write!(f, "OneHotReader::new()")?,
            InputFormat::Sparse => write!(f, "OneHotReader::new().sparse(true)")?,
            InputFormat::Attributes => write!(f, "AttributesReader::new()")?,
            InputFormat::JsonLines => return write!(f, "a reader of JSON lines"),
        }
        keys.try_for_each(|key| write!(f, ".and_basket({key})"))?;
        if let Some(column) = &self.quantity_column {
            write!(f, ".quantity({})", quoted(column))?;
        }
        if let Some(pattern) = &self.exclude_baskets {
            write!(f, ".exclude_baskets({:?}.parse()?)", pattern.to_string())?;
        }
        if let Some(column) = &self.id_column {
            write!(f, ".id({})", quoted(column))?;
        }
        if !self.not_items.is_empty() {
            write!(f, ".not_items([{}])", self.not_items.iter().map(quoted).collect::<Vec<_>>().join(", "))?;
        }
        let usual = if self.format == InputFormat::Basket { Delimiter::Whitespace } else { Delimiter::Char(',') };
        match self.delimiter {
            delimiter if delimiter == usual => {}
            Delimiter::Whitespace => write!(f, ".delimiter(Delimiter::Whitespace)")?,
            Delimiter::Char(char) => write!(f, ".delimiter(Delimiter::Char({char:?}))")?,
        }
        if self.header != is_table {
            write!(f, ".header({})", self.header)?;
        }
        self.nulls.iter().try_for_each(|word| write!(f, ".null({word:?})"))?;
        match self.trim {
            Trim::Ascii => {}
            trim => write!(f, ".trim(Trim::{trim:?})")?,
        }
        if self.case_fold {
            write!(f, ".case_fold(true)")?;
        }
        self.comment.map_or(Ok(()), |char| write!(f, ".comment({char:?})"))
    }
}
