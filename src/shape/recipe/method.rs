//! How numbers become bins, and its text form.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::nearest::did_you_mean;
use crate::shape::Bins;
#[cfg(feature = "serde")]
use crate::stored_format::stored_as_text;

/// How numbers become bins.
///
/// The text form, for reading, printing and storing, is the method and what it takes: `width:5`, `frequency:5`,
/// `means:5`, `entropy:CLASS` with the name of a column, or `cuts:2.5,4.99`.
///
/// ```
/// use itemset::shape::BinMethod;
///
/// assert_eq!("frequency:5".parse::<BinMethod>()?, BinMethod::EqualFrequency(5));
/// assert_eq!("cuts:2.50,4.99".parse::<BinMethod>()?.to_string(), "cuts:2.5,4.99");
/// let error = "widht:5".parse::<BinMethod>().unwrap_err().to_string();
/// assert!(error.starts_with("invalid method: `widht`, did you mean `width`?"));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BinMethod {
    /// So many bins of [equal width](Bins::equal_width).
    EqualWidth(usize),
    /// So many bins of [equal frequency](Bins::equal_frequency), over all rows.
    EqualFrequency(usize),
    /// So many bins around [means](Bins::k_means).
    KMeans(usize),
    /// Where the [entropy](Bins::by_entropy) of another column is least.
    Entropy(String),
    /// These bins.
    Fixed(Bins),
}

#[cfg(feature = "serde")]
stored_as_text!(BinMethod);

const METHODS: [&str; 5] = ["width", "frequency", "means", "entropy", "cuts"];

impl fmt::Display for BinMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BinMethod::EqualWidth(bins) => write!(f, "width:{bins}"),
            BinMethod::EqualFrequency(bins) => write!(f, "frequency:{bins}"),
            BinMethod::KMeans(bins) => write!(f, "means:{bins}"),
            BinMethod::Entropy(class) => write!(f, "entropy:{class}"),
            BinMethod::Fixed(bins) => {
                let cuts: Vec<String> = bins.cuts().iter().map(f64::to_string).collect();
                write!(f, "cuts:{}", cuts.join(","))
            }
        }
    }
}

impl FromStr for BinMethod {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for another method, with the nearest one, and for
    /// what is no number or no [cut](Bins::at).
    fn from_str(text: &str) -> Result<Self, Error> {
        const ALLOWED: &str = "width:N, frequency:N, means:N, entropy:COLUMN or cuts:A,B,...";
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        let refused = |value: String| Error::invalid_setting("method", value, ALLOWED);
        let number = || value.trim().parse().map_err(|_| refused(format!("`{text}`")));
        match name {
            "width" => number().map(BinMethod::EqualWidth),
            "frequency" => number().map(BinMethod::EqualFrequency),
            "means" => number().map(BinMethod::KMeans),
            "entropy" if !value.is_empty() => Ok(BinMethod::Entropy(value.to_string())),
            "cuts" if value.is_empty() && text.ends_with(':') => Ok(BinMethod::Fixed(Bins::whole())),
            "cuts" => {
                let cuts: Option<Vec<f64>> = value.split(',').map(|cut| cut.trim().parse().ok()).collect();
                Bins::at(cuts.ok_or_else(|| refused(format!("`{text}`")))?).map(BinMethod::Fixed)
            }
            _ => Err(refused(format!("`{name}`{}", did_you_mean(name, METHODS)))),
        }
    }
}
