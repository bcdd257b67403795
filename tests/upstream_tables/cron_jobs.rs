//! The CronJob controller: when Jobs are due, whole syncs against a client that keeps a record, and what queues what.

use std::rc::Rc;

use jobscope::api::cronjob::CRON_JOB_SCHEDULED_TIMESTAMP;
use jobscope::api::event::EventType;
use jobscope::api::meta::OwnerRole;
use jobscope::api::types::batch;
use jobscope::api::{CronJob, Job, ObjectKind, ObjectMeta, Uid, wire};
use jobscope::apiserver::{ApiError, ApiResult, Change, EventDraft, NewJob};
use jobscope::controllers::cronjob::rules::{Deadline, Missed, Sync, Timetable, by_start_time, job_from_template};
use jobscope::controllers::cronjob::{CronJobClient, CronJobController};
use jobscope::sim::Time;
use serde_json::{Value, json};

use super::objects::{Uids, now, read, time};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    let uids = &mut Uids::default();
    Some(match table {
        "TestByJobStartTime" => by_job_start_time(case, uids),
        "TestGetJobFromTemplate2" => get_job_from_template(case, uids),
        "TestMostRecentScheduleTime" => most_recent_schedule_time(case, uids),
        "TestNextScheduleTime" => next_schedule_time(case, uids),
        "TestNextScheduleTimeDuration" => next_schedule_time_duration(case, uids),
        "TestControllerV2SyncCronJob" => sync_cron_job(case, uids),
        "TestControllerV2CleanupFinishedJobs"
        | "TestControllerV2JobAlreadyExistsButDifferentOwner"
        | "TestControllerV2JobAlreadyExistsButNotInActiveStatus" => turn(case, uids),
        "TestControllerV2GetJobsToBeReconciled" => jobs_to_reconcile(case, uids),
        "TestControllerV2UpdateCronJob" => update_cron_job(case, uids),
        _ => return None,
    })
}

fn by_job_start_time(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let mut jobs = uids.jobs(case.given("jobs"))?;
    jobs.sort_by(by_start_time);
    same("jobs", &names(&jobs), &names(&uids.jobs(case.want("jobs"))?))
}

fn get_job_from_template(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let cron_job = uids.cron_job(case.given("cronJob"))?;
    let scheduled = time(case.given("scheduledTime")).ok_or("no time")?;
    let meta = job_from_template(&cron_job, scheduled).metadata;
    let (labels, annotations) = (meta.labels.unwrap_or_default(), meta.annotations.unwrap_or_default());
    let prefix = case.want("namePrefix").as_str().unwrap_or_default();
    same("name", &meta.name.unwrap_or_default().starts_with(prefix), &true)?;
    same("labels", &json!(labels.len()), case.want("labelCount"))?;
    same("annotations", &json!(annotations.len()), case.want("annotationCount"))?;
    let scheduled = json!(annotations.get(CRON_JOB_SCHEDULED_TIMESTAMP));
    same("scheduled", &scheduled, case.want("scheduledTimestampAnnotation"))
}

fn most_recent_schedule_time(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let cron_job = uids.cron_job(case.given("cronJob"))?;
    let bounded = *case.given("includeStartingDeadlineSeconds") == Value::Bool(true);
    let deadline = if bounded { Deadline::Counts } else { Deadline::Ignored };
    let found = Timetable::of(&cron_job)?.most_recent(&cron_job, now(case), deadline);
    same("error", &json!(found.is_err()), case.want("error"))?;
    let Ok(found) = found else { return Ok(()) };
    same("earliest", &Some(found.earliest), &time(case.want("earliestTime")))?;
    same("most recent", &found.due, &time(case.want("mostRecentTime")))?;
    let missed = match found.missed {
        Missed::None => "none",
        Missed::Few { .. } => "few",
        Missed::Many { .. } => "many",
    };
    same("missed", &json!(missed), case.want("missed"))
}

fn next_schedule_time(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let cron_job = uids.cron_job(case.given("cronJob"))?;
    let timetable = Timetable::parse(case.given("schedule").as_str().unwrap_or_default())?;
    let found = timetable.most_recent(&cron_job, now(case), Deadline::Counts);
    if let Some(wanted) = case.want("error").as_bool() {
        same("error", &found.is_err(), &wanted)?;
    }
    let due = found.ok().and_then(|found| found.due);
    if *case.want("scheduledTimePresent") == Value::Bool(true) {
        return same("some time", &due.is_some(), &true);
    }
    same("scheduled", &due, &time(case.want("scheduledTime")))
}

fn next_schedule_time_duration(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let cron_job = uids.cron_job(case.given("cronJob"))?;
    let delay_ms = Timetable::of(&cron_job)?.next_delay_ms(&cron_job, now(case));
    same("delay", &Some(delay_ms), &milliseconds(case.want("durationSeconds")))
}

fn sync_cron_job(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let mut cron_job = uids.cron_job(case.given("cronJob"))?;
    let jobs = uids.jobs(case.given("jobs"))?;
    let mut client = Client::new(case, uids)?;
    let mut sync = Sync { now: now(case), client: &mut client, changed: false, reasons: Vec::new() };
    let result = sync.sync(&mut cron_job, &jobs);
    let (changed, reasons) = (sync.changed, std::mem::take(&mut sync.reasons));
    same("a reason for everything", &reasons.is_empty(), &false)
        .or_else(|why| if client.events.is_empty() && client.created.is_empty() { Ok(()) } else { Err(why) })?;
    if let Some(wanted) = case.want("error").as_bool() {
        same("error", &result.is_err(), &wanted)?;
    }
    if let Some(wanted) = milliseconds(case.want("requeueAfterSeconds")) {
        same("requeue", &result.unwrap_or_default(), &Some(wanted))?;
    }
    same("update status", &json!(changed), case.want("updateStatus"))?;
    same("created", &json!(client.created.len()), case.want("jobsCreated"))?;
    same("deleted", &json!(client.deleted.len()), case.want("jobsDeleted"))?;
    same("events", &json!(client.events.len()), case.want("events"))?;
    let warnings = client.events.iter().filter(|event| event.event_type == EventType::Warning).count();
    same("warnings", &json!(warnings), case.want("warnings"))?;
    if let Some(wanted) = time(case.want("lastSuccessfulTime")) {
        same("last success", &cron_job.status.last_successful_time, &Some(wanted))?;
    }
    same_controller(&client.created, case.want("createdJobController"), uids)
}

fn same_controller(created: &[NewJob], wanted: &Value, uids: &Uids) -> Result<(), String> {
    let (Some(job), true) = (created.first(), wanted.is_object()) else { return Ok(()) };
    let owner = &job.owner;
    let found = json!({
        "apiVersion": owner.api_version, "kind": owner.kind, "name": &*owner.name, "uid": uids.name(owner.uid),
        "controller": owner.role == OwnerRole::Controller,
    });
    same("controller", &found, wanted)
}

/// One turn of the work queue.
fn turn(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let cron_job = Rc::new(uids.cron_job(case.given("cronJob"))?);
    let mut client = Client::new(case, uids)?;
    let mut controller = controller(&cron_job, &uids.jobs(case.given("jobs"))?, now(case), &mut client);
    controller.work(now(case), &mut client);
    if let Some(wanted) = case.want("deletedJobs").as_array() {
        client.deleted.sort();
        same("deleted", &json!(client.deleted), &json!(wanted))?;
    }
    if let Some(wanted) = case.want("statusUpdates").as_u64() {
        same("status updates", &(client.written.len() as u64), &wanted)?;
        same("reads", &json!(client.read_in), case.want("jobReadNamespaces"))?;
    }
    if let Some(wanted) = case.want("active").as_array() {
        let written = client.written.first().ok_or("nothing was written")?;
        let active = wire::cron_job_to_wire(written).status.unwrap_or_default().active.unwrap_or_default();
        let uid = |place: usize| uids.name(written.status.active[place].uid).to_owned();
        let named = active.into_iter().enumerate().map(|(place, mut job)| {
            job.uid = Some(uid(place));
            json!(job)
        });
        same("active", &named.collect(), wanted)?;
    }
    Ok(())
}

fn jobs_to_reconcile(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let cron_job = Rc::new(uids.cron_job(case.given("cronJob"))?);
    let client = &mut Client::default();
    let controller = controller(&cron_job, &uids.jobs(case.given("jobs"))?, Time::default(), client);
    same("jobs", &json!(names(&controller.jobs_to_reconcile(&cron_job))), case.want("jobs"))
}

fn update_cron_job(case: &Case, uids: &mut Uids) -> Result<(), String> {
    let (mut old, new) = (uids.cron_job(case.given("oldCronJob"))?, uids.cron_job(case.given("newCronJob"))?);
    // Its own sync is to leave nothing in the queue: what is due earlier would hide what the update adds.
    old.spec.suspend = true;
    let (old, new, now) = (Rc::new(old), Rc::new(new), now(case));
    let mut client = Client::default();
    let mut controller = controller(&old, &[], now, &mut client);
    controller.work(now, &mut client);
    controller.on_cron_job(&Change { old: Some(old), new: Some(new.clone()) }, now, &mut client);
    let due = controller.due(new.meta.uid, now).unwrap_or(now);
    same("delay", &Some(due.ms_since(now)), &milliseconds(case.want("delaySeconds")))
}

/// A controller that has heard of these.
fn controller(cron_job: &Rc<CronJob>, jobs: &[Rc<Job>], now: Time, client: &mut Client) -> CronJobController {
    let mut controller = CronJobController::new(0);
    controller.on_cron_job(&Change { old: None, new: Some(cron_job.clone()) }, now, client);
    for job in jobs {
        controller.on_job(&Change { old: None, new: Some(job.clone()) });
    }
    controller
}

fn names(jobs: &[Rc<Job>]) -> Vec<&str> {
    jobs.iter().map(|job| &*job.meta.name).collect()
}

fn milliseconds(seconds: &Value) -> Option<i64> {
    Some((seconds.as_f64()? * 1_000.0).round() as i64)
}

/// Answers as a case says and keeps a record.
#[derive(Default)]
struct Client {
    cron_job: Option<Rc<CronJob>>,
    job: Option<Rc<Job>>,
    create_error: Option<String>,
    get_error: Option<String>,
    created: Vec<NewJob>,
    deleted: Vec<String>,
    written: Vec<CronJob>,
    /// The namespaces in which Jobs were read.
    read_in: Vec<String>,
    events: Vec<EventDraft>,
}

impl Client {
    fn new(case: &Case, uids: &mut Uids) -> Result<Self, String> {
        let error = |field| case.given(field).as_str().map(str::to_owned);
        let (cron_job, job) = (case.given("apiCronJob"), case.given("apiJob"));
        Ok(Self {
            cron_job: if cron_job.is_object() { Some(Rc::new(uids.cron_job(cron_job)?)) } else { None },
            job: if job.is_object() { Some(Rc::new(uids.job(job)?)) } else { None },
            create_error: error("createError"),
            get_error: error("getError"),
            ..Self::default()
        })
    }

    fn readable(&self) -> ApiResult<()> {
        self.get_error.clone().map_or(Ok(()), |error| Err(ApiError::Internal(error)))
    }
}

impl CronJobClient for Client {
    fn cron_job(&mut self, asked: &CronJob) -> ApiResult<Rc<CronJob>> {
        let name = asked.meta.name.to_string();
        self.cron_job.clone().ok_or(ApiError::NotFound { kind: ObjectKind::CronJob, name })
    }

    fn job(&mut self, namespace: &str, name: &str) -> ApiResult<Rc<Job>> {
        self.read_in.push(namespace.to_owned());
        self.readable()?;
        self.job.clone().ok_or_else(|| ApiError::NotFound { kind: ObjectKind::Job, name: name.to_owned() })
    }

    fn create_job(&mut self, job: NewJob) -> ApiResult<Rc<Job>> {
        let name = job.metadata.name.clone().unwrap_or_default();
        match self.create_error.as_deref() {
            None => {}
            Some("AlreadyExists") => return Err(ApiError::AlreadyExists { kind: ObjectKind::Job, name }),
            Some("NamespaceTerminating") => {
                return Err(ApiError::NamespaceTerminating { namespace: "snazzycats".to_owned() });
            }
            Some(error) => return Err(ApiError::Internal(error.to_owned())),
        }
        let meta = ObjectMeta { name: name.into(), uid: Uid(1_000_000), ..ObjectMeta::default() };
        self.created.push(job);
        let wire = Rc::new(batch::JobSpec::default());
        let status = wire::job_status(&read::<batch::JobStatus>(&json!({})).map_err(ApiError::Internal)?, &mut |_| {
            Uid::default()
        });
        Ok(Rc::new(Job { meta, spec: wire::job_spec(&wire), status, wire }))
    }

    fn delete_job(&mut self, job: &Job) -> ApiResult<()> {
        self.readable()?;
        self.deleted.push(job.meta.name.to_string());
        Ok(())
    }

    fn update_status(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>> {
        self.written.push(cron_job.clone());
        Ok(Rc::new(cron_job.clone()))
    }

    fn record_event(&mut self, event: EventDraft) {
        self.events.push(event);
    }
}
