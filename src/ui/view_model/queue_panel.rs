//! Work queues: how many items wait, who works on which, how the depth went, and who cannot reach the broker.

use crate::api::Uid;
use crate::cluster::{Cluster, QueueItems};
use crate::sim::Time;
use crate::ui::words::{count, grouped, plural};
use crate::workload::{CallFailure, Failed, ItemState, Queue, Queues};

/// How many items in work are shown one by one.
const MOST_SHOWN: usize = 24;
/// Width and height of the depth's curve, in units of its own.
pub const CURVE: (i64, i64) = (200, 40);

/// One queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuePanel {
    pub name: String,
    /// Where it is: `in the memory of queue-x7k2p`.
    pub place: String,
    /// That pod.
    pub home: Option<Uid>,
    /// What to put into it, for adding more; the count is left to the person.
    pub more: QueueItems,
    pub waiting: String,
    /// `61 of 100 done, 2 lost`.
    pub done: String,
    /// The items being worked on.
    pub taken: Vec<TakenItem>,
    /// How many more are being worked on.
    pub taken_beside: usize,
    /// The points of a line within [`CURVE`]: how many items waited, from the start of the run until now.
    pub curve: String,
    /// How many items waited when there were most: the height of the curve.
    pub most: String,
    /// What is wrong, if anything is.
    pub note: String,
}

/// An item that a pod works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenItem {
    /// From 1.
    pub number: usize,
    pub pod: Uid,
    pub pod_name: String,
}

/// The queues of the run: those that are or were there, and those that the scenario wants to fill.
pub fn queue_panels(cluster: &Cluster) -> Vec<QueuePanel> {
    let Some(queues) = cluster.queues() else { return Vec::new() };
    let mut panels: Vec<QueuePanel> = queues.all().iter().map(|queue| panel(cluster, queues, queue)).collect();
    for items in &cluster.scenario().queues {
        let is_there = |panel: &QueuePanel| (&panel.more.service, &panel.more.queue) == (&items.service, &items.queue);
        if !panels.iter().any(is_there) {
            panels.push(empty(items.clone(), queues));
        }
    }
    if panels.is_empty()
        && let Some(failed) = queues.failed().first()
    {
        let more = QueueItems { service: failed.host.to_string(), queue: String::new(), count: 0 };
        panels.push(empty(more, queues));
    }
    panels
}

fn panel(cluster: &Cluster, queues: &Queues, queue: &Queue) -> QueuePanel {
    let mut taken = Vec::new();
    let (mut done, mut lost) = (0, 0);
    for (place, item) in queue.items.iter().enumerate() {
        match item.state {
            ItemState::Waiting => {}
            ItemState::Taken { pod, .. } => {
                taken.push(TakenItem { number: place + 1, pod, pod_name: short_name(cluster, pod) })
            }
            ItemState::Done(_) => done += 1,
            ItemState::Lost(_) => lost += 1,
        }
    }
    let taken_beside = taken.len().saturating_sub(MOST_SHOWN);
    taken.truncate(MOST_SHOWN);
    let lost = if lost > 0 { format!(", {} lost", grouped(lost)) } else { String::new() };
    let place = match queue.home {
        Some(pod) => format!("in the memory of {}", full_name(cluster, pod)),
        None => "gone with its pod".to_owned(),
    };
    QueuePanel {
        name: queue.name.to_string(),
        place,
        home: queue.home,
        more: QueueItems { service: queue.service.to_string(), queue: queue.name.to_string(), count: 0 },
        waiting: format!("{} waiting", grouped(u64::from(queue.depth()))),
        done: format!("{} of {} done{lost}", grouped(done), grouped(queue.items.len() as u64)),
        taken,
        taken_beside,
        curve: curve(queue, cluster.start(), cluster.elapsed_ms()),
        most: format!("peak {}", grouped(u64::from(most(queue)))),
        note: unreachable(queues, &queue.service),
    }
}

/// A queue that nobody has made yet.
fn empty(more: QueueItems, queues: &Queues) -> QueuePanel {
    QueuePanel {
        name: more.queue.clone(),
        place: "not there yet".to_owned(),
        home: None,
        waiting: "0 waiting".to_owned(),
        done: String::new(),
        taken: Vec::new(),
        taken_beside: 0,
        curve: String::new(),
        most: String::new(),
        note: unreachable(queues, &more.service),
        more,
    }
}

/// Who cannot reach the broker, and why.
fn unreachable(queues: &Queues, service: &str) -> String {
    let mut failed = queues.failed().iter().filter(|failed| failed.host.split('.').next() == Some(service));
    let Some(first) = failed.next() else { return String::new() };
    let number = 1 + failed.count() as u64;
    let why = no_answer(first);
    format!("{} {} no answer: {why}.", count(number, "pod"), if number == 1 { "gets" } else { "get" })
}

/// Why a call got no answer, as the end of a sentence.
pub fn no_answer(failed: &Failed) -> String {
    let service = failed.host.split('.').next().unwrap_or_default();
    match failed.failure {
        CallFailure::NoSuchHost => format!("there is no Service {service}"),
        CallFailure::Refused => format!("no ready pod stands behind Service {service}"),
        CallFailure::NoQueue => "the broker knows no such queue".to_owned(),
        CallFailure::Closed => "the broker has gone".to_owned(),
        CallFailure::Full => "the broker has no room".to_owned(),
    }
}

/// The last part of the pod's name, which is its own.
fn short_name(cluster: &Cluster, pod: Uid) -> String {
    full_name(cluster, pod).rsplit('-').next().unwrap_or_default().to_owned()
}

fn full_name(cluster: &Cluster, pod: Uid) -> String {
    cluster.history().pod(pod).map(|record| record.name.to_string()).unwrap_or_default()
}

fn most(queue: &Queue) -> u32 {
    queue.depths.iter().map(|(_, depth)| *depth).max().unwrap_or(0)
}

/// The depth as a line of steps.
fn curve(queue: &Queue, start: Time, elapsed_ms: i64) -> String {
    let (width, height) = CURVE;
    let most = i64::from(most(queue).max(1));
    let x = |at_ms: i64| at_ms * width / elapsed_ms.max(1);
    let y = |depth: i64| (height - 1) - depth * (height - 2) / most;
    let mut points = String::new();
    let mut last = 0;
    for (at, depth) in &queue.depths {
        let (at, depth) = (x(at.ms_since(start)), i64::from(*depth));
        points.push_str(&format!("{at},{} {at},{} ", y(last), y(depth)));
        last = depth;
    }
    points.push_str(&format!("{width},{}", y(last)));
    points
}

/// How many items a button adds, said in full.
pub fn add_label(number: u32) -> String {
    format!("Add {} {}", number, plural(u64::from(number), "item"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Scenario, gallery};

    fn scenario(id: &str) -> Scenario {
        gallery::entries().iter().find(|entry| entry.id == id).unwrap().scenario()
    }

    fn after(scenario: Scenario, seconds: i64) -> Vec<QueuePanel> {
        let mut cluster = Cluster::new(scenario).unwrap();
        cluster.run_until(cluster.start().plus_seconds(seconds), usize::MAX);
        queue_panels(&cluster)
    }

    fn at(id: &str, seconds: i64) -> Vec<QueuePanel> {
        after(scenario(id), seconds)
    }

    #[test]
    fn the_curve_begins_with_the_run_whenever_that_is() {
        let start = "1999-12-31T23:59:00Z".to_owned().try_into().unwrap();
        let curve = |scenario| after(scenario, 15)[0].curve.clone();
        assert_eq!(curve(Scenario { start, ..scenario("queue-drained") }), curve(scenario("queue-drained")));
    }

    #[test]
    fn a_queue_tells_who_works_on_what() {
        let [before] = &at("queue-drained", 0)[..] else { panic!("one queue") };
        assert_eq!((before.place.as_str(), before.name.as_str()), ("not there yet", "keygen"));
        let [panel] = &at("queue-drained", 15)[..] else { panic!("one queue") };
        assert!(panel.place.starts_with("in the memory of queue-"), "{}", panel.place);
        assert_eq!((panel.taken.len(), panel.taken_beside, panel.note.as_str()), (5, 0, ""));
        assert!(panel.taken.iter().all(|item| item.number <= 100 && item.pod_name.len() == 5));
        assert!(panel.done.ends_with("of 100 done"), "{}", panel.done);
        let points: Vec<&str> = panel.curve.split(' ').collect();
        assert!(points.len() > 10 && points.last().unwrap().starts_with("200,"));
    }

    #[test]
    fn what_cannot_be_reached_is_said() {
        let note = |id, seconds| at(id, seconds)[0].note.clone();
        assert_eq!(note("queue-unreachable", 20), "5 pods get no answer: there is no Service queue.");
        assert_eq!(note("queue-pod-dies", 60), "5 pods get no answer: the broker knows no such queue.");
        assert_eq!(note("queue-pod-dies", 110), "");
        assert!(at("parallel", 10).is_empty());
    }

    #[test]
    fn losses_are_told() {
        let [panel] = &at("queue-pod-dies", 40)[..] else { panic!("one queue") };
        assert!(panel.done.contains(" lost") && panel.place == "gone with its pod", "{panel:?}");
    }
}
