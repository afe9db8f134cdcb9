//! The tables of the store.

use redb::{MultimapTable, MultimapTableDefinition, ReadableTable, Table, TableDefinition, WriteTransaction};

/// Sales by number.
pub(super) const SALES: TableDefinition<u64, &[u8]> = TableDefinition::new("sales");
/// What each key was used for.
pub(super) const KEYS: TableDefinition<&str, &[u8]> = TableDefinition::new("keys");
/// The sales of each customer.
pub(super) const CUSTOMERS: MultimapTableDefinition<&str, u64> = MultimapTableDefinition::new("customers");
/// Customers of the base data that are forgotten.
pub(super) const FORGOTTEN: TableDefinition<&str, ()> = TableDefinition::new("forgotten");
/// The number of the next sale, and how much was changed.
pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");

/// All tables, to write.
pub(super) struct Tables<'t> {
    pub(super) sales: Table<'t, u64, &'static [u8]>,
    pub(super) keys: Table<'t, &'static str, &'static [u8]>,
    pub(super) customers: MultimapTable<'t, &'static str, u64>,
    pub(super) forgotten: Table<'t, &'static str, ()>,
    meta: Table<'t, &'static str, u64>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::TableError> {
        Ok(Tables {
            sales: transaction.open_table(SALES)?,
            keys: transaction.open_table(KEYS)?,
            customers: transaction.open_multimap_table(CUSTOMERS)?,
            forgotten: transaction.open_table(FORGOTTEN)?,
            meta: transaction.open_table(META)?,
        })
    }

    pub(super) fn number(&self, name: &str) -> Result<u64, redb::StorageError> {
        Ok(self.meta.get(name)?.map_or(0, |number| number.value()))
    }

    pub(super) fn add_to(&mut self, name: &str, more: u64) -> Result<(), redb::StorageError> {
        let sum = self.number(name)? + more;
        self.meta.insert(name, sum)?;
        Ok(())
    }
}
