//! The world: it owns the API server, the controllers and the nodes, and moves them along one agenda.

mod command;
mod history;
mod scenario;
mod trace;

pub use command::{Command, TimedCommand};
pub use history::PodRecord;
pub use scenario::{NodeSettings, Scenario};
pub use trace::{TraceEntry, TraceEvent};
