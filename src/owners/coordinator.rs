//! The coordinator, who has no baskets, as a state machine.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use super::agreement::{Agreement, Terms};
use super::masks::{fill, is_key};
use super::message::{Ask, Header, Kept, Refusal, Reply, Request, Said};
use super::pooled::PooledItemsets;
use super::search::{Bounds, Search};
use super::totals::{Pooled, Reading, Totals};
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::run_options::RunOptions;

/// What a [`Coordinator`] waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CoordinatorState {
    /// The keys of all owners.
    Joining,
    /// The masked counts of a round from all owners.
    Counting {
        /// The round, from 1.
        round: u32,
    },
    /// Nothing: the masks of a round did not cancel, so it is void. [`restart_without`](Coordinator::restart_without)
    /// begins anew.
    Void,
    /// Nothing: it has the result.
    Finished,
}

/// What it waits for, in words.
impl fmt::Display for CoordinatorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CoordinatorState::Joining => f.write_str("the keys of all owners"),
            CoordinatorState::Counting { round } => write!(f, "the counts of round {round} of all owners"),
            CoordinatorState::Void => f.write_str("a new attempt, as the round is void"),
            CoordinatorState::Finished => f.write_str("nothing more, as it has the result"),
        }
    }
}

/// The coordinator of one session: it asks all owners the same, adds up what they answer, and has no baskets.
///
/// It can be a third party, or run beside one of the owners. For the protocol see the [module](super). It cannot be
/// cloned: two that go on from the same answers could learn the difference of two sums.
///
/// ```
/// use itemset::owners::{Agreement, Coordinator, Owner};
/// use itemset::{Miner, Transactions};
///
/// let agreement = Agreement::new(["north", "south", "west"], ["beer", "chips", "diapers"]).min_support(0.5);
/// let sold = [
///     vec![vec!["beer", "diapers"], vec!["beer", "diapers", "chips"]],
///     vec![vec!["beer", "diapers"], vec!["chips"]],
///     vec![vec!["diapers"]],
/// ];
/// let mut owners = Vec::new();
/// for (name, sold) in ["north", "south", "west"].into_iter().zip(sold) {
///     owners.push(Owner::new(&agreement, name, Transactions::from_rows(sold)?)?);
/// }
///
/// let mut coordinator = Coordinator::new(&agreement)?;
/// while coordinator.result().is_none() {
///     // Over the network, as bytes: `to_bytes` and `from_bytes`.
///     let request = coordinator.request().clone();
///     for owner in &mut owners {
///         let reply = owner.answer(&request)?.unwrap();
///         coordinator.receive(&reply)?;
///     }
/// }
/// // The last request brings the result to the owners.
/// for owner in &mut owners {
///     owner.answer(coordinator.request())?;
///     let itemsets = owner.result().unwrap().to_frequent()?;
///     assert_eq!(itemsets.count_of(["beer", "diapers"]), Some(3));
///     assert_eq!(Miner::new().min_confidence(0.9).rules_of(&itemsets)?.len(), 1);
/// }
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Debug)]
pub struct Coordinator<T> {
    terms: Arc<Terms<T>>,
    /// The owners that take part in this attempt, ascending.
    owners: Vec<u32>,
    request: Request,
    /// The owners, by their places, that have answered the request.
    answered: Vec<bool>,
    past: Past,
    state: State<T>,
}

/// What has happened in a session, in all of its attempts.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    /// Whether owners were asked for counts.
    counts_were_asked: bool,
    /// Whether a sum of counts is known.
    sums_are_known: bool,
}

#[derive(Debug)]
enum State<T> {
    Joining { keys: Vec<[u8; 32]> },
    Counting(Box<Counting>),
    Void,
    Finished(Box<PooledItemsets<T>>),
}

#[derive(Debug)]
struct Counting {
    search: Search,
    /// What the owners have sent so far, added up.
    sums: Vec<u64>,
    totals: Totals,
    /// The sums of what is kept, and its marks, which go to the owners with the result.
    kept: [Vec<u64>; 2],
    distinct: u64,
}

impl<T: Eq + Hash + Ord + Clone + fmt::Display> Coordinator<T> {
    /// A session with all owners of the agreement, whose number is drawn from the system. Its first
    /// [`request`](Coordinator::request) asks for keys.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an agreement that cannot be used, and
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system has no random bytes.
    pub fn new(agreement: &Agreement<T>) -> Result<Self, Error> {
        let mut session = [0; 16];
        fill(&mut session)?;
        Self::with_session(agreement, session)
    }

    /// The same with a number of the session, which must be new each time: for tests.
    ///
    /// # Errors
    ///
    /// As [`new`](Coordinator::new).
    pub fn with_session(agreement: &Agreement<T>, session: [u8; 16]) -> Result<Self, Error> {
        let terms = agreement.check()?;
        let header = Header { session, fingerprint: terms.fingerprint, attempt: 1 };
        // There are at most 65,535 owners.
        let owners = (0..terms.owners.len() as u32).collect();
        Ok(Self::joining(terms, owners, header, Past::default()))
    }

    fn joining(terms: Arc<Terms<T>>, owners: Vec<u32>, header: Header, past: Past) -> Self {
        let count = owners.len();
        Coordinator {
            terms,
            request: Request { header, ask: Ask::Join { owners: owners.clone() } },
            owners,
            answered: vec![false; count],
            past,
            state: State::Joining { keys: vec![[0; 32]; count] },
        }
    }

    /// Takes an owner's answer to the [`request`](Coordinator::request). When the last one is there, the next request
    /// takes its place, and is returned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Message`](crate::ErrorKind::Message) for an answer that is not expected in this state, or is from
    /// another session, attempt or agreement, and for a key that is none or is another owner's; the state stays as it
    /// was, unless it says that the round is void.
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more candidates than the agreement allows, and
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if noise takes the counts of what is in no
    /// basket above the threshold: the answer is not taken then, and the session cannot go on.
    ///
    /// # Complexity
    ///
    /// A step for each number of the message. The last one also makes the next candidates: for each pair of itemsets
    /// that differ in their last item, a binary search for each item.
    pub fn receive(&mut self, reply: &Reply) -> Result<Option<&Request>, Error> {
        self.receive_with(reply, &RunOptions::new())
    }

    /// As [`receive`](Coordinator::receive), with options for the run. A call that was ended can be made again.
    ///
    /// # Errors
    ///
    /// As [`receive`](Coordinator::receive), and those of [`RunOptions`](RunOptions#errors).
    pub fn receive_with(&mut self, reply: &Reply, options: &RunOptions) -> Result<Option<&Request>, Error> {
        let is_next = options.run(|control| {
            let place = self.place_of(reply)?;
            let refusal = self.refusal();
            let is_last = self.answered.iter().filter(|answered| !**answered).count() == 1;
            let mut ticker = Ticker::new(control);
            match (&mut self.state, &reply.said) {
                (State::Joining { keys }, Said::Key(key)) => {
                    if !is_key(*key) || keys.contains(key) {
                        let name = &self.terms.owners[reply.owner as usize];
                        return Err(refusal.error(format!("that of {name} has no key of its own")));
                    }
                    keys[place] = *key;
                    if is_last {
                        let keys = keys.clone();
                        let search = Search::new(self.terms.catalogue.len());
                        self.count(Ask::Items { keys }, Counting::new(search, &self.terms, None));
                        return Ok(true);
                    }
                }
                (State::Counting(counting), Said::Counts { values, .. }) => {
                    let sum = |(sum, value): (&u64, &u64)| sum.wrapping_add(*value);
                    let sums = counting.sums.iter().zip(values).map(sum).collect();
                    if is_last {
                        // The intervals of the counts, and which of them are kept.
                        options.check_room(values.len() as u64 * 48)?;
                        self.end_round(sums, &mut ticker)?;
                        return Ok(true);
                    }
                    counting.sums = sums;
                }
                // `place_of` has refused all else.
                _ => return Err(refusal.error(format!("it {}", reply.name()))),
            }
            self.answered[place] = true;
            Ok(false)
        })?;
        Ok(is_next.then_some(&self.request))
    }

    /// The place of an owner whose answer is expected.
    fn place_of(&self, reply: &Reply) -> Result<usize, Error> {
        let refusal = self.refusal();
        refusal.check(&reply.header, &self.request.header)?;
        let Ok(place) = self.owners.binary_search(&reply.owner) else {
            let name = self.terms.owners.get(reply.owner as usize).map_or("an unknown owner", |name| name);
            return Err(refusal.error(format!("it is from {name}, who is not part of this attempt")));
        };
        let name = &self.terms.owners[reply.owner as usize];
        let is_expected = match (&self.state, &reply.said) {
            (State::Joining { .. }, Said::Key(_)) => true,
            (State::Counting(counting), Said::Counts { round, .. }) => *round as usize == counting.search.round(),
            _ => false,
        };
        if !is_expected {
            return Err(refusal.error(format!("that of {name} {}: it came twice, early or late", reply.name())));
        }
        if self.answered[place] {
            return Err(refusal.error(format!("{name} has answered already: it came twice")));
        }
        if let (State::Counting(counting), Said::Counts { values, .. }) = (&self.state, &reply.said)
            && values.len() != counting.sums.len()
        {
            let (found, right) = (values.len(), counting.sums.len());
            return Err(refusal.error(format!("that of {name} has {found} numbers, not {right}")));
        }
        Ok(place)
    }

    /// Begins a round.
    fn count(&mut self, ask: Ask, counting: Counting) {
        self.answered.fill(false);
        self.past.counts_were_asked = true;
        self.request.ask = ask;
        self.state = State::Counting(Box::new(counting));
    }

    /// Reads the sums of a round, keeps what may be frequent, and asks for what follows from it.
    fn end_round(&mut self, sums: Vec<u64>, ticker: &mut Ticker<'_>) -> Result<(), Error> {
        let refusal = self.refusal();
        let State::Counting(counting) = &self.state else { return Ok(()) };
        let (search, owners) = (&counting.search, self.owners.len());
        let counts = search.counts();
        let (sums, marks) = sums.split_at(counts);
        let mark = |place: usize| marks.get(place).copied().unwrap_or_default();
        let reading = Reading::new(&self.terms, owners, search.round(), counts);
        let mut intervals = Vec::with_capacity(counts);
        for (place, &sum) in sums.iter().enumerate() {
            intervals.extend(reading.interval(sum, mark(place)));
            ticker.check(1)?;
        }
        let pooled = match counting.totals.pooled {
            Some(pooled) => Some(pooled),
            None => reading.baskets(&self.terms, sums[0], mark(0))?,
        };
        let is_within = |all| intervals.iter().all(|&count| reading.is_among(count, all));
        let Some(pooled) = pooled.filter(|pooled| intervals.len() == counts && is_within(pooled.baskets)) else {
            self.state = State::Void;
            let reason = "the masks of the round do not cancel: an owner was asked something else, or answered with \
                          damaged numbers; the round is void";
            return Err(refusal.error(reason));
        };
        // Whether or not the session can go on with them.
        self.past.sums_are_known = true;
        intervals.iter_mut().for_each(|count| *count = pooled.within(*count));
        if let Some(margin) = reading.margin
            && margin >= pooled.min_count.low
        {
            let min_count = pooled.min_count;
            let value = format_args!("which takes sums up to {margin} away, at a min count of {min_count}");
            let allowed = "noise below the threshold: raise epsilon or min_support";
            return Err(Error::invalid_setting("noise", value, allowed));
        }
        let first = if search.round() == 1 { 1 } else { 0 };
        let mut kept: Vec<usize> = (first..counts).filter(|&place| pooled.may_keep(intervals[place])).collect();
        let answer = match first {
            1 => {
                let labels = self.terms.catalogue.labels();
                kept.sort_by(|&a, &b| {
                    let by_count = intervals[b].estimate.cmp(&intervals[a].estimate);
                    by_count.then_with(|| labels[a - 1].cmp(&labels[b - 1]))
                });
                // Items are numbered by a u32.
                Kept::Items(kept.iter().map(|&place| (place - 1) as u32).collect())
            }
            _ => {
                let mut bits = vec![0; counts.div_ceil(8)];
                kept.iter().for_each(|&place| bits[place / 8] |= 1 << (place % 8));
                Kept::Bits(bits)
            }
        };
        let bounds = Bounds { max_len: self.terms.max_len, max_candidates: self.terms.max_candidates };
        let ended = search.end(&answer, bounds, ticker);
        let ended =
            ended.map_err(|error| error.unwrap_or_else(|| refusal.error("its counts contradict each other")))?;
        // Without the sums, which may be large.
        let Counting { search, totals, kept: known, distinct, .. } = &**counting;
        let (search, totals, known) = (search.clone(), totals.clone(), known.clone());
        let mut next = Counting { search, sums: Vec::new(), totals, kept: known, distinct: *distinct };
        if first == 1 {
            next.totals.pooled = Some(pooled);
            next.distinct = intervals[1..].iter().filter(|count| count.high > 0).count() as u64;
            kept.insert(0, 0);
        }
        next.kept[0].extend(kept.iter().map(|&place| sums[place]));
        if !marks.is_empty() {
            next.kept[1].extend(kept.iter().map(|&place| marks[place]));
        }
        next.totals.counts.push(kept.iter().skip(first).map(|&place| intervals[place]).collect());
        // Rounds are numbered by the length of itemsets, below the number of items.
        let round = next.search.round() as u32;
        let is_over = ended.candidates.len() == 0;
        next.search.go_on(ended);
        match is_over {
            true => self.finish(round, answer, next, pooled),
            false => {
                let counting = Counting::new(next.search.clone(), &self.terms, Some(next));
                self.count(Ask::Longer { round: round + 1, kept: answer }, counting);
            }
        }
        Ok(())
    }

    fn finish(&mut self, round: u32, kept: Kept, counting: Counting, pooled: Pooled) {
        let Counting { search, totals, kept: [sums, marks], distinct, .. } = counting;
        let result = PooledItemsets::new(&self.terms, &self.owners, &search, (pooled, distinct), totals.counts);
        self.request.ask = Ask::Finish { round, kept, distinct, sums, marks };
        self.answered.fill(true);
        self.state = State::Finished(Box::new(result));
    }

    /// Begins anew without some owners, who dropped out: with new keys, and from round 1. Nothing of the former attempt
    /// is used. [`missing`](Coordinator::missing) has the owners that did not answer; with no names all take part
    /// again, for a round that is void, or an owner that has lost its state.
    ///
    /// After counts were asked for, the difference between a sum with an owner and the new one without it is its own
    /// count; an answer of it that comes late is enough to know the first. [`Agreement::go_on_after_drop_out`] says
    /// whether the owners allow that.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Message`](crate::ErrorKind::Message) if the session is over, too few owners are left, or the
    /// agreement does not allow to go on; [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting)
    /// for a name that is not in this attempt. The state stays as it was.
    pub fn restart_without<N: AsRef<str>>(&mut self, names: &[N]) -> Result<&Request, Error> {
        let refusal = self.refusal();
        if matches!(self.state, State::Finished(_)) {
            return Err(refusal.error("the session cannot begin anew"));
        }
        let mut left = self.owners.clone();
        for name in names.iter().map(AsRef::as_ref) {
            let Some(place) = left.iter().position(|&owner| self.terms.owners[owner as usize] == name) else {
                let allowed = "names of owners of this attempt, each once";
                return Err(Error::invalid_setting("names", format_args!("{name:?}"), allowed));
            };
            left.remove(place);
        }
        if self.past.sums_are_known && !self.terms.goes_on {
            let reason = "the session cannot begin anew, as sums are known: the difference to new ones would be the \
                          counts of who dropped out, and go_on_after_drop_out of the agreement does not allow it";
            return Err(refusal.error(reason));
        }
        if self.past.counts_were_asked && left.len() < self.owners.len() && !self.terms.goes_on {
            let reason = "the session cannot go on without an owner that was asked for counts: if they came late, the \
                          difference would show them, and go_on_after_drop_out of the agreement does not allow it";
            return Err(refusal.error(reason));
        }
        if left.len() < self.terms.min_owners {
            let (found, least) = (left.len(), self.terms.min_owners);
            let reason = format!("the session cannot begin anew with {found} owners, fewer than min_owners, {least}");
            return Err(refusal.error(reason));
        }
        let Some(attempt) = self.request.header.attempt.checked_add(1) else {
            return Err(Error::too_large("attempts", u32::MAX));
        };
        let header = Header { attempt, ..self.request.header };
        *self = Self::joining(Arc::clone(&self.terms), left, header, self.past);
        Ok(&self.request)
    }
}

impl<T> Coordinator<T> {
    /// What it waits for.
    #[must_use]
    pub fn state(&self) -> CoordinatorState {
        match &self.state {
            State::Joining { .. } => CoordinatorState::Joining,
            // As in the messages.
            State::Counting(counting) => CoordinatorState::Counting { round: counting.search.round() as u32 },
            State::Void => CoordinatorState::Void,
            State::Finished(_) => CoordinatorState::Finished,
        }
    }

    /// What all owners are asked now; when the session is over, what brings the result to them. It is the same for all,
    /// and may be sent to one again if it got lost.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The owners that take part in this attempt.
    #[must_use]
    pub fn owners(&self) -> Vec<String> {
        self.terms.names(&self.owners)
    }

    /// The owners that have not answered the [`request`](Coordinator::request) yet. None if the round is void: it is
    /// not known why.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        match self.state {
            State::Joining { .. } | State::Counting(_) => {
                let missing = self.owners.iter().zip(&self.answered).filter(|(_, answered)| !**answered);
                self.terms.names(&missing.map(|(&owner, _)| owner).collect::<Vec<_>>())
            }
            State::Void | State::Finished(_) => Vec::new(),
        }
    }

    /// The result, once it is there.
    #[must_use]
    pub fn result(&self) -> Option<&PooledItemsets<T>> {
        match &self.state {
            State::Finished(result) => Some(result),
            _ => None,
        }
    }

    fn refusal(&self) -> Refusal {
        Refusal { receiver: "the coordinator".to_string(), expected: self.state().to_string() }
    }
}

impl Counting {
    fn new<T>(search: Search, terms: &Terms<T>, before: Option<Counting>) -> Self {
        let sums = vec![0; terms.values(search.counts())];
        let (totals, kept, distinct) =
            before.map(|before| (before.totals, before.kept, before.distinct)).unwrap_or_default();
        Counting { search, sums, totals, kept, distinct }
    }
}
