//! What a seed may have beside its Jobs: a queue with its broker and consumers, a CronJob, and what befalls those and the
//! nodes. All of it is drawn from a stream of its own, so that the Jobs of a seed stay what they are. It knows no rules.

use super::plan::Weather;
use jobscope::api::Propagation;
use jobscope::cluster::{Command, NodeAct, QueueItems};
use jobscope::sim::{Random, text_number};

/// A seat for everybody: consumers without a seat for their broker would wait for ever.
pub const PODS_EACH: u32 = 40;

/// Who else is there.
#[derive(Clone, Debug)]
pub struct Company {
    pub queue: Option<Broker>,
    pub has_cron_job: bool,
    weather: Weather,
    random: Random,
}

/// What holds the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broker {
    /// kuard's memory behind a ReplicaSet.
    Kuard,
    /// RabbitMQ behind a Deployment.
    Rabbit,
}

impl Company {
    pub fn new(seed: u64, weather: Weather) -> Self {
        let mut random = Random::stream(seed, &[text_number("chaos company")]);
        let queue = match random.in_range(0, 99) {
            0..=14 => Some(Broker::Kuard),
            15..=29 => Some(Broker::Rabbit),
            _ => None,
        };
        Self { queue, has_cron_job: random.percent(20.0), weather, random }
    }

    /// Whether only the Jobs are there.
    pub fn is_none(&self) -> bool {
        self.queue.is_none() && !self.has_cron_job
    }

    /// Its objects as YAML.
    pub fn manifest(&mut self) -> String {
        let mut text = match self.queue {
            Some(Broker::Kuard) => broker("ReplicaSet", "kuard:blue", 8080) + KUARD_CONSUMERS,
            Some(Broker::Rabbit) => broker("Deployment", "rabbitmq:4.1", 5672) + RABBIT_CONSUMERS,
            None => String::new(),
        };
        let parallelism = self.random.in_range(1, 4);
        text = text.replace("PARALLELISM", &parallelism.to_string());
        if self.has_cron_job {
            let policy = ["Forbid", "Forbid", "Allow", "Replace"][self.random.in_range(0, 3) as usize];
            text += &CRON_JOB.replace("POLICY", policy);
        }
        text
    }

    /// What happens next to it or to one of the nodes.
    pub fn next_act(&mut self, nodes: &[String]) -> Option<Command> {
        if self.is_none() {
            return None;
        }
        let drawn = self.random.in_range(0, 99);
        match drawn {
            0..=29 if self.queue.is_some() => Some(self.refill(12)),
            30..=36 if self.queue.is_some() => Some(Command::DeletePod { pod: "broker-".to_owned() }),
            37..=43 if self.queue.is_some() => Some(Command::FailPod { pod: "broker-".to_owned(), exit_code: 137 }),
            44..=50 if self.queue.is_some() => Some(Command::FailPod { pod: "consumers-".to_owned(), exit_code: 1 }),
            51..=69 => {
                let node = nodes.get(self.random.in_range(0, nodes.len().max(1) as u64 - 1) as usize)?.clone();
                let act = match self.random.in_range(0, 5) {
                    0 | 1 if self.weather == Weather::Stormy => NodeAct::Kill,
                    2 => NodeAct::Drain,
                    3 => NodeAct::Restore,
                    _ => NodeAct::Uncordon,
                };
                Some(Command::Node { node, act })
            }
            70..=79 if self.has_cron_job => Some(Command::RunNow { cron_job: "cron".to_owned(), job: None }),
            80..=84 if self.has_cron_job => Some(Command::SuspendCronJob { cron_job: "cron".to_owned() }),
            85..=89 if self.has_cron_job => Some(Command::ResumeCronJob { cron_job: "cron".to_owned() }),
            90..=92 if self.has_cron_job => {
                let propagation = [Propagation::Background, Propagation::Foreground, Propagation::Orphan];
                let propagation = propagation[self.random.in_range(0, 2) as usize];
                Some(Command::DeleteCronJob { cron_job: "cron".to_owned(), propagation })
            }
            93..=97 if self.weather == Weather::Stormy => Some(Command::RestartController),
            _ => None,
        }
    }

    /// More work for the consumers.
    pub fn refill(&mut self, most: u64) -> Command {
        let count = self.random.in_range(most / 2, most) as u32;
        Command::AddQueueItems(QueueItems { service: "broker".to_owned(), queue: "work".to_owned(), count })
    }
}

/// A broker that such a controller keeps up, and its Service.
fn broker(controller: &str, image: &str, port: u16) -> String {
    format!(
        "---
apiVersion: apps/v1
kind: {controller}
metadata: {{name: broker}}
spec:
  selector: {{matchLabels: {{app: broker}}}}
  template:
    metadata: {{labels: {{app: broker}}}}
    spec: {{containers: [{{name: broker, image: '{image}'}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: broker}}
spec: {{selector: {{app: broker}}, ports: [{{port: {port}}}]}}
"
    )
}

const KUARD_CONSUMERS: &str = "---
apiVersion: batch/v1
kind: Job
metadata: {name: consumers}
spec:
  parallelism: PARALLELISM
  backoffLimit: 20
  template:
    spec:
      restartPolicy: OnFailure
      containers:
      - name: worker
        image: kuard:blue
        args: [--keygen-enable=true, --keygen-exit-on-complete=true,
          '--keygen-memq-server=http://broker:8080/memq/server', --keygen-memq-queue=work]
";

const RABBIT_CONSUMERS: &str = "---
apiVersion: batch/v1
kind: Job
metadata: {name: consumers}
spec:
  parallelism: PARALLELISM
  completions: 8
  backoffLimit: 20
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: worker
        image: amqp-worker:1.0
        command: [/usr/bin/amqp-consume, '--url=amqp://broker:5672', -q, work, -c, '1', ./work]
";

const CRON_JOB: &str = "---
apiVersion: batch/v1
kind: CronJob
metadata: {name: cron}
spec:
  schedule: '* * * * *'
  concurrencyPolicy: POLICY
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec:
          restartPolicy: Never
          containers: [{name: work, image: work}]
";
