//! A line whose last field is its weight. Its labels are kept as text until the weight is known, since those of a line
//! of weight 0 get no numbers.

/// The longest part of a wrong weight that an error shows, in characters.
const SHOWN: usize = 40;

/// The fields of the open line.
#[derive(Debug, Default)]
pub(super) struct WeightedRow {
    /// The fields that are not empty, back to back.
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// Whether empty ones came after them.
    last_is_empty: bool,
}

impl WeightedRow {
    /// Adds a field.
    pub(super) fn push(&mut self, field: &str) {
        if !field.is_empty() {
            self.text.push_str(field);
            self.ends.push(self.text.len());
        }
        self.last_is_empty = field.is_empty();
    }

    /// Whether all fields are empty.
    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.last_is_empty = false;
    }

    /// The weight, or what is wrong with it.
    pub(super) fn weight(&self) -> Result<u32, String> {
        let last = if self.last_is_empty { "" } else { self.fields().last().unwrap_or_default() };
        // The standard library would also take a sign.
        let digits = Some(last).filter(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
            let what = if last.is_empty() { "the weight is missing" } else { "this is no weight" };
            let shown: String = last.chars().take(SHOWN).collect();
            let more = if shown.len() < last.len() { "…" } else { "" };
            format!("{what}: the last field is {shown:?}{more}, and must be a whole number from 0 to {}", u32::MAX)
        })
    }

    /// The fields before the weight that are not empty.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.fields().take(self.ends.len().saturating_sub(1))
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }
}
