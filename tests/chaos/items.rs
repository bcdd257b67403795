//! Books on the items of queues: who was handed which, and what became of it. They are compared with the cluster's own
//! after every event, and know of no failure but those that the containers' books have.
//!
//! An item waits, is held by one run of a container, or is finished, and is finished once. It is handed out again only
//! after the run that held it is over, and lost only with a run that is over: with its consumer's when the queue is
//! kuard's, with its broker's when it was not acknowledged. A broker that comes back has none of the items of before.

use super::checker::{Containers, Life, RunId};
use jobscope::sim::Time;
use jobscope::workload::{Item, ItemState, Loss, Protocol, Queue};

/// The books on all queues, in the cluster's order.
#[derive(Default)]
pub struct ItemBooks {
    queues: Vec<Vec<ItemFile>>,
    /// How many items were put into queues.
    pub put: usize,
    /// Consumers that gave an item back while they ran: they end at the same moment.
    leaving: Vec<(RunId, Time)>,
}

struct ItemFile {
    latest: Item,
    /// The run in whose memory it was put.
    broker: Option<RunId>,
    /// The run that was handed it last.
    holder: Option<RunId>,
}

impl ItemBooks {
    /// Compares the books with what the cluster says, and brings them up to date.
    ///
    /// # Errors
    /// What cannot be.
    pub fn compare(&mut self, queues: &[Queue], containers: &Containers, now: Time) -> Result<(), String> {
        for (run, _) in self.leaving.extract_if(.., |(_, at)| *at < now) {
            if containers.life(run) == Life::GoesOn {
                return Err(format!("{run:?} has given its item back and goes on"));
            }
        }
        self.queues.resize_with(queues.len().max(self.queues.len()), Vec::new);
        for (place, queue) in queues.iter().enumerate() {
            self.compare_queue(place, queue, containers, now)
                .map_err(|what| format!("queue {}: {what}", queue.name))?;
        }
        let known: usize = self.queues.iter().map(Vec::len).sum();
        if known == self.put { Ok(()) } else { Err(format!("{} items were put into queues, not {known}", self.put)) }
    }

    /// Nothing happens any more.
    ///
    /// # Errors
    /// That an item is held, although all consumers have ended.
    pub fn at_rest(&self) -> Result<(), String> {
        let is_held = |item: &&ItemFile| matches!(item.latest.state, ItemState::Taken { .. });
        let held = self.queues.iter().flatten().find(is_held);
        held.map_or(Ok(()), |item| Err(format!("an item is held by {:?} at rest", item.holder)))
    }

    fn compare_queue(&mut self, place: usize, queue: &Queue, containers: &Containers, now: Time) -> Result<(), String> {
        let home = queue.home.and_then(|pod| containers.last_run(pod, 0));
        if queue.home.is_some() && home.is_none_or(|run| containers.life(run) == Life::Over) {
            return Err(format!("it is in the memory of {home:?}, which is over"));
        }
        let files = &mut self.queues[place];
        for (number, item) in queue.items.iter().enumerate() {
            if number == files.len() {
                let latest = Item { state: ItemState::Waiting, deliveries: 0, finishes: 0 };
                files.push(ItemFile { latest, broker: home, holder: None });
            }
            let file = &mut files[number];
            let scene = Scene { protocol: queue.protocol, home, containers };
            let what = scene.follow(file, *item).map_err(|what| {
                format!(
                    "item {number} of {:?}, held by {:?}: {:?} -> {item:?}: {what}",
                    file.broker, file.holder, file.latest
                )
            })?;
            if let Change::GivenBackBy(run) = what {
                self.leaving.push((run, now));
            }
            file.latest = *item;
        }
        if files.len() > queue.items.len() {
            return Err(format!("it had {} items, now {}", files.len(), queue.items.len()));
        }
        let waiting = queue.count(|state| state == ItemState::Waiting);
        if queue.depth() == waiting { Ok(()) } else { Err(format!("depth {} of {waiting}", queue.depth())) }
    }
}

/// What the next step of an item's life has to fit to.
struct Scene<'a> {
    protocol: Protocol,
    /// The run of the broker that has the queue now.
    home: Option<RunId>,
    containers: &'a Containers,
}

/// What has happened to an item.
enum Change {
    Explained,
    /// By a run that seems to go on.
    GivenBackBy(RunId),
}

impl Scene<'_> {
    /// Follows an item to its next state.
    fn follow(&self, file: &mut ItemFile, new: Item) -> Result<Change, String> {
        let old = file.latest;
        let handed = new.deliveries.wrapping_sub(old.deliveries);
        let finished = new.finishes.wrapping_sub(old.finishes);
        if finished != u32::from(new.state != old.state && matches!(new.state, ItemState::Done(_))) {
            return Err(format!("finished {finished} times"));
        }
        let hand_outs = u32::from(
            old.state == ItemState::Waiting && matches!(new.state, ItemState::Taken { .. } | ItemState::Done(_)),
        );
        if handed != hand_outs {
            return Err(format!("handed out {handed} times"));
        }
        let needs = |holds: bool, what: &str| if holds { Ok(Change::Explained) } else { Err(what.to_owned()) };
        match (old.state, new.state) {
            (ItemState::Taken { .. }, state) if state == old.state => {
                needs(!self.is_over(file.holder), "its holder is over")
            }
            (before, after) if before == after => Ok(Change::Explained),
            (ItemState::Waiting, ItemState::Taken { pod, container }) => {
                file.holder = self.containers.last_run(pod, container);
                needs(self.goes_on(file.holder), "handed to one who is over")?;
                needs(self.is_at_home(file), "handed out by another broker")
            }
            // Taken and finished in one moment.
            (ItemState::Waiting, ItemState::Done(_)) => needs(self.is_at_home(file), "its broker is over"),
            (ItemState::Waiting, ItemState::Lost(Loss::Broker)) => {
                needs(!self.goes_on(file.broker), "its broker goes on")
            }
            (ItemState::Taken { pod, .. }, ItemState::Done(by)) => {
                let is_acknowledged = self.protocol == Protocol::Memq || self.is_at_home(file);
                needs(pod == by && is_acknowledged, "finished by another, or its broker is over")
            }
            (ItemState::Taken { .. }, ItemState::Waiting) => {
                needs(
                    self.protocol == Protocol::Amqp && self.is_at_home(file),
                    "there is no broker to give it back to",
                )?;
                let leaving = file.holder.filter(|holder| self.goes_on(Some(*holder)));
                Ok(leaving.map_or(Change::Explained, Change::GivenBackBy))
            }
            (ItemState::Taken { .. }, ItemState::Lost(Loss::Consumer)) => {
                needs(self.protocol == Protocol::Memq && !self.goes_on(file.holder), "its holder goes on")
            }
            (ItemState::Taken { .. }, ItemState::Lost(Loss::Broker)) => {
                needs(self.protocol == Protocol::Amqp && !self.goes_on(file.broker), "its broker goes on")
            }
            (ItemState::Waiting | ItemState::Taken { .. } | ItemState::Done(_) | ItemState::Lost(_), _) => {
                Err("there is no such way".to_owned())
            }
        }
    }

    /// Whether the broker that has the queue now is the one in whose memory the item was put.
    fn is_at_home(&self, file: &ItemFile) -> bool {
        self.home.is_some() && self.home == file.broker
    }

    fn goes_on(&self, run: Option<RunId>) -> bool {
        run.is_some_and(|run| self.containers.life(run) == Life::GoesOn)
    }

    fn is_over(&self, run: Option<RunId>) -> bool {
        run.is_none_or(|run| self.containers.life(run) == Life::Over)
    }
}
