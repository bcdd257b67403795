//! What people have changed in the cluster by hand: which fields of which objects, and where that makes them differ from
//! a manifest. It reads the commands of a run; nothing here changes the run.

use crate::api::manifest::{Lines, with_field};
use crate::cluster::{Cluster, Command, TimedCommand};
use std::rc::Rc;

/// A field of an object that is not as a manifest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    kind: &'static str,
    name: String,
    /// In the object's spec.
    field: &'static str,
    /// As it is in the cluster.
    value: String,
}

/// The kind and name of the object whose spec that command changes, and the fields.
pub fn changes(command: &Command) -> Option<(&'static str, &str, &'static [&'static str])> {
    match command {
        Command::Suspend { job } | Command::Resume { job } => Some(("Job", job, &["suspend"])),
        Command::SetParallelism { job, .. } => Some(("Job", job, &["parallelism"])),
        Command::Scale { job, .. } => Some(("Job", job, &["parallelism", "completions"])),
        Command::SuspendCronJob { cron_job } | Command::ResumeCronJob { cron_job } => {
            Some(("CronJob", cron_job, &["suspend"]))
        }
        Command::SetSchedule { cron_job, .. } => Some(("CronJob", cron_job, &["schedule"])),
        Command::FailPod { .. }
        | Command::SucceedPod { .. }
        | Command::DeletePod { .. }
        | Command::EvictPod { .. }
        | Command::DeleteJob { .. }
        | Command::RunNow { .. }
        | Command::DeleteCronJob { .. }
        | Command::StopControllers
        | Command::StartControllers
        | Command::Node { .. }
        | Command::RestartController
        | Command::AddQueueItems(_)
        | Command::SetGate { .. }
        | Command::SetPods { .. } => None,
    }
}

/// What was done up to now.
pub fn done(cluster: &Cluster) -> impl Iterator<Item = &TimedCommand> {
    let elapsed_ms = cluster.elapsed_ms();
    cluster.scenario().commands.iter().take_while(move |timed| timed.at_ms <= elapsed_ms)
}

/// The fields that were changed by hand and are now other than in the manifest that has these lines.
pub fn differences(cluster: &Cluster, lines: impl FnOnce() -> Rc<Lines>) -> Vec<Difference> {
    let mut changed = done(cluster).filter_map(|timed| changes(&timed.command)).peekable();
    if changed.peek().is_none() {
        return Vec::new();
    }
    let lines = lines();
    let mut found: Vec<Difference> = Vec::new();
    for (kind, name, fields) in changed {
        for field in fields.iter().copied() {
            let is_known = |known: &Difference| known.kind == kind && known.name == name && known.field == field;
            if !found.iter().any(is_known)
                && let Some(value) = value(cluster, kind, name, field)
                && let Some(written) = written(&lines, kind, name, field)
                && value != written
            {
                found.push(Difference { kind, name: name.to_owned(), field, value });
            }
        }
    }
    found
}

/// The field as it is in the cluster; `None` when the object is gone.
fn value(cluster: &Cluster, kind: &str, name: &str, field: &str) -> Option<String> {
    if kind == "CronJob" {
        let spec = &cluster.api().cron_jobs().find(|cron_job| *cron_job.meta.name == *name)?.spec;
        return Some(if field == "schedule" { spec.schedule.to_string() } else { spec.suspend.to_string() });
    }
    let spec = &cluster.api().jobs().find(|job| *job.meta.name == *name)?.spec;
    match field {
        "suspend" => Some(spec.suspend.to_string()),
        "parallelism" => Some(spec.parallelism.to_string()),
        _ => Some(spec.completions?.to_string()),
    }
}

/// The field as the manifest has it, or by default; `None` when the manifest has no such object.
fn written(lines: &Lines, kind: &str, name: &str, field: &str) -> Option<String> {
    lines.find(kind, name, "spec")?;
    let default = match field {
        "suspend" => "false",
        "parallelism" => "1",
        _ => "",
    };
    Some(lines.value(kind, name, &format!("spec.{field}")).unwrap_or_else(|| default.to_owned()))
}

/// `parallelism 3, suspend true`; nothing when nothing differs.
pub fn words(differences: &[Difference]) -> String {
    let several = differences.iter().any(|it| (it.kind, &it.name) != (differences[0].kind, &differences[0].name));
    let one = |it: &Difference| {
        let whose = if several { format!("{}: ", it.name) } else { String::new() };
        format!("{whose}{} {}", it.field, it.value)
    };
    differences.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The manifest with those fields as they are in the cluster.
///
/// # Errors
/// A sentence, when one cannot be set by a change of one line.
pub fn written_into(manifest: &str, differences: &[Difference]) -> Result<String, String> {
    differences.iter().try_fold(manifest.to_owned(), |text, it| {
        with_field(&text, it.kind, &it.name, &format!("spec.{}", it.field), &it.value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Scenario, gallery};

    fn told(cluster: &Cluster, manifest: &str) -> String {
        words(&differences(cluster, || Rc::new(Lines::of(manifest))))
    }

    #[test]
    fn what_was_changed_by_hand_is_told_until_the_text_says_it_too() {
        let scenario = gallery::entries()[0].scenario();
        let manifest = scenario.manifest.clone();
        let mut cluster = Cluster::new(scenario).expect("a good scenario");
        let job = || "parallel".to_owned();
        let act = |cluster: &mut Cluster, command| cluster.act(command).expect("it can be done");
        assert_eq!(told(&cluster, &manifest), "");
        act(&mut cluster, Command::SetParallelism { job: job(), parallelism: 3 });
        act(&mut cluster, Command::Suspend { job: job() });
        assert_eq!(told(&cluster, &manifest), "parallelism 3, suspend true");
        let all = differences(&cluster, || Rc::new(Lines::of(&manifest)));
        let text = written_into(&manifest, &all).expect("it can be written");
        assert_eq!(told(&cluster, &text), "");
        assert!(text.contains("parallelism: 3\n") && text.contains("suspend: true\n"), "{text}");
        assert_eq!(text.lines().count(), manifest.lines().count() + 1);
        act(&mut cluster, Command::SetParallelism { job: job(), parallelism: 5 });
        act(&mut cluster, Command::Resume { job: job() });
        assert_eq!(told(&cluster, &manifest), "", "it is again as it was");
        assert_eq!(told(&cluster, "not: a Job"), "");
    }

    #[test]
    fn a_schedule_and_a_job_are_told_apart() {
        let mut scenario =
            gallery::entries().iter().find(|entry| entry.id == "cron-hello").expect("an entry").scenario();
        scenario.manifest += &format!("---\n{}", gallery::entries()[0].scenario().manifest);
        let manifest = scenario.manifest.clone();
        let mut cluster = Cluster::new(Scenario { queues: Vec::new(), ..scenario }).expect("a good scenario");
        let cron_job = cluster.api().cron_jobs().next().expect("a CronJob").meta.name.to_string();
        let schedule = "*/5 * * * *".to_owned();
        cluster.act(Command::SetSchedule { cron_job: cron_job.clone(), schedule }).expect("it can be done");
        assert_eq!(told(&cluster, &manifest), "schedule */5 * * * *");
        cluster.act(Command::Suspend { job: "parallel".to_owned() }).expect("it can be done");
        assert_eq!(told(&cluster, &manifest), format!("{cron_job}: schedule */5 * * * *, parallel: suspend true"));
    }
}
