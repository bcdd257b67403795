//! A cluster of nodes only, with an agenda and a watch of its own, that notes how its pods fare.

use super::*;
use crate::api::Resources;
use crate::api::node::NO_LIMIT;

const WATCH_MS: i64 = 20;

enum Work {
    Pod(Change<Pod>),
    Node(NodeEvent),
}

/// A cluster of nodes only.
pub struct World {
    pub start: Time,
    pub api: ApiServer,
    scheduler: Scheduler,
    pub kubelets: Kubelets,
    workloads: Workloads,
    agenda: Agenda<Work>,
    /// `seconds phase [container states]`, one line for each change of that text.
    pub lines: BTreeMap<Uid, Vec<String>>,
}

impl World {
    pub fn new(nodes: u32, pods_each: u32, settings: PodSettings) -> Self {
        let start = Time::parse("2026-01-01T00:00:00Z").unwrap();
        let mut api = ApiServer::new(start, 7);
        for number in 1..=nodes {
            let room = Resources { cpu_millis: NO_LIMIT, memory_bytes: NO_LIMIT, pods: pods_each };
            api.add_node(Node::ready(&format!("node-{number}"), "zone-a", room, start)).unwrap();
        }
        Self {
            start,
            scheduler: Scheduler::new(&api),
            kubelets: Kubelets::new(&api),
            workloads: Workloads::new(7, settings, BTreeMap::new()),
            api,
            agenda: Agenda::new(start),
            lines: BTreeMap::new(),
        }
    }

    pub fn create(&mut self, template: &Rc<PodTemplate>) -> Uid {
        let owner = OwnerReference {
            api_version: "batch/v1".into(),
            kind: "Job".into(),
            name: "job".into(),
            uid: Uid(1_000_000),
            role: OwnerRole::Controller,
            blocks_deletion: BlockOwnerDeletion::Yes,
        };
        let pod = self.api.create_pod(NewPod {
            namespace: "default".into(),
            generate_name: "job-".into(),
            template: template.clone(),
            labels: Labels::default(),
            annotations: Labels::default(),
            finalizers: Rc::default(),
            owner_references: [owner].into(),
            completion_index: None,
            hostname: None,
        });
        pod.unwrap().meta.uid
    }

    /// Runs until `seconds` after the start.
    pub fn run_until(&mut self, seconds: f64) {
        let end = self.start.plus_ms((seconds * 1_000.0) as i64);
        let mut wakes = Wakes::new();
        loop {
            for notice in self.api.take_notices().collect::<Vec<_>>() {
                if let Notice::Pod(change) = notice {
                    self.note(&change);
                    self.agenda.add(self.agenda.now().plus_ms(WATCH_MS), Work::Pod(change));
                }
            }
            if self.agenda.next_at().is_none_or(|next| next > end) {
                break;
            }
            let Some(work) = self.agenda.take_next() else { break };
            self.api.set_now(self.agenda.now());
            let now = self.agenda.now();
            let mut turn = NodeTurn { api: &mut self.api, workloads: &mut self.workloads, wakes: &mut wakes };
            match work {
                Work::Pod(change) => {
                    self.kubelets.on_pod(&change, &mut turn);
                    self.scheduler.on_pod(&change, now, &mut wakes);
                }
                Work::Node(event) => {
                    self.kubelets.on_event(event, &mut turn);
                    self.scheduler.on_event(event, &mut self.api);
                }
            }
            wakes.drain(..).for_each(|(at, event)| self.agenda.add(at, Work::Node(event)));
        }
        self.agenda.advance_to(end);
        self.api.set_now(self.agenda.now());
    }

    pub fn agenda_is_empty(&self) -> bool {
        self.agenda.next_at().is_none()
    }

    /// From now on all pods behave like this.
    pub fn set_pods(&mut self, settings: PodSettings) {
        self.workloads.set("", settings);
    }

    pub fn act(&mut self, act: impl FnOnce(&mut Kubelets, &mut NodeTurn) -> Result<(), String>) -> Result<(), String> {
        let mut wakes = Wakes::new();
        let mut turn = NodeTurn { api: &mut self.api, workloads: &mut self.workloads, wakes: &mut wakes };
        let result = act(&mut self.kubelets, &mut turn);
        wakes.into_iter().for_each(|(at, event)| self.agenda.add(at, Work::Node(event)));
        result
    }

    /// The lines of a container's log, with the seconds since the start of the world, and the note.
    pub fn log(&self, pod: Uid, container: usize, which: WhichRun) -> Option<Vec<String>> {
        let log = self.kubelets.log(self.pod(pod), container, which, &self.workloads, self.agenda.now())?;
        let line = |line: &crate::workload::LogLine| format!("{} {}", line.at.ms_since(self.start) / 1_000, line.text);
        let note = Some(log.note.to_string()).filter(|note| !note.is_empty());
        Some(log.lines.iter().map(line).chain(note).collect())
    }

    fn note(&mut self, change: &Change<Pod>) {
        let uid = change.latest().unwrap().meta.uid;
        let text = change.new.as_ref().map_or("gone".to_owned(), |pod| describe(pod));
        let lines = self.lines.entry(uid).or_default();
        if lines.last().is_none_or(|last| last.split_once(' ').unwrap().1 != text) {
            let at_s = self.agenda.now().ms_since(self.start) as f64 / 1_000.0;
            lines.push(format!("{at_s:.1} {text}"));
        }
    }

    pub fn texts(&self, pod: Uid) -> Vec<&str> {
        self.lines[&pod].iter().map(|line| line.split_once(' ').unwrap().1).collect()
    }

    /// The times of the lines with that text, in seconds.
    pub fn times(&self, pod: Uid, text: &str) -> Vec<f64> {
        let lines = self.lines[&pod].iter().map(|line| line.split_once(' ').unwrap());
        lines.filter(|(_, found)| *found == text).map(|(at_s, _)| at_s.parse().unwrap()).collect()
    }

    pub fn events(&self, pod: Uid) -> Vec<(EventReason, u32, String)> {
        let events = self.api.events().filter(|event| event.object_uid == pod);
        events.map(|event| (event.reason, event.count, event.message().into_owned())).collect()
    }

    pub fn pod(&self, uid: Uid) -> &Pod {
        self.api.pod(uid).unwrap()
    }
}

/// `Pending`, or `Running ready [c: running #1]` and so on.
fn describe(pod: &Pod) -> String {
    let mut text = pod.status.phase.as_str().to_owned();
    if pod.meta.deletion_time.is_some() {
        text += " deleting";
    }
    if pod.node.is_some() && pod.status.start_time.is_none() {
        text += " bound";
    }
    if pod.is_ready() {
        text += " ready";
    }
    for status in pod.status.init_containers.iter().chain(&pod.status.containers) {
        text += &match &status.state {
            ContainerState::Waiting { reason, .. } => format!(" [{reason}"),
            ContainerState::Running { .. } => " [running".to_owned(),
            ContainerState::Terminated(end) => format!(" [{} {}", end.reason, end.exit_code),
        };
        text += &if status.restart_count > 0 { format!(" #{}]", status.restart_count) } else { "]".to_owned() };
    }
    text
}
