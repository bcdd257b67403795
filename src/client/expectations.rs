//! What a controller has done and waits to see in its cache. Until then it must not act on what it sees there.

use crate::api::Uid;
use crate::sim::Time;
use std::collections::{BTreeMap, BTreeSet};

/// After this long an expectation counts as met: the event was missed.
const TIMEOUT_MS: i64 = 300_000;

/// How many creations and deletions are awaited, by the object's uid.
// Models pkg/controller/controller_utils.go ControllerExpectations
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    by_key: BTreeMap<Uid, Awaited>,
}

#[derive(Clone, Copy, Debug)]
struct Awaited {
    creations: i64,
    deletions: i64,
    since: Time,
}

impl Expectations {
    /// From now on awaits `creations` and `deletions`, whatever was awaited before.
    pub fn expect(&mut self, key: Uid, creations: i64, deletions: i64, now: Time) {
        self.by_key.insert(key, Awaited { creations, deletions, since: now });
    }

    pub fn creation_observed(&mut self, key: Uid) {
        if let Some(awaited) = self.by_key.get_mut(&key) {
            awaited.creations -= 1;
        }
    }

    pub fn deletion_observed(&mut self, key: Uid) {
        if let Some(awaited) = self.by_key.get_mut(&key) {
            awaited.deletions -= 1;
        }
    }

    /// What is still awaited; `None` when nothing is, or for so long that it no longer counts.
    pub fn pending(&self, key: Uid, now: Time) -> Option<(i64, i64)> {
        let awaited = self.by_key.get(&key)?;
        let met = awaited.creations <= 0 && awaited.deletions <= 0;
        let expired = now.ms_since(awaited.since) > TIMEOUT_MS;
        (!met && !expired).then_some((awaited.creations.max(0), awaited.deletions.max(0)))
    }

    pub fn forget(&mut self, key: Uid) {
        self.by_key.remove(&key);
    }
}

/// Which pods are awaited to show up without their tracking finalizer, by the object's uid.
// Models pkg/controller/job/tracking_utils.go uidTrackingExpectations
#[derive(Clone, Debug, Default)]
pub struct RemovalExpectations {
    by_key: BTreeMap<Uid, BTreeSet<Uid>>,
}

impl RemovalExpectations {
    pub fn expect(&mut self, key: Uid, uids: impl IntoIterator<Item = Uid>) {
        self.by_key.entry(key).or_default().extend(uids);
    }

    pub fn observed(&mut self, key: Uid, uid: Uid) {
        if let Some(uids) = self.by_key.get_mut(&key) {
            uids.remove(&uid);
        }
    }

    /// The pods whose removal was sent but not seen yet.
    pub fn awaited(&self, key: Uid) -> BTreeSet<Uid> {
        self.by_key.get(&key).cloned().unwrap_or_default()
    }

    pub fn forget(&mut self, key: Uid) {
        self.by_key.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: Uid = Uid(50);

    #[test]
    fn expectations_are_met_by_observing_or_by_time() {
        let at = Time::from_epoch_ms;
        let mut expectations = Expectations::default();
        assert_eq!(expectations.pending(JOB, at(0)), None);
        expectations.expect(JOB, 2, 0, at(0));
        expectations.creation_observed(JOB);
        assert_eq!(expectations.pending(JOB, at(0)), Some((1, 0)));
        assert_eq!(expectations.pending(JOB, at(TIMEOUT_MS)), Some((1, 0)));
        assert_eq!(expectations.pending(JOB, at(TIMEOUT_MS + 1)), None);
        expectations.creation_observed(JOB);
        assert_eq!(expectations.pending(JOB, at(0)), None);
    }

    #[test]
    fn removals_are_awaited_by_identity() {
        let mut removals = RemovalExpectations::default();
        removals.expect(JOB, [Uid(1), Uid(2)]);
        removals.observed(JOB, Uid(1));
        removals.observed(Uid(99), Uid(2));
        assert_eq!(removals.awaited(JOB), BTreeSet::from([Uid(2)]));
        removals.forget(JOB);
        assert!(removals.awaited(JOB).is_empty());
    }
}
