//! The store of events. Saying the same again raises a count; an event is forgotten an hour after it was last said.

use super::{ApiServer, Notice};
use crate::api::event::{EventMessage, EventSource, EventType};
use crate::api::{Event, EventReason, ObjectKind, ObjectMeta, Uid};
use crate::sim::{Time, stable_hash};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How long an event is kept after it was last said.
const TIME_TO_LIVE_MS: i64 = 3_600_000;
/// How often forgotten events are cleared away, in milliseconds.
const SWEEP_MS: i64 = 600_000;

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
    events: Vec<Rc<Event>>,
    /// The latest event with that key.
    same: BTreeMap<SameKey, Uid>,
    /// What was last said before then is forgotten.
    kept_from: Time,
    /// When the forgotten are next cleared away.
    next_sweep: Time,
}

/// An object, and a hash of what is said about it. Two messages with one hash are rare, and merely not counted together.
type SameKey = (Uid, u32);

fn same_key(object: Uid, reason: EventReason, message: &EventMessage) -> SameKey {
    (object, stable_hash(0, &(reason, message)) as u32)
}

impl EventStore {
    fn remembered(&self) -> impl DoubleEndedIterator<Item = &Rc<Event>> {
        self.events.iter().filter(|event| event.last_time >= self.kept_from)
    }

    /// Forgets what is too old at `now`.
    fn forget(&mut self, now: Time) {
        self.kept_from = now.plus_ms(-TIME_TO_LIVE_MS);
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = now.plus_ms(SWEEP_MS);
        let (same, kept_from) = (&mut self.same, self.kept_from);
        self.events.retain(|event| {
            let keep = event.last_time >= kept_from;
            if !keep {
                let key = same_key(event.object_uid, event.reason, &event.message);
                if same.get(&key) == Some(&event.uid) {
                    same.remove(&key);
                }
            }
            keep
        });
    }

    /// The place of the event that said the same.
    fn place_of(&self, key: SameKey, draft: &EventDraft) -> Option<usize> {
        let uid = self.same.get(&key)?;
        let place = self.events.binary_search_by_key(uid, |event| event.uid).ok()?;
        let event = &self.events[place];
        let is_same = event.reason == draft.reason && event.message == draft.message;
        (is_same && event.last_time >= self.kept_from).then_some(place)
    }
}

impl ApiServer {
    /// Writes an event, or counts it once more when the same was said before.
    pub fn record_event(&mut self, draft: EventDraft) {
        let now = self.now;
        self.events.forget(now);
        let key = same_key(draft.object_uid, draft.reason, &draft.message);
        let event = match self.events.place_of(key, &draft) {
            Some(place) => {
                let event = &mut self.events.events[place];
                *event = Rc::new(Event { count: event.count + 1, last_time: now, ..(**event).clone() });
                event.clone()
            }
            None => {
                let event = Rc::new(self.new_event(draft));
                self.events.same.insert(key, event.uid);
                self.events.events.push(event.clone());
                event
            }
        };
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
}
