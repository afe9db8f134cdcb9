//! The recipe.

use std::fmt;

use super::filter::Filter;
#[cfg(feature = "time")]
use super::gap::Gap;
use super::method::BinMethod;
#[cfg(feature = "random")]
use super::sampling::{Portion, Sampling};
#[cfg(feature = "time")]
use super::times::{Session, Times};
use crate::shape::Bins;
use crate::stored_format::Format;
#[cfg(feature = "serde")]
use crate::stored_format::suggest_keys;
use crate::text_enum::text_enum;

/// How baskets are made of a table: which rows are one basket, and which columns become items.
///
/// A recipe is fitted on one table ([`fit`](Recipe::fit)), which fixes what depends on data, and used on that or another
/// one ([`shape`](Recipe::shape)): tomorrow's sales get the same bins.
///
/// ```
/// use itemset::Miner;
/// use itemset::io::TableReader;
/// use itemset::shape::{BinMethod, Recipe};
///
/// let sales = TableReader::new().read(
///     "receipt,store,item,price\n1,suburb,diapers,7.99\n1,suburb,beer,0.99\n2,city,wine,9.50\n3,city,beer,1.20\n"
///         .as_bytes(),
/// )?;
/// let recipe = Recipe::new("item").basket(["receipt"]).context("store").numbers("price", BinMethod::EqualWidth(2));
/// let shaped = recipe.fit(&sales)?.shape(&sales)?;
/// let rows: Vec<String> = shaped.baskets().iter().map(|basket| basket.to_string()).collect();
/// assert_eq!(rows[2], "{beer, price=(-inf, 5), store=city}");
/// // Rules from the context to what is bought.
/// let itemsets = Miner::new().min_support(0.3).mine(shaped.baskets())?;
/// let rules = itemsets.rules().min_confidence(0.5);
/// let rules = rules.antecedents_from(shaped.of_kind("store")).consequents_from(shaped.of_kind("item")).generate()?;
/// assert_eq!(rules.get(0).unwrap().to_string(), "{store=city} => {beer} (support 0.333, confidence 0.500, lift 0.750)");
/// # Ok::<(), itemset::Error>(())
/// ```
///
/// It is stored with the feature `serde`. In TOML it is easily written by hand; an unknown key is an error with the nearest
/// known one.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use itemset::shape::{BinMethod, Recipe};
///
/// let recipe: Recipe = toml::from_str(r#"
///     basket = ["receipt"]
///     items = ["item"]
///     context = ["store"]
///     numbers = [{ column = "price", method = "frequency:3" }]
///     taxonomy = [["ale", "beer"], ["lager", "beer"]]
/// "#).unwrap();
/// let built = Recipe::new("item").basket(["receipt"]).context("store").numbers("price", BinMethod::EqualFrequency(3));
/// assert_eq!(recipe, built.taxonomy([("ale", "beer"), ("lager", "beer")]));
/// let error = toml::from_str::<Recipe>(r#"contexts = ["store"]"#).unwrap_err();
/// assert!(error.message().starts_with("unknown key `contexts`, did you mean `context`?"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields))]
#[must_use]
pub struct Recipe {
    #[cfg_attr(feature = "serde", serde(default))]
    format: Format<1>,
    /// Columns whose fields are items as they are.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) items: Vec<String>,
    /// The key of a basket; each row is a basket if there is none.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) basket: Vec<String>,
    #[cfg(feature = "time")]
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) session: Option<Session>,
    /// Columns whose fields are items `column=field`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) context: Vec<String>,
    #[cfg(feature = "time")]
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) times: Vec<Times>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) numbers: Vec<Numbers>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) missing: Missing,
    /// Items of which the lack is an item too.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) absent: Vec<String>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) case_fold: bool,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Filter::keeps_all"))]
    pub(super) filter: Filter,
    /// Items and what each belongs to.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) taxonomy: Vec<(String, String)>,
    #[cfg(feature = "random")]
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) sample: Option<Sampling>,
}

#[cfg(feature = "serde")]
suggest_keys!(Recipe, Numbers);

/// A column of numbers that become items `column=[from, to)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields))]
pub(super) struct Numbers {
    pub(super) column: String,
    pub(super) method: BinMethod,
    /// Fixed by fitting, unless the method is to take given ones.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    fitted: Option<Bins>,
}

impl Numbers {
    pub(super) fn bins(&self) -> Option<&Bins> {
        match &self.method {
            BinMethod::Fixed(bins) => Some(bins),
            _ => self.fitted.as_ref(),
        }
    }

    pub(super) fn fix(&mut self, bins: Bins) {
        self.fitted = Some(bins);
    }
}

text_enum! {
    /// What a missing field becomes, in a column that is not the key of baskets.
    ///
    /// ```
    /// use itemset::shape::Missing;
    ///
    /// assert_eq!("item".parse::<Missing>()?, Missing::Item);
    /// assert_eq!(Missing::default().to_string(), "ignore");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub enum Missing for "missing" {
        /// Nothing: the report counts it.
        Ignore = "ignore",
        /// An item of its own, `column=?`.
        Item = "item",
        /// A mark `column=?` of baskets of which no field of the column is there, for columns that are not
        /// [items as they are](Recipe::new): supports are then over the baskets that have none for what they are about. See
        /// [`Shaped::into_incomplete`](super::Shaped::into_incomplete).
        Adjust = "adjust",
    }
}

/// Nothing.
impl Default for Missing {
    fn default() -> Self {
        Missing::Ignore
    }
}

impl Recipe {
    /// A recipe whose baskets hold the fields of a column as items. Each row is a basket.
    pub fn new(item: impl Into<String>) -> Recipe {
        Recipe { items: vec![item.into()], ..Recipe::of_context() }
    }

    /// A recipe whose baskets hold items of columns alone, `column=field`, such as attributes of customers.
    pub fn of_context() -> Recipe {
        Recipe {
            format: Format,
            items: Vec::new(),
            basket: Vec::new(),
            #[cfg(feature = "time")]
            session: None,
            context: Vec::new(),
            #[cfg(feature = "time")]
            times: Vec::new(),
            numbers: Vec::new(),
            missing: Missing::Ignore,
            absent: Vec::new(),
            case_fold: false,
            filter: Filter::new(),
            taxonomy: Vec::new(),
            #[cfg(feature = "random")]
            sample: None,
        }
    }

    /// The key of a basket: rows that agree in these columns are one, wherever they are in the table. Rows without a key
    /// are left out, and counted. Group by the receipt for visits, by the customer for what each ever bought, by store
    /// and day for what sells together. Default: each row is a basket.
    pub fn basket(mut self, columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.basket = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Divides the rows of each key into baskets wherever more than this time passes between two of them. Times are read
    /// as `times` says; its parts are not used.
    #[cfg(feature = "time")]
    pub fn session(mut self, times: Times, gap: impl Into<Gap>) -> Self {
        self.session = Some(Session { times, gap: gap.into() });
        self
    }

    /// One more column whose fields are items as they are.
    pub fn items(mut self, column: impl Into<String>) -> Self {
        self.items.push(column.into());
        self
    }

    /// A column whose fields become items `column=field`.
    pub fn context(mut self, column: impl Into<String>) -> Self {
        self.context.push(column.into());
        self
    }

    /// Parts of time stamps become items, such as `weekday=Sat`.
    #[cfg(feature = "time")]
    pub fn times(mut self, times: Times) -> Self {
        self.times.push(times);
        self
    }

    /// A column of numbers, which become items `column=[from, to)`. What is no finite number is an error.
    pub fn numbers(mut self, column: impl Into<String>, method: BinMethod) -> Self {
        self.numbers.push(Numbers { column: column.into(), method, fitted: None });
        self
    }

    /// What a missing field becomes. Default: nothing.
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Whether items of columns that are [items as they are](Recipe::new) become lower case, so that `Beer` and `beer` are
    /// one. Keys and context stay as they are. Default: `false`.
    pub fn case_fold(mut self, case_fold: bool) -> Self {
        self.case_fold = case_fold;
        self
    }

    /// Items of which the lack is an item too: `!beer` for `beer`. One that no basket has is left out, and
    /// [reported](super::ShapeReport::never_bought). Repeated calls add up.
    pub fn absent(mut self, items: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.absent.extend(items.into_iter().map(Into::into));
        self
    }

    /// Which items and baskets are kept. Default: all.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// What items belong to, as pairs of an item and what is above it: see [`Taxonomy`](crate::shape::Taxonomy). Baskets then
    /// have everything above their items as well, with the kind of the item. Repeated calls add up.
    ///
    /// Search with the [constraints](crate::shape::Taxonomy::constraints) of [`Shaped::taxonomy`](super::Shaped::taxonomy), so that
    /// nothing is found that is trivial.
    ///
    /// ```
    /// use itemset::Miner;
    /// use itemset::shape::{Recipe, Table};
    ///
    /// let sales = Table::from_rows(["item"], [[Some("ale")], [Some("lager")]])?;
    /// let shaped = Recipe::new("item").taxonomy([("ale", "beer"), ("lager", "beer")]).shape(&sales)?;
    /// assert_eq!(shaped.baskets().count_of("beer"), Some(2));
    /// let constraints = shaped.taxonomy().map(|taxonomy| taxonomy.constraints()).unwrap_or_default();
    /// assert_eq!(Miner::new().search(shaped.baskets()).constraints(&constraints).collect()?.len(), 3);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn taxonomy(mut self, pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        self.taxonomy.extend(pairs.into_iter().map(|(item, above)| (item.into(), above.into())));
        self
    }

    /// Of all baskets, a random [sample](crate::Transactions::sample): the last step. The report tells the
    /// [error](crate::shape::SampleSize::error_of_all) of that.
    #[cfg(feature = "random")]
    pub fn sample(mut self, portion: Portion, seed: u64) -> Self {
        self.sample = Some(Sampling { portion, seed });
        self
    }

    /// The columns that it reads, each once, for [`TableReader::only`](crate::io::TableReader::only).
    #[must_use]
    pub fn columns_read(&self) -> Vec<&str> {
        let named = [&self.basket, &self.items, &self.context].into_iter().flatten();
        let classes = self.numbers.iter().filter_map(|numbers| match (&numbers.method, numbers.bins()) {
            (BinMethod::Entropy(class), None) => Some(class),
            _ => None,
        });
        let named = named.chain(self.numbers.iter().map(|numbers| &numbers.column)).chain(classes);
        #[cfg(feature = "time")]
        let named = {
            let times = self.times.iter().chain(self.session.iter().map(|session| &session.times));
            named.chain(times.map(|times| &times.column))
        };
        let mut columns: Vec<&str> = Vec::new();
        for column in named {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        columns
    }

    /// Whether items become lower case.
    #[must_use]
    pub fn folds_case(&self) -> bool {
        self.case_fold
    }

    /// What a missing field becomes.
    #[must_use]
    pub fn missing_fields(&self) -> Missing {
        self.missing
    }

    /// The columns that are the key of a basket.
    #[must_use]
    pub fn basket_columns(&self) -> &[String] {
        &self.basket
    }

    /// The bins of a column; `None` for a column that has none, or before the recipe is fitted.
    #[must_use]
    pub fn bins(&self, column: &str) -> Option<&Bins> {
        self.numbers.iter().find(|numbers| numbers.column == column).and_then(Numbers::bins)
    }
}

/// One line for each part, to be printed with a result.
impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.basket[..] {
            [] => write!(f, "each row is a basket")?,
            columns => write!(f, "baskets: rows with the same {}", columns.join(", "))?,
        }
        #[cfg(feature = "time")]
        if let Some(session) = &self.session {
            write!(f, ", no more than {} apart by {}", session.gap, session.times.column)?;
        }
        for column in &self.items {
            write!(f, "\nitems: {column}")?;
        }
        for column in &self.context {
            write!(f, "\nitems {column}=...")?;
        }
        #[cfg(feature = "time")]
        for times in &self.times {
            write!(f, "\n{times}")?;
        }
        for numbers in &self.numbers {
            let (column, method) = (&numbers.column, &numbers.method);
            write!(f, "\nitems {column}=")?;
            match (numbers.bins(), method) {
                (Some(bins), _) => write!(f, "{bins}")?,
                (None, BinMethod::EqualWidth(bins)) => write!(f, "{bins} bins of equal width")?,
                (None, BinMethod::EqualFrequency(bins)) => write!(f, "{bins} bins of equal frequency")?,
                (None, BinMethod::KMeans(bins)) => write!(f, "{bins} bins around means")?,
                (None, BinMethod::Entropy(class)) => write!(f, "bins by the entropy of {class}")?,
                (None, BinMethod::Fixed(bins)) => write!(f, "{bins}")?,
            }
        }
        match self.missing {
            Missing::Ignore => {}
            Missing::Item => write!(f, "\nmissing fields are items column=?")?,
            Missing::Adjust => write!(f, "\nsupports are over the baskets in which nothing is missing")?,
        }
        write!(f, "{}", self.filter)?;
        if !self.taxonomy.is_empty() {
            write!(f, "\nwhat items belong to: a taxonomy of {} pairs", self.taxonomy.len())?;
        }
        for item in &self.absent {
            write!(f, "\nitem !{item} in baskets without {item}")?;
        }
        #[cfg(feature = "random")]
        if let Some(sampling) = &self.sample {
            write!(f, "\n{sampling}")?;
        }
        Ok(())
    }
}
