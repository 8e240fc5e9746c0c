//! Threads of messages between people, and what pages write to people. A thread stands in a folder of everybody who has it, with how much of it
//! they have not read; a message is one entry of its thread, numbered from 0.

use crate::attachment::Attachment;
use crate::block::block_key;
use crate::error::{Error, Result, invalid};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{decode, encode};
use crate::people::{LISTS_AT_ONCE, person_in};
use crate::waiting::Unread;
use futures_util::future::{try_join, try_join_all};
use reconnect_store::{Assoc, AssocKind, Batch, CommitError, Found, Id, Key, Range};
use serde::{Deserialize, Serialize};

/// How many people a thread may go to.
pub const MAX_RECIPIENTS: usize = 20;
/// How long a subject may be, in bytes.
pub const MAX_SUBJECT: usize = 255;
/// How long a message may be, in bytes.
pub const MAX_BODY: usize = 10_000;
/// How many messages of a thread are told: the last ones.
pub const MAX_MESSAGES: usize = 100;
/// How far into a folder one may look.
pub const MAX_DEPTH: usize = 500;
/// How long the beginning of a message is that stands in a folder, in characters.
const SNIPPET: usize = 100;

/// A thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thread {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// What it is about.
    pub subject: String,
    /// Everybody who has it; of an update whoever it went to.
    pub recipients: Vec<Id>,
    /// The page, group or event that wrote it; 0 where people write to each other.
    #[serde(skip_serializing_if = "is_nothing")]
    pub object: Id,
}

fn is_nothing(id: &Id) -> bool {
    *id == Id(0)
}

/// A message of a thread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// Its number in the thread; stands in the record's key, not in its data.
    #[serde(skip)]
    pub number: u64,
    /// When it was written, in seconds since 1970; stands in the record's time.
    #[serde(skip)]
    pub created: i64,
    /// Who wrote it.
    pub author: Id,
    /// What it says.
    pub body: String,
    /// What it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
}

/// What a folder says of a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Entry {
    unread: u64,
    snippet: String,
    author: Id,
}

/// Where threads stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// What others wrote.
    Inbox,
    /// What the person wrote.
    Sent,
    /// What pages, groups and events wrote.
    Updates,
}

impl Folder {
    /// The folder of a `folder_id`.
    pub fn with_id(id: u64) -> Option<Folder> {
        match id {
            0 => Some(Folder::Inbox),
            1 => Some(Folder::Sent),
            4 => Some(Folder::Updates),
            _ => None,
        }
    }

    fn kind(self) -> &'static AssocKind {
        match self {
            Folder::Inbox => kinds::INBOX,
            Folder::Sent => kinds::SENT,
            Folder::Updates => kinds::UPDATES,
        }
    }

    fn counter(self) -> Unread {
        if self == Folder::Updates { Unread::Updates } else { Unread::Messages }
    }
}

/// A thread as somebody finds it in a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The thread.
    pub thread: Thread,
    /// How many messages of it they have not read.
    pub unread: u64,
    /// How many messages it has.
    pub count: u64,
    /// The last of them, oldest first.
    pub messages: Vec<Message>,
}

fn key(from: Id, kind: &'static AssocKind, to: Id) -> Key {
    Key::Assoc { from, kind, to }
}

impl Message {
    fn check(&self) -> Result<()> {
        if self.body.trim().is_empty() && self.attachment.is_none() {
            return Err(invalid("a message says something or carries something"));
        }
        if self.body.len() > MAX_BODY {
            return Err(invalid(format!("a message has at most {MAX_BODY} bytes")));
        }
        Ok(())
    }

    fn entry(&self, unread: u64) -> Result<Vec<u8>> {
        let snippet = self.body.chars().take(SNIPPET).collect();
        encode(&Entry { unread, snippet, author: self.author })
    }
}

/// Puts a thread into a folder, or to its top: with one more unread, or with none.
fn put(
    batch: &mut Batch,
    (owner, folder, thread): (Id, Folder, Id),
    (time, message): (i64, &Message),
    old: Option<&Assoc>,
    reads: bool,
) -> Result<()> {
    let before = match old {
        Some(old) => decode::<Entry>("folder", owner, &old.data)?.unread,
        None => 0,
    };
    let unread = if reads { 0 } else { before + 1 };
    let data = message.entry(unread)?;
    match old {
        Some(old) => batch.replace_if(owner, folder.kind(), thread, time, data, old.data.clone()),
        None => batch.link(owner, folder.kind(), thread, time, data),
    };
    if folder != Folder::Sent && unread != before {
        folder.counter().add_to(batch, owner, if reads { -(before as i64) } else { 1 });
    }
    Ok(())
}

impl Graph {
    /// Begins a thread. An id of 0 is drawn; `recipients` are those whom it goes to, and the author joins them. With `object`, a page or the
    /// like, it is an update, which stands in no folder of its author's. Answers the thread.
    pub async fn begin_thread(&self, mut thread: Thread, message: &Message) -> Result<Thread> {
        message.check()?;
        let update = thread.object != Id(0);
        thread.recipients.retain(|id| update || *id != message.author);
        thread.recipients.sort_unstable();
        thread.recipients.dedup();
        if thread.recipients.is_empty() || thread.recipients.len() > MAX_RECIPIENTS {
            return Err(invalid(format!("a message goes to 1 to {MAX_RECIPIENTS} other people")));
        }
        if thread.subject.len() > MAX_SUBJECT {
            return Err(invalid(format!("a subject has at most {MAX_SUBJECT} bytes")));
        }
        self.check_recipients(message.author, &thread).await?;
        let to = thread.recipients.clone();
        if !update {
            thread.recipients.insert(0, message.author);
        }
        let (wanted, now) = (thread.id, self.now());
        for _ in 0..TRIES {
            thread.id = if wanted == Id(0) { ids::draw(now) } else { wanted };
            let mut batch = Batch::new();
            batch.create(thread.id, kinds::THREAD, encode(&thread)?);
            batch.link(thread.id, kinds::MESSAGE, Id(0), now.0, encode(message)?);
            let folder = if update { Folder::Updates } else { Folder::Inbox };
            for person in &to {
                put(&mut batch, (*person, folder, thread.id), (now.0, message), None, false)?;
            }
            if !update {
                put(&mut batch, (message.author, Folder::Sent, thread.id), (now.0, message), None, true)?;
            }
            match self.commit(batch).await {
                Ok(_) => return Ok(thread),
                Err(CommitError::Conflict { write: 0, .. }) if wanted == Id(0) => {}
                Err(CommitError::Conflict { .. }) => return Err(invalid(format!("id {} is taken", thread.id))),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    async fn check_recipients(&self, author: Id, thread: &Thread) -> Result<()> {
        let to = &thread.recipients;
        let mut keys: Vec<Key> = to.iter().copied().map(Key::Object).collect();
        keys.extend(to.iter().map(|other| block_key(author, *other)));
        keys.push(Key::Object(if thread.object == Id(0) { author } else { thread.object }));
        let found = self.get(&keys).await?;
        let (people, rest) = found.split_at(to.len());
        for (id, (person, block)) in to.iter().zip(people.iter().zip(rest)) {
            if person_in(person)?.is_none() {
                return Err(invalid(format!("no person has the id {id}")));
            }
            if matches!(block, Found::Assoc(Some(_))) {
                return Err(invalid(format!("one of {author} and {id} has blocked the other")));
            }
        }
        match rest.last() {
            Some(Found::Object(Some(_))) => Ok(()),
            _ => Err(invalid("the author of a message must be there")),
        }
    }

    /// Adds a message to a thread; its author is one of those who have it. Answers its number.
    pub async fn reply_to_thread(&self, thread: Id, message: &Message) -> Result<u64> {
        message.check()?;
        for _ in 0..TRIES {
            let (object, count) = try_join(
                self.object(thread, kinds::THREAD),
                self.get(&[Key::Count { from: thread, kind: kinds::MESSAGE }]),
            )
            .await?;
            let object = object.ok_or_else(|| invalid(format!("no thread has the id {thread}")))?;
            let read: Thread = decode("thread", thread, &object.data)?;
            if read.object != Id(0) || !read.recipients.contains(&message.author) {
                return Err(invalid(format!("{} does not take part in the thread {thread}", message.author)));
            }
            let number = if let Some(Found::Count(count)) = count.first() { *count } else { 0 };
            let mut keys: Vec<Key> = read.recipients.iter().map(|one| key(*one, kinds::INBOX, thread)).collect();
            keys.extend(read.recipients.iter().copied().map(Key::Object));
            keys.push(key(message.author, kinds::SENT, thread));
            let found = self.get(&keys).await?;
            let (inboxes, rest) = found.split_at(read.recipients.len());
            let (mut batch, now) = (Batch::new(), self.now().0);
            batch.link(thread, kinds::MESSAGE, Id(number), now, encode(message)?);
            for ((person, inbox), there) in read.recipients.iter().zip(inboxes).zip(rest) {
                let old = if let Found::Assoc(old) = inbox { old.as_ref() } else { None };
                let own = *person == message.author;
                // Whoever only wrote has nothing in the inbox; and who was removed has no folders.
                if own && old.is_none() || person_in(there)?.is_none() {
                    continue;
                }
                put(&mut batch, (*person, Folder::Inbox, thread), (now, message), old, own)?;
            }
            let sent = if let Some(Found::Assoc(sent)) = rest.last() { sent.as_ref() } else { None };
            put(&mut batch, (message.author, Folder::Sent, thread), (now, message), sent, true)?;
            match self.commit(batch).await {
                Ok(_) => return Ok(number),
                Err(CommitError::Conflict { .. }) => {} // somebody else wrote or read meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the thread is being written to by others".to_owned())))
    }

    /// Notes that somebody has read a thread of a folder of theirs. False when there was nothing unread.
    pub async fn read_thread(&self, person: Id, folder: Folder, thread: Id) -> Result<bool> {
        for _ in 0..TRIES {
            let found = self.get(&[key(person, folder.kind(), thread)]).await?;
            let Some(Found::Assoc(Some(old))) = found.into_iter().next() else { return Ok(false) };
            let entry: Entry = decode("folder", person, &old.data)?;
            if entry.unread == 0 {
                return Ok(false);
            }
            let mut batch = Batch::new();
            folder.counter().add_to(&mut batch, person, -(entry.unread as i64));
            let data = encode(&Entry { unread: 0, ..entry })?;
            batch.replace_if(person, folder.kind(), thread, old.time, data, old.data);
            match self.commit(batch).await {
                Ok(_) => return Ok(true),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Commit(CommitError::Unavailable("the thread is being written to by others".to_owned())))
    }

    /// The threads of a folder, who was written to last first, with their messages. At most [`MAX_DEPTH`] deep.
    pub async fn threads(&self, person: Id, folder: Folder, limit: usize, offset: usize) -> Result<Vec<Listed>> {
        let depth = limit.saturating_add(offset).min(MAX_DEPTH);
        let page = self.range(&Range::newest(person, folder.kind(), depth)).await?;
        let entries: Vec<_> = page.entries.into_iter().skip(offset).collect();
        let mut keys: Vec<Key> = entries.iter().map(|entry| Key::Object(entry.to)).collect();
        keys.extend(entries.iter().map(|entry| Key::Count { from: entry.to, kind: kinds::MESSAGE }));
        let ids: Vec<Id> = entries.iter().map(|entry| entry.to).collect();
        let (found, messages) = try_join(self.get(&keys), self.messages_of(&ids)).await?;
        let (threads, counts) = found.split_at(entries.len());
        let mut listed = Vec::with_capacity(entries.len());
        for (((entry, found), count), messages) in entries.iter().zip(threads).zip(counts).zip(messages) {
            let (Found::Object(Some(object)), Found::Count(count)) = (found, count) else { continue };
            let thread = Thread { id: object.id, ..decode("thread", object.id, &object.data)? };
            let Entry { unread, .. } = decode("folder", person, &entry.data)?;
            listed.push(Listed { thread, unread, count: *count, messages });
        }
        Ok(listed)
    }

    /// The last messages of threads, oldest first.
    async fn messages_of(&self, threads: &[Id]) -> Result<Vec<Vec<Message>>> {
        let mut all = Vec::with_capacity(threads.len());
        for some in threads.chunks(LISTS_AT_ONCE) {
            all.extend(try_join_all(some.iter().map(|thread| self.messages(*thread))).await?);
        }
        Ok(all)
    }

    async fn messages(&self, thread: Id) -> Result<Vec<Message>> {
        let page = self.range(&Range::newest(thread, kinds::MESSAGE, MAX_MESSAGES)).await?;
        let messages = page.entries.into_iter().rev().map(|entry| {
            let read: Message = decode("message", thread, &entry.data)?;
            Ok(Message { number: entry.to.0, created: reconnect_store::Time(entry.time).secs(), ..read })
        });
        messages.collect()
    }
}

#[cfg(test)]
mod tests;
