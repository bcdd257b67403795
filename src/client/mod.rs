//! What controllers are built from: work queues and expectations. They know keys and times, not objects.

mod consistency;
mod expectations;
mod work_queue;

pub use consistency::Consistency;
pub use expectations::{Expectations, RemovalExpectations};
pub use work_queue::{Retry, WorkQueue};
