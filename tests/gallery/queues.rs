//! The entries of the gallery about work queues.

use super::Ended;
use jobscope::api::JobConditionType;
use jobscope::workload::ItemState;

/// How many items of the first queue wait, are taken, done and lost.
fn items(ended: &Ended) -> [u32; 4] {
    let queue = &ended.cluster.queues().unwrap().all()[0];
    let of = |holds: fn(ItemState) -> bool| queue.count(holds);
    assert!(queue.items.iter().all(|item| item.finishes <= 1), "an item is finished once at the most");
    [
        of(|state| state == ItemState::Waiting),
        of(|state| matches!(state, ItemState::Taken { .. })),
        of(|state| matches!(state, ItemState::Done(_))),
        of(|state| matches!(state, ItemState::Lost(_))),
    ]
}

#[test]
fn five_workers_drain_a_hundred_items() {
    let ended = Ended::of("queue-drained");
    ended.complete(5);
    assert_eq!(items(&ended), [0, 0, 100, 0]);
    assert_eq!((ended.pods().len(), ended.job.status.failed), (5, 0));
    let queue = &ended.cluster.queues().unwrap().all()[0];
    for pod in ended.pods() {
        assert!(queue.count(|state| state == ItemState::Done(pod.uid)) > 10, "{} has done its share", pod.name);
    }
    assert_eq!((queue.depths.first().unwrap().1, queue.depths.last().unwrap().1), (100, 0));
}

#[test]
fn an_item_taken_from_kuards_queue_is_lost_with_its_worker() {
    let ended = Ended::of("queue-item-lost");
    ended.complete(5);
    assert_eq!(items(&ended), [0, 0, 99, 1]);
    assert_eq!(ended.pods().iter().map(|pod| pod.restarts).sum::<i32>(), 1);
}

#[test]
fn an_item_that_was_not_acknowledged_is_given_back() {
    let ended = Ended::of("queue-acknowledged");
    ended.complete(8);
    assert_eq!(items(&ended), [0, 0, 8, 0]);
    assert_eq!((ended.pods().len(), ended.job.status.failed), (9, 1));
    let queue = &ended.cluster.queues().unwrap().all()[0];
    assert_eq!(queue.items.iter().map(|item| item.deliveries).sum::<u32>(), 9);
}

#[test]
fn a_queue_in_memory_is_lost_with_its_pod() {
    let ended = Ended::of("queue-pod-dies");
    ended.complete(5);
    let [waiting, taken, done, lost] = items(&ended);
    assert_eq!((waiting, taken, done + lost), (0, 0, 120));
    assert!(lost > 20 && done > 60, "{lost} lost, {done} done");
    let brokers: Vec<_> = ended.cluster.history().pods().filter(|pod| pod.name.starts_with("queue-")).collect();
    let [old, new] = brokers[..] else { panic!("the ReplicaSet makes one new pod") };
    assert!(old.gone_at.is_some() && new.gone_at.is_none());
    assert!(new.created_at.ms_since(old.deletion_asked_at.unwrap()) < 1_000);
    assert!(ended.at_s(ended.pods()[0].ended_at.unwrap()) > 90, "the workers wait for the new queue");
}

#[test]
fn workers_that_leave_too_early_leave_items_behind() {
    let ended = Ended::of("queue-left-early");
    ended.complete(3);
    assert_eq!(items(&ended), [15, 0, 15, 0]);
    assert_eq!(ended.pods().len(), 3);
}

#[test]
fn workers_without_a_queue_ask_for_ever() {
    let ended = Ended::of("queue-unreachable");
    ended.ended_with(JobConditionType::Failed, "DeadlineExceeded");
    assert!(ended.pods().iter().all(|pod| pod.restarts == 0 && pod.deletion_asked_at.is_some()));
    assert!(ended.cluster.queues().unwrap().all().is_empty());
}
