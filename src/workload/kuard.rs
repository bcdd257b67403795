//! The key generator of kuard ("Kubernetes up and running" demo): its command-line flags, and how long it works.
//! Facts from kuard's pkg/keygen: keys of 4,096 bits one after the other, until their number or the time is reached.

use super::plan::{Exit, PlanBasis, RunContext, RunDuration, RunPlan, TermReaction};
use super::shell::date_text;
use crate::api::Container;
use crate::sim::Random;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// A key takes from this ...
const MIN_KEY_MS: u64 = 1_000;
/// ... to this long, in milliseconds: ten keys take about 15 s.
const MAX_KEY_MS: u64 = 2_300;
/// More keys than this are not drawn; such a run (some four hours) is taken to never end.
const MAX_KEYS_DRAWN: u64 = 10_000;
/// A Go program without a handler of its own that is the first process of its container exits with 2 at SIGTERM.
const EXIT_AT_TERM: i32 = 2;

/// What the flags ask of kuard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kuard {
    enabled: bool,
    exits_on_complete: bool,
    exit_code: i32,
    /// 0: no limit.
    keys: u64,
    /// 0: no limit.
    time_to_run_s: u64,
}

/// kuard and its flags; `None` for other images, for flags that do not parse and for work from a queue.
pub(super) fn recognise(container: &Container) -> Option<Kuard> {
    if !container.image.contains("kuard") {
        return None;
    }
    let mut kuard = Kuard::default();
    let mut words = container.command.iter().chain(&container.args).map(|word| &**word).peekable();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--keygen-") else { continue };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None if matches!(flag, "enable" | "exit-on-complete") => (flag, None),
            None => (flag, Some(words.next()?)),
        };
        kuard.set(name, value)?;
    }
    Some(kuard)
}

impl Kuard {
    fn set(&mut self, name: &str, value: Option<&str>) -> Option<()> {
        match (name, value) {
            ("enable", value) => self.enabled = flag(value)?,
            ("exit-on-complete", value) => self.exits_on_complete = flag(value)?,
            ("exit-code", Some(code)) => self.exit_code = code.parse::<i32>().ok()? & 0xff,
            ("num-to-gen", Some(keys)) => self.keys = keys.parse().ok()?,
            ("time-to-run", Some(seconds)) => self.time_to_run_s = seconds.parse().ok()?,
            _ => return None,
        }
        Some(())
    }

    pub fn plan(&self, run: &RunContext) -> RunPlan {
        RunPlan {
            duration: self.duration(run),
            exit: Exit::with_code(self.exit_code),
            on_term: TermReaction::Exits { after_ms: 50, code: EXIT_AT_TERM },
            basis: PlanBasis::Kuard,
            stuck_after_ms: None,
        }
    }

    fn duration(&self, run: &RunContext) -> RunDuration {
        if !self.enabled || !self.exits_on_complete || (self.keys == 0 && self.time_to_run_s == 0) {
            return RunDuration::Forever;
        }
        let (mut count, mut spent_ms) = (0, 0);
        for (_, done_ms) in self.work(run) {
            (count, spent_ms) = (count + 1, done_ms);
        }
        if count == MAX_KEYS_DRAWN && self.keys != count { RunDuration::Forever } else { RunDuration::Ms(spent_ms) }
    }

    /// The number of each key, and when it is done, in milliseconds since the start.
    // Models kuard pkg/keygen/workload.go startWork: the limits are looked at between two keys
    fn work(&self, run: &RunContext) -> impl Iterator<Item = (u64, u64)> {
        let (keys, limit_ms) = (self.keys, self.time_to_run_s.saturating_mul(1_000));
        let (mut random, mut spent_ms) = (run.random.clone(), 0u64);
        (1..=MAX_KEYS_DRAWN).map_while(move |number| {
            let goes_on = (keys == 0 || number <= keys) && (limit_ms == 0 || spent_ms < limit_ms);
            goes_on.then(|| {
                spent_ms += random.in_range(MIN_KEY_MS, MAX_KEY_MS);
                (number, spent_ms)
            })
        })
    }

    /// The log so far: pieces with the milliseconds since the start.
    // Models kuard pkg/keygen/workload.go itemDone and done
    pub fn written(&self, run: &RunContext, until_ms: u64) -> Vec<(u64, String)> {
        if !self.enabled {
            return Vec::new();
        }
        let line = |at_ms: u64, text: &str| {
            let moment = run.started_at.plus_ms(at_ms as i64);
            (at_ms, format!("{} {text}\n", date_text(moment, "%Y/%m/%d %H:%M:%S").unwrap_or_default()))
        };
        let mut written = vec![line(0, "(ID 0) Workload starting")];
        for (number, done_ms) in self.work(run) {
            if done_ms > until_ms {
                return written;
            }
            let of = if self.keys == 0 { "Inf".to_owned() } else { self.keys.to_string() };
            let left = self.time_left(done_ms);
            let print = fingerprint(run, number);
            written.push(line(done_ms, &format!("(ID 0 {number}/{of}{left}) Item done: SHA256:{print}")));
        }
        let end_ms = written.last().map_or(0, |(at_ms, _)| *at_ms);
        written.push(line(end_ms, "(ID 0) Workload exiting"));
        written
    }

    fn time_left(&self, done_ms: u64) -> String {
        let limit_ms = self.time_to_run_s.saturating_mul(1_000);
        match limit_ms.abs_diff(done_ms) / 1_000 {
            _ if limit_ms == 0 => String::new(),
            0 => " now".to_owned(),
            seconds => format!(" {seconds} seconds {}", if done_ms < limit_ms { "left" } else { "overdue" }),
        }
    }
}

/// The fingerprint of a key: 32 bytes in base64.
fn fingerprint(run: &RunContext, number: u64) -> String {
    let mut random = Random::stream(run.random.clone().in_range(0, u64::MAX), &[number]);
    let bytes: Vec<u8> = (0..4).flat_map(|_| random.in_range(0, u64::MAX).to_be_bytes()).collect();
    BASE64_URL_SAFE_NO_PAD.encode(bytes).replace('-', "+").replace('_', "/")
}

fn flag(value: Option<&str>) -> Option<bool> {
    match value {
        None | Some("true" | "1" | "t" | "T" | "TRUE" | "True") => Some(true),
        Some("false" | "0" | "f" | "F" | "FALSE" | "False") => Some(false),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::PodSettings;
    use super::super::plan::plan_run;
    use super::super::plan::tests::{container, context};
    use super::*;

    #[test]
    fn flags_decide_how_kuard_ends() {
        let settings = PodSettings::default();
        let common = ["--keygen-enable", "--keygen-exit-on-complete"];
        for (flags, range_ms, code) in [
            (&["--keygen-num-to-gen=10"][..], Some(10_000..25_000), 0),
            (&["--keygen-num-to-gen", "10", "--keygen-exit-code=1"], Some(10_000..25_000), 1),
            (&["--keygen-time-to-run=7"], Some(7_000..9_400), 0),
            (&["--keygen-enable=false", "--keygen-num-to-gen=10"], None, 0),
            (&[], None, 0),
        ] {
            let args: Vec<&str> = common.iter().chain(flags).copied().collect();
            for seed in 0..200 {
                let kuard = container("gcr.io/kuar-demo/kuard-amd64:blue", &[], &args);
                let plan = plan_run(&kuard, &context(&settings, seed));
                let fits = match (plan.duration, &range_ms) {
                    (RunDuration::Ms(ms), Some(range_ms)) => range_ms.contains(&ms),
                    (RunDuration::Forever, None) => true,
                    _ => false,
                };
                assert!(fits && plan.exit.code == code && plan.basis == PlanBasis::Kuard, "{flags:?}: {plan:?}");
            }
        }
    }

    #[test]
    fn every_key_is_a_line_of_the_log() {
        let settings = PodSettings::default();
        let args = ["--keygen-enable", "--keygen-exit-on-complete", "--keygen-num-to-gen=2"];
        let kuard = recognise(&container("kuard", &[], &args)).unwrap();
        let run = context(&settings, 1);
        let lines: Vec<String> = kuard.written(&run, 60_000).into_iter().map(|(_, text)| text).collect();
        assert_eq!(lines[0], "2026/01/01 00:00:00 (ID 0) Workload starting\n");
        let (before, print) = lines[2].split_once("SHA256:").unwrap();
        assert!(before.ends_with(" (ID 0 2/2) Item done: ") && print.len() == 44, "{lines:?}");
        assert!(lines[3].ends_with(" (ID 0) Workload exiting\n"));
        assert_eq!((lines.len(), kuard.written(&run, 1_500).len() < 3), (4, true));
        let endless = recognise(&container("kuard", &[], &["--keygen-enable", "--keygen-time-to-run=3"])).unwrap();
        let lines = endless.written(&run, 60_000);
        assert!(lines[1].1.contains(" (ID 0 1/Inf ") && lines[1].1.contains(" left) "), "{lines:?}");
    }

    #[test]
    fn queues_and_other_images_are_left_to_the_model() {
        let settings = PodSettings::default();
        for (image, flag) in [("kuard", "--keygen-memq-server=http://queue:8080"), ("nginx", "--keygen-enable")] {
            let plan = plan_run(&container(image, &[], &[flag]), &context(&settings, 1));
            assert_eq!(plan.basis, PlanBasis::Model, "{image}");
        }
    }
}
