//! Answers at chosen moments of the gallery, with their lines; and that there is an answer to everything.

use super::*;
use crate::cluster::{RUN_START, gallery};

struct Run {
    cluster: Cluster,
    noted: Noted,
}

impl Run {
    fn of(id: &str) -> Self {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
        let cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        let mut run = Self { cluster, noted: Noted::default() };
        run.to(0);
        run
    }

    fn to(&mut self, seconds: i64) {
        self.cluster.run_until(self.cluster.start().plus_seconds(seconds), usize::MAX);
        self.noted.take_in(&self.cluster);
    }

    fn ask(&self, question: &Question) -> Answer {
        answer(&self.cluster, &self.noted, question)
    }

    /// The pod with that place among those of the first Job.
    fn pod(&self, place: usize) -> Uid {
        let job = self.noted.jobs()[0].uid;
        self.cluster.history().of_job(job).nth(place).expect("so many pods").uid
    }

    fn questions(&self) -> Vec<Question> {
        let mut all = Vec::new();
        for record in self.cluster.history().pods() {
            let asks = [PodAsk::Here, PodAsk::Created, PodAsk::Deleted, PodAsk::NotRestarted];
            all.extend(asks.map(|ask| Question::Pod(record.uid, ask)));
        }
        for job in self.noted.jobs() {
            let asks = [
                JobAsk::EmptySeat,
                JobAsk::Backoff,
                JobAsk::Queue,
                JobAsk::Completion,
                JobAsk::NotFailed,
                JobAsk::Deleted,
            ];
            all.extend(asks.map(|ask| Question::Job(job.uid, ask)));
            all.extend(JobConditionType::ALL.map(|kind| Question::Job(job.uid, JobAsk::Condition(kind))));
        }
        let decisions = self.cluster.decisions().iter();
        all.extend(decisions.map(|it| Question::Job(it.job, JobAsk::Decision(it.number))));
        for notes in self.noted.cron_jobs() {
            all.push(Question::CronJob(notes.uid, CronAsk::Next));
            let ticks = notes.starts.iter().map(|start| CronAsk::Tick(start.scheduled));
            let syncs = notes.decisions.iter().map(|it| CronAsk::Decision(it.number));
            all.extend(ticks.chain(syncs).map(|ask| Question::CronJob(notes.uid, ask)));
        }
        all.extend(self.cluster.api().nodes().map(|node| Question::Node(node.meta.name.clone())));
        all.extend(self.cluster.scenario().queues.iter().map(|items| Question::Queue {
            service: items.service.as_str().into(),
            queue: items.queue.as_str().into(),
        }));
        all
    }
}

#[test]
#[ignore]
fn dump() {
    for entry in gallery::entries() {
        let mut run = Run::of(entry.id);
        for seconds in [0, 3, 12, 25, 70, 200, 420] {
            run.to(seconds);
            println!("=== {} at {seconds} s", entry.id);
            for question in run.questions() {
                let it = run.ask(&question);
                if matches!(question, Question::Job(_, JobAsk::Decision(_))) && seconds != 25 { continue; }
                println!("{} | {} {:?}| {} | {} | {} | {}", it.why.question, it.why.answer, it.why.left, it.rules.join(" / "), it.lit.as_ref().map_or("-".into(), Lit::words), clock(it.at.ms_since(run.cluster.start())), it.upstream.as_str().rsplit(' ').next().unwrap());
            }
        }
    }
}
