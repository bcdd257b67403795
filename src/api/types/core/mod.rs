//! The wire types of the core API group.

mod container;
mod pod;
mod service;
mod status;
mod volume;

pub use container::*;
pub use pod::*;
pub use service::*;
pub use status::*;
pub use volume::*;
