//! What all stored forms have in common.
//!
//! In come a value that is stored, or a text that is read; out go its version, and errors that name a wrong key.
//!
//! | file | its part |
//! |---|---|
//! | `as_text` | values whose stored form is their text (feature `serde`) |
//! | `keys` | an unknown key is an error with the nearest known one (feature `serde`) |
//! | `version` | the version of a stored form, its field `format` |

#[cfg(feature = "serde")]
mod as_text;
#[cfg(feature = "serde")]
mod keys;
mod version;

#[cfg(feature = "serde")]
pub(crate) use as_text::stored_as_text;
#[cfg(feature = "serde")]
pub(crate) use keys::{Suggesting, suggest_keys};
pub(crate) use version::Format;
