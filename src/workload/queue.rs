//! Queues as brokers hold them in their memory, and the book that is kept of every item: who took it, who finished it,
//! with whom it was lost. It is told of calls and of containers that are gone; it knows no names and no network.

use crate::api::Uid;
use crate::sim::Time;
use std::collections::VecDeque;
use std::rc::Rc;

/// The most items of one queue that the book has room for.
pub const MAX_ITEMS: u32 = 10_000;
/// The most queues that the book has room for.
const MAX_QUEUES: usize = 32;
/// The most points of a depth curve; then every other one is dropped.
const MAX_DEPTHS: usize = 240;

/// How a broker is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// kuard's queue over HTTP: who takes an item has it, and it is gone with him.
    Memq,
    /// RabbitMQ's: an item is finished when it is acknowledged; that of a consumer who is gone is given back.
    Amqp,
}

/// Who takes items: a run of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consumer {
    pub pod: Uid,
    pub container: u16,
    pub turn: u32,
}

impl Consumer {
    /// The state of an item that it has taken.
    fn holds(self) -> ItemState {
        ItemState::Taken { pod: self.pod, container: self.container }
    }
}

/// One item: the place of its queue in the book, and its own in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemId {
    pub queue: u32,
    pub item: u32,
}

/// What has become of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    Waiting,
    /// By a container of that pod.
    Taken {
        pod: Uid,
        container: u16,
    },
    /// By that pod.
    Done(Uid),
    Lost(Loss),
}

/// With whom an item was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The broker that held it in its memory.
    Broker,
    /// The consumer that had taken it off.
    Consumer,
}

/// An item in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    pub state: ItemState,
    /// How often it was handed out.
    pub deliveries: u32,
    /// How often it was finished.
    pub finishes: u32,
}

/// A queue, also one whose broker is gone.
#[derive(Clone, Debug)]
pub struct Queue {
    pub name: Rc<str>,
    /// Under which name its broker was reached when the queue was made.
    pub service: Rc<str>,
    pub protocol: Protocol,
    /// The pod in whose memory it is.
    pub home: Option<Uid>,
    pub items: Vec<Item>,
    /// How many items waited at which moment, where that changed; coarser the longer it gets.
    pub depths: Vec<(Time, u32)>,
    waiting: VecDeque<u32>,
    /// Consumers that wait for an item, first come first served.
    listeners: VecDeque<Consumer>,
}

/// Why a call came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFailure {
    /// No Service has that name.
    NoSuchHost,
    /// The Service has no ready pod, or nothing listens at that port.
    Refused,
    /// The broker knows no queue of that name.
    NoQueue,
    /// The broker has gone since.
    Closed,
    /// The book is full.
    Full,
}

/// What a call for an item brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Item(ItemId),
    Empty,
}

/// A container that listens for calls.
#[derive(Clone, Copy, Debug)]
struct Server {
    pod: Uid,
    container: u16,
    protocol: Protocol,
    port: u16,
}

/// A consumer whose last call came to nothing.
#[derive(Clone, Debug)]
pub struct Failed {
    pub consumer: Consumer,
    pub host: Rc<str>,
    pub failure: CallFailure,
}

/// All queues of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Queues {
    list: Vec<Queue>,
    servers: Vec<Server>,
    failed: Vec<Failed>,
}

impl Queue {
    pub fn depth(&self) -> u32 {
        self.waiting.len() as u32
    }

    pub fn count(&self, holds: impl Fn(ItemState) -> bool) -> u32 {
        self.items.iter().filter(|item| holds(item.state)).count() as u32
    }

    /// Notes how many items wait now.
    fn note_depth(&mut self, now: Time) {
        let depth = self.depth();
        match self.depths.last_mut() {
            Some((at, noted)) if *at == now => *noted = depth,
            _ => self.depths.push((now, depth)),
        }
        if self.depths.len() > MAX_DEPTHS {
            let mut keep = false;
            self.depths.retain(|_| {
                keep = !keep;
                keep
            });
        }
    }

    fn hand_out(&mut self, consumer: Consumer) -> Option<u32> {
        let place = self.waiting.pop_front()?;
        let item = &mut self.items[place as usize];
        item.state = consumer.holds();
        item.deliveries += 1;
        Some(place)
    }

    /// As many listeners as there are items, to ask again.
    fn take_listeners(&mut self) -> Vec<Consumer> {
        let count = self.waiting.len().min(self.listeners.len());
        self.listeners.drain(..count).collect()
    }

    /// The broker is gone, and with it all that waited or was still to be acknowledged.
    fn lose_home(&mut self, now: Time) -> Vec<Consumer> {
        self.home = None;
        self.waiting.clear();
        for item in &mut self.items {
            let is_lost = match item.state {
                ItemState::Waiting => true,
                ItemState::Taken { .. } => self.protocol == Protocol::Amqp,
                ItemState::Done(_) | ItemState::Lost(_) => false,
            };
            if is_lost {
                item.state = ItemState::Lost(Loss::Broker);
            }
        }
        self.note_depth(now);
        std::mem::take(&mut self.listeners).into()
    }

    /// What a consumer has taken and not finished is lost, or given back in its place.
    fn give_back(&mut self, consumer: Consumer, now: Time) -> Vec<Consumer> {
        let before = self.waiting.len();
        for (place, item) in self.items.iter_mut().enumerate() {
            if item.state != consumer.holds() {
                continue;
            }
            item.state = match self.protocol {
                Protocol::Memq => ItemState::Lost(Loss::Consumer),
                Protocol::Amqp => {
                    let place = place as u32;
                    let behind = self.waiting.iter().position(|other| *other > place);
                    self.waiting.insert(behind.unwrap_or(self.waiting.len()), place);
                    ItemState::Waiting
                }
            };
        }
        if self.waiting.len() > before {
            self.note_depth(now);
        }
        self.take_listeners()
    }
}

impl Queues {
    /// All queues there ever were, in the order in which they were made.
    pub fn all(&self) -> &[Queue] {
        &self.list
    }

    /// The consumers whose last call came to nothing.
    pub fn failed(&self) -> &[Failed] {
        &self.failed
    }

    /// A container listens at a port.
    pub fn serve(&mut self, pod: Uid, container: u16, protocol: Protocol, port: u16) {
        self.servers.push(Server { pod, container, protocol, port });
    }

    /// What is spoken at a port of a pod.
    pub fn protocol(&self, pod: Uid, port: u16) -> Option<Protocol> {
        let server = self.servers.iter().find(|server| (server.pod, server.port) == (pod, port));
        server.map(|server| server.protocol)
    }

    /// Makes a queue in the memory of a broker, unless it is there. One of that name that was lost goes on in the book.
    ///
    /// # Errors
    /// `Full` when the book has no room for another one.
    pub fn declare(&mut self, home: Uid, protocol: Protocol, service: &str, name: &str) -> Result<(), CallFailure> {
        if self.of(home, name).is_some() {
            return Ok(());
        }
        let lost = |queue: &&mut Queue| queue.home.is_none() && &*queue.service == service && &*queue.name == name;
        if let Some(queue) = self.list.iter_mut().find(lost) {
            queue.home = Some(home);
            queue.protocol = protocol;
            return Ok(());
        }
        if self.list.len() >= MAX_QUEUES {
            return Err(CallFailure::Full);
        }
        self.list.push(Queue {
            name: name.into(),
            service: service.into(),
            protocol,
            home: Some(home),
            items: Vec::new(),
            depths: Vec::new(),
            waiting: VecDeque::new(),
            listeners: VecDeque::new(),
        });
        Ok(())
    }

    /// Puts new items into a queue. Those returned have waited for one and may ask again.
    ///
    /// # Errors
    /// `NoQueue`, or `Full` when the book has no room for so many.
    pub fn put(&mut self, home: Uid, name: &str, count: u32, now: Time) -> Result<Vec<Consumer>, CallFailure> {
        let place = self.of(home, name).ok_or(CallFailure::NoQueue)?;
        let queue = &mut self.list[place];
        let first = queue.items.len() as u32;
        if count > MAX_ITEMS.saturating_sub(first) {
            return Err(CallFailure::Full);
        }
        for place in first..first + count {
            queue.items.push(Item { state: ItemState::Waiting, deliveries: 0, finishes: 0 });
            queue.waiting.push_back(place);
        }
        queue.note_depth(now);
        Ok(queue.take_listeners())
    }

    /// Takes the next item of a queue.
    ///
    /// # Errors
    /// `NoQueue`.
    pub fn take(&mut self, home: Uid, name: &str, consumer: Consumer, now: Time) -> Result<Taken, CallFailure> {
        let place = self.of(home, name).ok_or(CallFailure::NoQueue)?;
        let queue = &mut self.list[place];
        let Some(item) = queue.hand_out(consumer) else { return Ok(Taken::Empty) };
        queue.note_depth(now);
        Ok(Taken::Item(ItemId { queue: place as u32, item }))
    }

    /// Tells the consumer when an item has come.
    pub fn listen(&mut self, home: Uid, name: &str, consumer: Consumer) {
        if let Some(place) = self.of(home, name) {
            self.list[place].listeners.push_back(consumer);
        }
    }

    /// The consumer has finished an item.
    ///
    /// # Errors
    /// `Closed` when the item was to be acknowledged and its broker has gone meanwhile.
    pub fn finish(&mut self, id: ItemId, consumer: Consumer) -> Result<(), CallFailure> {
        let queue = self.list.get_mut(id.queue as usize).ok_or(CallFailure::NoQueue)?;
        let item = queue.items.get_mut(id.item as usize).ok_or(CallFailure::NoQueue)?;
        if item.state != consumer.holds() {
            return Err(CallFailure::Closed);
        }
        item.state = ItemState::Done(consumer.pod);
        item.finishes += 1;
        Ok(())
    }

    /// The consumer has closed its connection. Those returned may ask again.
    pub fn close(&mut self, consumer: Consumer, now: Time) -> Vec<Consumer> {
        let mut woken = Vec::new();
        for queue in &mut self.list {
            queue.listeners.retain(|listener| !is_same_run(*listener, consumer));
            woken.extend(queue.give_back(consumer, now));
        }
        self.failed.retain(|failed| !is_same_run(failed.consumer, consumer));
        woken
    }

    /// A run of a container has ended: what it held in its memory is lost. Those returned may ask again.
    pub fn container_gone(&mut self, pod: Uid, container: u16, now: Time) -> Vec<Consumer> {
        if self.list.is_empty() && self.servers.is_empty() && self.failed.is_empty() {
            return Vec::new();
        }
        let mut woken = Vec::new();
        let before = self.servers.len();
        self.servers.retain(|server| (server.pod, server.container) != (pod, container));
        if self.servers.len() < before {
            for queue in self.list.iter_mut().filter(|queue| queue.home == Some(pod)) {
                woken.extend(queue.lose_home(now));
            }
        }
        woken.extend(self.close(Consumer { pod, container, turn: 0 }, now));
        woken
    }

    /// Notes how the last call of a consumer went.
    pub fn called(&mut self, consumer: Consumer, host: &Rc<str>, failure: Option<CallFailure>) {
        self.failed.retain(|failed| !is_same_run(failed.consumer, consumer));
        if let Some(failure) = failure {
            self.failed.push(Failed { consumer, host: host.clone(), failure });
        }
    }

    fn of(&self, home: Uid, name: &str) -> Option<usize> {
        self.list.iter().position(|queue| queue.home == Some(home) && &*queue.name == name)
    }
}

fn is_same_run(a: Consumer, b: Consumer) -> bool {
    (a.pod, a.container) == (b.pod, b.container)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BROKER: Uid = Uid(1);

    fn consumer(pod: u32) -> Consumer {
        Consumer { pod: Uid(pod), container: 0, turn: 1 }
    }

    fn queues(protocol: Protocol, items: u32) -> Queues {
        let mut queues = Queues::default();
        queues.serve(BROKER, 0, protocol, 8080);
        queues.declare(BROKER, protocol, "queue", "q").unwrap();
        queues.put(BROKER, "q", items, Time::default()).unwrap();
        queues
    }

    fn states(queues: &Queues) -> Vec<ItemState> {
        queues.all()[0].items.iter().map(|item| item.state).collect()
    }

    #[test]
    fn the_item_of_a_consumer_that_is_gone_is_lost_or_given_back() {
        let now = Time::default();
        for (protocol, state) in
            [(Protocol::Memq, ItemState::Lost(Loss::Consumer)), (Protocol::Amqp, ItemState::Waiting)]
        {
            let mut queues = queues(protocol, 2);
            for pod in [7, 8] {
                queues.take(BROKER, "q", consumer(pod), now).unwrap();
            }
            queues.listen(BROKER, "q", consumer(9));
            let woken = queues.container_gone(Uid(7), 0, now);
            assert_eq!(states(&queues), [state, consumer(8).holds()]);
            assert_eq!(woken.len(), usize::from(protocol == Protocol::Amqp));
        }
    }

    #[test]
    fn what_waits_is_lost_with_its_broker_and_the_queue_can_be_made_anew() {
        let now = Time::default();
        let mut queues = queues(Protocol::Amqp, 2);
        let Ok(Taken::Item(first)) = queues.take(BROKER, "q", consumer(7), now) else { panic!("there is one") };
        assert_eq!(queues.container_gone(BROKER, 0, now), []);
        assert_eq!(states(&queues)[1], ItemState::Lost(Loss::Broker));
        assert_eq!(queues.take(BROKER, "q", consumer(7), now), Err(CallFailure::NoQueue));
        queues.declare(Uid(2), Protocol::Amqp, "queue", "q").unwrap();
        assert_eq!(queues.finish(first, consumer(7)), Err(CallFailure::Closed), "not the new broker's");
        assert_eq!(queues.container_gone(Uid(7), 0, now), []);
        assert_eq!(states(&queues)[0], ItemState::Lost(Loss::Broker));
        queues.put(Uid(2), "q", 1, now).unwrap();
        assert_eq!((queues.all().len(), queues.all()[0].depth()), (1, 1));
        assert_eq!(queues.put(Uid(2), "q", MAX_ITEMS, now), Err(CallFailure::Full));
    }

    #[test]
    fn the_depth_curve_stays_short() {
        let mut queues = queues(Protocol::Memq, 5_000);
        for ms in 0..5_000 {
            queues.take(BROKER, "q", consumer(7), Time::from_epoch_ms(ms)).unwrap();
        }
        let depths = &queues.all()[0].depths;
        assert!(depths.len() <= MAX_DEPTHS && depths.is_sorted_by_key(|(at, _)| *at));
    }

    proptest! {
        /// Whatever is done: an item is finished at most once, handed out again only after it was given back, and lost
        /// only with somebody who is gone.
        #[test]
        fn nothing_is_lost_or_finished_twice_without_a_failure(
            steps in prop::collection::vec((0_u8..5, 2_u32..6), 1..200),
            is_amqp in any::<bool>(),
        ) {
            let protocol = if is_amqp { Protocol::Amqp } else { Protocol::Memq };
            let mut queues = queues(protocol, 20);
            let (mut held, mut gone) = (Vec::new(), Vec::new());
            for (step, pod) in steps {
                let now = Time::default();
                match step {
                    0 | 1 => if let Ok(Taken::Item(id)) = queues.take(BROKER, "q", consumer(pod), now) {
                        held.push((id, pod));
                    },
                    2 | 3 => if let Some((id, pod)) = held.pop() {
                        prop_assert_eq!(queues.finish(id, consumer(pod)), Ok(()));
                    },
                    _ => {
                        queues.container_gone(Uid(pod), 0, now);
                        held.retain(|(_, holder)| *holder != pod);
                        gone.push(Uid(pod));
                    }
                }
                let queue = &queues.all()[0];
                for item in &queue.items {
                    prop_assert_eq!(item.finishes, u32::from(matches!(item.state, ItemState::Done(_))));
                    prop_assert!(item.deliveries <= 1 + gone.len() as u32);
                    match item.state {
                        ItemState::Lost(Loss::Consumer) => prop_assert!(!is_amqp && !gone.is_empty()),
                        ItemState::Lost(Loss::Broker) => prop_assert!(false, "the broker lives"),
                        ItemState::Waiting | ItemState::Taken { .. } | ItemState::Done(_) => {}
                    }
                }
                prop_assert_eq!(queue.depth(), queue.count(|state| state == ItemState::Waiting));
                prop_assert_eq!(held.len() as u32, queue.count(|state| matches!(state, ItemState::Taken { .. })));
            }
        }
    }
}
