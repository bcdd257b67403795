//! An object as YAML, as `kubectl get -o yaml` shows it, or showed it last: the selected pod, the CronJob or the Job. Plain
//! data.

use super::cron_notes::CronNotes;
use super::pods::Can;
use crate::api::wire::{cron_job_to_wire, job_to_wire, pod_to_wire};
use crate::api::{Uid, yaml};
use crate::cluster::Cluster;
use crate::ui::state::YamlOf;
use std::rc::Rc;

/// The YAML of one object, and what else there is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlPanel {
    pub choices: Vec<YamlChoice>,
    pub chosen: YamlOf,
    pub text: Rc<str>,
}

impl Default for YamlPanel {
    fn default() -> Self {
        Self { choices: Vec::new(), chosen: YamlOf::Job, text: Rc::default() }
    }
}

/// An object whose YAML can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlChoice {
    pub of: YamlOf,
    /// `pod/hello-x7k2p`.
    pub name: String,
}

/// What is selected on the page.
pub struct Selected<'a> {
    pub pod: Option<Uid>,
    pub cron_job: Option<&'a CronNotes>,
    pub job: Option<Uid>,
    /// Whether the page tells about the CronJob rather than about one Job of it.
    pub follows_cron_job: Can,
}

/// The object that was chosen, if it is among those selected; else the one that was selected most narrowly.
pub fn yaml_panel(cluster: &Cluster, selected: &Selected, chosen: Option<YamlOf>) -> YamlPanel {
    let mut choices = Vec::new();
    let mut add = |of, name: Option<String>| choices.extend(name.map(|name| YamlChoice { of, name }));
    let pod = selected.pod.and_then(|pod| cluster.history().pod(pod));
    let job = selected.job.and_then(|job| cluster.job_last_seen(job));
    add(YamlOf::Pod, pod.map(|pod| format!("pod/{}", pod.name)));
    let cron_job = || selected.cron_job.map(|notes| format!("cronjob/{}", notes.cron_job.meta.name));
    if selected.follows_cron_job == Can::Yes {
        add(YamlOf::CronJob, cron_job());
    }
    add(YamlOf::Job, job.map(|job| format!("job/{}", job.meta.name)));
    if selected.follows_cron_job == Can::No {
        add(YamlOf::CronJob, cron_job());
    }
    let found = choices.iter().find(|choice| Some(choice.of) == chosen).or(choices.first());
    let chosen = found.map_or(YamlOf::Job, |choice| choice.of);
    let text = match chosen {
        YamlOf::Pod => selected.pod.map(|pod| match cluster.api().pod(pod) {
            Some(pod) => yaml::write(&pod_to_wire(pod)),
            None => "The pod is gone.".to_owned(),
        }),
        YamlOf::CronJob => selected.cron_job.map(|notes| {
            let stored = cluster.api().cron_job(notes.uid).unwrap_or(&notes.cron_job);
            yaml::write(&cron_job_to_wire(stored))
        }),
        YamlOf::Job => job.map(|job| yaml::write(&job_to_wire(job))),
    };
    YamlPanel { choices, chosen, text: text.unwrap_or_default().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Notes, gallery};
    use crate::ui::view_model::noted::Noted;

    #[test]
    fn the_yaml_is_that_of_what_is_selected() {
        let entry = gallery::entries().iter().find(|entry| entry.id == "cron-hello").expect("an entry");
        let mut cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        cluster.run_until(cluster.start().plus_seconds(70), usize::MAX);
        let mut noted = Noted::default();
        noted.take_in(&cluster);
        let job = noted.jobs().first().map(|job| job.uid);
        let pod = cluster.api().pods().next().map(|pod| pod.meta.uid);
        let of = |pod, follows_cron_job, chosen| {
            let selected = Selected { pod, cron_job: noted.cron_jobs().first(), job, follows_cron_job };
            let panel = yaml_panel(&cluster, &selected, chosen);
            let head = panel.text.lines().take(2).collect::<Vec<_>>().join(" ");
            (panel.choices.len(), panel.chosen, head)
        };
        for (pod, follows, chosen, number, shown, head) in [
            (None, Can::Yes, None, 2, YamlOf::CronJob, "apiVersion: batch/v1 kind: CronJob"),
            (None, Can::No, None, 2, YamlOf::Job, "apiVersion: batch/v1 kind: Job"),
            (pod, Can::No, None, 3, YamlOf::Pod, "apiVersion: v1 kind: Pod"),
            (pod, Can::Yes, Some(YamlOf::Job), 3, YamlOf::Job, "apiVersion: batch/v1 kind: Job"),
            (None, Can::Yes, Some(YamlOf::Pod), 2, YamlOf::CronJob, "apiVersion: batch/v1 kind: CronJob"),
        ] {
            assert_eq!(of(pod, follows, chosen), (number, shown, head.to_owned()));
        }
    }
}
