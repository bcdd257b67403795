//! A short text that stands for a whole trace: equal traces have equal digests, natively and in a browser.

use super::Cluster;
use crate::sim::{mix, text_number};
use std::fmt::Write;

impl Cluster {
    /// The digest of the trace so far.
    pub fn digest(&self) -> String {
        let mut line = String::new();
        let (mut forward, mut count) = (0_u64, 0_u64);
        for entry in self.trace() {
            line.clear();
            // Writing to a text cannot fail.
            let _ = write!(line, "{} {:?}", entry.at.epoch_ms(), entry.event);
            forward = mix(forward ^ text_number(&line));
            count += 1;
        }
        format!("{forward:016x}-{count}")
    }
}
