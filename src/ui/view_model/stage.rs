//! The stage: lanes with pods, seats, places, strikes and waits. Plain data made from the cluster; however many pods
//! there are, only a bounded number of tiles comes out of it.

use super::pods::{self, PodLook, PodTile};
use super::wanted::{Wanted, failed_indexes, wanted};
use super::why::index_wait;
use crate::api::job::PodReplacementPolicy;
use crate::api::{Job, JobConditionType, PodPhase, RestartPolicy, Uid};
use crate::cluster::{Cluster, PodRecord};
use crate::sim::Time;
use crate::ui::words::{self, countdown, grouped, spelled, tries};
use std::rc::Rc;

/// How many pods keep a tile beside the dots.
const TILES_BESIDE_DOTS: usize = 12;
/// More ended pods than this stay in the order of their creation.
const MOST_SORTED: u64 = 80;
/// More dots than this are not drawn: then each stands for several pods.
const MOST_DOTS: u64 = 2_000;
/// A `backoffLimit` above this is told in words only.
const MOST_STRIKES: i32 = 12;

/// All of the stage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// Whose it is.
    pub job: Option<Uid>,
    pub lanes: Vec<Lane>,
}

/// The lanes, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaneKind {
    ToCreate,
    Pending,
    Running,
    Succeeded,
    Failed,
    Terminating,
}

impl LaneKind {
    /// Up to how many places the tiles of this lane are large, of middle size, and small; beyond, most pods become dots.
    fn room(self) -> [u64; 3] {
        match self {
            Self::ToCreate => [4, 12, 27],
            Self::Pending => [5, 16, 33],
            Self::Running => [10, 24, 55],
            Self::Succeeded => [15, 40, 77],
            Self::Failed => [8, 15, 32],
            Self::Terminating => [12, 36, 80],
        }
    }

    pub fn heading(self) -> &'static str {
        match self {
            Self::ToCreate => "To create",
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Terminating => "Terminating",
        }
    }
}

/// One lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub kind: LaneKind,
    /// `3 of 5 seats`.
    pub count: String,
    pub size: TileSize,
    pub tiles: Vec<PodTile>,
    /// Free seats (or places), drawn behind the tiles.
    pub free: u64,
    /// So many of the free seats are those of pods that are pending.
    pub kept: u64,
    pub dots: Option<Dots>,
    pub wait: Option<Wait>,
    pub strikes: Option<Strikes>,
    pub note: String,
}

/// How large the tiles of a lane are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileSize {
    Large,
    Middle,
    Small,
}

/// Pods (and places) that are too many for tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dots {
    pub filled: u64,
    pub places: u64,
    /// How many pods a dot stands for.
    pub pods_each: u64,
    pub columns: u64,
    /// For each filled dot the pod, or the first of its pods.
    pub pods: Rc<[(Uid, Rc<str>)]>,
    /// The place of the selected pod's dot, from 0.
    pub chosen: Option<usize>,
}

/// A back-off that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    pub left: String,
}

/// Failures against `backoffLimit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strikes {
    pub struck: u32,
    pub of: u32,
}

/// The stage of one Job. A Job that is gone leaves its counts.
pub fn stage(cluster: &Cluster, job: Option<Uid>, selected: Option<Uid>) -> Stage {
    let Some(job) = job.and_then(|uid| cluster.job_last_seen(uid)) else {
        return Stage { job: None, lanes: empty_lanes() };
    };
    let sorted = Sorted::of(cluster, job.meta.uid);
    let scene = Scene { cluster, job, selected, wanted: wanted(job), sorted };
    let mut lanes = vec![scene.to_create(), scene.pending(), scene.running(), scene.succeeded(), scene.failed()];
    // Once a pod was on its way out its lane stays until the Job has ended, so that nothing jumps meanwhile.
    let was_there = scene.sorted.any_stopped && !job.is_finished();
    if was_there || scene.sorted.len(PodLook::Terminating) > 0 {
        lanes.push(scene.plain(LaneKind::Terminating, &[PodLook::Terminating]));
    }
    Stage { job: Some(job.meta.uid), lanes }
}

/// The pods of a Job that are still there, by how they look; in each the order in which they got there.
struct Sorted<'a> {
    by_look: [Vec<&'a PodRecord>; PodLook::COUNT],
    /// Whether any pod of the Job, also one that is gone, was told to stop before it had ended.
    any_stopped: bool,
}

impl<'a> Sorted<'a> {
    fn of(cluster: &'a Cluster, job: Uid) -> Self {
        let mut by_look: [Vec<&PodRecord>; PodLook::COUNT] = Default::default();
        let mut any_stopped = false;
        for record in cluster.history().of_job(job) {
            any_stopped |= was_stopped(record);
            if record.gone_at.is_none() {
                by_look[pods::look(record) as usize].push(record);
            }
        }
        for look in [PodLook::Succeeded, PodLook::Failed] {
            let ended = &mut by_look[look as usize];
            if ended.len() as u64 <= MOST_SORTED {
                sort(ended, |record| (record.ended_at, record.uid));
            }
        }
        Self { by_look, any_stopped }
    }

    fn len(&self, look: PodLook) -> u64 {
        self.get(look).len() as u64
    }

    fn get(&self, look: PodLook) -> &[&'a PodRecord] {
        &self.by_look[look as usize]
    }
}

/// One sort for all orders: each kind of sort takes its room in the page.
fn sort(records: &mut [&PodRecord], key: fn(&PodRecord) -> (Option<Time>, Uid)) {
    records.sort_unstable_by_key(|record| key(record));
}

/// What all lanes are made from.
struct Scene<'a> {
    cluster: &'a Cluster,
    job: &'a Job,
    selected: Option<Uid>,
    wanted: Wanted,
    sorted: Sorted<'a>,
}

impl Scene<'_> {
    fn to_create(&self) -> Lane {
        let there =
            self.sorted.len(PodLook::Pending) + self.sorted.len(PodLook::Running) + self.sorted.len(PodLook::CrashLoop);
        // Until the controller has seen that a pod has ended, it misses none.
        let missing = unsigned(self.wanted.active).saturating_sub(there.max(unsigned(self.job.status.active)));
        let now = self.cluster.now();
        let backoff = self.cluster.job_queue(self.job.meta.uid).backoff.map(|backoff| backoff.until.ms_since(now));
        let of_index = || index_wait(self.cluster, self.job.meta.uid).map(|wait| wait.left_ms);
        let left_ms = backoff.or_else(of_index).filter(|left_ms| *left_ms > 0 && missing > 0);
        let wait = left_ms.map(|left_ms| Wait { left: countdown(left_ms) });
        let mut lane = self.lane(LaneKind::ToCreate, &[], missing);
        lane.count = grouped(missing);
        lane.wait = wait;
        lane
    }

    fn pending(&self) -> Lane {
        let mut lane = self.plain(LaneKind::Pending, &[PodLook::Pending]);
        let pending = self.sorted.get(PodLook::Pending);
        // Of several the one that has waited longest tells.
        let note = pending.first().map_or("", |record| match record.waiting.as_ref().map_or("", |reason| reason) {
            _ if record.node.is_none() => "no node yet",
            reason if pods::lacks_image(reason) => "no such image",
            "PodInitializing" => "initializing",
            _ => "pulling image",
        });
        lane.note = note.to_owned();
        lane
    }

    fn running(&self) -> Lane {
        let seats = unsigned(self.job.spec.parallelism);
        let mut lane = self.lane(LaneKind::Running, &[PodLook::Running, PodLook::CrashLoop], seats);
        let running = self.sorted.len(PodLook::Running) + self.sorted.len(PodLook::CrashLoop);
        lane.kept = self.sorted.len(PodLook::Pending).min(lane.free);
        lane.count = match seats {
            ..10 => format!("{} {}", share(running, seats), words::plural(seats, "seat")),
            10.. => share(running, seats),
        };
        lane.note = match seats {
            0 => "parallelism 0: no seats".to_owned(),
            1 => "parallelism 1: one seat".to_owned(),
            _ => format!("parallelism {seats}: {} seats", spelled(seats)),
        };
        lane
    }

    fn succeeded(&self) -> Lane {
        let there = self.sorted.len(PodLook::Succeeded);
        let Some(completions) = self.job.spec.completions.map(unsigned) else {
            let mut lane = self.plain(LaneKind::Succeeded, &[PodLook::Succeeded]);
            lane.note = "completions unset: one success, and the rest may end".to_owned();
            return lane;
        };
        let gone = unsigned(self.job.status.succeeded).saturating_sub(there);
        let mut lane = self.lane(LaneKind::Succeeded, &[PodLook::Succeeded], completions.saturating_sub(gone));
        lane.count = share(there + gone, completions);
        lane.note = match completions {
            1 => "completions 1: one place".to_owned(),
            _ => format!("completions {completions}: {} places", spelled(completions)),
        };
        lane
    }

    fn failed(&self) -> Lane {
        let mut lane = self.plain(LaneKind::Failed, &[PodLook::Failed]);
        // Failed pods that were deleted since count too.
        let counted = self.sorted.len(PodLook::Failed).max(unsigned(self.job.status.failed));
        lane.count = grouped(counted);
        let deleted = self.deleted_since(counted);
        if let Some(limit) = self.job.spec.backoff_limit_per_index {
            lane.note = format!("{deleted}backoffLimitPerIndex {limit}: {} per index", tries(limit));
            lane.note.push_str(&self.index_limit_note());
            return lane;
        }
        let limit = self.job.spec.backoff_limit;
        let struck = self.struck();
        lane.strikes = (1..=MOST_STRIKES).contains(&limit).then(|| Strikes {
            struck: u32::try_from(struck).unwrap_or(u32::MAX),
            of: u32::try_from(limit).unwrap_or(0),
        });
        lane.note = deleted + &self.failed_note(limit, struck);
        lane
    }

    /// How many of the failed pods have no tile because they were deleted, with what stands before the rest of the note.
    fn deleted_since(&self, counted: u64) -> String {
        // Unless they are awaited, pods on their way out count as failed already.
        let leaving = match self.job.spec.pod_replacement_policy {
            Some(PodReplacementPolicy::Failed) => 0,
            Some(PodReplacementPolicy::TerminatingOrFailed) | None => self.sorted.len(PodLook::Terminating),
        };
        match counted.saturating_sub(self.sorted.len(PodLook::Failed) + leaving) {
            0 => String::new(),
            1 if counted == 1 => "its pod was deleted; ".to_owned(),
            all if all == counted => "all of them deleted; ".to_owned(),
            some => format!("{} of them deleted; ", grouped(some)),
        }
    }

    /// What counts against the limit: failed pods, but not those that were stopped and are not counted; or restarts.
    fn struck(&self) -> u64 {
        let was_stopped = |pod: &PodRecord| pod.deletion_asked_at.is_some_and(|asked| pod.ended_at >= Some(asked));
        let failed = self.sorted.get(PodLook::Failed).iter().filter(|pod| !was_stopped(pod)).count() as u64;
        let failed = failed.max(unsigned(self.job.status.failed));
        if self.job.spec.template.restart_policy != RestartPolicy::OnFailure {
            return failed;
        }
        failed.max(self.restarts())
    }

    /// Restarts in place: of the pods that still run, and of a Job that has failed also of those that were stopped.
    fn restarts(&self) -> u64 {
        let has_failed = [JobConditionType::Failed, JobConditionType::FailureTarget];
        let has_failed = has_failed.into_iter().any(|kind| self.job.has_condition(kind));
        let pods = self.cluster.history().of_job(self.job.meta.uid);
        let counted = pods.filter(|pod| pod.ended_at.is_none() || (has_failed && pod.phase == PodPhase::Failed));
        counted.map(|pod| unsigned(pod.restarts)).sum()
    }

    /// Whether no failure changes anything any more.
    fn is_decided(&self) -> bool {
        let ending = [JobConditionType::FailureTarget, JobConditionType::SuccessCriteriaMet];
        let is_ending = ending.into_iter().any(|kind| self.job.has_condition(kind));
        is_ending || self.job.is_finished() || self.job.meta.deletion_time.is_some()
    }

    /// How many more indexes may fail, if that is limited; with what parts it from the sentence before.
    fn index_limit_note(&self) -> String {
        let Some(most) = self.job.spec.max_failed_indexes else { return String::new() };
        if self.is_decided() {
            return format!("; maxFailedIndexes {most}");
        }
        let left = unsigned(most.saturating_add(1).saturating_sub(failed_indexes(self.job)).max(1));
        format!("; maxFailedIndexes {most}: the Job fails with {} more", spelled(left))
    }

    fn failed_note(&self, limit: i32, struck: u64) -> String {
        if limit == i32::MAX {
            return "no back-off limit".to_owned();
        }
        if self.is_decided() {
            return format!("backoffLimit {limit}");
        }
        let restarts_count = self.job.spec.template.restart_policy == RestartPolicy::OnFailure;
        let struck = if restarts_count { self.restarts() } else { struck };
        // Restarts may reach the limit, failed pods must exceed it.
        let over = unsigned(limit) + u64::from(!restarts_count);
        let left = over.max(1).saturating_sub(struck);
        let what = if restarts_count { "restart" } else { "failure" };
        match left {
            0 => format!("backoffLimit {limit} is used up"),
            _ => {
                format!("backoffLimit {limit}: the Job fails with {} more {}", spelled(left), words::plural(left, what))
            }
        }
    }

    /// A lane without seats of its own.
    fn plain(&self, kind: LaneKind, looks: &[PodLook]) -> Lane {
        self.lane(kind, looks, 0)
    }

    fn lane(&self, kind: LaneKind, looks: &[PodLook], places: u64) -> Lane {
        let there: u64 = looks.iter().map(|look| self.sorted.len(*look)).sum();
        let (size, most_tiles) = fit(kind, there.max(places));
        let mut records: Vec<&PodRecord> = looks.iter().flat_map(|look| self.sorted.get(*look)).copied().collect();
        if looks.iter().filter(|look| self.sorted.len(**look) > 0).count() > 1 {
            sort(&mut records, |record| (None, record.uid));
        }
        let job = &*self.job.meta.name;
        let tiles = records
            .iter()
            .take(most_tiles.unwrap_or(TILES_BESIDE_DOTS))
            .map(|record| pods::tile(self.cluster, record, job, self.selected))
            .collect();
        let dense = most_tiles.is_none();
        Lane {
            kind,
            count: grouped(there),
            size,
            tiles,
            free: if dense { 0 } else { places.saturating_sub(there) },
            kept: 0,
            dots: dense.then(|| dots(&records, there.max(places), self.selected)),
            wait: None,
            strikes: None,
            note: String::new(),
        }
    }
}

/// How large the tiles are, and how many there are; `None`: some, beside dots.
fn fit(kind: LaneKind, places: u64) -> (TileSize, Option<usize>) {
    let [large, middle, small] = kind.room();
    match places {
        _ if places <= large => (TileSize::Large, Some(large as usize)),
        _ if places <= middle => (TileSize::Middle, Some(middle as usize)),
        _ if places <= small => (TileSize::Small, Some(small as usize)),
        _ => (TileSize::Small, None),
    }
}

fn dots(records: &[&PodRecord], places: u64, selected: Option<Uid>) -> Dots {
    let pods_each = places.div_ceil(MOST_DOTS).max(1);
    let places_drawn = places.div_ceil(pods_each);
    let columns = match places_drawn {
        0..=600 => 20,
        601..=1_200 => 28,
        1_201.. => 40,
    };
    let filled = (records.len() as u64).div_ceil(pods_each);
    let firsts = records.iter().step_by(pods_each as usize);
    let pods = firsts.map(|record| (record.uid, record.name.clone())).collect();
    let chosen = selected.and_then(|uid| records.iter().position(|record| record.uid == uid));
    let chosen = chosen.map(|place| place / pods_each as usize);
    Dots { filled, places: places_drawn, pods_each, columns, pods, chosen }
}

fn was_stopped(record: &PodRecord) -> bool {
    record.deletion_asked_at.is_some_and(|asked_at| record.ended_at.is_none_or(|ended_at| ended_at >= asked_at))
}

fn empty_lanes() -> Vec<Lane> {
    let kinds = [LaneKind::ToCreate, LaneKind::Pending, LaneKind::Running, LaneKind::Succeeded, LaneKind::Failed];
    let lane = |kind| Lane {
        kind,
        count: "0".to_owned(),
        size: TileSize::Large,
        tiles: Vec::new(),
        free: 0,
        kept: 0,
        dots: None,
        wait: None,
        strikes: None,
        note: String::new(),
    };
    kinds.into_iter().map(lane).collect()
}

/// `3 of 5`, and closer together where numbers are long.
fn share(number: u64, of: u64) -> String {
    if of < 1_000 { format!("{number} of {of}") } else { format!("{}/{}", grouped(number), grouped(of)) }
}

fn unsigned(number: i32) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{RUN_START, Scenario, gallery};

    fn scene(cluster: &Cluster) -> Stage {
        let job = cluster.api().jobs().next().map(|job| job.meta.uid);
        let gone = || cluster.history().pods().next().map(|record| record.job);
        stage(cluster, job.or_else(gone), None)
    }

    fn lane(stage: &Stage, kind: LaneKind) -> &Lane {
        stage.lanes.iter().find(|lane| lane.kind == kind).expect("all lanes are there")
    }

    fn at(scenario: Scenario, seconds: i64) -> Cluster {
        let mut cluster = Cluster::new(scenario).expect("a good scenario");
        cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
        cluster
    }

    #[test]
    fn seats_and_places_tell_the_spec() {
        let pulling = scene(&at(gallery::entries()[0].scenario(), 1));
        let running = lane(&pulling, LaneKind::Running);
        assert_eq!((running.tiles.len(), running.free, running.kept), (0, 5, 5), "the seats of the pending pods");
        let stage = scene(&at(gallery::entries()[0].scenario(), 5));
        let running = lane(&stage, LaneKind::Running);
        assert_eq!((running.count.as_str(), running.tiles.len(), running.free), ("5 of 5 seats", 5, 0));
        assert!(running.tiles.iter().all(|tile| tile.progress_percent.is_some() && tile.label.len() == 3));
        let succeeded = lane(&stage, LaneKind::Succeeded);
        assert_eq!((succeeded.count.as_str(), succeeded.free), ("0 of 10", 10));
        assert_eq!(lane(&stage, LaneKind::Failed).strikes, Some(Strikes { struck: 0, of: 6 }));
    }

    #[test]
    fn strikes_are_what_counts_against_the_limit() {
        for (id, seconds, struck, note) in [
            ("one-shot-never", 30, 2, "backoffLimit 6: the Job fails with five more failures"),
            ("one-shot-on-failure", 25, 2, "backoffLimit 6: the Job fails with four more restarts"),
            ("one-shot-on-failure", 900, 6, "its pod was deleted; backoffLimit 6"),
            ("node-dies", 900, 1, "its pod was deleted; backoffLimit 6"),
        ] {
            let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
            let stage = scene(&at(entry.scenario(), seconds));
            let failed = lane(&stage, LaneKind::Failed);
            let told = (failed.strikes.map(|strikes| strikes.struck), failed.note.as_str());
            assert_eq!(told, (Some(struck), note), "{id} at {seconds} s");
        }
        // What is stopped because the Job is suspended fails, and is not counted.
        let entry = gallery::entries().iter().find(|entry| entry.id == "suspended-while-running");
        let mut cluster = at(entry.expect("an entry of the gallery").scenario(), 9);
        let struck = |cluster: &Cluster| lane(&scene(cluster), LaneKind::Failed).strikes.map(|strikes| strikes.struck);
        let before = struck(&cluster);
        while cluster.elapsed_ms() < 20_000 {
            cluster.step();
            assert_eq!(struck(&cluster), before, "at {} ms", cluster.elapsed_ms());
        }
    }

    #[test]
    fn failed_pods_without_a_tile_are_said_to_be_deleted() {
        for (id, seconds, count, note) in [
            (
                "too-many-bad-indexes",
                5,
                "0",
                "backoffLimitPerIndex 0: one try per index; maxFailedIndexes 2: the Job fails with three more",
            ),
            (
                "too-many-bad-indexes",
                900,
                "5",
                "2 of them deleted; backoffLimitPerIndex 0: one try per index; maxFailedIndexes 2",
            ),
            ("replaced-at-once", 15, "1", "backoffLimit 6: the Job fails with six more failures"),
            ("replaced-at-once", 900, "1", "its pod was deleted; backoffLimit 6"),
        ] {
            let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
            let stage = scene(&at(entry.scenario(), seconds));
            let failed = lane(&stage, LaneKind::Failed);
            assert_eq!((failed.count.as_str(), failed.note.as_str()), (count, note), "{id} at {seconds} s");
        }
    }

    #[test]
    fn every_pod_is_in_one_lane_at_every_moment() {
        for entry in gallery::entries().iter().filter(|entry| entry.theme != gallery::Theme::CronJobs) {
            let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
            for _ in 0..200 {
                let of_job = |job: &Uid| cluster.api().replica_set(*job).is_none();
                let first = cluster.history().pods().map(|record| record.job).filter(of_job).min();
                let is_there = |record: &&PodRecord| record.gone_at.is_none() && Some(record.job) == first;
                let there = cluster.history().pods().filter(is_there).count();
                let tiles: usize = scene(&cluster).lanes.iter().map(|lane| lane.tiles.len()).sum();
                assert_eq!(tiles, there, "{} at {} ms", entry.id, cluster.elapsed_ms());
                cluster.step();
            }
        }
    }

    #[test]
    fn the_lane_of_pods_on_their_way_out_goes_when_the_job_has_ended() {
        let scenario = || gallery::entries().iter().find(|entry| entry.id == "drained").expect("an entry").scenario();
        for (seconds, lanes) in [(13, 6), (30, 6), (80, 5)] {
            assert_eq!(scene(&at(scenario(), seconds)).lanes.len(), lanes, "at {seconds} s");
        }
    }

    #[test]
    fn pods_on_their_way_out_have_a_lane_until_the_job_has_ended() {
        for (id, seconds, shown) in [
            ("replaced-when-ended", 5, false),
            ("replaced-when-ended", 15, true),
            ("replaced-when-ended", 1_000, false),
            ("parallel", 30, false),
        ] {
            let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
            let stage = scene(&at(entry.scenario(), seconds));
            let there = stage.lanes.iter().any(|lane| lane.kind == LaneKind::Terminating);
            assert_eq!(there, shown, "{id} at {seconds} s");
        }
    }

    #[test]
    fn thousands_of_pods_make_few_tiles() {
        let manifest = gallery::entries()[0].scenario().manifest;
        let manifest =
            manifest.replace("parallelism: 5", "parallelism: 700").replace("completions: 10", "completions: 20000");
        let stage = scene(&at(Scenario { manifest, ..Scenario::default() }, 60));
        let running = lane(&stage, LaneKind::Running);
        assert_eq!(running.tiles.len(), TILES_BESIDE_DOTS);
        assert_eq!(running.dots.as_ref().map(|dots| (dots.places, dots.pods_each)), Some((700, 1)));
        let succeeded = lane(&stage, LaneKind::Succeeded).dots.as_ref().expect("dots");
        assert_eq!((succeeded.places, succeeded.pods_each, succeeded.columns), (2_000, 10, 40));
    }
}
