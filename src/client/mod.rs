//! What controllers are built from: work queues and expectations. They know keys and times, not objects.

mod expectations;
mod work_queue;

pub use expectations::{Expectations, RemovalExpectations};
pub use work_queue::{Retry, WorkQueue};
