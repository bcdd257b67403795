//! The network between pods, as far as queues need it: names resolve to Services, Services to their ready pods, and
//! calls reach what listens there. It looks everything up at the moment of a call.

use crate::api::{Labels, Pod, ServicePort, TargetPort, Uid};
use crate::apiserver::ApiServer;
use crate::sim::Time;
use crate::workload::{Call, CallFailure, Consumer, Protocol, Question, Queues, Reply, Taken, WhenEmpty};

/// What may stand behind the namespace in the name of a Service.
const DOMAIN: [&str; 3] = ["svc", "cluster", "local"];

/// The answer to a call and those that may ask again because of it; no answer when the caller has to wait.
pub fn call(
    api: &ApiServer,
    queues: &mut Queues,
    namespace: &str,
    question: &Question,
    consumer: Consumer,
) -> (Option<Reply>, Vec<Consumer>) {
    let mut woken = Vec::new();
    let reply = match reply(api, queues, namespace, question, consumer, &mut woken) {
        Ok(reply) => reply,
        Err(failure) => Some(Reply::Failed(failure)),
    };
    let failure = match reply {
        Some(Reply::Failed(failure)) => Some(failure),
        Some(Reply::Accepted | Reply::Item(_) | Reply::Empty) | None => None,
    };
    queues.called(consumer, &question.host, failure);
    (reply, woken)
}

/// Puts items into a queue of the broker behind a Service; makes the queue where it is missing.
///
/// # Errors
/// When the broker cannot be reached or the book is full.
pub fn load(
    api: &ApiServer,
    queues: &mut Queues,
    service: &str,
    queue: &str,
    count: u32,
    now: Time,
) -> Result<Vec<Consumer>, CallFailure> {
    let found = api.services().find(|found| &*found.meta.name == service).ok_or(CallFailure::NoSuchHost)?;
    let (home, protocol) = found
        .ports
        .iter()
        .find_map(|port| endpoint(api, queues, &found.meta.namespace, &found.selector, port))
        .ok_or(CallFailure::Refused)?;
    queues.declare(home, protocol, service, queue)?;
    queues.put(home, queue, count, now)
}

fn reply(
    api: &ApiServer,
    queues: &mut Queues,
    namespace: &str,
    question: &Question,
    consumer: Consumer,
    woken: &mut Vec<Consumer>,
) -> Result<Option<Reply>, CallFailure> {
    let now = api.now();
    match question.call {
        // These go over a connection that is open, or need none.
        Call::Finish(item) => return queues.finish(item, consumer).map(|()| Some(Reply::Accepted)),
        Call::Close => {
            *woken = queues.close(consumer, now);
            return Ok(Some(Reply::Accepted));
        }
        Call::Declare | Call::Publish | Call::Take(_) => {}
    }
    let (home, protocol) = resolve(api, queues, namespace, &question.host, question.port)?;
    if protocol != question.protocol {
        return Err(CallFailure::Refused);
    }
    match question.call {
        Call::Declare => queues.declare(home, protocol, &question.host, &question.queue)?,
        Call::Publish => *woken = queues.put(home, &question.queue, 1, now)?,
        Call::Take(when_empty) => match (queues.take(home, &question.queue, consumer, now)?, when_empty) {
            (Taken::Item(item), _) => return Ok(Some(Reply::Item(item))),
            (Taken::Empty, WhenEmpty::Says) => return Ok(Some(Reply::Empty)),
            (Taken::Empty, WhenEmpty::Waits) => {
                queues.listen(home, &question.queue, consumer);
                return Ok(None);
            }
        },
        Call::Finish(_) | Call::Close => {}
    }
    Ok(Some(Reply::Accepted))
}

/// The pod that answers at a host and port, and what it speaks.
fn resolve(
    api: &ApiServer,
    queues: &Queues,
    namespace: &str,
    host: &str,
    port: u16,
) -> Result<(Uid, Protocol), CallFailure> {
    let port = i32::from(port);
    if api.nodes().any(|node| &*node.meta.name == host) {
        let ports = api.services().flat_map(|service| service.ports.iter().map(move |found| (service, found)));
        let (service, port) =
            ports.into_iter().find(|(_, found)| found.node_port == Some(port)).ok_or(CallFailure::Refused)?;
        let found = endpoint(api, queues, &service.meta.namespace, &service.selector, port);
        return found.ok_or(CallFailure::Refused);
    }
    let mut parts = host.split('.');
    let name = parts.next().unwrap_or_default();
    let namespace = parts.next().unwrap_or(namespace);
    if !parts.zip(DOMAIN).all(|(part, wanted)| part == wanted) {
        return Err(CallFailure::NoSuchHost);
    }
    let service = api.service_by_name(namespace, name).ok_or(CallFailure::NoSuchHost)?;
    let port = service.ports.iter().find(|found| found.port == port).ok_or(CallFailure::Refused)?;
    endpoint(api, queues, namespace, &service.selector, port).ok_or(CallFailure::Refused)
}

/// The first ready pod of a Service at which something listens. Where there are several, a real network takes any.
fn endpoint(
    api: &ApiServer,
    queues: &Queues,
    namespace: &str,
    selector: &Labels,
    port: &ServicePort,
) -> Option<(Uid, Protocol)> {
    if selector.is_empty() {
        return None;
    }
    let picks = |pod: &Pod| selector.iter().all(|label| pod.meta.labels.get(&label.0) == Some(&label.1));
    let is_endpoint =
        |pod: &Pod| &*pod.meta.namespace == namespace && pod.is_ready() && pod.meta.deletion_time.is_none();
    let pod = api.pods().find(|pod| is_endpoint(pod) && picks(pod))?;
    let number = u16::try_from(target(&port.target, pod)?).ok()?;
    Some((pod.meta.uid, queues.protocol(pod.meta.uid, number)?))
}

/// The number of a port, which a container may have given a name.
fn target(port: &TargetPort, pod: &Pod) -> Option<i32> {
    let name = match port {
        TargetPort::Number(number) => return Some(*number),
        TargetPort::Name(name) => &**name,
    };
    let containers = pod.template.wire.spec.iter().flat_map(|spec| &spec.containers);
    let mut ports = containers.flat_map(|container| container.ports.iter().flatten());
    ports.find(|port| port.name.as_deref() == Some(name)).map(|port| port.container_port)
}
