//! Files that belong to things of the graph. A file and the record that shows it lie in two places, which no commit spans; so an intent stands
//! for files that no record shows yet, or none shows any more: whatever ends the process, the one who carries on removes them.

use crate::context::Services;
use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES};
use crate::ids::{hex, random_bytes};
use crate::intent::{Intent, Work};
use crate::kinds;
use crate::picture::{Developed, Picture};
use bytes::Bytes;
use futures_util::future::try_join_all;
use reconnect_store::{Batch, BlobError, CommitError, Id};

/// How long files may wait for their record. A large video takes its time.
const WAIT_SECS: i64 = 3600;

/// Files that are kept, and that no record shows yet. The commit that makes the record calls [`Staged::settle`]; where there is none in the
/// end, [`Services::give_up`] removes them at once, and somebody within the hour in any case.
#[derive(Debug)]
pub struct Staged {
    intent: Intent,
    keys: Vec<String>,
}

impl Staged {
    /// Adds to the commit that makes their record: from then on they stay. It fails when they waited for too long and are gone.
    pub fn settle(&self, batch: &mut Batch) {
        batch.delete_version(self.intent.id, self.intent.version).unlink(kinds::ROOT, kinds::INTENTS, self.intent.id);
    }
}

/// What the names of a new thing's files begin with. Under each folder lies a thousandth of them; nobody guesses the rest.
pub fn draw_name(folder: &str, thing: Id) -> String {
    format!("{folder}/{:03}/{thing}_{}", thing.0 % 1000, hex(&random_bytes::<12>()))
}

impl Services {
    /// Keeps files, each under its key.
    pub async fn stage(&self, files: Vec<(String, Bytes)>) -> Result<Staged> {
        let keys: Vec<String> = files.iter().map(|(key, _)| key.clone()).collect();
        let intent = self.graph.leave_files_for_now(&keys).await?;
        let staged = Staged { intent, keys };
        let put = files.into_iter().map(|(key, bytes)| async move { self.blobs.put(&key, bytes).await });
        match try_join_all(put).await {
            Ok(_) => Ok(staged),
            Err(error) => {
                self.give_up(staged).await;
                Err(error.into())
            }
        }
    }

    /// Keeps a picture's files: for whatever shows one. `folder` says what that is, `thing` which.
    pub async fn stage_picture(&self, folder: &str, thing: Id, developed: Developed) -> Result<(Picture, Staged)> {
        let (picture, files) = developed.files(draw_name(folder, thing));
        let staged = self.stage(files).await?;
        Ok((picture, staged))
    }

    /// Removes files that no record came to show. A failure is made up for when the intent comes due.
    pub async fn give_up(&self, staged: Staged) {
        let done = match self.remove_files(&staged.keys).await {
            Ok(()) => self.graph.intent_done(&staged.intent).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::warn!(target: "reconnect", %error, "files of a call that failed wait to be removed");
        }
    }

    /// Removes files; those that are gone already are no obstacle.
    pub(crate) async fn remove_files(&self, keys: &[String]) -> Result<()> {
        try_join_all(keys.iter().map(|key| self.blobs.delete(key))).await?;
        Ok(())
    }
}

impl Graph {
    /// Writes the intent that files stand under until a record shows them.
    async fn leave_files_for_now(&self, keys: &[String]) -> Result<Intent> {
        for _ in 0..TRIES {
            let (now, mut batch) = (self.now(), Batch::new());
            let intent = Intent::new(now, Work::FilesLeft { keys: keys.to_vec() });
            intent.push_due(&mut batch, now.plus_secs(WAIT_SECS))?;
            match self.commit(batch).await {
                Ok(_) => return Ok(intent),
                Err(CommitError::Conflict { .. }) => {} // the id was taken
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// Adds to the commit that takes a record away: its files go, too. The intent is for [`Services::carry_out`].
    pub fn leave_files(&self, batch: &mut Batch, keys: Vec<String>) -> Result<Intent> {
        let now = self.now();
        let intent = Intent::new(now, Work::FilesLeft { keys });
        intent.push_new(batch, now)?;
        Ok(intent)
    }

    /// The same where the one who calls has no right to remove files, as the pages' function in the cloud: whoever carries on does.
    pub(crate) fn leave_files_to_others(&self, batch: &mut Batch, keys: Vec<String>) -> Result<()> {
        let now = self.now();
        Intent::new(now, Work::FilesLeft { keys }).push_due(batch, now)
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Error {
        match error {
            BlobError::Unavailable(why) => Error::Commit(CommitError::Unavailable(why)),
            BlobError::Full(why) => Error::Commit(CommitError::Full(why)),
            BlobError::Refused(why) => Error::Internal(why),
        }
    }
}
