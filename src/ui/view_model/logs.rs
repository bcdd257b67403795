//! What grows with the run: decisions and events, newest first and only the newest of them; and the log of a pod's
//! container. Plain data.

use super::answers::{CronAsk, JobAsk, Question};
use super::cron_notes::CronNotes;
use crate::api::Uid;
use crate::api::event::{Event, EventType};
use crate::cluster::Cluster;
use crate::controllers::cronjob::CronJobSync;
use crate::controllers::job::SyncRecord;
use crate::kubectl::duration::human_duration;
use crate::sim::Time;
use crate::ui::state::LogChoice;
use crate::ui::words::{self, DecisionWords, clock_at};
use std::rc::Rc;

/// How many decisions are shown.
pub const DECISIONS_SHOWN: usize = 60;
/// How many events are shown.
const EVENTS_SHOWN: usize = 80;
/// How many are shown when more came at once than anybody can read.
const EVENTS_SHOWN_IN_HASTE: usize = 20;

/// A decision in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionItem {
    /// `Sync #5`.
    pub title: String,
    pub at: String,
    pub time: Time,
    pub verb: String,
    pub lines: Vec<String>,
    /// The question why it came to that.
    pub question: Question,
}

/// An event in the list, as `kubectl get events` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventItem {
    pub uid: Uid,
    /// When it happened last.
    pub last_time: Time,
    pub age: String,
    pub event_type: EventType,
    pub reason: &'static str,
    pub meaning: &'static str,
    pub object: String,
    pub message: String,
    pub times: u32,
}

/// The newest decisions about that Job, and about the CronJob that is shown.
pub fn decisions(cluster: &Cluster, job: Option<Uid>, cron_job: Option<&CronNotes>) -> Vec<DecisionItem> {
    let own = cluster.decisions().iter().rev().filter(|decision| Some(decision.job) == job);
    let mut own = own.take(DECISIONS_SHOWN).peekable();
    let mut of_owner = cron_job.into_iter().flat_map(|notes| notes.decisions.iter().rev().map(move |it| (notes, it)));
    let mut next = of_owner.next();
    let mut items = Vec::new();
    while items.len() < DECISIONS_SHOWN {
        let cron_is_newer = match (&next, own.peek()) {
            (Some((_, decision)), Some(other)) => decision.at >= other.at,
            (decision, _) => decision.is_some(),
        };
        if cron_is_newer {
            items.extend(next.take().map(|(notes, decision)| of_cron_job(cluster, notes, decision)));
            next = of_owner.next();
        } else {
            let Some(decision) = own.next() else { break };
            items.push(of_job(cluster, decision));
        }
    }
    items
}

/// The newest events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventList {
    pub items: Rc<[EventItem]>,
    /// Whether there are no others.
    pub are_all: bool,
}

/// The newest events, or of several Jobs those that are not about another one than `job`; fewer, when since `last_shown`
/// more came than anybody can read.
pub fn events(cluster: &Cluster, job: Option<Uid>, last_shown: Option<Uid>) -> EventList {
    let newest =
        || cluster.api().events().rev().filter(|event| job.is_none_or(|job| !is_of_other(cluster, event, job)));
    let is_new = |event: &&Rc<Event>| last_shown.is_some_and(|last| event.uid != last);
    let in_haste = newest().take_while(is_new).nth(EVENTS_SHOWN_IN_HASTE).is_some();
    let shown = if in_haste { EVENTS_SHOWN_IN_HASTE } else { EVENTS_SHOWN };
    EventList {
        items: newest().take(shown).map(|event| event_item(cluster, event)).collect(),
        are_all: newest().nth(shown).is_none(),
    }
}

/// Whether the event is about another Job, or a pod of one.
fn is_of_other(cluster: &Cluster, event: &Event, job: Uid) -> bool {
    let about = cluster.history().pod(event.object_uid).map_or(event.object_uid, |pod| pod.job);
    about != job && cluster.job_last_seen(about).is_some()
}

/// The log of a pod, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPanel {
    /// The containers to choose from.
    pub containers: Vec<String>,
    /// Which of them is shown.
    pub chosen: usize,
    /// Whether that container has run before, so that there is another log.
    pub has_previous: bool,
    /// The lines with their times, and what there is to say.
    pub text: Rc<str>,
}

/// The log that was chosen of that pod.
pub fn pod_log(cluster: &Cluster, pod: Option<Uid>, choice: LogChoice) -> LogPanel {
    let Some(uid) = pod else {
        return LogPanel { text: "Select a pod to read its logs.".into(), ..LogPanel::default() };
    };
    let containers: Vec<String> = cluster.container_names(uid).into_iter().map(str::to_owned).collect();
    let first = cluster.api().pod(uid).map_or(0, |pod| pod.template.init_containers.len());
    let chosen = choice.container.unwrap_or(first);
    let restarts = cluster.api().pod(uid).and_then(|pod| Some(pod.status.all_containers().nth(chosen)?.restart_count));
    let log = cluster.logs(uid, chosen, choice.which);
    let mut text = String::new();
    for line in &log.lines {
        text.extend([&clock_at(cluster, line.at), "  ", &line.text, "\n"]);
    }
    match (&*log.note, text.is_empty()) {
        ("", true) => text.push_str("Nothing written yet."),
        (note, _) => text.push_str(note),
    }
    LogPanel { containers, chosen, has_previous: restarts.is_some_and(|restarts| restarts > 0), text: text.into() }
}

fn of_job(cluster: &Cluster, record: &SyncRecord) -> DecisionItem {
    let question = Question::Job(record.job, JobAsk::Decision(record.number));
    decision_item(cluster, format!("Sync #{}", record.number), record.at, words::decision(record), question)
}

fn of_cron_job(cluster: &Cluster, notes: &CronNotes, record: &CronJobSync) -> DecisionItem {
    let question = Question::CronJob(record.cron_job, CronAsk::Decision(record.number));
    let words = words::cron_decision(record, notes.calendar());
    decision_item(cluster, format!("CronJob sync #{}", record.number), record.at, words, question)
}

fn decision_item(
    cluster: &Cluster,
    title: String,
    time: Time,
    words: DecisionWords,
    question: Question,
) -> DecisionItem {
    let DecisionWords { verb, lines } = words;
    DecisionItem { title, at: clock_at(cluster, time), time, verb, lines, question }
}

fn event_item(cluster: &Cluster, event: &Event) -> EventItem {
    let age_ms = cluster.now().ms_since(event.last_time).max(0);
    EventItem {
        uid: event.uid,
        last_time: event.last_time,
        age: human_duration(age_ms),
        event_type: event.event_type,
        reason: event.reason.as_str(),
        meaning: words::event_meaning(event.kind, event.reason),
        object: format!("{}/{}", event.kind.as_str().to_ascii_lowercase(), event.name),
        message: event.message().into_owned(),
        times: event.count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Command, Scenario};
    use crate::nodes::WhichRun;

    const MANIFEST: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: talks}
spec:
  template:
    spec:
      restartPolicy: OnFailure
      initContainers:
      - {name: first, image: busybox, command: [sh, -c, echo ready]}
      containers:
      - {name: main, image: busybox, command: [sh, -c, \"echo hello; sleep 60; exit 1\"]}
";

    #[test]
    fn a_log_is_shown_as_kubectl_would() {
        let mut cluster = Cluster::new(Scenario { manifest: MANIFEST.into(), ..Default::default() }).unwrap();
        let to = |cluster: &mut Cluster, seconds| cluster.run_until(cluster.start().plus_seconds(seconds), usize::MAX);
        let choice = |container, which| LogChoice { container, which };
        let before = cluster.clone();
        to(&mut cluster, 1);
        let pod = cluster.api().pods().next().unwrap().meta.uid;
        assert_eq!(&*pod_log(&before, Some(pod), LogChoice::default()).text, "The pod has not been created yet.");
        let name = cluster.api().pod(pod).unwrap().meta.name.clone();
        let text = |cluster: &Cluster, choice| pod_log(cluster, Some(pod), choice).text.to_string();
        let main = choice(None, WhichRun::Current);
        let refused = "Error from server (BadRequest):";
        assert_eq!(
            text(&cluster, main),
            format!("{refused} container \"main\" in pod \"{name}\" is waiting to start: PodInitializing")
        );
        to(&mut cluster, 20);
        let panel = pod_log(&cluster, Some(pod), main);
        assert_eq!((panel.containers, panel.chosen), (vec!["first".to_owned(), "main".to_owned()], 1));
        assert!(!panel.has_previous);
        assert!(panel.text.ends_with("  hello\n"), "{}", panel.text);
        assert!(text(&cluster, choice(Some(0), WhichRun::Current)).ends_with("  ready\n"));
        assert_eq!(
            text(&cluster, choice(None, WhichRun::Previous)),
            format!("{refused} previous terminated container \"main\" in pod \"{name}\" not found")
        );
        to(&mut cluster, 80);
        assert!(pod_log(&cluster, Some(pod), main).has_previous);
        assert!(text(&cluster, choice(None, WhichRun::Previous)).ends_with("  hello\n"));
        cluster.act(Command::DeletePod { pod: name.to_string() }).unwrap();
        to(&mut cluster, 180);
        let gone = text(&cluster, main);
        assert_eq!(
            gone,
            format!("The pod is gone, and its logs with it. Error from server (NotFound): pods \"{name}\" not found")
        );
        assert_eq!(&*pod_log(&cluster, None, main).text, "Select a pod to read its logs.");
    }

    #[test]
    fn of_several_jobs_the_events_of_one_are_shown() {
        let manifest = format!("{MANIFEST}---\n{}", MANIFEST.replace("talks", "other"));
        let mut cluster = Cluster::new(Scenario { manifest, ..Default::default() }).unwrap();
        cluster.run_until(cluster.start().plus_seconds(20), usize::MAX);
        let about = |job| events(&cluster, job, None).items.iter().map(|item| item.object.clone()).collect::<Vec<_>>();
        let is_of = |name: &str| about(None).iter().filter(|object| object.contains(name)).count();
        assert!(is_of("talks") > 2 && is_of("other") > 2, "{:?}", about(None));
        for job in cluster.api().jobs() {
            let shown = about(Some(job.meta.uid));
            assert_eq!(shown.len(), is_of(&job.meta.name));
            assert!(shown.iter().all(|object| object.contains(&*job.meta.name)), "{shown:?}");
        }
    }
}
