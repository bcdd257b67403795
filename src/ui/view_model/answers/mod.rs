//! Answers to "Why?": the rule with its live operands, the line of the manifest that decides, the moment it was decided,
//! and the function of Kubernetes that has the rule. Pure functions of the cluster and of what was noted of its run;
//! nothing here knows how they are drawn.

mod cron;
mod deletion;
mod ground;
mod job;
mod manifest;
mod pod;
mod pod_deletion;
mod queue;
mod to_come;

use super::noted::Noted;
use super::why::{Why, WhyTone};
use crate::api::{JobConditionType, Uid};
use crate::cluster::{Cluster, NodeChange, TraceEvent};
use crate::sim::Time;
use crate::ui::words::{Upstream, clock_at};
pub use ground::Field;
pub use manifest::{Lit, Origin};
use std::rc::Rc;
pub use to_come::to_come;

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Pod(Uid, PodAsk),
    Job(Uid, JobAsk),
    CronJob(Uid, CronAsk),
    /// Why that node is as it is.
    Node(Rc<str>),
    /// Why items of that queue, behind that Service, wait.
    Queue {
        service: Rc<str>,
        queue: Rc<str>,
    },
}

/// What can be asked about a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodAsk {
    /// Why it is in its phase.
    Here,
    Created,
    Deleted,
    NotRestarted,
}

/// What can be asked about a Job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobAsk {
    /// Why a seat stays empty, and no pod is created for it.
    EmptySeat,
    /// When the next pod comes, and why not sooner.
    Backoff,
    /// When the controller looks at it next, and why then.
    Queue,
    Completion,
    NotFailed,
    Condition(JobConditionType),
    Deleted,
    /// Why the sync with that number came to what it did.
    Decision(u32),
}

/// What can be asked about a CronJob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronAsk {
    /// Why nothing starts before the next start.
    Next,
    /// What became of the start that was due then.
    Tick(Time),
    /// What a change of clocks at that moment does to the starts.
    Clocks(Time),
    /// Why the sync with that number came to what it did.
    Decision(u32),
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The question, its answer in a sentence, and what is left of a wait.
    pub why: Why,
    /// The rules behind it, with their operands.
    pub rules: Vec<String>,
    /// The field of the manifest that decides.
    pub lit: Option<Lit>,
    /// When it was decided.
    pub at: Time,
    pub upstream: Upstream,
}

impl Answer {
    fn of(question: String, found: Found, lit: Option<Lit>) -> Self {
        let why = Why { question, answer: found.answer, left: found.left, tone: found.tone };
        Self { why, rules: found.rules, lit, at: found.at, upstream: found.upstream }
    }

    /// The line of the manifest to light, from 1.
    pub fn line(&self) -> Option<u32> {
        self.lit.as_ref().map(|lit| lit.line)
    }
}

/// The answer to that question at this moment.
pub fn answer(cluster: &Cluster, noted: &Noted, question: &Question) -> Answer {
    let scene = Scene { cluster, noted };
    let (asked, found) = match question {
        Question::Pod(uid, ask) => pod::answer(&scene, *uid, *ask),
        Question::Job(uid, ask) => job::answer(&scene, *uid, *ask),
        Question::CronJob(uid, ask) => cron::answer(&scene, *uid, *ask),
        Question::Node(name) => queue::node(&scene, name),
        Question::Queue { service, queue } => queue::items(&scene, service, queue),
    };
    let lit = manifest::lit(&scene, found.owner, found.field);
    Answer::of(asked, found, lit)
}

/// The questions that go with what is shown: those about the pod that was asked about, else those about the Job, else
/// those about the CronJob; each with a few words for it.
pub fn offered(
    cluster: &Cluster,
    asked: Option<&Question>,
    job: Option<Uid>,
    cron_job: Option<Uid>,
) -> Vec<(&'static str, Question)> {
    let mut offered = match (asked, job, cron_job) {
        (Some(Question::Pod(uid, _)), _, _) => pod::offered(cluster, *uid),
        (_, _, Some(uid)) => vec![("Why not now?", Question::CronJob(uid, CronAsk::Next))],
        (_, Some(uid), None) => job::offered(cluster, uid),
        (_, None, None) => Vec::new(),
    };
    offered.retain(|(_, question)| Some(question) != asked);
    offered
}

/// What answers are made from.
struct Scene<'a> {
    cluster: &'a Cluster,
    noted: &'a Noted,
}

impl Scene<'_> {
    /// When that last happened. Kubernetes' own times have whole seconds, so that one would look a moment too early.
    fn last(&self, is_it: &dyn Fn(&TraceEvent) -> bool) -> Option<Time> {
        self.cluster.trace().rev().find(|entry| is_it(&entry.event)).map(|entry| entry.at)
    }

    /// When that last became of that node.
    fn node_changed(&self, name: &str, became: NodeChange) -> Option<Time> {
        self.last(&|event| matches!(event, TraceEvent::Node { node, change } if **node == *name && *change == became))
    }

    /// When the taints of that node changed first at such a moment.
    fn first_tainted(&self, name: &str, is_meant: impl Fn(Time) -> bool) -> Option<Time> {
        let mut trace = self.cluster.trace();
        let entry = trace.find(|entry| {
            is_meant(entry.at)
                && matches!(&entry.event, TraceEvent::Node { node, change: NodeChange::Tainted } if **node == *name)
        });
        entry.map(|entry| entry.at)
    }

    fn clock(&self, at: Time) -> String {
        clock_at(self.cluster, at)
    }
}

/// An answer whose question and line are still to be put in.
struct Found {
    tone: WhyTone,
    answer: String,
    left: Option<String>,
    rules: Vec<String>,
    /// Whose field it is: a Job, a ReplicaSet or a CronJob.
    owner: Uid,
    field: Field,
    upstream: Upstream,
    at: Time,
}

impl Found {
    /// An answer that has no more rules.
    #[inline(never)]
    fn plain(answer: impl Into<String>, owner: Uid, field: Field, upstream: Upstream, at: Time) -> Self {
        let (tone, rules) = (WhyTone::Plain, Vec::new());
        Self { tone, answer: answer.into(), left: None, rules, owner, field, upstream, at }
    }

    #[inline(never)]
    fn with(mut self, rule: impl Into<String>) -> Self {
        self.rules.push(rule.into());
        self
    }

    fn toned(self, tone: WhyTone) -> Self {
        Self { tone, ..self }
    }
}

#[cfg(test)]
mod tests;
