//! The command-line tools of RabbitMQ's C client: `amqp-consume`, `amqp-publish`, `amqp-declare-queue`. Facts from its
//! tools/consume.c: a message is acknowledged when the command it is given to exits with 0, the tool itself exits with 0
//! however its commands fared, and with 1 when the broker fails it.

use super::interpreter::{Flow, Shell, Stop};
use crate::sim::Random;
use crate::workload::call::host_and_port;
use crate::workload::plan::model_plan;
use crate::workload::{Call, ItemId, Protocol, Question, Reply, RunContext, RunDuration, WhenEmpty};
use std::rc::Rc;

/// Options of `amqp-consume` that take no value.
const CONSUME_FLAGS: [&str; 6] = ["A", "no-ack", "d", "declare", "x", "exclusive"];
/// The same of the other tools.
const PUBLISH_FLAGS: [&str; 6] = ["p", "persistent", "l", "line-buffered", "d", "durable"];

/// The options of the tools, as far as they matter here.
struct Options<'a> {
    host: Rc<str>,
    port: u16,
    queue: Rc<str>,
    /// `None`: no end.
    count: Option<u64>,
    command: &'a [&'a str],
}

impl Shell<'_> {
    pub(super) fn amqp_consume(&mut self, arguments: &[&str]) -> Flow {
        let Some(options) = options(arguments, &CONSUME_FLAGS).filter(|options| !options.command.is_empty()) else {
            return Ok(1);
        };
        let (mut taken, mut kept) = (0, false);
        while options.count.is_none_or(|count| taken < count) {
            let Reply::Item(item) = self.ask(&options, Call::Take(WhenEmpty::Waits))? else { return Ok(1) };
            taken += 1;
            if self.worker(options.command, item)? != 0 {
                kept = true;
            } else if self.ask(&options, Call::Finish(item))? != Reply::Accepted {
                return Ok(1);
            }
        }
        if kept {
            self.ask(&options, Call::Close)?;
        }
        Ok(0)
    }

    pub(super) fn amqp_publish(&mut self, arguments: &[&str]) -> Flow {
        self.amqp_call(arguments, Call::Publish)
    }

    pub(super) fn amqp_declare_queue(&mut self, arguments: &[&str]) -> Flow {
        self.amqp_call(arguments, Call::Declare)
    }

    fn amqp_call(&mut self, arguments: &[&str], call: Call) -> Flow {
        let Some(options) = options(arguments, &PUBLISH_FLAGS) else { return Ok(1) };
        Ok(i32::from(self.ask(&options, call)? != Reply::Accepted))
    }

    /// Runs the command for one message. One that is not known here takes as long, and fails as often, as the settings
    /// say.
    fn worker(&mut self, command: &[&str], item: ItemId) -> Flow {
        let Some((program, arguments)) = command.split_first() else { return Ok(1) };
        if program.rsplit('/').next() == Some("cat") && arguments.is_empty() {
            return self.write(&format!("item-{}\n", item.item + 1)).map(|()| 0);
        }
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        match self.builtin(program, &arguments) {
            Err(Stop::Exit(code)) => Ok(code),
            Err(Stop::Unknown) => {
                let seed = self.run().random.clone().in_range(0, u64::MAX);
                let random = Random::stream(seed, &[u64::from(item.item)]);
                let plan = model_plan(&RunContext { random, ..self.run().clone() });
                match plan.duration {
                    RunDuration::Ms(duration_ms) => self.pass_time(duration_ms)?,
                    RunDuration::Forever => return Err(Stop::Forever),
                }
                Ok(plan.exit.code)
            }
            flow => flow,
        }
    }

    /// Asks a broker, or takes the answer that has come already.
    fn ask(&mut self, options: &Options, call: Call) -> Result<Reply, Stop> {
        self.spend_step()?;
        self.ask_or_recall(|at_ms| Question {
            at_ms,
            protocol: Protocol::Amqp,
            host: options.host.clone(),
            port: options.port,
            queue: options.queue.clone(),
            call,
        })
    }
}

fn options<'a>(arguments: &'a [&'a str], flags: &[&str]) -> Option<Options<'a>> {
    let mut options = Options { host: "localhost".into(), port: 5_672, queue: "".into(), count: None, command: &[] };
    let mut place = 0;
    while let Some(argument) = arguments.get(place) {
        place += 1;
        let Some(letters) = argument.strip_prefix('-') else {
            options.command = &arguments[place - 1..];
            break;
        };
        let (name, mut value) = match letters.strip_prefix('-') {
            Some(long) => long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value))),
            None => (letters.get(..1)?, letters.get(1..).filter(|rest| !rest.is_empty())),
        };
        if value.is_none() && !flags.contains(&name) {
            value = arguments.get(place).copied();
            place += 1;
        }
        match name {
            "u" | "url" | "s" | "server" => {
                let (host, port) = host_and_port(value?)?;
                (options.host, options.port) = (host.into(), port);
            }
            "port" => options.port = value?.parse().ok()?,
            "q" | "queue" | "r" | "routing-key" => options.queue = value?.into(),
            "c" | "count" => options.count = Some(value?.parse().ok()?),
            _ => {}
        }
    }
    Some(options)
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, Outcome, Script};
    use super::*;
    use crate::workload::plan::tests::context;
    use crate::workload::{Answer, CallFailure, PodSettings};

    /// Runs a script against a broker that answers one reply after the other, each a second later; tells what it asked
    /// and how it ended.
    fn run(script: &str, replies: &[Reply]) -> (Vec<Call>, Outcome) {
        let settings = PodSettings { min_duration_ms: 4_000, max_duration_ms: 4_000, ..PodSettings::default() };
        let script = Script::parse(Dialect::Posix, script).expect("a script");
        let (mut answers, mut calls) = (Vec::new(), Vec::new());
        loop {
            let run = RunContext { answers: &answers, ..context(&settings, 1) };
            let question = match script.run(&run, None) {
                Outcome::Asks(question) if answers.len() < replies.len() => question,
                outcome => return (calls, outcome),
            };
            calls.push(question.call);
            answers.push(Answer { at_ms: question.at_ms + 1_000, reply: replies[answers.len()] });
        }
    }

    #[test]
    fn messages_are_taken_worked_on_and_acknowledged() {
        let item = |item| ItemId { queue: 0, item };
        let (take, ok) = (Call::Take(WhenEmpty::Waits), Reply::Accepted);
        let (first, second) = (Reply::Item(item(0)), Reply::Item(item(1)));
        let ended = |after_ms, code| Outcome::Ended { after_ms, code };
        let refused = Reply::Failed(CallFailure::Refused);
        let consume = "/usr/bin/amqp-consume --url=amqp://broker:5672 -q jobs";
        for (script, replies, calls, outcome) in [
            (
                format!("{consume} -c 1 cat && sleep 5"),
                vec![first, ok],
                vec![take, Call::Finish(item(0))],
                ended(7_000, 0),
            ),
            (format!("{consume} -c 1 ./work"), vec![first, ok], vec![take, Call::Finish(item(0))], ended(6_000, 0)),
            (
                format!("{consume} --count=2 sleep 3"),
                vec![first, ok, second, ok],
                vec![take, Call::Finish(item(0)), take, Call::Finish(item(1))],
                ended(10_000, 0),
            ),
            (format!("{consume} -c 1 false; exit 7"), vec![first, ok], vec![take, Call::Close], ended(2_000, 7)),
            (format!("{consume} -c 1 cat"), vec![refused], vec![take], ended(1_000, 1)),
            (
                format!("{consume} -c 1 sleep 3"),
                vec![first, refused],
                vec![take, Call::Finish(item(0))],
                ended(5_000, 1),
            ),
            ("amqp-consume -c 1".to_owned(), vec![], vec![], ended(0, 1)),
            (
                "amqp-declare-queue -u amqp://b -q q -d && amqp-publish -u amqp://b -r q -p -b x".to_owned(),
                vec![ok, ok],
                vec![Call::Declare, Call::Publish],
                ended(2_000, 0),
            ),
        ] {
            assert_eq!(run(&script, &replies), (calls, outcome), "{script}");
        }
    }

    #[test]
    fn a_question_names_its_broker() {
        let (_, outcome) = run("sleep 2; amqp-consume -s broker:7000 --queue jobs -A cat", &[]);
        let Outcome::Asks(question) = outcome else { panic!("{outcome:?}") };
        assert_eq!(
            (&*question.host, question.port, &*question.queue, question.at_ms),
            ("broker", 7_000, "jobs", 2_000)
        );
    }
}
