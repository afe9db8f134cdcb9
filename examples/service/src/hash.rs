//! A number that tells texts from other texts, the same in all releases and on every machine (FNV-1a).
//!
//! It does not resist those who look for other texts with the same number. Where it is used they would only deceive
//! themselves: it tells whether a client sends the same sales again, and whether a snapshot is of the same data.

/// The number of some texts, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Hash(u64);

impl Hash {
    /// Of no text yet.
    #[must_use]
    pub fn new() -> Self {
        Hash(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a text. Where one ends and the next begins makes a difference.
    pub fn add(&mut self, text: &str) {
        // A byte that no text holds ends each.
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }
}

impl Default for Hash {
    fn default() -> Self {
        Hash::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> u64 {
        let mut hash = Hash::new();
        texts.iter().for_each(|text| hash.add(text));
        hash.value()
    }

    #[test]
    fn it_is_the_same_in_all_releases() {
        // FNV-1a of the bytes "beer" and 255.
        let expected = b"beer\xff"
            .iter()
            .fold(0xcbf29ce484222325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100000001b3));
        assert_eq!((of(&["beer"]), of(&[])), (expected, 0xcbf29ce484222325));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["", ""]), of(&[""]));
    }
}
