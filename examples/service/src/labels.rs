//! What a label, a customer and a key may be.

use crate::problem::Problem;

/// Refuses what is too long.
///
/// # Errors
///
/// 422 that names the field.
pub fn check_len(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    match text.len() <= most {
        true => Ok(()),
        false => Err(Problem::invalid(format!("{field}: a text of {} bytes (expected at most {most})", text.len()))),
    }
}

/// Refuses what is not to be stored: nothing, what is too long, and what would break the lines of a table.
///
/// # Errors
///
/// 422 that names the field.
pub fn check_stored(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::invalid(format!("{field}: an empty text")));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(format!("{field}: a text with control characters")));
    }
    check_len(field, text, most)
}

/// Refuses more than there may be.
///
/// # Errors
///
/// 422 that names the field.
pub fn check_count(field: &str, count: usize, most: usize) -> Result<(), Problem> {
    match count <= most {
        true => Ok(()),
        false => Err(Problem::invalid(format!("{field}: {count} (expected at most {most})"))),
    }
}
