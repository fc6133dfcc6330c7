//! Stages of the user's own: commands with declared inputs and outputs, kept under keys like any other stage.
//!
//! Such a stage is a node like the program's own: it has slots, tables, settings and files, and nothing that decides,
//! stores, compares or draws knows the difference. Only its running differs ([`run`]): a process in a clean folder
//! instead of a function. The program's stages that use its tables read them beside their own inputs ([`beside`]).

mod beside;
mod check;
mod csv;
mod names;
mod node;
pub mod params;
mod process;
mod run;
mod short;
mod table;
mod timeout;
mod watch;
mod weave;
mod work;
mod wrong;

pub use check::check;
pub use node::{FILE, Own};
pub use params::Params;
pub use run::{Around, run};
pub use weave::{cyclic, weave};
