//! Frequent itemsets and rules of several owners, who do not show each other their baskets (feature `owners`).
//!
//! Retailers, or the stores of a franchise, want to know what is bought together in all of their baskets. An [`Owner`]
//! has baskets, and answers with counts that are masked: only the sum of all owners' answers can be read. A
//! [`Coordinator`], who has no baskets, asks and adds up. Without noise the [result](PooledItemsets) is what mining all
//! baskets together finds, byte for byte.
//!
//! Everything here is values and pure functions: there is no network, no thread and no clock. The caller carries
//! messages, as [bytes](Request::to_bytes) or with `serde`. An example is at [`Coordinator`]; the example program
//! `owners` does the same with a process for each owner.
//!
//! # The protocol
//!
//! All make the same [`Agreement`]: who takes part, the items that are counted, and settings. Each message has its
//! fingerprint, the number of the session and of the attempt. The coordinator sends each [`Request`] to all owners, and
//! goes on when all have answered with a [`Reply`].
//!
//! | request | an owner answers if it is | with | and is then |
//! |---|---|---|---|
//! | asks for keys | [`Invited`](OwnerState::Invited) | a public key | [`Joined`](OwnerState::Joined) |
//! | the keys of all: round 1 | `Joined` | its baskets and the count of each item, masked | [`Counted`](OwnerState::Counted) 1 |
//! | which items are frequent: round 2 | `Counted` 1 | the count of each pair of them, masked | `Counted` 2 |
//! | which candidates are frequent: round k | `Counted` k - 1 | the count of each new candidate, masked | `Counted` k |
//! | the result | `Counted` k | nothing | [`Finished`](OwnerState::Finished) |
//! | asks for keys again, as an attempt with a higher number | `Joined` or `Counted` | a new public key | `Joined` |
//!
//! Whether an owner begins a new attempt depends on what could be learned by comparing it with the former one: see
//! [`Agreement::go_on_after_drop_out`].
//!
//! Anything else is refused with an error that says what is expected, and changes nothing. The
//! [coordinator](CoordinatorState) is `Joining`, `Counting` round 1, 2 and so on, and `Finished`. Candidates are made
//! as in Apriori, by each party for itself: no itemset is sent.
//!
//! *Masks.* Each pair of owners agrees on a key (X25519), and draws from it, for each round, a number for each count;
//! one adds it and the other one subtracts it, modulo 2^64 (Bonawitz et al., "Practical secure aggregation for
//! privacy-preserving machine learning", 2017). Masked counts look like random numbers to everyone else. Masks depend
//! on all requests so far, so that they do not cancel if owners were asked for different things.
//!
//! *Drop-outs.* If an owner does not answer, its masks do not cancel, and the round cannot be read:
//! [`Coordinator::missing`] names it, and [`Coordinator::restart_without`] begins anew without it. Once counts were
//! asked for, that needs the [agreement](Agreement::go_on_after_drop_out) of all, as an answer that is only late makes
//! the sum with it known. The result says whose baskets are in it.
//!
//! # What is protected, and what is not
//!
//! The parties are taken to follow the protocol, and to be curious: each tries to learn what it can from what it gets.
//!
//! - The coordinator learns the sums over all owners, also of what is not frequent; the owners learn those of what is
//!   kept, and how many items are sold at all. Each learns nothing else of the others than what follows from that and
//!   from its own counts.
//! - *Owners who pool what they know*, with the coordinator or without, subtract their own counts, and learn the sums
//!   of the rest: with two others left the sum of two, and with one left its counts, marks included. With two owners
//!   that is always so. Nothing but [`Noise`] protects the last one.
//! - *Sums tell something.* An item that only one owner sells has that owner's count as its sum. Each owner learns what
//!   all others sell together. A small sum may be about few baskets: a [smallest group](Agreement::min_group) keeps
//!   counts of few baskets of an owner back, and [`Noise`] makes it uncertain whether a basket is in a sum.
//! - *Two sums tell their difference*: the same session twice, with and without an owner, shows its counts, as does a
//!   session before and after a basket is added. A smallest group does not prevent that. Noise does, as far as its ε
//!   goes.
//! - Marks of a smallest group say how many owners held back, not which.
//! - The number and the length of messages follow from the catalogue and from what is frequent, not from single
//!   baskets.
//! - Messages are neither signed nor encrypted, and keys go through the coordinator: carry them over TLS that proves
//!   who is at both ends, and compare [`Owner::code`] to see that no key was exchanged. An owner that sends wrong
//!   counts makes wrong sums, which nobody notices unless they are impossible.
//!
//! In come an agreement, and the baskets of each owner; out go messages, and at each party the itemsets of all.
//!
//! | file | its part |
//! |---|---|
//! | `agreement` | what all agree on, and its fingerprint |
//! | `coordinator`, `owner` | the two state machines |
//! | `message`, `binary` | what they exchange; as bytes |
//! | `search` | what is kept of each round, and the candidates of the next |
//! | `counts` | the counts of one owner, and what of them leaves it |
//! | `masks` | keys, and masks that cancel in the sum |
//! | `noise`, `margin` | noise, and how far it takes a sum away |
//! | `totals` | sums as intervals of counts |
//! | `pooled` | the result |

mod agreement;
mod binary;
mod coordinator;
mod counts;
mod margin;
mod masks;
mod message;
mod noise;
mod owner;
mod pooled;
mod search;
mod totals;

pub use agreement::Agreement;
pub use coordinator::{Coordinator, CoordinatorState};
pub use message::{Reply, Request};
pub use noise::Noise;
pub use owner::{Owner, OwnerState};
pub use pooled::{PooledItemset, PooledItemsets};
pub use totals::CountInterval;
