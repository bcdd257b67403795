//! The ground of the simulation: time and time zones, the agenda of what happens when, and seeded random numbers.
//! It knows nothing of Kubernetes.

mod agenda;
mod chunks;
mod gather;
mod hash;
mod number;
mod random;
mod time;
mod zone;
pub mod zone_data;

pub use agenda::Agenda;
pub use chunks::Chunks;
pub use gather::gather;
pub use hash::stable_hash;
pub use number::parse_decimal;
pub use random::{Random, mix, text_number};
pub use time::{SECOND_MS, Time, go_duration};
pub use zone::{LocalTime, Zone};
