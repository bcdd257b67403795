//! What a controller has done and waits to see in its cache. Until then it must not act on what it sees there.

use crate::api::Uid;
use crate::sim::Time;
use std::collections::{BTreeMap, BTreeSet};

/// After this long an expectation counts as met: the event was missed.
const TIMEOUT_MS: i64 = 300_000;

/// How many creations and deletions are awaited, by key.
// Models pkg/controller/controller_utils.go ControllerExpectations
#[derive(Clone, Debug)]
pub struct Expectations<K> {
    by_key: BTreeMap<K, Awaited>,
}

#[derive(Clone, Copy, Debug)]
struct Awaited {
    creations: i64,
    deletions: i64,
    since: Time,
}

impl<K> Default for Expectations<K> {
    fn default() -> Self {
        Self { by_key: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Expectations<K> {
    /// From now on awaits `creations` and `deletions`, whatever was awaited before.
    pub fn expect(&mut self, key: K, creations: i64, deletions: i64, now: Time) {
        self.by_key.insert(key, Awaited { creations, deletions, since: now });
    }

    pub fn creation_observed(&mut self, key: &K) {
        if let Some(awaited) = self.by_key.get_mut(key) {
            awaited.creations -= 1;
        }
    }

    pub fn deletion_observed(&mut self, key: &K) {
        if let Some(awaited) = self.by_key.get_mut(key) {
            awaited.deletions -= 1;
        }
    }

    /// What is still awaited; `None` when nothing is, or for so long that it no longer counts.
    pub fn pending(&self, key: &K, now: Time) -> Option<(i64, i64)> {
        let awaited = self.by_key.get(key)?;
        let met = awaited.creations <= 0 && awaited.deletions <= 0;
        let expired = now.ms_since(awaited.since) > TIMEOUT_MS;
        (!met && !expired).then_some((awaited.creations.max(0), awaited.deletions.max(0)))
    }

    pub fn forget(&mut self, key: &K) {
        self.by_key.remove(key);
    }
}

/// Which pods are awaited to show up without their tracking finalizer, by key.
// Models pkg/controller/job/tracking_utils.go uidTrackingExpectations
#[derive(Clone, Debug)]
pub struct RemovalExpectations<K> {
    by_key: BTreeMap<K, BTreeSet<Uid>>,
}

impl<K> Default for RemovalExpectations<K> {
    fn default() -> Self {
        Self { by_key: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> RemovalExpectations<K> {
    pub fn expect(&mut self, key: K, uids: impl IntoIterator<Item = Uid>) {
        self.by_key.entry(key).or_default().extend(uids);
    }

    pub fn observed(&mut self, key: &K, uid: Uid) {
        if let Some(uids) = self.by_key.get_mut(key) {
            uids.remove(&uid);
        }
    }

    /// The pods whose removal was sent but not seen yet.
    pub fn awaited(&self, key: &K) -> BTreeSet<Uid> {
        self.by_key.get(key).cloned().unwrap_or_default()
    }

    pub fn forget(&mut self, key: &K) {
        self.by_key.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_met_by_observing_or_by_time() {
        let at = Time::from_epoch_ms;
        let mut expectations = Expectations::default();
        assert_eq!(expectations.pending(&"job", at(0)), None);
        expectations.expect("job", 2, 0, at(0));
        expectations.creation_observed(&"job");
        assert_eq!(expectations.pending(&"job", at(0)), Some((1, 0)));
        assert_eq!(expectations.pending(&"job", at(TIMEOUT_MS)), Some((1, 0)));
        assert_eq!(expectations.pending(&"job", at(TIMEOUT_MS + 1)), None);
        expectations.creation_observed(&"job");
        assert_eq!(expectations.pending(&"job", at(0)), None);
    }

    #[test]
    fn removals_are_awaited_by_identity() {
        let mut removals = RemovalExpectations::default();
        removals.expect("job", [Uid(1), Uid(2)]);
        removals.observed(&"job", Uid(1));
        removals.observed(&"other", Uid(2));
        assert_eq!(removals.awaited(&"job"), BTreeSet::from([Uid(2)]));
        removals.forget(&"job");
        assert!(removals.awaited(&"job").is_empty());
    }
}
