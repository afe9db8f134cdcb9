//! Masks that cancel in the sum.
//!
//! Secure aggregation for parties that follow the protocol (Bonawitz et al., "Practical secure aggregation for
//! privacy-preserving machine learning", CCS 2017, without its recovery from drop-outs). Each pair of owners has a key
//! (X25519), and for each round a stream of numbers from it (HKDF with SHA-256, then ChaCha20). One owner of the pair
//! adds them to its counts, the other one subtracts them, modulo 2^64.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

use super::message::{Header, Request};
use crate::call::ticker::Ticker;
use crate::error::{Error, ErrorKind};

/// A hash of all requests of an attempt so far. Masks depend on it: owners that were not asked the same have masks that
/// do not cancel, so no one learns anything by asking them for different things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Transcript(pub(super) [u8; 32]);

impl Transcript {
    pub(super) fn after(self, request: &Request) -> Self {
        Transcript(Sha256::new().chain_update(self.0).chain_update(request.to_bytes()).finalize().into())
    }
}

/// What an owner draws from: 32 bytes that no one else knows.
pub(super) struct Seed(pub(super) [u8; 32]);

impl Seed {
    /// From the system.
    pub(super) fn new() -> Result<Self, Error> {
        let mut seed = [0; 32];
        fill(&mut seed)?;
        Ok(Seed(seed))
    }

    fn derive(&self, purpose: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], Error> {
        expand(&Hkdf::new(None, &self.0), purpose, parts)
    }

    /// The secret key of an attempt.
    pub(super) fn secret(&self, header: &Header) -> Result<StaticSecret, Error> {
        let Header { session, fingerprint, attempt } = header;
        let secret = self.derive(b"itemset owners key", &[session, fingerprint, &attempt.to_le_bytes()])?;
        Ok(StaticSecret::from(secret))
    }

    /// What the noise of a round is drawn from: asked again, the round has the same noise. The first round counts the
    /// same in each attempt of a session, and has the same noise in all of them: a second draw would spend ε again.
    pub(super) fn noise(&self, header: &Header, round: usize, transcript: Transcript) -> Result<ChaCha20Rng, Error> {
        let seed = match round {
            1 => self.derive(b"itemset owners first noise", &[&header.session, &header.fingerprint])?,
            _ => self.derive(b"itemset owners noise", &[&transcript.0])?,
        };
        Ok(ChaCha20Rng::from_seed(seed))
    }
}

/// Random bytes of the system.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes)
        .map_err(|error| Error::new(ErrorKind::Refused { what: "random bytes", reason: error.to_string() }))
}

pub(super) fn public(secret: &StaticSecret) -> [u8; 32] {
    PublicKey::from(secret).to_bytes()
}

/// Whether bytes are a public key: with one of small order all common keys are the same, and known to everyone.
pub(super) fn is_key(bytes: [u8; 32]) -> bool {
    // Of any secret key.
    StaticSecret::from([0; 32]).diffie_hellman(&PublicKey::from(bytes)).was_contributory()
}

/// The masks of one owner in one attempt.
#[derive(Clone)]
pub(super) struct Masks {
    /// For each other owner the common key, and whether this one adds.
    pairs: Vec<(Hkdf<Sha256>, bool)>,
}

impl Masks {
    /// With the keys of all owners, of which this one is at the place `own`. `None` if a key is no key.
    pub(super) fn new(secret: &StaticSecret, own: usize, keys: &[[u8; 32]], header: &Header) -> Option<Self> {
        let others = keys.iter().enumerate().filter(|&(place, _)| place != own);
        let pairs = others.map(|(place, &key)| {
            let shared = secret.diffie_hellman(&PublicKey::from(key));
            // A key of small order would make a mask that everyone knows.
            let pair = (Hkdf::new(Some(&header.fingerprint), shared.as_bytes()), own < place);
            shared.was_contributory().then_some(pair)
        });
        Some(Masks { pairs: pairs.collect::<Option<_>>()? })
    }

    /// Masks the numbers of the round that a transcript ends with.
    pub(super) fn mask(
        &self,
        transcript: Transcript,
        values: &mut [u64],
        ticker: &mut Ticker<'_>,
    ) -> Result<(), Error> {
        for (key, adds) in &self.pairs {
            let mut stream = ChaCha20Rng::from_seed(expand(key, b"itemset owners mask", &[&transcript.0])?);
            for part in values.chunks_mut(1 << 10) {
                for value in &mut *part {
                    let mask = stream.next_u64();
                    *value = if *adds { value.wrapping_add(mask) } else { value.wrapping_sub(mask) };
                }
                ticker.check(part.len() / 2)?;
            }
        }
        Ok(())
    }
}

fn expand(key: &Hkdf<Sha256>, purpose: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], Error> {
    let mut derived = [0; 32];
    let info: Vec<&[u8]> = [&[purpose], parts].concat();
    // A length of 32 bytes is always granted.
    match key.expand_multi_info(&info, &mut derived) {
        Ok(()) => Ok(derived),
        Err(_) => Err(Error::inconsistent("keys", "no key can be derived from them")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::NEVER;

    #[test]
    fn masks_cancel_in_the_sum_alone() {
        let header = Header { session: [1; 16], fingerprint: [2; 32], attempt: 1 };
        for owners in 2..=8u8 {
            let secrets: Vec<_> = (0..owners).map(|n| Seed([n; 32]).secret(&header).unwrap()).collect();
            let keys: Vec<_> = secrets.iter().map(public).collect();
            for round in 0..3 {
                let masked = |transcript: Transcript| -> Vec<Vec<u64>> {
                    let of = |(own, secret)| {
                        let mut values = vec![7, 0, u64::MAX, own as u64];
                        let masks = Masks::new(secret, own, &keys, &header).unwrap();
                        masks.mask(transcript, &mut values, &mut Ticker::new(&NEVER)).unwrap();
                        values
                    };
                    secrets.iter().enumerate().map(of).collect()
                };
                let all = masked(Transcript([round; 32]));
                let sum = |of: &[Vec<u64>], place: usize| of.iter().fold(0u64, |sum, one| sum.wrapping_add(one[place]));
                let n = u64::from(owners);
                assert_eq!([0, 1, 2, 3].map(|place| sum(&all, place)), [7 * n, 0, n.wrapping_neg(), n * (n - 1) / 2]);
                // A part of them says nothing.
                for part in 1..all.len() {
                    assert!(sum(&all[..part], 0) > 1 << 32 && sum(&all[..part], 1) > 1 << 32);
                }
                // Another round has other masks.
                let other = masked(Transcript([round + 1; 32]));
                assert!(all.iter().zip(&other).all(|(one, other)| one[0] != other[0]));
            }
        }
    }

    #[test]
    fn keys_of_small_order_are_refused() {
        let header = Header { session: [1; 16], fingerprint: [2; 32], attempt: 1 };
        let secret = Seed([9; 32]).secret(&header).unwrap();
        let own = public(&secret);
        assert!(is_key(own) && is_key(public(&Seed([0; 32]).secret(&header).unwrap())));
        // All points of small order (Bernstein, "Curve25519", 2006), those above 2^255 - 19 included: 0, 1, -1, two of
        // order 8, and what is the same modulo 2^255 - 19. The highest bit is not read.
        let number = |first: u8, last: u8| {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (first, last);
            bytes
        };
        let mut one = [0; 32];
        one[0] = 1;
        let order_8 = [
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        ];
        let order_8 =
            order_8.map(|text| std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..][..2], 16).unwrap()));
        let mut small = vec![[0; 32], one, order_8[0], order_8[1]];
        small.extend((0xec..=0xee).map(|first| number(first, 0x7f)));
        for key in small {
            let mut with_bit = key;
            with_bit[31] |= 0x80;
            for key in [key, with_bit] {
                assert!(!is_key(key), "{key:?}");
                assert!(Masks::new(&secret, 0, &[own, key], &header).is_none());
            }
        }
    }
}
