//! A node of the cluster.

use super::ObjectMeta;

/// A node, as far as pods feel it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub meta: ObjectMeta,
    /// How many pods it has room for.
    pub pods_capacity: u32,
}
