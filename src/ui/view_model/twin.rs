//! Two runs beside each other on one time axis: how many are active, have succeeded and have failed over time, what each
//! comes to, and where and why they part. Plain data.

use super::timeline::{Scale, Tick, span_ms, tick_label};
use super::why::WhyTone;
use crate::api::job::PodReplacementPolicy;
use crate::api::{Job, JobConditionType, PodPhase};
use crate::cluster::{Cluster, PodRecord};
use crate::controllers::job::{DeleteCause, Reason};
use crate::sim::Time;
use crate::ui::twin::{Counts, Samples, Side, Twin, Watched};
use crate::ui::words::{clock, clock_at, count_i, duration, grouped};

/// The width and the height of a strip, in its own units.
pub const STRIP: (i64, i64) = (1_000, 54);
/// From the upper edge of a strip to the line of the greatest number; it is told there.
const HEAD: i64 = 14;
/// The part of both runs that is left free behind them.
const END_SHARE: i64 = 25;
/// An axis is at least so long.
const SHORTEST_MS: i64 = 10_000;

/// Both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct TwinView {
    /// As it is, and with the change.
    pub sides: [SideView; 2],
    /// The number that the line across both strips stands for.
    pub most: i32,
    pub ticks: Vec<Tick>,
    /// The playhead; `None` when the axis does not go so far.
    pub now_percent: Option<f64>,
    pub parted: Option<PartedView>,
    /// Where they part, or that they do not, in a sentence.
    pub summary: String,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideView {
    /// What it comes to.
    pub outcome: String,
    pub tone: WhyTone,
    /// What there is at the playhead.
    pub now: String,
    /// Lines over time: active, succeeded, failed.
    pub lines: [String; 3],
    /// What it said at the parting; empty as long as there is none.
    pub said: String,
}

/// Where both part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartedView {
    pub at: Time,
    pub percent: f64,
}

/// Both runs, with the playhead at `now`.
pub fn twin_view(twin: &Twin, now: Time) -> TwinView {
    let start = twin.sides[0].cluster.start();
    let shown_ms = shown_ms(twin, now);
    // Once both ends are known the axis ends a little behind the later one; until then it stretches in steps.
    let span = if twin.is_done() { (shown_ms + shown_ms / END_SHARE).max(SHORTEST_MS) } else { span_ms(shown_ms) };
    let scale = Scale { from: start, span_ms: span };
    let all = twin.sides.iter().flat_map(|side| side.samples.all());
    let most = all.map(|(_, counts)| counts.active.max(counts.succeeded).max(counts.failed)).max().unwrap_or(0).max(1);
    let sides = [0, 1].map(|place: usize| {
        let said = twin.parting.as_ref().map(|parting| parting.said[place].clone()).unwrap_or_default();
        side_view(&twin.sides[place], said, now, most, scale)
    });
    let at = |time: Time| Some(scale.percent(time)).filter(|percent| *percent <= 100.0);
    let parted = twin.parting.as_ref().map(|parting| parting.at);
    TwinView {
        sides,
        most,
        ticks: scale.ticks(start, |time| tick_label(time.ms_since(start), span)),
        now_percent: at(now),
        parted: parted.and_then(|time| Some(PartedView { at: time, percent: at(time)? })),
        summary: match parted {
            Some(time) => format!("They part at {}.", clock(time.ms_since(start))),
            None if twin.is_done() => "Both runs are the same to their end: here this changes nothing.".to_owned(),
            None => "Both runs are the same as far as they have run.".to_owned(),
        },
    }
}

/// How much of both runs is shown: all of them, or of what has no end so much that the parting can be seen.
fn shown_ms(twin: &Twin, now: Time) -> i64 {
    let start = twin.sides[0].cluster.start();
    let since_start = |time: Time| time.ms_since(start);
    let ends = twin.sides.iter().filter(|side| side.cluster.is_done()).map(|side| since_start(side.cluster.now()));
    let last_end_ms = ends.max().unwrap_or(0);
    if twin.is_done() {
        return last_end_ms;
    }
    let parted_ms = twin.parting.as_ref().map_or(0, |parting| since_start(parting.at));
    let wanted_ms = (last_end_ms * 5 / 4).max(parted_ms * 4).max(since_start(now)).max(600_000);
    wanted_ms.min(since_start(twin.reached()))
}

fn side_view(side: &Side, said: String, now: Time, most: i32, scale: Scale) -> SideView {
    let (outcome, tone) = outcome(side);
    let of: [fn(&Counts) -> i32; 3] = [|counts| counts.active, |counts| counts.succeeded, |counts| counts.failed];
    SideView {
        outcome,
        tone,
        now: counted(side.samples.at(now), side.samples.watched()),
        lines: of.map(|of| line(&side.samples, side.cluster.now(), of, most, scale)),
        said,
    }
}

/// What a run comes to: how the Job ended, or what has become of all Jobs.
pub fn outcome(side: &Side) -> (String, WhyTone) {
    let end = clock(side.cluster.elapsed_ms());
    let counts = side.samples.last();
    let Some(job) = side.samples.job(&side.cluster) else {
        let jobs = counted(counts, side.samples.watched());
        return (format!("{jobs} in {}", duration(side.cluster.elapsed_ms())), WhyTone::Plain);
    };
    let pods = counted(Counts { active: 0, ..counts }, side.samples.watched());
    let ended = side.samples.ended_at.map(|at| clock_at(&side.cluster, at));
    let failed = job.condition(JobConditionType::Failed).filter(|_| job.has_condition(JobConditionType::Failed));
    match (ended, failed) {
        (Some(at), Some(failed)) => {
            let stopped = stopped(&side.cluster, job);
            return (format!("Failed at {at} ({}): {pods}{stopped}", failed.reason), WhyTone::Bad);
        }
        (Some(at), None) => return (format!("Complete at {at}: {pods}"), WhyTone::Good),
        (None, _) => {}
    }
    (format!("{} at {end}: {}", goes_on(job), counted(counts, side.samples.watched())), WhyTone::Plain)
}

/// How many of the failed pods were stopped because the Job had failed: they count, though none of them went wrong.
fn stopped(cluster: &Cluster, job: &Job) -> String {
    let is_stop = |reason: &Reason| matches!(reason, Reason::DeletedPods { because: DeleteCause::JobFailed, .. });
    let of_job = cluster.decisions().iter().filter(|decision| decision.job == job.meta.uid);
    let stops = of_job.filter(|decision| decision.reasons.iter().any(is_stop));
    let awaits = PodReplacementPolicy::Failed;
    let stopped_at: Vec<Time> = stops.map(|decision| decision.at).collect();
    let was_stopped = |pod: &&PodRecord| {
        let asked_in_time = pod.deletion_asked_at.filter(|asked| pod.ended_at.is_none_or(|ended| ended >= *asked));
        // A pod that shuts down counts at once, also when it exits with 0 then; unless it is to be awaited.
        let counts = pod.phase != PodPhase::Succeeded || job.spec.pod_replacement_policy != Some(awaits);
        counts && asked_in_time.is_some_and(|asked| stopped_at.contains(&asked))
    };
    match cluster.history().of_job(job.meta.uid).filter(was_stopped).count() {
        0 => String::new(),
        stopped => format!(" ({stopped} stopped with the Job)"),
    }
}

fn goes_on(job: &Job) -> &'static str {
    match (job.meta.deletion_time, job.spec.suspend) {
        (Some(_), _) => "Deleted",
        (None, true) => "Still suspended",
        (None, false) => "Not ended",
    }
}

fn counted(counts: Counts, watched: &Watched) -> String {
    let Counts { active, succeeded, failed } = counts;
    let all = active + succeeded + failed;
    let is_idle = active == 0;
    let [active, succeeded, failed] =
        [active, succeeded, failed].map(|number| grouped(u64::try_from(number).unwrap_or(0)));
    match watched {
        Watched::Job(_) if is_idle => format!("{succeeded} succeeded, {failed} failed"),
        Watched::Job(_) => format!("{active} active, {succeeded} succeeded, {failed} failed"),
        Watched::Jobs => {
            format!("{}: {active} active, {succeeded} Complete, {failed} Failed", count_i(all, "Job"))
        }
    }
}

/// The line of the greatest number.
pub fn most_line() -> String {
    format!("M0 {HEAD}H{}", STRIP.0)
}

/// A line that goes in steps, up to the end of the run or of the axis.
fn line(samples: &Samples, end: Time, of: fn(&Counts) -> i32, most: i32, scale: Scale) -> String {
    let (width, height) = STRIP;
    let x = |time: Time| (time.ms_since(scale.from) * width / scale.span_ms.max(1)).min(width);
    let y = |number: i32| height - i64::from(number) * (height - HEAD) / i64::from(most);
    let mut path = format!("M0 {}", y(0));
    let mut drawn = (0, y(0));
    for (place, (at, counts)) in samples.all().iter().enumerate() {
        let next = samples.all().get(place + 1).map(|(at, _)| x(*at));
        let here = (x(*at), y(of(counts)));
        // Of what falls on one place only the last is drawn.
        if next != Some(here.0) && here.1 != drawn.1 && here.0 < width {
            path += &format!("H{}V{}", here.0, here.1);
            drawn = here;
        }
    }
    path + &format!("H{}", x(end))
}
