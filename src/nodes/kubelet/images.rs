//! The images of containers: which are there, which are fetched, and what happens when one cannot be.

use super::runtime::{BackOff, PullOutcome, RunState};
use super::status::{self, Life};
use super::worker::Worker;
use crate::api::event::EventMessage;
use crate::api::pod::ImagePull;
use crate::api::{ContainerState, EventReason, EventType, Text};
use crate::sim::Time;
use std::ops::Range;
use std::rc::Rc;

/// Asking the registry for an image that the node has already, in milliseconds.
const QUICK_PULL_MS: i64 = 300;
/// From a pull that failed to the kubelet's next look at the pod, in milliseconds.
const NEXT_LOOK_MS: i64 = 1_000;
/// The longest name of an image, without its tag.
const MAX_NAME_LENGTH: usize = 255;

/// Since when the images of a node are there, or from when on they will be.
pub type NodeImages = Vec<(Rc<str>, Time)>;

/// What is to be done for an image.
enum ImageWait {
    IsThere,
    Pull {
        until: Time,
        outcome: PullOutcome,
    },
    /// It can never be there; why, and what is said about it.
    Refused {
        event: EventReason,
        reason: &'static str,
        message: String,
    },
}

impl Worker<'_, '_> {
    /// Starts the containers whose images are there, and pulls those of the others.
    pub fn start_or_pull(&mut self, places: Range<usize>) {
        let now = self.now();
        let mut ready = Vec::with_capacity(places.len());
        for place in places {
            match self.image_wait(place) {
                ImageWait::IsThere => ready.push(place),
                ImageWait::Pull { until, outcome } => {
                    self.runtime.containers[place].enter(RunState::Pulling { since: now, until, outcome });
                    self.wake_container(place, until);
                }
                ImageWait::Refused { event, reason, message } => {
                    self.runtime.containers[place].enter(RunState::NoImage);
                    self.report(EventType::Warning, event, message.clone());
                    self.report(EventType::Warning, EventReason::Failed, format!("Error: {reason}"));
                    self.show_waiting(place, reason, message);
                }
            }
        }
        if !ready.is_empty() {
            self.start(&ready);
        }
    }

    /// What to do for the image of a container. A node pulls an image once for all who ask for it meanwhile.
    // Models pkg/kubelet/images/image_manager.go EnsureImageExists
    fn image_wait(&mut self, place: usize) -> ImageWait {
        let now = self.now();
        let (image, policy) = (self.container(place).image.clone(), self.container(place).image_pull);
        if !is_image_name(&image) {
            let message = format!(
                "Failed to apply default image tag {image:?}: couldn't parse image name {image:?}: invalid reference format"
            );
            return ImageWait::Refused { event: EventReason::InspectFailed, reason: "InvalidImageName", message };
        }
        let there_at = self.images.iter().find(|(known, _)| *known == image).map(|(_, at)| *at);
        let is_there = there_at.is_some_and(|at| at <= now);
        if policy != ImagePull::Always && is_there {
            self.report_present(place);
            return ImageWait::IsThere;
        }
        if policy == ImagePull::Never {
            let message = format!("Container image {image:?} is not present with pull policy of Never");
            let reason = "ErrImageNeverPull";
            return ImageWait::Refused { event: EventReason::ErrImageNeverPull, reason, message };
        }
        if policy == ImagePull::IfNotPresent
            && let Some((until, outcome)) = self.sibling_pulls(&image)
        {
            return ImageWait::Pull { until, outcome };
        }
        self.report(EventType::Normal, EventReason::Pulling, EventMessage::Pulling { image: image.clone() });
        let settings = self.turn.workloads.settings(&self.pod);
        if settings.is_missing(&image) {
            return ImageWait::Pull { until: now.plus_ms(QUICK_PULL_MS), outcome: PullOutcome::Fails };
        }
        let pull_ms = settings.image_pull_ms;
        let until = there_at.map_or(now.plus_ms(pull_ms as i64), |at| at.max(now).plus_ms(QUICK_PULL_MS));
        if there_at.is_none() {
            self.images.push((image, until));
        }
        ImageWait::Pull { until, outcome: PullOutcome::Comes }
    }

    /// Until when another container of the pod pulls that image.
    fn sibling_pulls(&self, image: &Rc<str>) -> Option<(Time, PullOutcome)> {
        self.runtime.containers.iter().enumerate().find_map(|(place, container)| match container.state {
            RunState::Pulling { until, outcome, .. } => {
                (self.container(place).image == *image).then_some((until, outcome))
            }
            RunState::NotStarted
            | RunState::PullFailed { .. }
            | RunState::NoImage
            | RunState::Running { .. }
            | RunState::Ended { .. } => None,
        })
    }

    /// Starts the containers whose images have come, and notes which have not.
    pub fn start_pulled(&mut self) {
        let now = self.now();
        let mut ready = Vec::new();
        let mut pulled: Vec<Rc<str>> = Vec::new();
        for place in 0..self.runtime.containers.len() {
            let RunState::Pulling { since, until, outcome } = self.runtime.containers[place].state else { continue };
            if until > now {
                continue;
            }
            if outcome == PullOutcome::Fails {
                self.pull_failed(place);
                continue;
            }
            self.runtime.containers[place].pull_back_off = None;
            let (image, policy) = (self.container(place).image.clone(), self.container(place).image_pull);
            if policy == ImagePull::IfNotPresent && pulled.contains(&image) {
                self.report_present(place);
            } else {
                self.report_pulled(place, now.ms_since(since));
                pulled.push(image);
            }
            ready.push(place);
        }
        if !ready.is_empty() {
            self.start(&ready);
        }
    }

    fn pull_failed(&mut self, place: usize) {
        let now = self.now();
        let image = self.container(place).image.clone();
        let error = pull_error(&image);
        self.report(EventType::Warning, EventReason::Failed, format!("Failed to pull image {image:?}: {error}"));
        self.report(EventType::Warning, EventReason::Failed, "Error: ErrImagePull");
        let container = &mut self.runtime.containers[place];
        let back_off = BackOff::after(container.pull_back_off, now);
        container.pull_back_off = Some(back_off);
        container.enter(RunState::PullFailed { retry_at: back_off.ends_at(), is_told: false });
        self.wake_container(place, now.plus_ms(NEXT_LOOK_MS));
        self.show_waiting(place, "ErrImagePull", error);
    }

    /// The kubelet looks again at a container whose image could not be pulled.
    pub fn retry_pull(&mut self, place: usize, retry_at: Time) {
        let now = self.now();
        if retry_at <= now {
            return self.start_or_pull(place..place + 1);
        }
        let image = self.container(place).image.clone();
        let back_off = format!("Back-off pulling image {image:?}");
        self.report(EventType::Normal, EventReason::BackOff, back_off.clone());
        self.report(EventType::Warning, EventReason::Failed, "Error: ImagePullBackOff");
        self.runtime.containers[place].enter(RunState::PullFailed { retry_at, is_told: true });
        self.wake_container(place, retry_at);
        self.show_waiting(place, "ImagePullBackOff", format!("{back_off}: ErrImagePull: {}", pull_error(&image)));
    }

    fn show_waiting(&mut self, place: usize, reason: &'static str, message: impl Into<Text>) {
        let (now, message) = (self.now(), message.into());
        self.write(|pod| {
            if let Some(status) = status::container_mut(pod, place) {
                let waiting = ContainerState::Waiting { reason: reason.into(), message };
                if let ContainerState::Terminated(ended) = std::mem::replace(&mut status.state, waiting) {
                    status.last_termination = Some(ended);
                }
            }
            status::refresh(pod, Life::GoesOn, now);
        });
    }

    fn report_present(&mut self, place: usize) {
        let image = self.container(place).image.clone();
        self.report(EventType::Normal, EventReason::Pulled, EventMessage::AlreadyPresent { image });
    }

    fn report_pulled(&mut self, place: usize, waited_ms: i64) {
        let image = self.container(place).image.clone();
        let waited_ms = waited_ms.clamp(0, i64::from(u32::MAX)) as u32;
        self.report(EventType::Normal, EventReason::Pulled, EventMessage::Pulled { image, waited_ms });
    }
}

/// What a registry without that image answers, as containerd tells it.
fn pull_error(image: &str) -> String {
    let first = image.split('/').next().unwrap_or_default();
    let has_registry = image.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    let full = match (has_registry, image.contains('/')) {
        (true, _) => image.to_owned(),
        (false, true) => format!("docker.io/{image}"),
        (false, false) => format!("docker.io/library/{image}"),
    };
    let name = full.rsplit('/').next().unwrap_or_default();
    let full = if name.contains([':', '@']) { full } else { full + ":latest" };
    format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{full}\": failed to resolve reference \
         \"{full}\": {full}: not found"
    )
}

/// Whether the text can name an image: lower-case parts between slashes, then perhaps a tag and a digest.
// Models distribution/reference ParseNormalizedNamed
fn is_image_name(image: &str) -> bool {
    let (rest, digest) = image.split_once('@').map_or((image, None), |(rest, digest)| (rest, Some(digest)));
    let colon = rest.rfind(':').filter(|colon| !rest[*colon..].contains('/'));
    let (name, tag) = colon.map_or((rest, None), |colon| (&rest[..colon], Some(&rest[colon + 1..])));
    let (domain, path) = match name.split_once('/') {
        Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), path),
        _ => (None, name),
    };
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let part_fits = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && part.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit())
            && part.chars().all(|letter| is_word(letter) && !letter.is_ascii_uppercase())
    };
    name.len() <= MAX_NAME_LENGTH
        && path.split('/').all(part_fits)
        && domain
            .is_none_or(|domain| !domain.is_empty() && domain.chars().all(|letter| is_word(letter) || letter == ':'))
        && tag.is_none_or(|tag| {
            (1..=128).contains(&tag.len()) && tag.chars().all(is_word) && !tag.starts_with(['.', '-'])
        })
        && digest.is_none_or(|digest| digest.split_once(':').is_some_and(|(_, hex)| hex.len() >= 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_names_are_told_from_other_texts() {
        for image in [
            "busybox",
            "busybox:1.36",
            "gcr.io/kuar-demo/kuard-amd64:blue",
            "localhost:5000/app",
            "localhost/app:v1",
            "a_b/c.d-e:T_1.x",
            "alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ] {
            assert!(is_image_name(image), "{image}");
        }
        for image in
            ["", "Busybox", "busybox:", "busybox:a:b", "a//b", "-a", "a b", "busybox:!", "a@sha256:1", "http://x/y"]
        {
            assert!(!is_image_name(image), "{image}");
        }
    }

    #[test]
    fn a_registry_answers_with_the_full_name() {
        for (image, full) in [
            ("busybox:nope", "docker.io/library/busybox:nope"),
            ("me/app", "docker.io/me/app:latest"),
            ("gcr.io/x/y:1", "gcr.io/x/y:1"),
            ("localhost:5000/x", "localhost:5000/x:latest"),
        ] {
            assert!(pull_error(image).ends_with(&format!(": {full}: not found")), "{}", pull_error(image));
        }
    }
}
