//! Bearer tokens, compared in a time that does not tell how much of a guess was right.

use std::fmt;
use std::fs;
use std::path::Path;

use subtle::{Choice, ConstantTimeEq};

/// Bytes of a token, at least: what cannot be guessed.
const SHORTEST: usize = 16;

/// Bytes of a token, at most.
const LONGEST: usize = 255;

/// A token and its length, always in as many bytes.
type Padded = [u8; LONGEST + 1];

/// The tokens that are taken; several while one replaces another.
pub struct Tokens(Vec<Padded>);

impl Tokens {
    /// Reads a token from each line that is not empty.
    ///
    /// # Errors
    ///
    /// If there is none, or one is too short or too long.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("token_file: {}: {error}", file.display()))?;
        let mut tokens = Vec::new();
        // Some editors begin a file with a mark of its encoding, which no client sends.
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let token = line.trim();
            if token.is_empty() {
                continue;
            }
            let padded = pad(token.as_bytes()).filter(|_| token.len() >= SHORTEST);
            let padded = padded.ok_or_else(|| {
                let expected = format!("expected {SHORTEST} to {LONGEST} bytes");
                format!("token_file: {}, line {number}: {} bytes ({expected})", file.display(), token.len())
            })?;
            tokens.push(padded);
        }
        match tokens.is_empty() {
            true => Err(format!("token_file: {} has no token", file.display())),
            false => Ok(Tokens(tokens)),
        }
    }

    /// Whether this is what a client with a token sends as `Authorization`.
    #[must_use]
    pub fn allow(&self, authorization: Option<&[u8]>) -> bool {
        let guess = authorization.and_then(|sent| {
            let (scheme, token) = sent.split_at_checked(7)?;
            scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
        });
        let Some(guess) = guess.and_then(pad) else { return false };
        // Each is compared, and all of it, whatever was found.
        let found = self.0.iter().fold(Choice::from(0), |found, token| found | token.ct_eq(&guess));
        found.into()
    }
}

fn pad(token: &[u8]) -> Option<Padded> {
    let mut padded = [0; LONGEST + 1];
    padded.get_mut(..token.len()).filter(|_| token.len() <= LONGEST)?.copy_from_slice(token);
    padded[LONGEST] = u8::try_from(token.len()).ok()?;
    Some(padded)
}

/// Without the tokens.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tokens", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Tokens, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokens");
        fs::write(&file, text).unwrap();
        Tokens::read(&file)
    }

    #[test]
    fn a_token_is_taken_whole() {
        let tokens = read("0123456789abcdef\n\nfedcba9876543210\n").unwrap();
        for right in ["Bearer 0123456789abcdef", "bearer fedcba9876543210"] {
            assert!(tokens.allow(Some(right.as_bytes())), "{right}");
        }
        let wrong = ["", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdef\0", "Basic 0123456789abcdef"];
        for wrong in wrong {
            assert!(!tokens.allow(Some(wrong.as_bytes())), "{wrong}");
        }
        assert!(!tokens.allow(None));
        assert!(!tokens.allow(Some(&[b'a'; 10_000])));
    }

    #[test]
    fn what_editors_add_is_no_part_of_a_token() {
        let tokens = read("\u{feff}0123456789abcdef\r\nfedcba9876543210 \r\n").unwrap();
        assert!(tokens.allow(Some(b"Bearer 0123456789abcdef")) && tokens.allow(Some(b"Bearer fedcba9876543210")));
    }

    #[test]
    fn weak_tokens_are_refused() {
        assert!(read("\n \n").unwrap_err().contains("has no token"));
        assert!(read("0123456789abcdef\nsecret").unwrap_err().contains("line 2: 6 bytes"));
    }
}
