//! A long table of sales, as a shop's system exports it, with all that makes such tables hard to read.

use std::fmt;

use super::draws::{Choice, Draws, Poisson, real};
use super::supermarket::calendar::{Date, TimeOfDay, days};

/// Generates the line items of an online shop for gifts: invoices of several countries in the order of time, with
/// returns, cancelled invoices and missing descriptions.
///
/// - A row is a line item. The rows of an invoice follow each other.
/// - A cancelled invoice has a number that begins with `C`, and negative quantities. One in 50 is.
/// - One row in 100 is a return: its quantity is negative.
/// - One row in 200 lacks its description, and its price is 0.
/// - One invoice in four has no customer.
/// - Some descriptions have commas or quotes in them, so that fields are quoted.
///
/// The same settings give the same rows on every platform.
///
/// ```
/// use itemset::io::LongReader;
/// use itemset::synth::OnlineShop;
///
/// let table = OnlineShop::new().invoices(1_000).to_csv();
/// let reader = LongReader::new("Invoice", "Description").quantity("Quantity").exclude_baskets("C*".parse()?);
/// let (baskets, report) = reader.read_with_report(table.as_bytes())?;
/// assert_eq!(report.baskets, baskets.len() as u64);
/// assert!(report.excluded_baskets > 0 && report.returns > 0 && report.null_items > 0);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct OnlineShop {
    invoices: u32,
    seed: u64,
}

impl OnlineShop {
    /// The names of the columns, in the order of [`LineItem`]'s text form.
    pub const HEADER: &str = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer,Country";

    /// The defaults: 50,000 invoices of the year 2025, with seed 2025.
    pub fn new() -> Self {
        OnlineShop { invoices: 50_000, seed: 2_025 }
    }

    /// The number of invoices, spread over the year. Default: 50,000; any number is allowed.
    pub fn invoices(mut self, invoices: u32) -> Self {
        self.invoices = invoices;
        self
    }

    /// The seed of all random draws. Default: 2025; any number is allowed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The line items, in the order of time. They are made on demand.
    pub fn line_items(&self) -> impl Iterator<Item = LineItem> {
        let shop = Shop::new();
        let mut draws = Draws::new(self.seed, STREAM);
        let invoices = self.invoices;
        (0..invoices).flat_map(move |invoice| shop.invoice(invoice, invoices, &mut draws))
    }

    /// The whole table as CSV, with its header and line feeds.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = format!("{}\n", OnlineShop::HEADER);
        self.line_items().for_each(|item| text.push_str(&format!("{item}\n")));
        text
    }

    /// The rules that are planted: an invoice with the first description has the second one with this probability at
    /// least.
    #[must_use]
    pub fn planted_rules() -> &'static [(&'static str, &'static str, f64)] {
        PLANTED
    }
}

impl Default for OnlineShop {
    fn default() -> Self {
        OnlineShop::new()
    }
}

/// A line item of an invoice. Its text form is a row of CSV, without a line break.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LineItem {
    /// The number of the invoice. Of cancelled ones it begins with `C`.
    pub invoice: String,
    /// The number of the article.
    pub stock_code: u32,
    /// What it is; `None` if that was not written down.
    pub description: Option<&'static str>,
    /// How many were bought, less than 0 if they were returned.
    pub quantity: i32,
    /// The day of the invoice.
    pub date: Date,
    /// The time of the invoice.
    pub time: TimeOfDay,
    /// The price of one, in pence.
    pub price: u32,
    /// The number of the customer, if there is one.
    pub customer: Option<u32>,
    /// Where it was sent.
    pub country: &'static str,
}

impl fmt::Display for LineItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineItem { invoice, stock_code, quantity, date, time, price, country, .. } = self;
        write!(f, "{invoice},{stock_code},")?;
        match self.description {
            Some(description) if description.contains([',', '"']) => {
                write!(f, "\"{}\"", description.replace('"', "\"\""))?;
            }
            Some(description) => f.write_str(description)?,
            None => {}
        }
        write!(f, ",{quantity},{date} {time},{}.{:02},", price / 100, price % 100)?;
        if let Some(customer) = self.customer {
            write!(f, "{customer}")?;
        }
        write!(f, ",{country}")
    }
}

/// The stream of random numbers that belongs to this generator.
const STREAM: u64 = 3;
const FIRST_INVOICE: u32 = 536_365;
const FIRST_STOCK_CODE: u32 = 20_010;
const FIRST_CUSTOMER: u32 = 12_300;
const CUSTOMERS: u32 = 2_500;

const COUNTRIES: &[(&str, f64)] = &[
    ("United Kingdom", 85.0),
    ("Germany", 4.0),
    ("France", 4.0),
    ("Ireland", 3.0),
    ("Spain", 1.5),
    ("Netherlands", 1.5),
    ("Norway", 1.0),
];

/// Articles, their prices in pence, and how often they are bought.
const ARTICLES: &[(&str, u32, f64)] = &[
    ("WHITE HANGING HEART T-LIGHT HOLDER", 295, 9.0),
    ("JUMBO BAG RED SPOTS", 208, 8.0),
    ("JUMBO BAG PINK SPOTS", 208, 2.0),
    ("LUNCH BAG BLACK SKULL", 165, 5.0),
    ("LUNCH BAG CARS BLUE", 165, 4.0),
    ("LUNCH BAG PINK SPOTS", 165, 3.0),
    ("GREEN TEACUP AND SAUCER", 295, 4.0),
    ("PINK TEACUP AND SAUCER", 295, 1.0),
    ("ROSES TEACUP AND SAUCER", 295, 2.0),
    ("CAKE STAND, THREE TIERS", 1275, 5.0),
    ("CAKE CASES, 72 RETRO SPOTS", 55, 6.0),
    ("PARTY BUNTING", 495, 7.0),
    ("ALARM CLOCK, RED", 375, 4.0),
    ("ALARM CLOCK, GREEN", 375, 1.0),
    ("ASSORTED COLOUR BIRD ORNAMENT", 169, 6.0),
    ("12\" PICTURE FRAME", 395, 3.0),
    ("6\" RULER, WOODEN", 85, 3.0),
    ("SET OF 3 CAKE TINS", 495, 4.0),
    ("PAPER CHAIN KIT 50'S CHRISTMAS", 295, 4.0),
    ("PAPER CHAIN KIT VINTAGE CHRISTMAS", 295, 1.0),
    ("WOODEN STAR CHRISTMAS SCANDINAVIAN", 85, 3.0),
    ("WOODEN HEART CHRISTMAS SCANDINAVIAN", 85, 0.8),
    ("HOT WATER BOTTLE TEA AND SYMPATHY", 395, 4.0),
    ("HAND WARMER BIRD DESIGN", 210, 4.0),
    ("HAND WARMER OWL DESIGN", 210, 1.0),
    ("GARDENERS KNEELING PAD KEEP CALM", 165, 3.0),
    ("GARDENERS KNEELING PAD CUP OF TEA", 165, 0.8),
    ("REGENCY MILK JUG", 325, 1.5),
    ("REGENCY SUGAR BOWL", 325, 0.4),
    ("DOORMAT KEEP CALM AND COME IN", 795, 3.0),
    ("RECIPE BOX PANTRY YELLOW", 295, 3.0),
    ("POSTAGE", 1800, 2.0),
];

const PLANTED: &[(&str, &str, f64)] = &[
    ("JUMBO BAG RED SPOTS", "JUMBO BAG PINK SPOTS", 0.45),
    ("GREEN TEACUP AND SAUCER", "PINK TEACUP AND SAUCER", 0.7),
    ("ALARM CLOCK, RED", "ALARM CLOCK, GREEN", 0.55),
    ("PAPER CHAIN KIT 50'S CHRISTMAS", "PAPER CHAIN KIT VINTAGE CHRISTMAS", 0.5),
    ("WOODEN STAR CHRISTMAS SCANDINAVIAN", "WOODEN HEART CHRISTMAS SCANDINAVIAN", 0.65),
    ("HAND WARMER BIRD DESIGN", "HAND WARMER OWL DESIGN", 0.4),
    ("GARDENERS KNEELING PAD KEEP CALM", "GARDENERS KNEELING PAD CUP OF TEA", 0.6),
    ("REGENCY MILK JUG", "REGENCY SUGAR BOWL", 0.75),
];

/// What is drawn from.
struct Shop {
    articles: Choice,
    countries: Choice,
    /// Articles of an invoice after its first.
    further: Poisson,
    days: Vec<Date>,
}

impl Shop {
    fn new() -> Self {
        let weights: Vec<f64> = ARTICLES.iter().map(|article| article.2).collect();
        let countries: Vec<f64> = COUNTRIES.iter().map(|country| country.1).collect();
        Shop {
            articles: Choice::new(&weights),
            countries: Choice::new(&countries),
            further: Poisson::new(1.0),
            days: days().collect(),
        }
    }

    /// The line items of one of so many invoices.
    fn invoice(&self, invoice: u32, invoices: u32, draws: &mut Draws) -> Vec<LineItem> {
        let articles = self.basket(draws);
        let country = COUNTRIES[self.countries.draw(draws)].0;
        let customer = (!draws.chance(0.25)).then(|| {
            // Some buy often.
            let share = draws.unit();
            FIRST_CUSTOMER + (share * share * real(u64::from(CUSTOMERS))) as u32
        });
        let is_cancelled = draws.chance(0.02);
        // Invoices of a day are spread over its hours.
        let minute = u64::from(invoice) * (self.days.len() as u64 * 600) / u64::from(invoices.max(1));
        let date = self.days[(minute / 600) as usize % self.days.len()];
        let time = TimeOfDay { hour: 8 + (minute % 600 / 60) as u8, minute: (minute % 60) as u8 };
        let number = FIRST_INVOICE + invoice;
        let invoice = if is_cancelled { format!("C{number}") } else { number.to_string() };
        let line_item = |article: usize| {
            let (description, price, _) = ARTICLES[article];
            let is_lost = draws.chance(0.005);
            // Mostly one, or a dozen.
            let quantity = [1, 1, 1, 1, 2, 6, 12][draws.place(7)];
            let is_negative = draws.chance(0.01) || is_cancelled;
            LineItem {
                invoice: invoice.clone(),
                stock_code: FIRST_STOCK_CODE + article as u32,
                description: (!is_lost).then_some(description),
                quantity: if is_negative { -quantity } else { quantity },
                date,
                time,
                price: if is_lost { 0 } else { price },
                customer,
                country,
            }
        };
        articles.into_iter().map(line_item).collect()
    }

    /// The articles of an invoice, ascending.
    fn basket(&self, draws: &mut Draws) -> Vec<usize> {
        let len = 1 + self.further.draw(draws);
        let mut articles: Vec<usize> = (0..len).map(|_| self.articles.draw(draws)).collect();
        for &(first, second, probability) in PLANTED {
            let place = |name| ARTICLES.iter().position(|article| article.0 == name);
            if let (Some(first), Some(second)) = (place(first), place(second))
                && articles.contains(&first)
                && draws.chance(probability)
            {
                articles.push(second);
            }
        }
        articles.sort_unstable();
        articles.dedup();
        articles
    }
}
