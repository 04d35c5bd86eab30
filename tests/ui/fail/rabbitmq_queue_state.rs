//! The queue collector of a public extension for RabbitMQ: its manifest
//! declares the dimension `queue_state`, and its code sends `state`. There, the
//! attribute of every queue stayed empty; here, it does not compile.
extyped::extension!("rabbitmq_queue_state.yaml");

use extyped::Cumulative;

/// A queue, as the management API of the broker lists it.
struct Queue {
    name: String,
    node: String,
    vhost: String,
    durable: bool,
    policy: String,
    state: String,
    kind: String,
    messages: u64,
    published: u64,
}

fn report(recorder: &extyped::Recorder, cluster: &str, queues: &[Queue]) {
    let metrics = Metrics::of(recorder);
    for queue in queues {
        metrics
            .rabbitmq_queue(RabbitmqQueueDimensions {
                cluster,
                node: &queue.node,
                vhost: &queue.vhost,
                queue: &queue.name,
                durable: queue.durable,
                policy: &queue.policy,
                state: &queue.state,
                r#type: &queue.kind,
            })
            .messages(queue.messages)
            .publish_count(Cumulative(queue.published));
    }
}

fn main() {}
