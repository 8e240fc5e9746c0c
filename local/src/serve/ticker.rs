//! What happens without anybody asking: unfinished work is carried on, and a server that others can reach looks out for demo
//! credentials that a verb put into its file meanwhile.

use reconnect_core::Services;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

const EVERY: Duration = Duration::from_secs(3);

/// A running ticker.
pub(super) struct Ticker {
    task: JoinHandle<()>,
    /// Turns to a reason when the server must stop.
    pub(super) alarm: watch::Receiver<Option<&'static str>>,
}

impl Ticker {
    /// Ends it. A step that is cut short is carried on by the next process.
    pub(super) fn stop(self) {
        self.task.abort();
    }
}

/// Starts it.
pub(super) fn start(services: Arc<Services>, loopback_only: bool) -> Ticker {
    let (alarm, heard) = watch::channel(None);
    let task = tokio::spawn(async move {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = services.carry_out_due().await {
                tracing::warn!(target: "reconnect", %error, "unfinished work cannot be carried on");
            }
            if !loopback_only && services.graph.demo().await.is_ok_and(|demo| !demo.is_empty()) {
                let _ = alarm
                    .send(Some("demo people or applications were put into the file of a server that others can reach"));
            }
        }
    });
    Ticker { task, alarm: heard }
}
