//! The columns of a longitudinal export of REDCap: a row a record and event, and one more for each repeat of an
//! instrument. Every row has the columns of every instrument, empty where they are another's.

/// The header of the events.
pub const EVENT: &str = "redcap_event_name";
/// The header of the instrument that a row repeats; empty in the rows of instruments that are not repeated.
pub const REPEATED: &str = "redcap_repeat_instrument";
