//! What pods wait for, and nodes that are silent: until when, and what is reckoned from.

use super::*;

#[test]
fn waits_of_pods_are_explained() {
    use Origin::{Default, Written};
    use PodAsk::{Deleted, Here};
    let cases = [
        ("one-shot-on-failure", 15, (0, Here), "1 restart so far", Some((17, Written)), 139, "doBackOff"),
        ("one-shot-on-failure", 40, (0, Here), "same pod at 00:47.9.", Some((17, Written)), 289, "doBackOff"),
        ("one-shot-on-failure", 40, (0, Here), "00:27.9 + 20 s = 00:47.9", Some((17, Written)), 289, "doBackOff"),
        (
            "one-shot-on-failure",
            200,
            (0, Here),
            "at most 5 min: the next wait is 5 min",
            Some((17, Written)),
            1840,
            "doBackOff",
        ),
        ("no-room", 25, (2, Here), "2 Insufficient cpu", Some((14, Written)), 0, "FitError"),
        ("image-missing", 12, (0, Here), "report:v2: not found", Some((12, Written)), 110, "EnsureImageExists"),
        ("image-missing", 12, (0, Here), "pulls it again at 00:31.0.", Some((12, Written)), 110, "EnsureImageExists"),
        (
            "node-dies",
            20,
            (1, Here),
            "noticed at 01:00.0. 50 s without a heartbeat",
            Some((9, Default)),
            150,
            "monitorNodeHealth",
        ),
        ("node-dies", 20, (1, Here), "at 06:05.0 at the earliest", Some((9, Default)), 150, "monitorNodeHealth"),
        ("node-dies", 70, (1, Here), "is evicted at 06:05.0,", Some((9, Default)), 150, "monitorNodeHealth"),
        (
            "node-dies",
            420,
            (1, Deleted),
            "the pod goes when that is back",
            Some((9, Default)),
            3650,
            "processPodOnNode",
        ),
        ("tainted", 12, (2, Here), "untolerated taint", Some((27, Default)), 0, "FitError"),
        (
            "node-dies",
            70,
            (1, Here),
            "node-2 stopped at 00:15.0, with its last heartbeat at 00:07.1",
            Some((9, Default)),
            150,
            "monitorNodeHealth",
        ),
        (
            "node-dies",
            70,
            (1, Here),
            "node.kubernetes.io/unreachable since 01:05.0 + tolerationSeconds 300 = 06:05.0",
            Some((9, Default)),
            150,
            "monitorNodeHealth",
        ),
        (
            "node-dies",
            420,
            (1, Deleted),
            "a taint of its node any longer: node.kubernetes.io/unreachable, tolerated for 300 s.",
            Some((9, Default)),
            3650,
            "processPodOnNode",
        ),
    ];
    check(cases.into(), |(place, ask)| Asked::Pod(place, ask));
}

#[test]
fn silent_nodes_are_explained() {
    let cases = [
        (
            "node-dies",
            20,
            Asked::Node("node-2"),
            "stopped at 00:15.0; its last heartbeat was at 00:07.1. The node lifecycle controller notices after 50 s \
             without one, at its next look: 01:00.0.",
            None,
            150,
            "monitorNodeHealth",
        ),
        ("node-dies", 62, Asked::Node("node-2"), "unreachable:NoExecute: pods go", None, 600, "monitorNodeHealth"),
        (
            "node-dies",
            70,
            Asked::Node("node-2"),
            "its last heartbeat was at 00:07.1. 50 s without a heartbeat are over: NotReady since 01:00.0 / taint \
             node.kubernetes.io/unreachable:NoExecute (since 01:05.0): pods go",
            None,
            600,
            "monitorNodeHealth",
        ),
    ];
    check(cases.into(), |asked| asked);
}
