//! Whether a controller's cache shows what the controller itself has written. It knows versions, not objects.

use crate::api::Uid;

/// Versions up to which something is known, by kind.
#[derive(Clone, Copy, Debug, Default)]
struct Versions {
    jobs: u64,
    pods: u64,
}

/// What was read, and what was written for which object.
// Models pkg/controller/util/consistency ConsistencyStore
#[derive(Clone, Debug, Default)]
pub struct Consistency {
    read: Versions,
    /// There are few objects, so they are looked for one by one.
    written: Vec<(Uid, Versions)>,
}

impl Consistency {
    pub fn read_job(&mut self, version: u64) {
        self.read.jobs = self.read.jobs.max(version);
    }

    pub fn read_pod(&mut self, version: u64) {
        self.read.pods = self.read.pods.max(version);
    }

    pub fn wrote_job(&mut self, key: Uid, version: u64) {
        self.written(key).jobs = version;
    }

    pub fn wrote_pod(&mut self, key: Uid, version: u64) {
        self.written(key).pods = version;
    }

    /// Whether something that was written for the object has not been read yet.
    pub fn is_behind(&self, key: Uid) -> bool {
        let found = self.written.iter().find(|(known, _)| *known == key);
        found.is_some_and(|(_, written)| written.jobs > self.read.jobs || written.pods > self.read.pods)
    }

    pub fn forget(&mut self, key: Uid) {
        self.written.retain(|(known, _)| *known != key);
    }

    fn written(&mut self, key: Uid) -> &mut Versions {
        let place = self.written.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            self.written.push((key, Versions::default()));
            self.written.len() - 1
        });
        &mut self.written[place].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_behind_until_its_writes_are_read() {
        let mut consistency = Consistency::default();
        consistency.wrote_job(Uid(1), 5);
        consistency.wrote_pod(Uid(1), 7);
        consistency.read_job(9);
        consistency.read_pod(6);
        assert!(consistency.is_behind(Uid(1)) && !consistency.is_behind(Uid(2)));
        consistency.read_pod(8);
        assert!(!consistency.is_behind(Uid(1)));
        consistency.wrote_job(Uid(1), 10);
        assert!(consistency.is_behind(Uid(1)));
        consistency.forget(Uid(1));
        assert!(!consistency.is_behind(Uid(1)));
    }
}
