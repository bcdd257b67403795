//! The entries of the gallery, in the order of the list: their texts, manifests, settings and acts.

use super::{Act, GalleryEntry, Nodes, PLAIN, Pods, Theme, cron_jobs};
use crate::api::Propagation;

macro_rules! manifest {
    ($name:literal) => {
        include_str!(concat!("manifests/", $name, ".yaml"))
    };
}

pub(super) const ENTRIES: &[GalleryEntry] = &[
    GalleryEntry {
        id: "parallel",
        title: "Parallel with fixed completions",
        summary: "10 runs, five at a time, one in four fails",
        watch_for: "Five seats in Running are refilled until ten places in Succeeded are taken. After failures new \
                    pods wait: 10 s, then 20 s, 40 s …",
        manifest: manifest!("parallel"),
        pods: Pods::OneInFourFails,
        ..PLAIN
    },
    GalleryEntry {
        id: "one-shot",
        title: "One shot",
        summary: "One pod makes ten keys and is done",
        watch_for: "One pod runs to its end; the Job is Complete with 1/1.",
        manifest: manifest!("one-shot"),
        ..PLAIN
    },
    GalleryEntry {
        id: "six-runs",
        title: "Six runs",
        summary: "Six runs of five seconds, one after the other",
        watch_for: "There is one seat, and it is filled six times.",
        manifest: manifest!("six-runs"),
        ..PLAIN
    },
    GalleryEntry {
        id: "six-runs-two-at-a-time",
        title: "Six runs, two at a time",
        summary: "Six runs of five seconds, parallelism 2",
        watch_for: "Two seats: half the waves, about half the time.",
        manifest: manifest!("six-runs-two-at-a-time"),
        ..PLAIN
    },
    GalleryEntry {
        id: "work-queue",
        title: "Work queue",
        summary: "Five consumers, completions unset",
        watch_for: "Once one pod has succeeded no new pod is made. The Job is Complete when the others have ended too.",
        manifest: manifest!("work-queue"),
        pods: Pods::Take(10, 40),
        ..PLAIN
    },
    GalleryEntry {
        id: "four-workers",
        title: "Four workers on a queue",
        summary: "Four runs, two at a time",
        watch_for: "Each worker takes what it finds and ends; the next one takes its seat.",
        manifest: manifest!("four-workers"),
        pods: Pods::Take(10, 30),
        ..PLAIN
    },
    GalleryEntry {
        id: "prime-numbers",
        title: "Prime numbers",
        summary: "One pod that computes for minutes",
        watch_for: "Nothing happens for a long while, as it should. Turn up the speed.",
        manifest: manifest!("prime-numbers"),
        pods: Pods::Take(150, 240),
        ..PLAIN
    },
    GalleryEntry {
        id: "one-shot-on-failure",
        theme: Theme::Failures,
        title: "One shot that fails, OnFailure",
        summary: "The container exits with 1 and restarts in the same pod",
        watch_for: "The same pod restarts in place, ever later: CrashLoopBackOff of 10, 20, 40 s. At six restarts \
                    (backoffLimit) the pod is deleted and the Job has failed.",
        manifest: manifest!("one-shot-on-failure"),
        ..PLAIN
    },
    GalleryEntry {
        id: "one-shot-never",
        theme: Theme::Failures,
        title: "One shot that fails, Never",
        summary: "The container exits with 1, each time in a new pod",
        watch_for: "Failed pods stay, new ones come ever later: 10, 20, 40 s and so on, at most 10 min. The seventh \
                    failure is one more than backoffLimit 6.",
        manifest: manifest!("one-shot-never"),
        ..PLAIN
    },
    GalleryEntry {
        id: "into-the-limit",
        theme: Theme::Failures,
        title: "Runs into its limit",
        summary: "Always fails; backoffLimit 3",
        watch_for: "Four pods fail. The fourth is one more than backoffLimit 3, so the Job fails with \
                    BackoffLimitExceeded.",
        manifest: manifest!("into-the-limit"),
        ..PLAIN
    },
    GalleryEntry {
        id: "two-containers",
        theme: Theme::Failures,
        title: "Two containers",
        summary: "One exits with 0, the other with 1; backoffLimit 2",
        watch_for: "A pod has failed when one of its containers has. Three pods fail, then the Job does.",
        manifest: manifest!("two-containers"),
        ..PLAIN
    },
    GalleryEntry {
        id: "exit-code-42",
        theme: Theme::Failures,
        title: "Exit code 42 fails the Job",
        summary: "podFailurePolicy: FailJob on exit code 42",
        watch_for: "Index 1 exits with 1: counted, and tried again. Index 4 exits with 42: the rule fails the whole Job at once.",
        manifest: manifest!("exit-code-42"),
        ..PLAIN
    },
    GalleryEntry {
        id: "disruptions",
        theme: Theme::Failures,
        title: "Disruptions do not count",
        summary: "podFailurePolicy: Ignore pods that were evicted; backoffLimit 0",
        watch_for: "A pod is evicted after 8 s, as when a node is drained. By its condition DisruptionTarget it does not count; a new pod follows.",
        manifest: manifest!("disruptions"),
        pods: Pods::Take(15, 25),
        job: "disrupted",
        acts: &[(8, Act::EvictPod)],
        ..PLAIN
    },
    GalleryEntry {
        id: "deadline",
        theme: Theme::Failures,
        title: "Deadline",
        summary: "activeDeadlineSeconds 40 ends it too early",
        watch_for: "After 40 s the running pods are deleted and the Job fails with DeadlineExceeded, however far it was.",
        manifest: manifest!("deadline"),
        pods: Pods::Take(15, 25),
        ..PLAIN
    },
    GalleryEntry {
        id: "indexed",
        theme: Theme::Indexes,
        title: "Indexed",
        summary: "Four indexes, three at a time",
        watch_for: "Each pod has an index of its own, in its name, its hostname and JOB_COMPLETION_INDEX. At the end \
                    completedIndexes is 0-3.",
        manifest: manifest!("indexed"),
        ..PLAIN
    },
    GalleryEntry {
        id: "bad-index",
        theme: Theme::Indexes,
        title: "One bad index",
        summary: "Index 1 always fails; one limit for the whole Job",
        watch_for: "Index 1 is tried again until its fourth failure exceeds backoffLimit 3. The whole Job fails; index 7 never had its turn.",
        manifest: manifest!("bad-index"),
        ..PLAIN
    },
    GalleryEntry {
        id: "bad-index-on-its-own",
        theme: Theme::Indexes,
        title: "One bad index, on its own",
        summary: "Index 1 always fails; backoffLimitPerIndex 1",
        watch_for: "Index 1 waits by itself, is tried once more and given up; the others go on. In the end the Job fails, with failedIndexes 1.",
        manifest: manifest!("bad-index-on-its-own"),
        ..PLAIN
    },
    GalleryEntry {
        id: "too-many-bad-indexes",
        theme: Theme::Indexes,
        title: "Too many bad indexes",
        summary: "Odd indexes fail; maxFailedIndexes 2",
        watch_for: "Two indexes may fail. The third failed index ends the Job at once, and the pods still running are deleted.",
        manifest: manifest!("too-many-bad-indexes"),
        ..PLAIN
    },
    GalleryEntry {
        id: "leader-decides",
        theme: Theme::Indexes,
        title: "The leader decides",
        summary: "successPolicy: index 0 is enough",
        watch_for: "When index 0 succeeds SuccessCriteriaMet is set and the others are deleted. Complete comes when they have ended.",
        manifest: manifest!("leader-decides"),
        ..PLAIN
    },
    GalleryEntry {
        id: "elastic",
        theme: Theme::Indexes,
        title: "Elastic",
        summary: "completions and parallelism together: 4, then 7, then 3",
        watch_for: "At 10 s indexes 4 to 6 are added. At 20 s indexes 3 to 6 go again, with their pods; that is no failure.",
        manifest: manifest!("elastic"),
        job: "elastic",
        acts: &[(10, Act::Scale(7)), (20, Act::Scale(3))],
        ..PLAIN
    },
    GalleryEntry {
        id: "suspended",
        theme: Theme::Changes,
        title: "Suspended",
        summary: "Created suspended, resumed after 15 s",
        watch_for: "No pods and no start time while it is suspended. The Job's clock starts when it is resumed.",
        manifest: manifest!("suspended"),
        job: "later",
        acts: &[(15, Act::Resume)],
        ..PLAIN
    },
    GalleryEntry {
        id: "suspended-while-running",
        theme: Theme::Changes,
        title: "Suspended while running",
        summary: "Suspended after 10 s, resumed after 30 s",
        watch_for: "Suspending deletes the active pods; they do not count as failures. Resuming makes new ones.",
        manifest: manifest!("suspended-while-running"),
        pods: Pods::Take(12, 20),
        job: "interrupted",
        acts: &[(10, Act::Suspend), (30, Act::Resume)],
        ..PLAIN
    },
    GalleryEntry {
        id: "replaced-at-once",
        theme: Theme::Changes,
        title: "Replaced at once",
        summary: "podReplacementPolicy TerminatingOrFailed; a pod is deleted after 10 s",
        watch_for: "The pod takes 40 s to shut down, but counts as failed at once: after the back-off of 10 s a new pod runs beside it.",
        manifest: manifest!("replaced-at-once"),
        job: "replaced-at-once",
        acts: &[(10, Act::DeletePod)],
        ..PLAIN
    },
    GalleryEntry {
        id: "replaced-when-ended",
        theme: Theme::Changes,
        title: "Replaced when ended",
        summary: "podReplacementPolicy Failed; a pod is deleted after 10 s",
        watch_for: "While the deleted pod shuts down for 40 s its seat stays empty. Only when it has ended is it counted and replaced.",
        manifest: manifest!("replaced-when-ended"),
        job: "replaced-when-ended",
        acts: &[(10, Act::DeletePod)],
        ..PLAIN
    },
    GalleryEntry {
        id: "ttl",
        theme: Theme::Changes,
        title: "Cleaned up",
        summary: "ttlSecondsAfterFinished 30",
        watch_for: "30 s after the Job is Complete it is deleted, and its pods with it. A failed Job would be, too.",
        manifest: manifest!("ttl"),
        ..PLAIN
    },
    GalleryEntry {
        id: "deleted-foreground",
        theme: Theme::Changes,
        title: "Deleted in the foreground",
        summary: "The Job is deleted after 12 s, its pods first",
        watch_for: "The Job stays, marked for deletion, until its pods have shut down. No new pod is made.",
        manifest: manifest!("deleted-foreground"),
        job: "foreground",
        acts: &[(12, Act::DeleteJob(Propagation::Foreground))],
        ..PLAIN
    },
    GalleryEntry {
        id: "deleted-orphan",
        theme: Theme::Changes,
        title: "Deleted, pods left",
        summary: "The Job is deleted after 12 s, its pods are orphaned",
        watch_for: "The Job is gone at once. Its pods run on to their end; nobody counts or replaces them.",
        manifest: manifest!("deleted-orphan"),
        job: "orphan",
        acts: &[(12, Act::DeleteJob(Propagation::Orphan))],
        ..PLAIN
    },
    GalleryEntry {
        id: "managed-elsewhere",
        theme: Theme::Changes,
        title: "Managed elsewhere",
        summary: "managedBy names another controller",
        watch_for: "Nothing happens: the Job controller leaves this Job to the one that managedBy names, and here there is none.",
        manifest: manifest!("managed-elsewhere"),
        ..PLAIN
    },
    GalleryEntry {
        id: "queue-drained",
        theme: Theme::Queues,
        title: "Five workers drain a queue",
        summary: "100 items in kuard's memory queue, completions unset",
        watch_for: "Each worker takes item after item. Whoever finds the queue empty exits with 0, and no new pods are made.",
        manifest: manifest!("queue-drained"),
        items: Some(("queue", "keygen", 100)),
        ..PLAIN
    },
    GalleryEntry {
        id: "queue-item-lost",
        theme: Theme::Queues,
        title: "An item is lost",
        summary: "A worker on kuard's queue dies after 25 s",
        watch_for: "What was taken from this queue is gone from it: with the worker its item is lost. 99 of 100 are done, and the Job is Complete.",
        manifest: manifest!("queue-drained"),
        items: Some(("queue", "keygen", 100)),
        job: "consumers",
        acts: &[(25, Act::FailPod)],
        ..PLAIN
    },
    GalleryEntry {
        id: "queue-acknowledged",
        theme: Theme::Queues,
        title: "An item is given back",
        summary: "RabbitMQ, one item a pod; a worker dies after 25 s",
        watch_for: "An item is finished when it is acknowledged. That of the worker who dies goes back to the queue, and another pod does it.",
        manifest: manifest!("queue-acknowledged"),
        pods: Pods::Take(8, 15),
        items: Some(("broker", "jobs", 8)),
        job: "workers",
        acts: &[(25, Act::FailPod)],
        ..PLAIN
    },
    GalleryEntry {
        id: "queue-pod-dies",
        theme: Theme::Queues,
        title: "The queue's pod dies",
        summary: "Deleted after 25 s; filled again after 90 s",
        watch_for: "The ReplicaSet makes a new pod, but the items were in the old one's memory. The workers ask every second, until there is a queue again.",
        manifest: manifest!("queue-drained"),
        items: Some(("queue", "keygen", 100)),
        job: "queue",
        acts: &[(25, Act::DeletePod), (90, Act::AddItems(20))],
        ..PLAIN
    },
    GalleryEntry {
        id: "queue-left-early",
        theme: Theme::Queues,
        title: "Workers leave too early",
        summary: "Three workers exit with 0 after five items each, of 30",
        watch_for: "The first exit with 0 means to the Job that the queue is empty: no new pods. It is Complete, and 15 items wait for ever.",
        manifest: manifest!("queue-left-early"),
        pods: Pods::Take(2, 4),
        items: Some(("broker", "jobs", 30)),
        ..PLAIN
    },
    GalleryEntry {
        id: "queue-unreachable",
        theme: Theme::Queues,
        title: "No queue to be found",
        summary: "Workers whose queue has no Service; activeDeadlineSeconds 60",
        watch_for: "The name does not resolve. The workers ask again every second and never fail: only the deadline ends them.",
        manifest: manifest!("queue-unreachable"),
        ..PLAIN
    },
    GalleryEntry {
        id: "last-words",
        theme: Theme::Containers,
        title: "Logs and last words",
        summary: "A script that says why it fails; backoffLimit 2",
        watch_for: "Select a pod and open Logs: each line has its time. The last one also goes to /dev/termination-log, \
                    and so into the pod's status.",
        manifest: manifest!("last-words"),
        ..PLAIN
    },
    GalleryEntry {
        id: "sidecar",
        theme: Theme::Containers,
        title: "A sidecar",
        summary: "An init container with restartPolicy Always",
        watch_for: "The sidecar starts first and runs beside the work. When the work is done it is told to stop, and the \
                    pod has succeeded once it has: the Job waits for that, but not for the sidecar's loop.",
        manifest: manifest!("sidecar"),
        ..PLAIN
    },
    GalleryEntry {
        id: "stuck",
        theme: Theme::Containers,
        title: "Runs that hang",
        summary: "Half of the runs never end; a liveness probe finds them",
        watch_for: "After three failed probes the kubelet kills the container (exit code 137) and starts it again in \
                    the same pod. Without the probe the Job would wait for ever.",
        manifest: manifest!("stuck"),
        pods: Pods::HalfHang,
        ..PLAIN
    },
    GalleryEntry {
        id: "out-of-memory",
        theme: Theme::Containers,
        title: "Out of memory",
        summary: "Half of the runs are OOMKilled",
        watch_for: "The kernel kills what takes more than its limit: exit code 137, reason OOMKilled. To the Job it is a \
                    failure like any other.",
        manifest: manifest!("out-of-memory"),
        pods: Pods::HalfRunOutOfMemory,
        ..PLAIN
    },
    GalleryEntry {
        id: "image-missing",
        theme: Theme::Containers,
        title: "An image that is not there",
        summary: "It is pushed to the registry after 60 s",
        watch_for: "ErrImagePull, then ImagePullBackOff with ever longer waits. The Job only waits: its pods are active \
                    and have not failed. After 60 s the next attempt finds the image.",
        manifest: manifest!("image-missing"),
        pods: Pods::ImageMissing("example.com/report:v2"),
        acts: &[(60, Act::HealPods)],
        ..PLAIN
    },
    GalleryEntry {
        id: "polite-stop",
        theme: Theme::Containers,
        title: "Told to stop",
        summary: "Suspended after 10 s: one container traps SIGTERM, one does not",
        watch_for: "The worker saves its work and exits with 0. The other one never hears the signal and is killed when \
                    the 6 s of grace are over.",
        manifest: manifest!("polite-stop"),
        job: "polite-stop",
        acts: &[(10, Act::Suspend), (30, Act::Resume)],
        ..PLAIN
    },
    GalleryEntry {
        id: "node-dies",
        theme: Theme::Nodes,
        title: "A node dies",
        summary: "One of three nodes goes dark after 15 s",
        watch_for: "Nothing happens at first. The silence is noticed after about 50 s; five minutes later the lost pod \
                    has to go, and another takes its place. Only when the node is back is the Job Complete.",
        manifest: manifest!("node-dies"),
        pods: Pods::Take(25, 30),
        nodes: Nodes::Count(3),
        acts: &[(15, Act::KillNode("node-2")), (600, Act::RestoreNode("node-2"))],
        ..PLAIN
    },
    GalleryEntry {
        id: "node-dies-soon",
        theme: Theme::Nodes,
        title: "A node dies, noticed sooner",
        summary: "One of three nodes goes dark after 15 s; tolerationSeconds 30",
        watch_for: "The pods put up with an unreachable node for 30 s instead of five minutes. The Job is done sooner.",
        manifest: manifest!("node-dies-soon"),
        pods: Pods::Take(25, 30),
        nodes: Nodes::Count(3),
        acts: &[(15, Act::KillNode("node-2")), (300, Act::RestoreNode("node-2"))],
        ..PLAIN
    },
    GalleryEntry {
        id: "drained",
        theme: Theme::Nodes,
        title: "A node is drained",
        summary: "node-1 is drained after 12 s; disruptions are ignored",
        watch_for: "The evicted pods carry DisruptionTarget, so podFailurePolicy does not count them, though \
                    backoffLimit is 0. New pods run on the other node.",
        manifest: manifest!("drained"),
        pods: Pods::Take(25, 40),
        nodes: Nodes::Count(2),
        acts: &[(12, Act::DrainNode("node-1"))],
        ..PLAIN
    },
    GalleryEntry {
        id: "no-room",
        theme: Theme::Nodes,
        title: "No room",
        summary: "Each pod asks for 1.5 CPUs; a node joins after 60 s",
        watch_for: "Two nodes of two CPUs hold one pod each. The third waits, and the scheduler says why, until node-3 \
                    joins.",
        manifest: manifest!("no-room"),
        pods: Pods::Take(100, 120),
        nodes: Nodes::Small(2),
        acts: &[(60, Act::AddSmallNode("node-3"))],
        ..PLAIN
    },
    GalleryEntry {
        id: "tainted",
        theme: Theme::Nodes,
        title: "Taint and toleration",
        summary: "Both nodes are tainted; one of two Jobs tolerates it",
        watch_for: "The pods of the Job tolerant run at once. Those of the Job plain wait until the taint of node-2 is \
                    removed after 40 s.",
        manifest: manifest!("tainted"),
        nodes: Nodes::Count(2),
        acts: &[
            (0, Act::TaintNode("node-1", "dedicated=batch:NoSchedule")),
            (0, Act::TaintNode("node-2", "dedicated=batch:NoSchedule")),
            (40, Act::TaintNode("node-2", "dedicated:NoSchedule-")),
        ],
        ..PLAIN
    },
    cron_jobs::HELLO,
    cron_jobs::ALLOW,
    cron_jobs::FORBID,
    cron_jobs::REPLACE,
    cron_jobs::CONTROLLER_DOWN,
    cron_jobs::TOO_LATE,
    cron_jobs::SPRING,
    cron_jobs::AUTUMN,
    cron_jobs::HISTORY,
    cron_jobs::EDITED,
    cron_jobs::SUSPENDED,
    cron_jobs::RUN_NOW,
];
