//! The logs of containers, as `kubectl logs` would answer: the lines, or why there are none. Nothing is kept for them;
//! they are made from the run when somebody asks.

use super::Cluster;
use crate::api::{ContainerState, Pod, Text, Uid};
use crate::nodes::WhichRun;
use crate::workload::LogView;

impl Cluster {
    /// The names of a pod's containers, init containers first; none when the pod is gone.
    pub fn container_names(&self, pod: Uid) -> Vec<&str> {
        let template = self.api().pod(pod).map(|pod| &pod.template);
        let containers = template.map(|template| template.init_containers.iter().chain(&template.containers));
        containers.into_iter().flatten().map(|container| &*container.name).collect()
    }

    /// The newest lines of the log of a container (counted as in [`Cluster::container_names`]), with a note where
    /// there is something to say: at most 200 lines and 16 KiB. The log goes with the pod.
    pub fn logs(&self, pod: Uid, container: usize, which: WhichRun) -> LogView {
        let Some(found) = self.api().pod(pod) else {
            if self.history().is_to_come(pod) {
                return silent("The pod has not been created yet.".to_owned());
            }
            let name = self.history().pod(pod).map_or("", |record| &record.name);
            return silent(format!(
                "The pod is gone, and its logs with it. Error from server (NotFound): pods \"{name}\" not found"
            ));
        };
        let logs = self.machines.as_ref().and_then(|machines| machines.log(found, container, which, self.now()));
        logs.unwrap_or_else(|| silent(refusal(found, container, which)))
    }
}

fn silent(note: String) -> LogView {
    LogView { lines: Vec::new(), note: note.into() }
}

/// Why there is no log.
// Models pkg/registry/core/pod/strategy.go LogLocation and pkg/kubelet/kubelet.go validateContainerLogStatus
fn refusal(pod: &Pod, container: usize, which: WhichRun) -> String {
    let name = &pod.meta.name;
    if pod.node.is_none() {
        return format!("Error from server (BadRequest): pod {name} does not have a host assigned");
    }
    let status = pod.status.init_containers.iter().chain(&pod.status.containers).nth(container);
    let Some(status) = status else {
        return format!("Error from server (BadRequest): container is not valid for pod {name}");
    };
    let place = format!("container {:?} in pod {name:?}", status.name);
    match (&status.state, which) {
        (_, WhichRun::Previous) => format!("Error from server (BadRequest): previous terminated {place} not found"),
        (ContainerState::Waiting { reason, .. }, WhichRun::Current) => {
            format!("Error from server (BadRequest): {place} is waiting to start: {}", waiting_text(reason))
        }
        (ContainerState::Running { .. } | ContainerState::Terminated(_), WhichRun::Current) => {
            "The simulation keeps the logs of the pods that ended last; this one's is no longer among them.".to_owned()
        }
    }
}

fn waiting_text(reason: &Text) -> &str {
    match &**reason {
        "ErrImagePull" | "ImagePullBackOff" => "trying and failing to pull image",
        reason => reason,
    }
}
