//! What a run of a container asks of others while it goes on, and what it hears. A run is planned up to its next
//! question; with the answer it is planned again, from its beginning, and so goes on where it was.

use super::queue::{CallFailure, ItemId, Protocol};
use std::rc::Rc;

/// A call that a run makes at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Milliseconds since the start of the run.
    pub at_ms: u64,
    pub protocol: Protocol,
    pub host: Rc<str>,
    pub port: u16,
    /// The name of the queue it is about.
    pub queue: Rc<str>,
    pub call: Call,
}

/// What is asked of a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Makes the queue, unless it is there.
    Declare,
    /// Puts one item into it.
    Publish,
    Take(WhenEmpty),
    /// The item is finished; acknowledges it where that is usual.
    Finish(ItemId),
    /// Closes the connection; what was not acknowledged is given back.
    Close,
}

/// What happens to a call for an item when there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenEmpty {
    /// It is answered so.
    Says,
    /// It waits for one.
    Waits,
}

/// The answer to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Milliseconds since the start of the run.
    pub at_ms: u64,
    pub reply: Reply,
}

/// What a broker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Accepted,
    Item(ItemId),
    Empty,
    Failed(CallFailure),
}

/// The host and the port of an address such as `http://queue:8080/memq/server`; the port of the scheme where none is
/// given. `None` when it is no address.
pub fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let usual = match scheme {
        "amqp" | "" => 5_672,
        "amqps" => 5_671,
        "https" => 443,
        _ => 80,
    };
    match authority.split_once(':') {
        Some((host, port)) => Some((host, port.parse().ok()?)),
        None => Some((authority, usual)),
    }
    .filter(|(host, _)| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (address, wanted) in [
            ("http://queue:8080/memq/server", Some(("queue", 8_080))),
            ("http://queue/memq/server", Some(("queue", 80))),
            ("amqp://guest:guest@rabbitmq-service:5672", Some(("rabbitmq-service", 5_672))),
            ("amqp://rabbitmq.jobs.svc/%2f", Some(("rabbitmq.jobs.svc", 5_672))),
            ("rabbitmq", Some(("rabbitmq", 5_672))),
            ("http://:8080", None),
            ("http://queue:x", None),
            ("", None),
        ] {
            assert_eq!(host_and_port(address), wanted, "{address}");
        }
    }
}
