//! What kubectl prints, as it prints it. Knows the objects of the API; knows nothing of clusters or pages.

pub mod duration;
pub mod get;
pub mod pod_status;
pub mod table;
