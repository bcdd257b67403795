//! A short text that stands for a whole trace: equal traces have equal digests, natively and in a browser. It grows with
//! the trace, entry by entry, and knows nothing of what the entries mean.

use super::{Cluster, TraceEntry};
use crate::sim::stable_hash;

impl Cluster {
    /// The digest of the trace so far.
    pub fn digest(&self) -> String {
        let Digest { state, entries } = self.recorder.digest;
        format!("{state:016x}-{entries}")
    }
}

/// The digest of the entries that were added.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Digest {
    state: u64,
    entries: u64,
}

impl Digest {
    pub(super) fn add(&mut self, entry: &TraceEntry) {
        self.state = stable_hash(self.state, entry);
        self.entries += 1;
    }
}
