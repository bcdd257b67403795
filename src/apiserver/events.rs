//! The store of events. Saying the same again raises a count; an event is forgotten an hour after it was last said.

use super::{ApiServer, Notice};
use crate::api::event::{EventMessage, EventSource, EventType};
use crate::api::{Event, EventReason, ObjectKind, ObjectMeta, Uid};
use crate::sim::{Chunks, Time, stable_hash};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How long an event is kept after it was last said.
const TIME_TO_LIVE_MS: i64 = 3_600_000;
/// So many different events can be said in between and the same is still counted. Upstream's recorders remember 4096
/// each, of which every node has one.
const SAID_LATELY: usize = 16_384;

/// What a component wants to say about an object.
#[derive(Clone, Debug)]
pub struct EventDraft {
    pub kind: ObjectKind,
    pub namespace: Rc<str>,
    pub name: Rc<str>,
    pub object_uid: Uid,
    pub event_type: EventType,
    pub reason: EventReason,
    pub message: EventMessage,
    pub source: EventSource,
}

impl EventDraft {
    /// An event about the object with that metadata.
    pub fn about(kind: ObjectKind, meta: &ObjectMeta, source: EventSource, reason: EventReason) -> Self {
        Self {
            kind,
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            object_uid: meta.uid,
            event_type: EventType::Normal,
            reason,
            message: EventMessage::Fixed(""),
            source,
        }
    }

    pub fn warning(mut self) -> Self {
        self.event_type = EventType::Warning;
        self
    }

    pub fn message(mut self, message: impl Into<EventMessage>) -> Self {
        self.message = message.into();
        self
    }
}

/// All events that are still remembered.
#[derive(Clone, Debug, Default)]
pub(super) struct EventStore {
    /// In the order in which they were first said, which is that of their uids.
    events: Chunks<Rc<Event>>,
    lately: Lately,
    /// What was last said before then is forgotten.
    kept_from: Time,
    /// When the forgotten are next cleared away.
    next_sweep: Time,
}

impl EventStore {
    fn remembered(&self) -> impl DoubleEndedIterator<Item = &Rc<Event>> {
        self.events.iter().filter(|event| event.last_time >= self.kept_from)
    }

    /// Forgets what is too old at `now`.
    fn forget(&mut self, now: Time) {
        let kept_from = now.plus_ms(-TIME_TO_LIVE_MS);
        self.kept_from = kept_from;
        if now >= self.next_sweep {
            self.next_sweep = now.plus_ms(TIME_TO_LIVE_MS);
            self.events.retain(|event| event.last_time >= kept_from);
        }
    }

    /// The place of the event with that uid, if it says the same.
    fn place_of(&self, uid: Uid, draft: &EventDraft) -> Option<usize> {
        let place = self.events.partition_point(|event| event.uid < uid);
        let event = self.events.get(place).filter(|event| event.uid == uid)?;
        let is_same = (event.object_uid, event.reason) == (draft.object_uid, draft.reason)
            && event.message == draft.message
            && event.last_time >= self.kept_from;
        is_same.then_some(place)
    }
}

/// The events that were said lately, by object and a hash of what was said about it. It holds at least the last
/// [`SAID_LATELY`] different ones and at most twice as many; what is said again later is an event of its own.
// Models staging/src/k8s.io/client-go/tools/record/events_cache.go eventLogger
#[derive(Clone, Debug, Default)]
struct Lately {
    young: BTreeMap<SaidKey, Uid>,
    /// Never written to, so that copies can share it.
    old: Rc<BTreeMap<SaidKey, Uid>>,
}

/// The uid of the object, and below it the hash.
type SaidKey = u64;

impl Lately {
    fn get(&self, key: SaidKey) -> Option<Uid> {
        self.young.get(&key).or_else(|| self.old.get(&key)).copied()
    }

    fn put(&mut self, key: SaidKey, event: Uid) {
        if self.young.len() == SAID_LATELY {
            self.old = Rc::new(std::mem::take(&mut self.young));
        }
        self.young.insert(key, event);
    }
}

impl ApiServer {
    /// Writes an event, or counts it once more when the same was said before.
    pub fn record_event(&mut self, draft: EventDraft) {
        let now = self.now;
        self.events.forget(now);
        let key = u64::from(draft.object_uid.0) << 32 | stable_hash(0, &(draft.reason, &draft.message)) & 0xffff_ffff;
        let earlier = self.events.lately.get(key).and_then(|uid| self.events.place_of(uid, &draft));
        let event = match earlier.and_then(|place| self.events.events.get_mut(place)) {
            Some(event) => {
                *event = Rc::new(Event { count: event.count + 1, last_time: now, ..(**event).clone() });
                event.clone()
            }
            None => {
                let event = Rc::new(self.new_event(draft));
                self.events.events.push(event.clone());
                event
            }
        };
        self.events.lately.put(key, event.uid);
        self.notices.push(Notice::Event(event));
    }

    /// The events that are remembered, in the order in which they were first said.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Rc<Event>> {
        self.events.remembered()
    }

    fn new_event(&mut self, draft: EventDraft) -> Event {
        Event {
            uid: self.next_uid(),
            kind: draft.kind,
            namespace: draft.namespace,
            name: draft.name,
            object_uid: draft.object_uid,
            event_type: draft.event_type,
            reason: draft.reason,
            message: draft.message,
            source: draft.source,
            count: 1,
            first_time: self.now,
            last_time: self.now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(api: &mut ApiServer, seconds: i64, message: &'static str) {
        api.set_now(Time::default().plus_seconds(seconds));
        let meta = ObjectMeta::default();
        let draft = EventDraft::about(ObjectKind::Pod, &meta, EventSource::Kubelet, EventReason::BackOff);
        api.record_event(draft.warning().message(message));
    }

    #[test]
    fn the_same_is_counted_and_the_old_forgotten() {
        let mut api = ApiServer::new(Time::default(), 0);
        for (seconds, message) in [(0, "a"), (10, "a"), (20, "b"), (3_615, "c")] {
            say(&mut api, seconds, message);
        }
        let seen: Vec<_> = api.events().map(|event| (event.message(), event.count)).collect();
        assert_eq!(seen, [("b".into(), 1), ("c".into(), 1)]);
    }

    #[test]
    fn what_was_said_long_ago_is_said_anew() {
        let mut lately = Lately::default();
        let key = |number| u64::from(number) << 32;
        for number in 0..3 * SAID_LATELY as u32 {
            lately.put(key(number), Uid(number));
        }
        let last = 3 * SAID_LATELY as u32 - 1;
        assert_eq!(lately.get(key(last - SAID_LATELY as u32 + 1)), Some(Uid(last - SAID_LATELY as u32 + 1)));
        assert_eq!(lately.get(key(0)), None);
        assert_eq!(lately.young.len() + lately.old.len(), 2 * SAID_LATELY);
    }
}
