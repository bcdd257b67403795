//! The store of events. Saying the same again raises a count; an event is forgotten an hour after it was last said.

use super::{ApiServer, Notice};
use crate::api::event::{EventSource, EventType};
use crate::api::{Event, EventReason, ObjectKind, ObjectMeta, Text, Uid};
use crate::sim::Time;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// How long an event is kept after it was last said.
const TIME_TO_LIVE_MS: i64 = 3_600_000;

/// What a component wants to say about an object.
#[derive(Clone, Debug)]
pub struct EventDraft {
    pub kind: ObjectKind,
    pub namespace: Rc<str>,
    pub name: Rc<str>,
    pub object_uid: Uid,
    pub event_type: EventType,
    pub reason: EventReason,
    pub message: Text,
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
            message: Text::default(),
            source,
        }
    }

    pub fn warning(mut self) -> Self {
        self.event_type = EventType::Warning;
        self
    }

    pub fn message(mut self, message: impl Into<Text>) -> Self {
        self.message = message.into();
        self
    }
}

type SameKey = (Uid, EventReason, Text);

/// All events that are still remembered.
#[derive(Clone, Debug, Default)]
pub(super) struct EventStore {
    by_uid: BTreeMap<Uid, Rc<Event>>,
    same: BTreeMap<SameKey, Uid>,
    /// When which event was said, in order of time.
    said: VecDeque<(Time, Uid)>,
}

impl EventStore {
    /// Forgets events that were last said before `time`.
    fn forget_before(&mut self, time: Time) {
        while let Some((said, uid)) = self.said.pop_front_if(|(said, _)| *said < time) {
            if self.by_uid.get(&uid).is_some_and(|event| event.last_time == said)
                && let Some(event) = self.by_uid.remove(&uid)
            {
                self.same.remove(&(event.object_uid, event.reason, event.message.clone()));
            }
        }
    }

    fn put(&mut self, event: Event) -> Rc<Event> {
        let event = Rc::new(event);
        self.said.push_back((event.last_time, event.uid));
        self.by_uid.insert(event.uid, event.clone());
        event
    }
}

impl ApiServer {
    /// Writes an event, or counts it once more when the same was said before.
    pub fn record_event(&mut self, draft: EventDraft) {
        let now = self.now;
        self.events.forget_before(now.plus_ms(-TIME_TO_LIVE_MS));
        let key = (draft.object_uid, draft.reason, draft.message.clone());
        let event = match self.events.same.get(&key).and_then(|uid| self.events.by_uid.get(uid)) {
            Some(earlier) => Event { count: earlier.count + 1, last_time: now, ..(**earlier).clone() },
            None => {
                let event = self.new_event(draft);
                self.events.same.insert(key, event.uid);
                event
            }
        };
        let event = self.events.put(event);
        self.notices.push(Notice::Event(event));
    }

    /// The events that are remembered, in the order in which they were first said.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Rc<Event>> {
        self.events.by_uid.values()
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
        let seen: Vec<_> = api.events().map(|event| (&*event.message, event.count)).collect();
        assert_eq!(seen, [("b", 1), ("c", 1)]);
    }
}
