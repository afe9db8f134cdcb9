//! The engines that find all frequent itemsets.

pub(crate) mod apriori;
pub(crate) mod auto;
pub(crate) mod choice;
pub(crate) mod eclat;
pub(crate) mod fp_growth;
