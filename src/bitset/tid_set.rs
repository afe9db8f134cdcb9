//! x
/// x
pub struct TidSet;
