//! Messages: values that the caller carries between the coordinator and the owners.

use super::agreement::hexadecimal;
use crate::error::{Error, ErrorKind};

/// What a message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Header {
    /// Drawn at random by the coordinator.
    pub(super) session: [u8; 16],
    /// Of the agreement.
    pub(super) fingerprint: [u8; 32],
    /// From 1; one more each time that the session starts anew.
    pub(super) attempt: u32,
}

/// What the coordinator asks all owners: the same message for each of them.
///
/// It has public keys, which items and candidates are to be followed further, and in the end the sums of all. It has no
/// count of one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Request {
    pub(super) header: Header,
    pub(super) ask: Ask,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Ask {
    /// For their keys: the owners that take part, ascending.
    Join { owners: Vec<u32> },
    /// For the number of baskets and the counts of all items: the keys of these owners.
    Items { keys: Vec<[u8; 32]> },
    /// For the counts of the candidates that follow from what is kept of the round before.
    Longer { round: u32, kept: Kept },
    /// For nothing: the sums of all that was kept, the number of baskets first, in the order of the rounds; `distinct`
    /// is the number of items that may be in a basket.
    Finish { round: u32, kept: Kept, distinct: u64, sums: Vec<u64>, marks: Vec<u64> },
}

/// What is kept of the candidates of the last round.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Kept {
    /// After the first round: numbers of items in the catalogue, in the order of their ranks.
    Items(Vec<u32>),
    /// Later: a bit for each candidate, the first one in the lowest bit of the first byte.
    Bits(Vec<u8>),
}

/// What an owner answers: its public key, or its masked counts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Reply {
    pub(super) header: Header,
    pub(super) owner: u32,
    pub(super) said: Said,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Said {
    Key([u8; 32]),
    /// The masked counts of a round, then the masked marks, if the agreement has a smallest group.
    Counts {
        round: u32,
        values: Vec<u64>,
    },
}

impl Request {
    /// The round that it begins, from 1; `None` if it asks for keys, or brings the result.
    #[must_use]
    pub fn round(&self) -> Option<u32> {
        match self.ask {
            Ask::Items { .. } => Some(1),
            Ask::Longer { round, .. } => Some(round),
            Ask::Join { .. } | Ask::Finish { .. } => None,
        }
    }

    /// Whether it brings the result, so that nothing is to be answered.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self.ask, Ask::Finish { .. })
    }

    /// What it is, for errors.
    pub(super) fn name(&self) -> String {
        match &self.ask {
            Ask::Join { .. } => "asks for keys".to_string(),
            Ask::Items { .. } => "asks for round 1".to_string(),
            Ask::Longer { round, .. } => format!("asks for round {round}"),
            Ask::Finish { .. } => "brings the result".to_string(),
        }
    }
}

impl Reply {
    /// The number of the owner that it says it is from, in the order of the agreement.
    #[must_use]
    pub fn owner(&self) -> usize {
        self.owner as usize
    }

    /// The masked numbers that leave an owner; none for a key.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        match &self.said {
            Said::Key(_) => &[],
            Said::Counts { values, .. } => values,
        }
    }

    /// What it is, for errors.
    pub(super) fn name(&self) -> String {
        match &self.said {
            Said::Key(_) => "has a key".to_string(),
            Said::Counts { round, .. } => format!("has the counts of round {round}"),
        }
    }
}

/// Who refuses messages, and what it waits for.
pub(super) struct Refusal {
    pub(super) receiver: String,
    pub(super) expected: String,
}

impl Refusal {
    pub(super) fn error(&self, reason: impl Into<String>) -> Error {
        Error::new(ErrorKind::Message {
            receiver: self.receiver.clone(),
            expected: self.expected.clone(),
            reason: reason.into(),
        })
    }

    /// # Errors
    ///
    /// If a message is from another agreement, session or attempt.
    pub(super) fn check(&self, header: &Header, expected: &Header) -> Result<(), Error> {
        if header.fingerprint != expected.fingerprint {
            let [found, own] = [header, expected].map(|header| hexadecimal(&header.fingerprint[..4]));
            return Err(self.error(format!(
                "its agreement has the fingerprint {found}..., not {own}...: owners, catalogue or settings differ"
            )));
        }
        if header.session != expected.session {
            return Err(self.error("it is of another session"));
        }
        match header.attempt == expected.attempt {
            true => Ok(()),
            false => Err(self.error(format!("it is of attempt {}, not {}", header.attempt, expected.attempt))),
        }
    }
}
