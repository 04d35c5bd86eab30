//! The clock of the cluster.

use std::time::Duration;

use super::client::Client;
use crate::Clock;

/// How often the EEC is asked.
const PACE: Duration = Duration::from_mins(1);

/// Asks the EEC what the cluster's clock is ahead, at the start and every
/// minute. While it does not say, the last answer is good.
pub(crate) async fn keep_cluster_time(client: &Client, clock: &Clock) {
    let mut next = clock.now();
    let mut failing = false;
    loop {
        match client.time_difference().await {
            Ok(millis) => {
                clock.set_cluster_offset(millis);
                if std::mem::take(&mut failing) {
                    tracing::info!("the EEC tells the time of the cluster again");
                }
            }
            Err(refused) if !failing => {
                failing = true;
                tracing::warn!(
                    "the time of the cluster is not known, the last difference is used: {}",
                    refused.message()
                );
            }
            Err(_) => {}
        }
        clock.cluster_time_settled();
        next += PACE;
        clock.sleep_until(next).await;
    }
}
