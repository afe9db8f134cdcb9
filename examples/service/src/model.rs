//! What is mined, and answers until the next one takes its place.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use itemset::recommend::{Policy, Recommender};
use itemset::snapshot::{Snapshot, SnapshotReader};
use itemset::{CancelToken, FrequentItemsets, Miner, Rules, RunOptions, Transactions};

use crate::data::{BaseData, identity};
use crate::hash::Hash;
use crate::settings::Settings;
use crate::store::Store;

/// The policies that need nothing but rules. A recommender of each is small, so requests may choose.
pub const POLICIES: [Policy; 5] =
    [Policy::BestConfidence, Policy::BestLift, Policy::BestSignificant, Policy::Evidence, Policy::NoisyOr];

/// Itemsets, rules and recommenders of some baskets. It never changes.
#[derive(Debug)]
pub struct Model {
    /// Which of the models of this process it is, from 1.
    pub version: u64,
    /// When it was mined, in seconds since 1970.
    pub mined_at: u64,
    /// The changes of the store that it knows.
    pub changes: u64,
    /// All frequent itemsets.
    pub itemsets: FrequentItemsets<String>,
    /// Rules with one item on the right side, in the canonical order.
    pub rules: Rules<String>,
    recommenders: Vec<Recommender<String>>,
}

impl Model {
    /// Mines the base data and the sales of the store, as they are now.
    ///
    /// # Errors
    ///
    /// If a limit of the settings is reached, the store cannot be read, or the token cancels.
    pub fn mine(base: &BaseData, store: &Store, limits: &Limits<'_>) -> Result<Mined, String> {
        let settings = limits.settings;
        let (baskets, changes) = gather(base, store, limits)?;
        let miner = Miner::new()
            .min_support(settings.min_support)
            .min_confidence(settings.min_confidence)
            .max_len(settings.max_len)
            .max_itemsets(settings.max_itemsets)
            .run_options(limits.options()?);
        let itemsets = miner.mine(&baskets).map_err(|error| error.to_string())?;
        let rules = miner.run_options(limits.options()?).rules_of(&itemsets).map_err(|error| error.to_string())?;
        let mined_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        Ok(Mined { model: Model::new(itemsets, rules, (mined_at, changes), limits)?, baskets })
    }

    fn new(
        itemsets: FrequentItemsets<String>,
        rules: Rules<String>,
        (mined_at, changes): (u64, u64),
        limits: &Limits<'_>,
    ) -> Result<Self, String> {
        let recommender = |policy: Policy| {
            let builder = rules.recommender().policy(policy).fill(true).run_options(&limits.options()?);
            builder.build().map_err(|error| error.to_string())
        };
        let recommenders = POLICIES.into_iter().map(recommender).collect::<Result<_, String>>()?;
        Ok(Model { version: 0, mined_at, changes, itemsets, rules, recommenders })
    }

    /// The recommender of a policy, if there is one.
    #[must_use]
    pub fn recommender(&self, policy: Policy) -> Option<&Recommender<String>> {
        POLICIES.iter().position(|&known| known == policy).and_then(|place| self.recommenders.get(place))
    }
}

/// The baskets that count now, and the changes of the store that are in them.
fn gather(base: &BaseData, store: &Store, limits: &Limits<'_>) -> Result<(Transactions<String>, u64), String> {
    // Base baskets come after those of the store, when it is known who is forgotten. Their order changes no result.
    let mut builder = Transactions::builder();
    let replayed = store.read(|sale| {
        builder.push_borrowed(sale.items.iter().map(String::as_str));
        limits.time_left().map(drop)
    });
    let replayed = replayed.map_err(|error| format!("store: {error}"))?;
    for basket in base.without(&replayed.forgotten) {
        limits.time_left()?;
        builder.push_borrowed(basket.iter().map(String::as_str));
    }
    Ok((builder.build().map_err(|error| error.to_string())?, replayed.changes))
}

/// A model, and the baskets that it was mined from.
#[derive(Debug)]
pub struct Mined {
    /// The model.
    pub model: Model,
    /// The baskets.
    pub baskets: Transactions<String>,
}

/// The limits of all calls of a refresh together.
#[derive(Debug)]
pub struct Limits<'s> {
    settings: &'s Settings,
    token: &'s CancelToken,
    begun: Instant,
}

impl<'s> Limits<'s> {
    /// Of a refresh that begins now.
    #[must_use]
    pub fn new(settings: &'s Settings, token: &'s CancelToken) -> Self {
        Limits { settings, token, begun: Instant::now() }
    }

    /// The options of the next call, with the time that is left.
    ///
    /// # Errors
    ///
    /// If there is none left.
    pub fn options(&self) -> Result<RunOptions, String> {
        Ok(RunOptions::new()
            .threads(self.settings.refresh_threads)
            .max_memory(self.settings.refresh_max_memory)
            .time_limit(self.time_left()?)
            .cancel_token(self.token))
    }

    /// The time that is left.
    fn time_left(&self) -> Result<Duration, String> {
        if self.token.is_cancelled() {
            return Err("cancelled".to_string());
        }
        let limit = Duration::from_secs(self.settings.refresh_time_limit_seconds);
        match limit.checked_sub(self.begun.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => Ok(left),
            None => Err(format!("refresh_time_limit_seconds: not done after {} s", limit.as_secs())),
        }
    }
}

/// The file of the model, in the folder of the store. Its name tells what it was mined from: settings and base data as
/// one number, the changes of the store and the time as others. So a file fits, or is of no use, before it is read.
#[derive(Debug)]
pub struct SnapshotFolder {
    folder: PathBuf,
    prefix: String,
}

const ENDING: &str = ".snapshot";

impl SnapshotFolder {
    /// Of these settings.
    ///
    /// # Errors
    ///
    /// If the file of the data cannot be looked at.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let Settings { min_support, min_confidence, max_len, .. } = settings;
        let mut hash = Hash::new();
        // Another release may mine other rules, and make another sample.
        hash.add(env!("CARGO_PKG_VERSION"));
        hash.add(&format!("{min_support} {min_confidence} {max_len}"));
        hash.add(&identity(settings)?);
        Ok(SnapshotFolder { folder: settings.store.clone(), prefix: format!("model-{:016x}-", hash.value()) })
    }

    /// Removes what was being written when the service was killed: it may tell of customers who are forgotten since.
    /// The folder is one service's, so nobody else is writing.
    pub fn tidy(&self) {
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(".model-") && name.ends_with(".tmp") {
                // One that stays is in nobody's way.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Writes a model, whole or not at all, and removes older ones.
    ///
    /// # Errors
    ///
    /// If it cannot be written; the older one is still there then.
    pub fn write(&self, model: &Model) -> Result<(), String> {
        let name = format!("{}{}-{}{ENDING}", self.prefix, model.changes, model.mined_at);
        let snapshot = Snapshot::new().itemsets(&model.itemsets).rules(&model.rules);
        snapshot.write_file(self.folder.join(&name)).map_err(|error| format!("snapshot: {error}"))?;
        for (path, _) in self.files("model-") {
            if path.file_name().is_some_and(|other| other != name.as_str()) {
                // One that stays is in nobody's way.
                let _ = std::fs::remove_file(path);
            }
        }
        Ok(())
    }

    /// The newest model that fits settings and data, and is not ahead of the store; and what was wrong with others.
    #[must_use]
    pub fn read(&self, settings: &Settings, changes: u64) -> (Option<Model>, Vec<String>) {
        let mut faults = Vec::new();
        let mut files = self.files(&self.prefix);
        files.retain(|&(_, (known, _))| known <= changes);
        files.sort_by_key(|&(_, of)| std::cmp::Reverse(of));
        for (path, of) in files {
            match read_model(&path, of, settings) {
                Ok(model) => return (Some(model), faults),
                Err(error) => faults.push(format!("{}: {error}", path.display())),
            }
        }
        (None, faults)
    }

    /// The snapshots whose names begin so, with the numbers in their names.
    fn files(&self, prefix: &str) -> Vec<(PathBuf, (u64, u64))> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let numbered = entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let numbers = name.strip_prefix(prefix)?.strip_suffix(ENDING)?;
            let mut numbers = numbers.rsplit('-');
            let mined_at = numbers.next()?.parse().ok()?;
            let changes = numbers.next()?.parse().ok()?;
            Some((entry.path(), (changes, mined_at)))
        });
        numbered.collect()
    }
}

fn read_model(path: &Path, (changes, mined_at): (u64, u64), settings: &Settings) -> Result<Model, String> {
    let stored = SnapshotReader::open(path).map_err(|error| error.to_string())?;
    let itemsets = stored.itemsets().map_err(|error| error.to_string())?;
    let rules = stored.rules().map_err(|error| error.to_string())?;
    let token = CancelToken::new();
    Model::new(itemsets, rules, (mined_at, changes), &Limits::new(settings, &token))
}
