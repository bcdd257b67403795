//! The Deployment controller: one ReplicaSet for each pod template a Deployment has had, and pods moved from the old
//! ones to the new one within the bounds of its strategy. It sees no pods.

use super::replica_set::controller_reference;
use crate::api::deployment::POD_TEMPLATE_HASH;
use crate::api::encode::encode;
use crate::api::event::EventSource;
use crate::api::labels::label;
use crate::api::{
    Deployment, DeploymentStatus, EventReason, Labels, ObjectKind, ObjectList, ObjectMeta, PodTemplate, ReplicaSet,
    ReplicaSetSpec, RolloutStrategy, Uid,
};
use crate::apiserver::{ApiResult, ApiServer, Change, EventDraft, NAME_LETTERS};
use crate::client::WorkQueue;
use crate::sim::{Time, text_number};
use std::rc::Rc;

const HASH_LENGTH: u32 = 10;

/// The controller: all that it holds is memory.
// Models pkg/controller/deployment/deployment_controller.go
#[derive(Clone, Debug, Default)]
pub struct DeploymentController {
    deployments: ObjectList<Deployment>,
    sets: ObjectList<ReplicaSet>,
    queue: WorkQueue,
}

impl DeploymentController {
    /// Hears of a change of a Deployment.
    pub fn on_deployment(&mut self, change: &Change<Deployment>) {
        let Some(deployment) = &change.new else { return };
        self.deployments.put(deployment.clone());
        self.queue.add(deployment.meta.uid);
    }

    /// Hears of a change of a ReplicaSet.
    pub fn on_replica_set(&mut self, change: &Change<ReplicaSet>) {
        let Some(set) = &change.new else { return };
        self.sets.put(set.clone());
        if let Some(owner) = set.meta.controller() {
            self.queue.add(owner.uid);
        }
    }

    /// When there is work: `now` when there is already, `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        self.queue.next_due(now)
    }

    /// Takes the next piece of work that is due and does it.
    pub fn work(&mut self, now: Time, api: &mut ApiServer) {
        let Some(key) = self.queue.take(now) else { return };
        let Some(deployment) = self.deployments.get(key).cloned() else { return };
        match self.sync(&deployment, api) {
            Ok(()) => self.queue.forget(key),
            Err(_) => self.queue.add_rate_limited(key, now),
        }
    }

    // Models pkg/controller/deployment/deployment_controller.go syncDeployment
    fn sync(&mut self, deployment: &Deployment, api: &mut ApiServer) -> ApiResult<()> {
        let hash = template_hash(&deployment.spec.template);
        let of_hash = |set: &ReplicaSet| set.spec.template.labels.get(POD_TEMPLATE_HASH) == Some(&hash);
        let (new, old): (Vec<_>, Vec<_>) = self.sets_of(deployment.meta.uid).partition(|set| of_hash(set));
        match (new.first(), deployment.spec.paused) {
            (Some(new), false) => roll_out(deployment, new, &old, api)?,
            (None, false) => create_set(deployment, &hash, &old, api)?,
            (_, true) => {}
        }
        let status = status_of(deployment, new.first(), &old);
        if status == deployment.status { Ok(()) } else { api.update_deployment_status(deployment.meta.uid, status) }
    }

    fn sets_of(&self, owner: Uid) -> impl Iterator<Item = Rc<ReplicaSet>> {
        let owned = move |set: &&Rc<ReplicaSet>| set.meta.controller().is_some_and(|found| found.uid == owner);
        self.sets.iter().filter(owned).cloned()
    }
}

/// Moves pods from the old ReplicaSets to the new one, as far as is allowed now.
// Models pkg/controller/deployment/rolling.go rolloutRolling, recreate.go rolloutRecreate
fn roll_out(deployment: &Deployment, new: &ReplicaSet, old: &[Rc<ReplicaSet>], api: &mut ApiServer) -> ApiResult<()> {
    let wanted = deployment.spec.replicas;
    let replicas = scale_new(deployment, Some(new), old);
    if replicas != new.spec.replicas {
        return scale(deployment, new, replicas, api);
    }
    match deployment.spec.strategy {
        RolloutStrategy::Recreate => {
            old.iter().try_for_each(|set| if set.spec.replicas > 0 { scale(deployment, set, 0, api) } else { Ok(()) })
        }
        RolloutStrategy::RollingUpdate { max_unavailable, .. } => {
            let still_missing = new.spec.replicas - new.status.available_replicas;
            let all = asked_for(new.spec.replicas, old);
            let mut spare = all.saturating_sub((wanted - max_unavailable).max(0)).saturating_sub(still_missing);
            for set in old.iter().filter(|set| set.spec.replicas > 0) {
                let fewer = spare.clamp(0, set.spec.replicas);
                if fewer > 0 {
                    scale(deployment, set, set.spec.replicas - fewer, api)?;
                    spare -= fewer;
                }
            }
            Ok(())
        }
    }
}

/// How many pods the new ReplicaSet may have now.
// Models pkg/controller/deployment/util/deployment_util.go NewRSNewReplicas
fn scale_new(deployment: &Deployment, new: Option<&ReplicaSet>, old: &[Rc<ReplicaSet>]) -> i32 {
    let wanted = deployment.spec.replicas;
    let has = new.map_or(0, |new| new.spec.replicas);
    match deployment.spec.strategy {
        RolloutStrategy::Recreate if old.iter().any(|set| set.status.replicas > 0 || set.spec.replicas > 0) => has,
        RolloutStrategy::Recreate => wanted,
        RolloutStrategy::RollingUpdate { .. } if has >= wanted => wanted,
        RolloutStrategy::RollingUpdate { max_surge, .. } => {
            has + wanted.saturating_add(max_surge).saturating_sub(asked_for(has, old)).clamp(0, wanted - has)
        }
    }
}

/// How many pods the old ReplicaSets and the new one ask for together.
fn asked_for(new: i32, old: &[Rc<ReplicaSet>]) -> i32 {
    old.iter().fold(new, |sum, set| sum.saturating_add(set.spec.replicas))
}

fn scale(deployment: &Deployment, set: &ReplicaSet, replicas: i32, api: &mut ApiServer) -> ApiResult<()> {
    api.scale_replica_set(set.meta.uid, replicas)?;
    say_scaled(deployment, &set.meta.name, set.spec.replicas, replicas, api);
    Ok(())
}

fn say_scaled(deployment: &Deployment, set: &str, from: i32, to: i32, api: &mut ApiServer) {
    let direction = if to > from { "up" } else { "down" };
    let message = format!("Scaled {direction} replica set {set} from {from} to {to}");
    let source = EventSource::DeploymentController;
    let draft = EventDraft::about(ObjectKind::Deployment, &deployment.meta, source, EventReason::ScalingReplicaSet);
    api.record_event(draft.message(message));
}

// Models pkg/controller/deployment/sync.go getNewReplicaSet
fn create_set(deployment: &Deployment, hash: &Rc<str>, old: &[Rc<ReplicaSet>], api: &mut ApiServer) -> ApiResult<()> {
    let spec = &deployment.spec;
    let labels = with_hash(&spec.template.labels, hash);
    let mut selector = (*spec.selector).clone();
    selector.match_labels = with_hash(&selector.match_labels, hash);
    let name: Rc<str> = format!("{}-{hash}", deployment.meta.name).into();
    let meta = ObjectMeta {
        namespace: deployment.meta.namespace.clone(),
        name: name.clone(),
        labels: labels.clone(),
        owner_references: [controller_reference("Deployment", &deployment.meta)].into(),
        ..Default::default()
    };
    let replicas = scale_new(deployment, None, old);
    let set = ReplicaSetSpec {
        replicas,
        min_ready_s: spec.min_ready_s,
        selector: Rc::new(selector),
        template: Rc::new(PodTemplate { labels, ..(*spec.template).clone() }),
    };
    let uid = deployment.meta.uid;
    match api.store_replica_set(meta, set) {
        // The watch has not told of it yet.
        Err(_) if api.replica_sets().any(|set| set.meta.name == name && is_of(set, uid)) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => {
            if replicas > 0 {
                say_scaled(deployment, &name, 0, replicas, api);
            }
            Ok(())
        }
    }
}

fn is_of(set: &ReplicaSet, deployment: Uid) -> bool {
    set.meta.controller().is_some_and(|owner| owner.uid == deployment)
}

// Models pkg/controller/deployment/sync.go calculateStatus
fn status_of(deployment: &Deployment, new: Option<&Rc<ReplicaSet>>, old: &[Rc<ReplicaSet>]) -> DeploymentStatus {
    let mut status =
        DeploymentStatus { observed_generation: deployment.meta.generation, ..DeploymentStatus::default() };
    for set in new.into_iter().chain(old) {
        status.replicas += set.status.replicas;
        status.ready_replicas += set.status.ready_replicas;
        status.available_replicas += set.status.available_replicas;
    }
    status.updated_replicas = new.map_or(0, |set| set.status.replicas);
    status.unavailable_replicas = (status.replicas.max(deployment.spec.replicas) - status.available_replicas).max(0);
    status
}

fn with_hash(labels: &Labels, hash: &str) -> Labels {
    labels.with(vec![label(POD_TEMPLATE_HASH, hash)])
}

/// Ten letters and digits for a template; equal templates have equal ones. They are not those that upstream would give.
fn template_hash(template: &PodTemplate) -> Rc<str> {
    let number = text_number(&encode(&*template.wire).to_string());
    let count = NAME_LETTERS.len() as u64;
    let letter = |place: u32| char::from(NAME_LETTERS[(number / count.pow(place) % count) as usize]);
    (0..HASH_LENGTH).map(letter).collect::<String>().into()
}
