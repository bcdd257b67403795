//! Answers about what stands beside the Jobs: items of a work queue, and nodes.

use super::ground::Field;
use super::{Found, Scene};
use crate::api::node::UNREACHABLE_TAINT;
use crate::api::{Heartbeat, Node, TaintEffect, Uid};
use crate::cluster::NodeChange;
use crate::controllers::node_lifecycle::{next_look, noticed_at};
use crate::sim::Time;
use crate::ui::view_model::queue_panel::queue_panels;
use crate::ui::view_model::retries::left;
use crate::ui::view_model::why::WhyTone;
use crate::ui::words::{Upstream, capital, count};

/// Why items of that queue wait.
pub fn items(scene: &Scene, service: &str, queue: &str) -> (String, Found) {
    let cluster = scene.cluster;
    let panel = queue_panels(cluster).into_iter().find(|it| it.more.service == *service && it.more.queue == *queue);
    // The first Job whose pods work on it, else the first there is.
    let working = panel.as_ref().and_then(|panel| cluster.history().pod(panel.taken.first()?.pod)).map(|pod| pod.job);
    let job = working.or_else(|| cluster.api().jobs().next().map(|job| job.meta.uid)).unwrap_or_default();
    let asked = "Why do items wait?".to_owned();
    let plain =
        |answer: String| Found::plain(answer, job, Field::Spec("parallelism"), Upstream::ManageJob, cluster.start());
    let Some(panel) = panel else {
        return (asked, plain("The queue is not there yet: its broker has to run first.".to_owned()));
    };
    let hands = panel.taken.len() + panel.taken_beside;
    let answer = match (hands, cluster.api().job(job)) {
        (0, Some(job)) if job.is_finished() => "The Job has ended, so nobody takes items any more.".to_owned(),
        (0, _) => "Nobody works on an item now.".to_owned(),
        (hands, _) => {
            let pods = count(hands as u64, "pod");
            format!("{} {} on an item each; the others wait for a free pod.", capital(&pods), verb(hands))
        }
    };
    let mut found = plain(answer).with(format!("{}, {} in work", panel.waiting, hands));
    found = found.with("a Job knows nothing of the queue: only parallelism and the exit codes of its pods count");
    (asked, if panel.note.is_empty() { found } else { found.with(panel.note).toned(WhyTone::Bad) })
}

fn verb(number: usize) -> &'static str {
    if number == 1 { "works" } else { "work" }
}

/// After how long pods leave a node with that taint.
const THEIR_TIME: &str = "their tolerationSeconds (300 by default)";

/// Why a node is as it is.
pub fn node(scene: &Scene, name: &str) -> (String, Found) {
    let cluster = scene.cluster;
    let asked = format!("Why is {name} as it is?");
    let plain = |answer: String, at| Found::plain(answer, Uid::default(), Field::None, Upstream::MonitorNodeHealth, at);
    let Some(node) = cluster.api().node(name) else {
        return (asked, plain("The node has been deleted.".to_owned(), cluster.now()));
    };
    let changed = |became| scene.node_changed(name, became);
    let changed_at = if node.is_ready() { changed(NodeChange::Back) } else { changed(NodeChange::Unreachable) };
    let changed_at = changed_at.unwrap_or(cluster.start());
    let found = match (node.heartbeat, node.is_ready()) {
        (Heartbeat::SilentSince(since), true) => {
            let (stopped, stopped_at) = stopped(scene, name, since);
            let noticed_at = noticed_at(since);
            let answer = format!(
                "{stopped} The node lifecycle controller notices after 50 s without one, at its next look: {}.",
                scene.clock(noticed_at)
            );
            let found = plain(answer, stopped_at).with("a heartbeat comes every 10 s, a look every 5 s");
            Found { left: left(cluster, noticed_at), ..found.toned(WhyTone::Waiting) }
        }
        (Heartbeat::SilentSince(since), false) => {
            let (stopped, _) = stopped(scene, name, since);
            let noticed = scene.clock(changed_at);
            let tainted = match is_evicting(node) {
                true => scene.first_tainted(name, |at| at > changed_at && next_look(at.plus_ms(-1)) == at),
                false => None,
            };
            let since = tainted.map_or_else(String::new, |at| format!(" (since {})", scene.clock(at)));
            let evicted = format!("taint {UNREACHABLE_TAINT}:NoExecute{since}: pods go {THEIR_TIME} after it");
            plain(stopped, changed_at)
                .with(format!("50 s without a heartbeat are over: NotReady since {noticed}"))
                .with(evicted)
                .toned(WhyTone::Bad)
        }
        (Heartbeat::Steady, true) => plain("It renews its lease in time, so it is Ready.".to_owned(), changed_at),
        (Heartbeat::Steady, false) => {
            plain("It is heard of again, and will be Ready in a moment.".to_owned(), changed_at)
        }
    };
    let found = if node.unschedulable { found.with("cordoned: it takes no new pods") } else { found };
    (asked, found)
}

/// When the machine stopped and when its last heartbeat was, in words; and the former.
fn stopped(scene: &Scene, name: &str, last_heartbeat: Time) -> (String, Time) {
    let at = scene.node_changed(name, NodeChange::Silent).unwrap_or(last_heartbeat);
    let heard = scene.clock(last_heartbeat);
    (format!("Its machine stopped at {}; its last heartbeat was at {heard}.", scene.clock(at)), at)
}

/// Whether the node's pods are to go because nothing is heard of it.
fn is_evicting(node: &Node) -> bool {
    node.has_taint(UNREACHABLE_TAINT, TaintEffect::NoExecute)
}
