//! Carrying on unfinished work: the steps of every intent, by whoever holds it.

use crate::callbacks;
use crate::context::Services;
use crate::error::Result;
use crate::intent::{Intent, Swept, Work};
use crate::notification::Notification;
use reconnect_store::{Id, Time};

impl Services {
    /// Does the work of an intent that the caller holds, and strikes it off. A failure is logged and kept: the intent comes due
    /// again. Never fails the call that it belongs to, whose outcome is visible already.
    pub async fn carry_out(&self, intent: Intent) {
        let done = match &intent.work {
            Work::Withdrawn { person, app, at } => self.finish_withdrawal(*person, *app, *at).await,
            Work::PersonRemoved { person } => self.finish_removal_of_person(*person).await,
            Work::ApplicationRemoved { app, at } => self.finish_removal_of_application(*app, *at).await,
            Work::EventCancelled { event, notice } => self.finish_cancellation(*event, notice).await,
            Work::FilesLeft { keys } => self.remove_files(keys).await,
            Work::AlbumRemoved { album, owner } => self.finish_removal_of_album(*album, *owner).await,
            Work::Removed { things } => self.graph.sweep(things).await,
        };
        let noted = match done {
            Ok(()) => self.graph.intent_done(&intent).await,
            Err(error) => {
                tracing::warn!(target: "reconnect", intent = intent.id.0, %error, "unfinished work failed and will be tried again");
                self.graph.intent_failed(&intent).await
            }
        };
        if let Err(error) = noted {
            tracing::error!(target: "reconnect", intent = intent.id.0, %error, "unfinished work could not be noted");
        }
    }

    /// Carries out everything that is due; answers how much it was. For a ticker or a scheduled function.
    pub async fn carry_out_due(&self) -> Result<usize> {
        let mut done = 0;
        while let Some(intent) = self.graph.take_due_intent().await? {
            self.carry_out(intent).await;
            done += 1;
        }
        Ok(done)
    }

    /// Takes the story of a cancelled event away, then tells its guests, each in the write that takes them off the list; its picture goes last.
    async fn finish_cancellation(&self, event: Id, notice: &Notification) -> Result<()> {
        let Some(event) = self.graph.event_record(event).await? else { return Ok(()) };
        if let Some(post) = event.post {
            let rest = self.graph.unpublish(post, &[], |_| Ok(())).await?;
            Box::pin(self.carry_out(rest)).await;
        }
        while self.graph.sweep_guests(event.id, notice).await? == Swept::More {}
        self.graph.clear_event(&event).await?;
        self.clear_picture_of_event(&event).await
    }

    /// Sweeps the pair's infinite sessions, then tells the application. Telling comes last and is not repeated when the
    /// application does not listen: by the protocol a failure must not matter.
    async fn finish_withdrawal(&self, person: Id, app: Id, at: Time) -> Result<()> {
        let mut after = None;
        while self.graph.sweep_sessions(person, app, at, &mut after).await? == Swept::More {}
        if let Some(app) = self.graph.application(app).await?
            && let Err(error) = callbacks::removed(&self.outbound, &app, person, at).await
        {
            tracing::warn!(target: "reconnect", app = app.id.0, %error, "the application could not be told that a person removed it");
        }
        Ok(())
    }
}
