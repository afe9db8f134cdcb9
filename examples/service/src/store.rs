//! The sales, on disk: stored whole and synced before anybody is told, or not at all.
//!
//! One file of [redb]. A write that fails, as on a full disk, leaves what was there, and the file is opened anew.

mod records;
mod tables;

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Range;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata};

pub use records::{Forgotten, Outcome, Sale, Submission};
use records::{KeyRecord, SaleRecord, fingerprint};
use tables::{FORGOTTEN, META, SALES, Tables};

/// Bytes of the file that redb keeps in memory.
const CACHE: usize = 32 << 20;

/// How long a write waits for those who read, before the file is opened anew.
const READERS_END: Duration = Duration::from_secs(5);

/// Why nothing was stored, or read.
#[derive(Debug)]
pub enum StoreError {
    /// The disk is full.
    Full,
    /// Anything else.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Full => f.write_str("the disk is full"),
            StoreError::Failed(reason) => f.write_str(reason),
        }
    }
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        match error.into() {
            redb::Error::Io(error) if is_full(&error) => StoreError::Full,
            error => StoreError::Failed(error.to_string()),
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// The sales that were posted, and who is forgotten.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    /// None after a write that failed, until it is opened anew.
    database: Mutex<Option<Arc<Database>>>,
}

/// All that is stored, at one moment.
#[derive(Debug, Default)]
pub struct Replayed {
    /// Customers whose baskets of the base data do not count.
    pub forgotten: HashSet<String>,
    /// Sales that were stored and customers forgotten, since the store was made.
    pub changes: u64,
    /// Sales.
    pub sales: u64,
}

/// What is written at once.
#[derive(Debug)]
pub enum Change {
    /// Sales of some keys, which differ.
    Add(Vec<Submission>),
    /// A customer is forgotten; and whether the base data have baskets of theirs.
    Forget(String, bool),
}

impl Store {
    /// Opens the store of a folder, or makes one.
    ///
    /// # Errors
    ///
    /// If that cannot be done, as when another service has it open.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let in_folder = |error: &dyn std::fmt::Display| format!("store {}: {error}", folder.display());
        fs::create_dir_all(folder).map_err(|error| in_folder(&error))?;
        let path = folder.join("sales.redb");
        let database = open(&path).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => in_folder(&"another service has it open"),
            error => in_folder(&error),
        })?;
        Ok(Store { path, database: Mutex::new(Some(Arc::new(database))) })
    }

    /// Bytes of the file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.path.metadata().map_or(0, |metadata| metadata.len())
    }

    /// Writes some changes in one transaction, and syncs it. Each has its own outcome; an error is that of all.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] if the disk is full. Nothing was changed then.
    pub fn write(&self, changes: &[Change]) -> Result<Vec<Outcome>, StoreError> {
        let database = self.database()?;
        let written = write(&database, changes);
        drop(database);
        if written.is_err() {
            // After an error of the disk redb refuses all that follows, to keep what is on the disk consistent.
            self.close();
        }
        written
    }

    /// Reads all sales, in the order in which they were stored, at one moment.
    ///
    /// # Errors
    ///
    /// If reading fails, or `each` says so.
    pub fn read(&self, mut each: impl FnMut(Sale) -> Result<(), String>) -> Result<Replayed, StoreError> {
        let database = self.database()?;
        let transaction = database.begin_read()?;
        let changes = transaction.open_table(META)?.get("changes")?.map_or(0, |changes| changes.value());
        let mut replayed = Replayed { changes, ..Replayed::default() };
        for entry in transaction.open_table(FORGOTTEN)?.iter()? {
            replayed.forgotten.insert(entry?.0.value().to_string());
        }
        for entry in transaction.open_table(SALES)?.iter()? {
            let record = SaleRecord::from_bytes(entry?.1.value()).map_err(StoreError::Failed)?;
            replayed.sales += 1;
            each(record.into_sale()).map_err(StoreError::Failed)?;
        }
        Ok(replayed)
    }

    /// How much was changed since the store was made.
    ///
    /// # Errors
    ///
    /// If reading fails.
    pub fn changes(&self) -> Result<u64, StoreError> {
        let transaction = self.database()?.begin_read()?;
        Ok(transaction.open_table(META)?.get("changes")?.map_or(0, |changes| changes.value()))
    }

    /// Sales.
    ///
    /// # Errors
    ///
    /// If reading fails.
    pub fn len(&self) -> Result<u64, StoreError> {
        Ok(self.database()?.begin_read()?.open_table(SALES)?.len()?)
    }

    /// What is open, or is opened again.
    fn database(&self) -> Result<Arc<Database>, StoreError> {
        let mut held = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(Arc::new(open(&self.path)?));
        }
        held.clone().ok_or_else(|| StoreError::Failed("not open".to_string()))
    }

    /// Closes it, when those who read have ended: they are told to by redb, which refuses to read on.
    fn close(&self) {
        let mut held = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut database) = held.take() else { return };
        let begun = Instant::now();
        loop {
            match Arc::try_unwrap(database) {
                Ok(last) => return drop(last),
                Err(shared) if begun.elapsed() > READERS_END => {
                    *held = Some(shared);
                    return;
                }
                Err(shared) => {
                    database = shared;
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
        }
    }
}

fn open(path: &Path) -> Result<Database, redb::DatabaseError> {
    // redb panics at some damage, such as a file that ends early.
    let damaged = |_| {
        let advice = "the file is damaged; put back a copy of it, or move it away".to_string();
        Err(redb::DatabaseError::Storage(redb::StorageError::Corrupted(advice)))
    };
    catch_unwind(|| open_or_make(path)).unwrap_or_else(damaged)
}

fn open_or_make(path: &Path) -> Result<Database, redb::DatabaseError> {
    let database = Database::builder().set_cache_size(CACHE).create(path)?;
    // So that whoever reads finds the tables.
    let made = || -> Result<(), redb::Error> {
        let missing = database.begin_read()?.open_table(SALES).is_err();
        if missing {
            let transaction = database.begin_write()?;
            Tables::open(&transaction)?;
            transaction.commit()?;
        }
        Ok(())
    };
    match made() {
        Ok(()) => Ok(database),
        Err(redb::Error::Io(error)) => Err(redb::DatabaseError::Storage(redb::StorageError::Io(error))),
        Err(error) => Err(redb::DatabaseError::Storage(redb::StorageError::Corrupted(error.to_string()))),
    }
}

fn write(database: &Database, changes: &[Change]) -> Result<Vec<Outcome>, StoreError> {
    let transaction = database.begin_write()?;
    let outcomes = {
        let mut tables = Tables::open(&transaction)?;
        changes.iter().map(|change| tables.apply(change)).collect::<Result<Vec<_>, StoreError>>()?
    };
    // Nothing to sync if all was there before.
    match outcomes.iter().any(Outcome::is_change) {
        true => transaction.commit()?,
        false => transaction.abort()?,
    }
    Ok(outcomes)
}

impl Tables<'_> {
    fn apply(&mut self, change: &Change) -> Result<Outcome, StoreError> {
        match change {
            Change::Add(submissions) => self.add_all(submissions),
            Change::Forget(customer, in_base) => self.forget(customer, *in_base),
        }
    }

    /// Stores the sales of keys that are not known, unless one of the known ones stands for other sales.
    fn add_all(&mut self, submissions: &[Submission]) -> Result<Outcome, StoreError> {
        let mut known = Vec::with_capacity(submissions.len());
        for submission in submissions {
            let record = self.key(&submission.key)?;
            if record.and_then(|record| record.print).is_some_and(|print| print != fingerprint(&submission.sales)) {
                return Ok(Outcome::Conflict);
            }
            known.push(record);
        }
        let stored = submissions.iter().zip(known).map(|(submission, known)| match known {
            Some(record) => Ok((record.ids(), false)),
            None => self.add(submission).map(|ids| (ids, true)),
        });
        Ok(Outcome::Stored(stored.collect::<Result<_, StoreError>>()?))
    }

    fn key(&self, key: &str) -> Result<Option<KeyRecord>, StoreError> {
        let bytes = self.keys.get(key)?;
        bytes.map(|bytes| KeyRecord::from_bytes(bytes.value()).map_err(StoreError::Failed)).transpose()
    }

    /// Stores the sales of a new key.
    fn add(&mut self, submission: &Submission) -> Result<Range<u64>, StoreError> {
        let first = self.number("next")?;
        for (id, sale) in (first..).zip(&submission.sales) {
            let record = SaleRecord::new(sale, &submission.key);
            self.sales.insert(id, record.to_bytes().as_slice())?;
            if let Some(customer) = &sale.customer {
                self.customers.insert(customer.as_str(), id)?;
            }
        }
        let len = submission.sales.len() as u64;
        let record = KeyRecord { first, len, print: Some(fingerprint(&submission.sales)) };
        self.keys.insert(submission.key.as_str(), record.to_bytes().as_slice())?;
        self.add_to("next", len)?;
        self.add_to("changes", len)?;
        Ok(record.ids())
    }

    /// Removes the sales of a customer. Their keys stay known, so that a late repeat does not bring the sales back, but
    /// nothing tells any more what they were about.
    fn forget(&mut self, customer: &str, in_base: bool) -> Result<Outcome, StoreError> {
        let ids: Vec<u64> =
            self.customers.remove_all(customer)?.map(|id| Ok(id?.value())).collect::<Result<_, redb::Error>>()?;
        let mut sales = Vec::with_capacity(ids.len());
        for id in ids {
            let record = self.sales.remove(id)?.map(|record| SaleRecord::from_bytes(record.value()));
            let Some(record) = record.transpose().map_err(StoreError::Failed)? else { continue };
            if let Some(key) = self.key(&record.key)? {
                let blank = KeyRecord { print: None, ..key };
                self.keys.insert(record.key.as_str(), blank.to_bytes().as_slice())?;
            }
            sales.push(record.into_sale());
        }
        let base = in_base && self.forgotten.insert(customer, ())?.is_none();
        if base || !sales.is_empty() {
            self.add_to("changes", 1)?;
        }
        Ok(Outcome::Forgotten(Forgotten { sales, base }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use proptest::prelude::*;

    use super::*;

    fn sale(customer: Option<&str>, items: &[&str]) -> Sale {
        Sale { customer: customer.map(str::to_string), items: items.iter().map(|item| item.to_string()).collect() }
    }

    fn add(key: &str, sales: Vec<Sale>) -> Change {
        Change::Add(vec![Submission { key: key.to_string(), sales }])
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        for key in 0..100 {
            store.write(&[add(&key.to_string(), vec![sale(Some("7"), &["beer", "chips"])])]).unwrap();
        }
        drop(store);
        let file = folder.path().join("sales.redb");
        let whole = fs::read(&file).unwrap();
        let damaged =
            [b"no store".to_vec(), vec![0; whole.len()], whole[..whole.len() / 2].to_vec(), whole[..100].to_vec()];
        for bytes in damaged {
            fs::write(&file, bytes).unwrap();
            assert!(Store::open(folder.path()).is_err());
        }
        fs::write(&file, whole).unwrap();
        assert_eq!(Store::open(folder.path()).unwrap().len().unwrap(), 100);
    }

    #[test]
    fn a_key_counts_once_and_a_customer_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let beer = || vec![sale(Some("7"), &["beer", "chips"]), sale(None, &["wipes"])];
        let outcomes =
            store.write(&[add("a", beer()), add("a", beer()), add("a", vec![sale(None, &["wine"])])]).unwrap();
        assert!(matches!(&outcomes[0], Outcome::Stored(ids) if ids[..] == [(0..2, true)]), "{outcomes:?}");
        assert!(matches!(&outcomes[1], Outcome::Stored(ids) if ids[..] == [(0..2, false)]), "{outcomes:?}");
        assert!(matches!(&outcomes[2], Outcome::Conflict), "{outcomes:?}");
        assert!(Store::open(folder.path()).unwrap_err().contains("another service"));
        drop(store);

        let store = Store::open(folder.path()).unwrap();
        assert_eq!((store.len().unwrap(), store.changes().unwrap()), (2, 2));
        let outcomes = store.write(&[Change::Forget("7".to_string(), true)]).unwrap();
        assert!(matches!(&outcomes[0], Outcome::Forgotten(gone) if gone.base && gone.sales == beer()[..1]));
        let mut left = Vec::new();
        let replayed = store
            .read(|sale| {
                left.push(sale);
                Ok(())
            })
            .unwrap();
        assert_eq!((left, replayed.changes, replayed.sales), (beer()[1..].to_vec(), 3, 1));
        assert!(replayed.forgotten.contains("7"));
        // The key is used up, whatever comes with it.
        let again = store.write(&[add("a", vec![sale(Some("7"), &["beer"])])]).unwrap();
        assert!(matches!(&again[0], Outcome::Stored(ids) if ids[..] == [(0..2, false)]));
        assert!(matches!(&store.write(&[Change::Forget("7".to_string(), true)]).unwrap()[0],
            Outcome::Forgotten(gone) if !gone.base && gone.sales.is_empty()));
    }

    /// What a store says, without a disk: each key once, each customer's sales gone when they are.
    #[derive(Debug, Default)]
    struct Plain {
        keys: HashMap<String, (Vec<Sale>, Range<u64>, bool)>,
        sales: BTreeMap<u64, Sale>,
        next: u64,
    }

    impl Plain {
        /// What an addition says; none for a conflict.
        fn add(&mut self, submissions: &[Submission]) -> Option<Vec<(Range<u64>, bool)>> {
            let conflicts = |Submission { key, sales }: &Submission| {
                self.keys.get(key).is_some_and(|(known, _, forgotten)| !forgotten && known != sales)
            };
            if submissions.iter().any(conflicts) {
                return None;
            }
            let add = |Submission { key, sales }: &Submission| {
                if let Some((_, ids, _)) = self.keys.get(key) {
                    return (ids.clone(), false);
                }
                let ids = self.next..self.next + sales.len() as u64;
                self.next = ids.end;
                self.sales.extend(ids.clone().zip(sales.iter().cloned()));
                self.keys.insert(key.clone(), (sales.clone(), ids.clone(), false));
                (ids, true)
            };
            Some(submissions.iter().map(add).collect())
        }

        fn forget(&mut self, customer: &str) -> Vec<Sale> {
            let of = |sale: &Sale| sale.customer.as_deref() == Some(customer);
            let gone: Vec<u64> = self.sales.iter().filter(|(_, sale)| of(sale)).map(|(&id, _)| id).collect();
            for (_, ids, forgotten) in self.keys.values_mut() {
                *forgotten |= gone.iter().any(|id| ids.contains(id));
            }
            gone.into_iter().filter_map(|id| self.sales.remove(&id)).collect()
        }
    }

    fn sales() -> impl Strategy<Value = Vec<Sale>> {
        let customer = proptest::option::of(proptest::sample::select(vec!["7", "8"]));
        let items = proptest::collection::btree_set(proptest::sample::select(vec!["a", "b", "c"]), 1..3);
        let sale = (customer, items).prop_map(|(of, items)| sale(of, &items.into_iter().collect::<Vec<_>>()));
        proptest::collection::vec(sale, 1..3)
    }

    fn changes() -> impl Strategy<Value = Vec<Change>> {
        let one = (0..6u8, sales()).prop_map(|(key, sales)| Submission { key: key.to_string(), sales });
        let several = proptest::collection::vec(one, 1..3).prop_map(|mut several| {
            several.sort_by(|a, b| a.key.cmp(&b.key));
            several.dedup_by(|a, b| a.key == b.key);
            Change::Add(several)
        });
        let forget = proptest::sample::select(vec!["7", "8"]).prop_map(|of| Change::Forget(of.to_string(), false));
        proptest::collection::vec(prop_oneof![4 => several, 1 => forget], 1..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_says_what_a_plain_one_says(groups in proptest::collection::vec(changes(), 1..6)) {
            let folder = tempfile::tempdir().unwrap();
            let mut plain = Plain::default();
            for group in groups {
                // Opened anew each time: what was written is on the disk.
                let store = Store::open(folder.path()).unwrap();
                for (change, outcome) in group.iter().zip(store.write(&group).unwrap()) {
                    match (change, outcome) {
                        (Change::Add(all), Outcome::Stored(stored)) => prop_assert_eq!(plain.add(all), Some(stored)),
                        (Change::Add(all), Outcome::Conflict) => prop_assert_eq!(plain.add(all), None),
                        (Change::Forget(of, _), Outcome::Forgotten(gone)) => prop_assert_eq!(plain.forget(of), gone.sales),
                        (change, outcome) => prop_assert!(false, "{change:?} {outcome:?}"),
                    }
                }
                let mut read = Vec::new();
                store.read(|sale| { read.push(sale); Ok(()) }).unwrap();
                prop_assert_eq!(read, plain.sales.values().cloned().collect::<Vec<_>>());
                prop_assert_eq!(store.len().unwrap(), plain.sales.len() as u64);
            }
        }
    }
}
