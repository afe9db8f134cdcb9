//! An owner of baskets, as a state machine.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use x25519_dalek::StaticSecret;

use super::agreement::{Agreement, Terms, hexadecimal};
use super::counts::{Baskets, Release};
use super::masks::{Masks, Seed, Transcript, public};
use super::message::{Ask, Header, Kept, Refusal, Reply, Request, Said};
use super::noise::itemsets_of;
use super::pooled::PooledItemsets;
use super::search::{Bounds, Search};
use super::totals::Reading;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::run_options::RunOptions;
use crate::transactions::{MAX_BASKETS, Transactions};

/// What an [`Owner`] waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OwnerState {
    /// The first request of a session, which asks for its key.
    Invited,
    /// The keys of all owners, which begin round 1.
    Joined,
    /// The next round, or the result, after it answered this round.
    Counted {
        /// The round, from 1.
        round: u32,
    },
    /// Nothing: it has the result.
    Finished,
}

/// What it waits for, in words.
impl fmt::Display for OwnerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OwnerState::Invited => f.write_str("a request for its key"),
            OwnerState::Joined => f.write_str("the keys of all owners, or a new attempt"),
            OwnerState::Counted { round } => write!(f, "round {}, the result or a new attempt", round + 1),
            OwnerState::Finished => f.write_str("nothing more, as it has the result"),
        }
    }
}

/// An owner of baskets in one session: it answers the requests of the [`Coordinator`](super::Coordinator) with masked
/// counts, and gets the result in the end.
///
/// Baskets never leave it. For the protocol see the [module](super). It cannot be cloned: a round is answered once.
pub struct Owner<T> {
    terms: Arc<Terms<T>>,
    /// The number in the agreement, and the name.
    number: u32,
    name: String,
    baskets: Baskets<T>,
    longest_basket: usize,
    seed: Seed,
    /// The session and attempt that it answers.
    header: Option<Header>,
    /// Whether it has answered with counts, in any attempt of this session.
    has_answered: bool,
    /// Whether a sum of this session is known, as it was asked for what follows from one.
    sums_are_known: bool,
    /// The most ε that one basket has spent.
    spent: f64,
    state: State<T>,
}

enum State<T> {
    Invited,
    Joined { owners: Vec<u32>, secret: StaticSecret, key: [u8; 32], transcript: Transcript },
    Counted(Box<Counted>),
    Finished(Box<PooledItemsets<T>>),
}

/// An owner that has answered a round.
#[derive(Clone)]
struct Counted {
    owners: Vec<u32>,
    masks: Masks,
    search: Search,
    transcript: Transcript,
    /// For its users to compare.
    code: String,
}

/// Neither baskets nor keys get into a log.
impl<T> fmt::Debug for Owner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").field("name", &self.name).field("state", &self.state()).finish_non_exhaustive()
    }
}

impl<T: Eq + Hash + Ord + Clone + fmt::Display> Owner<T> {
    /// An owner of the agreement, by its name, with its baskets. Keys and noise are drawn from the system.
    ///
    /// It is for one session, to be kept until that ends: a new one in its place, after a crash, does not know what was
    /// answered before, and draws new noise, which spends ε again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an agreement that cannot be used, a name
    /// that is not in it, fewer baskets than its smallest group, and baskets with more items than its
    /// [noise](super::Noise::per_basket) allows. [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than 2^62
    /// baskets divided by the number of owners. [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system has no
    /// random bytes.
    pub fn new(agreement: &Agreement<T>, name: &str, baskets: Transactions<T>) -> Result<Self, Error> {
        Self::with_seed(agreement, name, baskets, Seed::new()?)
    }

    /// The same with a seed for keys and noise, for tests: who knows the seed can undo both. A seed that is used for
    /// two sessions of different baskets shows their difference.
    ///
    /// # Errors
    ///
    /// As [`new`](Owner::new).
    pub fn from_seed(
        agreement: &Agreement<T>,
        name: &str,
        baskets: Transactions<T>,
        seed: [u8; 32],
    ) -> Result<Self, Error> {
        Self::with_seed(agreement, name, baskets, Seed(seed))
    }

    fn with_seed(agreement: &Agreement<T>, name: &str, baskets: Transactions<T>, seed: Seed) -> Result<Self, Error> {
        let terms = agreement.check()?;
        let Some(number) = terms.owners.iter().position(|owner| owner == name) else {
            let allowed = "the name of an owner in the agreement";
            return Err(Error::invalid_setting("name", format_args!("{name:?}"), allowed));
        };
        if (baskets.len() as u64) < terms.min_group {
            let allowed = "at least min_group of the agreement: an owner with fewer baskets does not take part";
            return Err(Error::invalid_setting("baskets", baskets.len(), allowed));
        }
        // So that no sum of counts and their noise leaves the numbers that stand for sums.
        let most = MAX_BASKETS / 2 / terms.owners.len() as u64;
        if baskets.len() as u64 > most {
            let what = "baskets of an owner, counted with their weights, so that the sum of all owners is a number";
            return Err(Error::too_large(what, most));
        }
        let baskets = Baskets::new(baskets, &terms.catalogue);
        let most = terms.scale.and_then(|scale| scale.longest_basket).unwrap_or(usize::MAX);
        let (longest_basket, longer) = baskets.lengths(most);
        if longer > 0 {
            let value = format_args!("{longer} with more than {most} items of the catalogue");
            let allowed = "baskets within the budget of Noise::per_basket: shorten them, or leave them out";
            return Err(Error::invalid_setting("baskets", value, allowed));
        }
        Ok(Owner {
            // There are at most 65,535 owners.
            number: number as u32,
            name: name.to_string(),
            terms,
            baskets,
            longest_basket,
            seed,
            header: None,
            has_answered: false,
            sums_are_known: false,
            spent: 0.0,
            state: State::Invited,
        })
    }

    /// Answers a request; `None` to one that brings the result.
    ///
    /// A round is answered once: whoever got two answers could compute with their difference. If the answer gets lost
    /// on its way, send the same bytes again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Message`](crate::ErrorKind::Message) for a request that is not expected in this state, or is from
    /// another session, attempt or agreement; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more candidates
    /// than the agreement allows. The state stays as it was.
    ///
    /// # Complexity
    ///
    /// Round 1: the catalogue. Round 2: the pairs in each basket, and 8 bytes for each pair of frequent items. Later: a
    /// step for each candidate and 64 stored rows. All rounds: a mask of 8 bytes for each number and other owner.
    pub fn answer(&mut self, request: &Request) -> Result<Option<Reply>, Error> {
        self.answer_with(request, &RunOptions::new())
    }

    /// As [`answer`](Owner::answer), with options for the run. A call that was ended can be made again.
    ///
    /// # Errors
    ///
    /// As [`answer`](Owner::answer), and those of [`RunOptions`](RunOptions#errors).
    pub fn answer_with(&mut self, request: &Request, options: &RunOptions) -> Result<Option<Reply>, Error> {
        options.run(|control| {
            let mut ticker = Ticker::new(control);
            match &request.ask {
                Ask::Join { owners } => self.join(request, owners).map(Some),
                Ask::Items { keys } => self.first_round(request, keys, options, &mut ticker).map(Some),
                Ask::Longer { round, kept } => self.next_round(request, *round, kept, options, &mut ticker).map(Some),
                Ask::Finish { .. } => self.finish(request, &mut ticker).map(|()| None),
            }
        })
    }

    /// Gives a public key.
    fn join(&mut self, request: &Request, owners: &[u32]) -> Result<Reply, Error> {
        let refusal = self.refusal();
        let header = request.header;
        match (&self.header, &self.state) {
            (_, State::Finished(_)) => return Err(refusal.error(format!("it {}", request.name()))),
            (None, _) => {
                let own = Header { fingerprint: self.terms.fingerprint, ..header };
                refusal.check(&header, &own)?;
            }
            (Some(former), state) => {
                refusal.check(&header, &Header { attempt: header.attempt, ..*former })?;
                if header.attempt <= former.attempt {
                    return Err(refusal.error(format!("it {} of attempt {}", request.name(), header.attempt)));
                }
                if self.sums_are_known && !self.terms.goes_on {
                    return Err(refusal.error(
                        "it begins anew after sums are known, which would show the counts of an owner that dropped \
                         out; go_on_after_drop_out of the agreement does not allow it",
                    ));
                }
                // Ascending.
                let before = match state {
                    State::Joined { owners, .. } => &owners[..],
                    State::Counted(counted) => &counted.owners,
                    State::Invited | State::Finished(_) => owners,
                };
                if !owners.iter().all(|owner| before.binary_search(owner).is_ok()) {
                    return Err(refusal.error("it has owners that were not there before"));
                }
                if self.has_answered && owners.len() < before.len() && !self.terms.goes_on {
                    return Err(refusal.error(
                        "it begins anew without an owner that was asked for counts, which would show them if they \
                         came late; go_on_after_drop_out of the agreement does not allow it",
                    ));
                }
            }
        }
        let in_order = owners.is_sorted_by(|a, b| a < b);
        if !in_order || owners.last().is_none_or(|&last| last as usize >= self.terms.owners.len()) {
            return Err(refusal.error("its owners are not those of the agreement, in their order"));
        }
        if owners.len() < self.terms.min_owners {
            let (found, least) = (owners.len(), self.terms.min_owners);
            return Err(refusal.error(format!("it has {found} owners, fewer than min_owners, {least}")));
        }
        if owners.binary_search(&self.number).is_err() {
            return Err(refusal.error("this owner is not part of it"));
        }
        let secret = self.seed.secret(&header)?;
        let key = public(&secret);
        let reply = self.reply(header, Said::Key(key));
        self.header = Some(header);
        self.state =
            State::Joined { owners: owners.to_vec(), secret, key, transcript: Transcript::default().after(request) };
        Ok(reply)
    }

    /// Counts the baskets and the items of the catalogue.
    fn first_round(
        &mut self,
        request: &Request,
        keys: &[[u8; 32]],
        options: &RunOptions,
        ticker: &mut Ticker<'_>,
    ) -> Result<Reply, Error> {
        let refusal = self.refusal();
        let State::Joined { owners, secret, key, transcript } = &self.state else {
            return Err(refusal.error(format!("it {}: it came twice, early or late", request.name())));
        };
        let header = self.current(request, &refusal)?;
        let own = owners.iter().position(|&owner| owner == self.number).unwrap_or_default();
        if keys.len() != owners.len() || keys.get(own) != Some(key) {
            return Err(refusal.error("its keys are not those of the owners: this owner's is not at its place"));
        }
        let mut sorted = keys.to_vec();
        sorted.sort_unstable();
        let Some(masks) = Masks::new(secret, own, keys, &header).filter(|_| sorted.is_sorted_by(|a, b| a < b)) else {
            return Err(refusal.error("a key is there twice, or is no key"));
        };
        let transcript = transcript.after(request);
        let code = hexadecimal(&Sha256::digest(transcript.0)[..16]);
        let search = Search::new(self.terms.catalogue.len());
        let counted = Counted { owners: owners.clone(), masks, search, transcript, code };
        self.counted(header, counted, options, ticker)
    }

    /// Counts the candidates that follow from what is kept.
    fn next_round(
        &mut self,
        request: &Request,
        round: u32,
        kept: &Kept,
        options: &RunOptions,
        ticker: &mut Ticker<'_>,
    ) -> Result<Reply, Error> {
        let refusal = self.refusal();
        let counted = self.before(request, round.checked_sub(1), &refusal)?;
        let header = self.current(request, &refusal)?;
        let mut next = counted.clone();
        let ended = next.search.end(kept, self.bounds(), ticker);
        let ended = ended.map_err(|error| error.unwrap_or_else(|| refusal.error(NOT_KEPT)))?;
        if ended.candidates.len() == 0 {
            return Err(refusal.error("it asks for candidates where none are left"));
        }
        next.search.go_on(ended);
        next.transcript = counted.transcript.after(request);
        self.counted(header, next, options, ticker)
    }

    /// Counts, adds noise, masks, and goes on to the next state.
    fn counted(
        &mut self,
        header: Header,
        counted: Counted,
        options: &RunOptions,
        ticker: &mut Ticker<'_>,
    ) -> Result<Reply, Error> {
        let Counted { search, masks, transcript, .. } = &counted;
        let round = search.round();
        // Counts and marks twice while they are made, and the tree of candidates.
        options.check_room(search.counts() as u64 * (32 + 20 + 8 * round as u64))?;
        let counts = self.baskets.count(search, ticker)?;
        let release = Release { min_group: self.terms.min_group, scale: self.terms.scale };
        let mut values = release.of(&counts, &mut self.seed.noise(&header, round, *transcript)?, ticker)?;
        masks.mask(*transcript, &mut values, ticker)?;
        // Rounds are numbered by the length of itemsets, below the number of items.
        let said = Said::Counts { round: round as u32, values };
        let is_told_again = round == 1 && self.has_answered;
        self.has_answered = true;
        self.sums_are_known |= round > 1;
        if let Some(scale) = self.terms.scale.filter(|_| !is_told_again) {
            // The itemsets of a length that the longest basket has, and in round 1 the number of baskets.
            let of_basket = itemsets_of(self.longest_basket, round).saturating_add(u128::from(round == 1));
            self.spent += scale.epsilon() * of_basket.min(search.counts() as u128) as f64;
        }
        let reply = self.reply(header, said);
        self.state = State::Counted(Box::new(counted));
        Ok(reply)
    }

    /// Takes the result.
    fn finish(&mut self, request: &Request, ticker: &mut Ticker<'_>) -> Result<(), Error> {
        let refusal = self.refusal();
        let Ask::Finish { round, kept, distinct, sums, marks } = &request.ask else {
            return Err(refusal.error("it brings no result"));
        };
        let counted = self.before(request, Some(*round), &refusal)?;
        self.current(request, &refusal)?;
        let mut search = counted.search.clone();
        // No more candidates are made.
        let bounds = Bounds { max_len: 0, ..self.bounds() };
        let ended = search.end(kept, bounds, ticker);
        let ended = ended.map_err(|error| error.unwrap_or_else(|| refusal.error(NOT_KEPT)))?;
        search.go_on(ended);
        let kept: usize = search.levels.iter().map(|level| level.len()).sum();
        if sums.len() != kept + 1 || marks.len() != if self.terms.has_marks() { kept + 1 } else { 0 } {
            return Err(refusal.error(format!(
                "it has {} sums and {} marks for {} counts",
                sums.len(),
                marks.len(),
                kept + 1
            )));
        }
        let impossible = || refusal.error("a sum can be no sum of counts");
        let mark = |place: usize| marks.get(place).copied().unwrap_or_default();
        let first = Reading::new(&self.terms, counted.owners.len(), 1, search.counted[0]);
        let pooled = first.baskets(&self.terms, sums[0], mark(0))?.ok_or_else(impossible)?;
        let mut counts = Vec::with_capacity(search.levels.len());
        let mut place = 1;
        for (round, (level, &numbers)) in (1..).zip(search.levels.iter().zip(&search.counted)) {
            let reading = Reading::new(&self.terms, counted.owners.len(), round, numbers);
            let of_level = place..place + level.len();
            place = of_level.end;
            let interval = |place| reading.interval(sums[place], mark(place)).map(|count| pooled.within(count));
            counts.push(of_level.map(interval).collect::<Option<_>>().ok_or_else(impossible)?);
            ticker.check(8 * level.len())?;
        }
        let result = PooledItemsets::new(&self.terms, &counted.owners, &search, (pooled, *distinct), counts);
        self.state = State::Finished(Box::new(result));
        Ok(())
    }

    /// The state after a round, if that is this one.
    fn before(&self, request: &Request, round: Option<u32>, refusal: &Refusal) -> Result<&Counted, Error> {
        match &self.state {
            State::Counted(counted) if round.map(|round| round as usize) == Some(counted.search.round()) => Ok(counted),
            _ => Err(refusal.error(format!("it {}: it came twice, early or late", request.name()))),
        }
    }

    /// The header of a request that belongs to this attempt.
    fn current(&self, request: &Request, refusal: &Refusal) -> Result<Header, Error> {
        let expected = self.header.unwrap_or(request.header);
        refusal.check(&request.header, &expected)?;
        Ok(expected)
    }
}

/// What is wrong with a request whose candidates do not fit.
const NOT_KEPT: &str = "what it keeps does not fit the candidates of the round before";

impl<T> Owner<T> {
    /// What it waits for.
    #[must_use]
    pub fn state(&self) -> OwnerState {
        match &self.state {
            State::Invited => OwnerState::Invited,
            State::Joined { .. } => OwnerState::Joined,
            // As in the messages.
            State::Counted(counted) => OwnerState::Counted { round: counted.search.round() as u32 },
            State::Finished(_) => OwnerState::Finished,
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

    /// 32 hexadecimal digits that stand for the keys of all owners, while rounds go on. If they are the same for all
    /// owners, who compare all of them by telephone for example, no one between them has exchanged a key.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &self.state {
            State::Counted(counted) => Some(&counted.code),
            _ => None,
        }
    }

    /// The distinct items of its baskets that are not in the catalogue, and are not counted.
    #[must_use]
    pub fn unlisted_items(&self) -> usize
    where
        T: Eq + Hash,
    {
        self.baskets.unlisted()
    }

    /// The ε of all counts so far that its longest basket can be in, an upper bound for every basket; 0 without noise.
    /// It depends on the baskets: it is for their owner alone. It is that of this session, and adds up over sessions
    /// with the same baskets. Round 1 of a new attempt has the same noise again, and spends nothing.
    #[must_use]
    pub fn epsilon_spent(&self) -> f64 {
        self.spent
    }

    /// Its baskets.
    #[must_use]
    pub fn transactions(&self) -> &Transactions<T> {
        &self.baskets.transactions
    }

    fn bounds(&self) -> Bounds {
        Bounds { max_len: self.terms.max_len, max_candidates: self.terms.max_candidates }
    }

    fn reply(&self, header: Header, said: Said) -> Reply {
        Reply { header, owner: self.number, said }
    }

    fn refusal(&self) -> Refusal {
        Refusal { receiver: format!("owner {}", self.name), expected: self.state().to_string() }
    }
}
