//! The words every room shares: what a stage is, what a table is, what a finding and a problem are.
//!
//! Nothing here knows a method of statistics or a file of the study. It holds what two rooms would otherwise have to
//! agree on in prose.

pub mod about;
pub mod delimited;
pub mod fingerprint;
pub mod finding;
pub mod one_or_many;
pub mod predictor;
pub mod problem;
pub mod quantity;
pub mod refit;
pub mod schema;
pub mod slots;
pub mod stage;
pub mod suggest;
pub mod table;
pub mod vocabulary;

pub use about::{About, AboutOwn, AboutSource, AboutStage};
pub use finding::{Finding, Severity};
pub use one_or_many::OneOrMany;
pub use predictor::Predictor;
pub use problem::{Place, Problem, StageError};
pub use refit::{Effect, Refit, Specification};
pub use slots::{Artifact, Document, FromSlots, IntoSlots, Slot, SlotError, SourceFile, SourceRequest, Supply};
pub use stage::{Progress, Silent, Stage, StageContext};
pub use table::{Metadata, Table, TableError};
pub use vocabulary::Vocabulary;
