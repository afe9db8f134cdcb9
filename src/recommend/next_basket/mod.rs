//! What a customer puts into the next basket: what they often buy, and what goes with it.
//!
//! | file | its part |
//! |---|---|
//! | `scorer` | what is learned, and the score of an item |
//! | `weights` | the few weights |
//! | `fit` | the weights that would have been best for the last basket that is known of each customer |

mod fit;
mod scorer;
mod weights;

pub use scorer::NextBasket;
pub use weights::HabitWeights;
