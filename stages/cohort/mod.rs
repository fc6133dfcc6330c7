//! The synthetic study that the program carries with it.

use crate::contract::StageError;

/// Makes the synthetic study's tables from a seed: each file's name and bytes.
pub fn simulate(_seed: u64) -> Result<Vec<(String, Vec<u8>)>, StageError> {
    Err(StageError::Failed { code: "not_built", message: "the synthetic cohort is not built yet".into() })
}
