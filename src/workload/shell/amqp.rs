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
