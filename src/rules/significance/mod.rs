//! Which rules are more than chance, after a search through very many.
//!
//! | file | its part |
//! |---|---|
//! | `hypotheses` | how many rules were searched |
//! | `correction` | p-values corrected for that number |
//! | `significant` | the rules that pass: against independence, their own generalisations, and baskets held out |
//! | `tested` | Fisher's tests, of equal tables once |
//! | `interval` | how far off a measure may be |
//! | `evaluation` | the same rules on other baskets |
//! | `wanted` | how many baskets hold the sides of rules |
//! | `hold_out`, `stability` | how often rules are found and confirmed if the baskets are split again and again |
//! | `swap` | baskets shuffled as chance would, with the margins kept |

mod correction;
mod evaluation;
#[cfg(feature = "random")]
mod hold_out;
mod hypotheses;
mod interval;
mod significant;
#[cfg(feature = "random")]
mod stability;
#[cfg(feature = "random")]
mod swap;
mod tested;
mod wanted;

pub use correction::Correction;
pub use evaluation::{Drift, ObservedCounts};
#[cfg(feature = "random")]
pub use hold_out::HoldOut;
pub use hypotheses::Hypotheses;
pub use interval::ConfidenceInterval;
pub(crate) use significant::check as check_alpha;
#[cfg(feature = "random")]
pub use stability::Stability;
