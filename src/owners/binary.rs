//! Messages as bytes.
//!
//! Numbers are little-endian. A message is: `ISOW`, the version (1 byte), the kind (1 byte), session, fingerprint and
//! attempt, what the kind has, and the first 8 bytes of the SHA-256 of all before. A list is its length in 4 bytes, and
//! its elements.

use sha2::{Digest, Sha256};

use super::message::{Ask, Header, Kept, Reply, Request, Said};
use crate::error::Error;

const MAGIC: [u8; 4] = *b"ISOW";
const VERSION: u8 = 1;
const CHECKSUM: usize = 8;

impl Request {
    /// The message as bytes, with a checksum.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let kind = match &self.ask {
            Ask::Join { .. } => 1,
            Ask::Items { .. } => 2,
            Ask::Longer { .. } => 3,
            Ask::Finish { .. } => 4,
        };
        let mut into = Writer::new(kind, &self.header);
        match &self.ask {
            Ask::Join { owners } => into.list(owners, |owner| owner.to_le_bytes()),
            Ask::Items { keys } => into.list(keys, |key| *key),
            Ask::Longer { round, kept } => into.kept(*round, kept),
            Ask::Finish { round, kept, distinct, sums, marks } => {
                into.kept(*round, kept);
                into.0.extend_from_slice(&distinct.to_le_bytes());
                into.list(sums, |sum| sum.to_le_bytes());
                into.list(marks, |marks| marks.to_le_bytes());
            }
        }
        into.finish()
    }

    /// From such bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Inconsistent`](crate::ErrorKind::Inconsistent) for bytes that were cut or changed, and for those of
    /// another kind or a later version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (mut from, kind, header) = Reader::new(bytes)?;
        let ask = match kind {
            1 => Ask::Join { owners: from.list(u32::from_le_bytes)? },
            2 => Ask::Items { keys: from.list(|key| key)? },
            3 => {
                let (round, kept) = from.kept()?;
                Ask::Longer { round, kept }
            }
            4 => {
                let (round, kept) = from.kept()?;
                Ask::Finish {
                    round,
                    kept,
                    distinct: u64::from_le_bytes(from.take()?),
                    sums: from.list(u64::from_le_bytes)?,
                    marks: from.list(u64::from_le_bytes)?,
                }
            }
            _ => return damaged("they are no request of a coordinator"),
        };
        from.end()?;
        Ok(Request { header, ask })
    }
}

impl Reply {
    /// The message as bytes, with a checksum.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let kind = if matches!(self.said, Said::Key(_)) { 16 } else { 17 };
        let mut into = Writer::new(kind, &self.header);
        into.0.extend_from_slice(&self.owner.to_le_bytes());
        match &self.said {
            Said::Key(key) => into.0.extend_from_slice(key),
            Said::Counts { round, values } => {
                into.0.extend_from_slice(&round.to_le_bytes());
                into.list(values, |value| value.to_le_bytes());
            }
        }
        into.finish()
    }

    /// From such bytes.
    ///
    /// # Errors
    ///
    /// As [`Request::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (mut from, kind, header) = Reader::new(bytes)?;
        let owner = u32::from_le_bytes(from.take()?);
        let said = match kind {
            16 => Said::Key(from.take()?),
            17 => Said::Counts { round: u32::from_le_bytes(from.take()?), values: from.list(u64::from_le_bytes)? },
            _ => return damaged("they are no reply of an owner"),
        };
        from.end()?;
        Ok(Reply { header, owner, said })
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn new(kind: u8, header: &Header) -> Self {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&[VERSION, kind]);
        bytes.extend_from_slice(&header.session);
        bytes.extend_from_slice(&header.fingerprint);
        bytes.extend_from_slice(&header.attempt.to_le_bytes());
        Writer(bytes)
    }

    fn list<E, const BYTES: usize>(&mut self, elements: &[E], bytes: impl Fn(&E) -> [u8; BYTES]) {
        // What is sent is made of far fewer elements: the agreement bounds owners, items and candidates.
        self.0.extend_from_slice(&(elements.len() as u32).to_le_bytes());
        elements.iter().for_each(|element| self.0.extend_from_slice(&bytes(element)));
    }

    fn kept(&mut self, round: u32, kept: &Kept) {
        self.0.extend_from_slice(&round.to_le_bytes());
        match kept {
            Kept::Items(items) => {
                self.0.push(0);
                self.list(items, |item| item.to_le_bytes());
            }
            Kept::Bits(bits) => {
                self.0.push(1);
                self.list(bits, |&byte| [byte]);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let sum = Sha256::digest(&self.0);
        self.0.extend_from_slice(&sum[..CHECKSUM]);
        self.0
    }
}

/// The bytes that are not read yet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Result<(Self, u8, Header), Error> {
        if !bytes.starts_with(&MAGIC) {
            return damaged("they are no message between owners");
        }
        if bytes.get(MAGIC.len()).is_some_and(|&version| version > VERSION) {
            return damaged("they are of a later version of itemset than this one");
        }
        let Some((content, sum)) = bytes.split_last_chunk::<CHECKSUM>() else {
            return damaged("they end too early");
        };
        if Sha256::digest(content)[..CHECKSUM] != *sum {
            return damaged("they were cut or changed");
        }
        let mut from = Reader(&content[MAGIC.len().min(content.len())..]);
        let [version, kind] = from.take()?;
        if version != VERSION {
            return damaged("they are of no version of itemset");
        }
        let (session, fingerprint) = (from.take()?, from.take()?);
        let attempt = u32::from_le_bytes(from.take()?);
        Ok((from, kind, Header { session, fingerprint, attempt }))
    }

    fn take<const BYTES: usize>(&mut self) -> Result<[u8; BYTES], Error> {
        match self.0.split_first_chunk() {
            Some((first, rest)) => {
                self.0 = rest;
                Ok(*first)
            }
            None => damaged("they end too early"),
        }
    }

    fn list<E, const BYTES: usize>(&mut self, element: impl Fn([u8; BYTES]) -> E) -> Result<Vec<E>, Error> {
        let len = u32::from_le_bytes(self.take()?) as usize;
        // Checked before memory is asked for.
        let Some(bytes) = len.checked_mul(BYTES).and_then(|bytes| self.0.split_off(..bytes)) else {
            return damaged("they end too early");
        };
        Ok(bytes.as_chunks().0.iter().map(|&bytes| element(bytes)).collect())
    }

    fn kept(&mut self) -> Result<(u32, Kept), Error> {
        let round = u32::from_le_bytes(self.take()?);
        let [form] = self.take()?;
        let kept = match form {
            0 => Kept::Items(self.list(u32::from_le_bytes)?),
            1 => Kept::Bits(self.list(|[byte]| byte)?),
            _ => return damaged("they have no known form"),
        };
        Ok((round, kept))
    }

    fn end(&self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { damaged("they go on after their end") }
    }
}

fn damaged<T>(reason: &'static str) -> Result<T, Error> {
    Err(Error::inconsistent("bytes of a message", reason))
}
