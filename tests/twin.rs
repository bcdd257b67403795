//! A run and its twin with one thing changed: where they part, how that is explained, and what each comes to.

use jobscope::api::manifest::Lines;
use jobscope::cluster::{Scenario, gallery};
use jobscope::ui::player::Left;
use jobscope::ui::twin::{Offer, Target, Twin, Watched, offers};
use jobscope::ui::view_model::twin::{outcome, twin_view};
use jobscope::ui::words::clock;

fn scenario(id: &str) -> Scenario {
    gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery").scenario()
}

/// The object of the scenario that is changed.
fn target(scenario: &Scenario) -> Target {
    let cluster = jobscope::cluster::Cluster::new(scenario.clone()).expect("a good scenario");
    let cron_job = cluster.api().cron_jobs().next().map(|cron_job| Target::CronJob(cron_job.meta.name.clone()));
    let job = || Target::Job(cluster.api().jobs().next().expect("a Job").meta.name.clone());
    cron_job.unwrap_or_else(job)
}

fn offered(scenario: &Scenario, target: &Target) -> Vec<Offer> {
    offers(scenario, &Lines::of(&scenario.manifest), target)
}

fn twin(scenario: &Scenario, name: &str, value: &str) -> Result<Twin, String> {
    let target = target(scenario);
    let offers = offered(scenario, &target);
    let offer = offers.iter().find(|offer| offer.name == name).expect(name);
    let watched = match &target {
        Target::Job(name) => Watched::Job(name.clone()),
        Target::CronJob(_) => Watched::Jobs,
    };
    let mut twin = Twin::new(scenario, &offer.change(&target, value)?, &watched)?;
    let start = twin.sides[0].cluster.start();
    while twin.run_slice(start) == Left::More {}
    Ok(twin)
}

#[test]
fn where_they_part() {
    for (id, name, value) in [
        ("into-the-limit", "backoffLimit", "2"),
        ("one-shot-never", "backoffLimit", "2"),
        ("parallel", "backoffLimit", "2"),
        ("parallel", "parallelism", "2"),
        ("parallel", "completions", "4"),
        ("parallel", "failure rate, %", "0"),
        ("parallel", "failure rate, %", "60"),
        ("one-shot-never", "restartPolicy", "OnFailure"),
        ("one-shot-on-failure", "backoffLimit", "2"),
        ("deadline", "activeDeadlineSeconds", "60"),
        ("deadline", "activeDeadlineSeconds", ""),
        ("bad-index", "backoffLimitPerIndex", "1"),
        ("bad-index-on-its-own", "backoffLimitPerIndex", "2"),
        ("too-many-bad-indexes", "maxFailedIndexes", "3"),
        ("replaced-at-once", "podReplacementPolicy", "Failed"),
        ("ttl", "ttlSecondsAfterFinished", "100"),
        ("leader-decides", "JobSuccessPolicy", "false"),
        ("exit-code-42", "JobPodFailurePolicy", "false"),
        ("suspended", "suspend", "false"),
        ("six-runs", "parallelism", "3"),
        ("indexed", "completionMode", "NonIndexed"),
        ("cron-forbid", "concurrencyPolicy", "Allow"),
        ("cron-forbid", "schedule", "*/5 * * * *"),
        ("cron-replace", "concurrencyPolicy", "Forbid"),
        ("disruptions", "backoffLimit", "1"),
        ("stuck", "activeDeadlineSeconds", "60"),
    ] {
        let scenario = scenario(id);
        println!("== {id}: {name} {value}");
        match twin(&scenario, name, value) {
            Err(refused) => println!("   refused: {refused}"),
            Ok(twin) => {
                let view = twin_view(&twin, twin.sides[0].cluster.start());
                println!("   {}", view.summary);
                for side in &view.sides {
                    println!("   {} | {}", side.outcome, side.said);
                }
            }
        }
    }
    let _ = (outcome as fn(&_) -> _, clock(0));
}
