//! What a controller has done and waits to see in its cache. Until then it must not act on what it sees there.

use crate::api::Uid;
use crate::sim::Time;
use std::collections::BTreeSet;

/// After this long an expectation counts as met: the event was missed.
const TIMEOUT_MS: i64 = 300_000;

/// How many creations and deletions are awaited, by the object's uid.
// Models pkg/controller/controller_utils.go ControllerExpectations
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// There are few objects, so they are looked for one by one.
    awaited: Vec<(Uid, Awaited)>,
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
        self.forget(key);
        self.awaited.push((key, Awaited { creations, deletions, since: now }));
    }

    pub fn creation_observed(&mut self, key: Uid) {
        if let Some(awaited) = self.of(key) {
            awaited.creations -= 1;
        }
    }

    pub fn deletion_observed(&mut self, key: Uid) {
        if let Some(awaited) = self.of(key) {
            awaited.deletions -= 1;
        }
    }

    /// What is still awaited; `None` when nothing is, or for so long that it no longer counts.
    pub fn pending(&self, key: Uid, now: Time) -> Option<(i64, i64)> {
        let (_, awaited) = self.awaited.iter().find(|(known, _)| *known == key)?;
        let met = awaited.creations <= 0 && awaited.deletions <= 0;
        let expired = now.ms_since(awaited.since) > TIMEOUT_MS;
        (!met && !expired).then_some((awaited.creations.max(0), awaited.deletions.max(0)))
    }

    pub fn forget(&mut self, key: Uid) {
        self.awaited.retain(|(known, _)| *known != key);
    }

    fn of(&mut self, key: Uid) -> Option<&mut Awaited> {
        self.awaited.iter_mut().find(|(known, _)| *known == key).map(|(_, awaited)| awaited)
    }
}

/// Which pods are awaited to show up without their tracking finalizer, by the object's uid.
// Models pkg/controller/job/tracking_utils.go uidTrackingExpectations
#[derive(Clone, Debug, Default)]
pub struct RemovalExpectations {
    awaited: Vec<(Uid, BTreeSet<Uid>)>,
}

impl RemovalExpectations {
    pub fn expect(&mut self, key: Uid, uids: impl IntoIterator<Item = Uid>) {
        let mut awaited = self.awaited(key);
        awaited.extend(uids);
        self.forget(key);
        self.awaited.push((key, awaited));
    }

    pub fn observed(&mut self, key: Uid, uid: Uid) {
        if let Some((_, uids)) = self.awaited.iter_mut().find(|(known, _)| *known == key) {
            uids.remove(&uid);
        }
    }

    /// The pods whose removal was sent but not seen yet.
    pub fn awaited(&self, key: Uid) -> BTreeSet<Uid> {
        let found = self.awaited.iter().find(|(known, _)| *known == key);
        found.map(|(_, uids)| uids.clone()).unwrap_or_default()
    }

    pub fn forget(&mut self, key: Uid) {
        self.awaited.retain(|(known, _)| *known != key);
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
