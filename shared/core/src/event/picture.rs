//! The picture of an event: its files come with the event or not at all, a new one takes the former one's away, and the last goes when the
//! event is cancelled.

use super::{Caller, Event, Standing};
use crate::context::Services;
use crate::error::Result;
use crate::ids;
use crate::picture::Developed;
use crate::post::Post;
use reconnect_store::Id;

/// Where the files lie.
const FOLDER: &str = "events";

impl Services {
    /// Makes an event as [`crate::Graph::create_event`] does, with its picture, if it has one.
    pub async fn create_event(
        &self,
        mut event: Event,
        picture: Option<Developed>,
        story: impl Fn(&Event) -> Option<Post>,
    ) -> Result<Event> {
        let Some(picture) = picture else { return self.graph.create_event(event, story).await };
        // For the name of the files only: the event's own id is drawn by the commit, again where it is taken.
        let named = if event.id == Id(0) { ids::draw(self.graph.now()) } else { event.id };
        let (picture, staged) = self.stage_picture(FOLDER, named, picture).await?;
        event.picture = Some(picture);
        let made = self.graph.make_event(event, Some(&staged), story).await;
        if made.is_err() {
            self.give_up(staged).await;
        }
        made
    }

    /// Changes an event as [`crate::Graph::edit_event`] does, and its picture, if there is a new one.
    pub async fn edit_event(
        &self,
        caller: Caller,
        event: Id,
        picture: Option<Developed>,
        edit: impl Fn(&Standing) -> Result<Event>,
    ) -> Result<Event> {
        let Some(picture) = picture else { return self.graph.edit_event(caller, event, edit).await };
        let (picture, staged) = self.stage_picture(FOLDER, event, picture).await?;
        let mut left = None;
        let edited = self.graph.change_event(caller, event, edit, |old, new, batch| {
            new.picture = Some(picture.clone());
            staged.settle(batch);
            let former = old.picture.as_ref();
            left = former.map(|former| self.graph.leave_files(batch, former.keys())).transpose()?;
            Ok(())
        });
        match edited.await {
            Ok(edited) => {
                if let Some(left) = left {
                    self.carry_out(left).await;
                }
                Ok(edited)
            }
            Err(error) => {
                self.give_up(staged).await;
                Err(error)
            }
        }
    }

    /// What is left of the picture of an event that is not there any more.
    pub(crate) async fn clear_picture_of_event(&self, event: &Event) -> Result<()> {
        let keys = event.picture.as_ref().map(|picture| picture.keys()).unwrap_or_default();
        self.remove_files(&keys).await
    }
}
