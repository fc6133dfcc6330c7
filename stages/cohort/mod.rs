//! The synthetic study that the program carries with it.
