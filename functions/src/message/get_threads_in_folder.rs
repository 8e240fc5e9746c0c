//! message.getThreadsInFolder: the threads of somebody's mailbox with their messages, who was written to last first.
//!
//! It was a query of the tables `thread` and `message`. Without `read_mailbox` it is error 612, which the Ruby client looks for, and not 298. Of a long
//! thread the last hundred messages are told. No thread here branches off another.

use crate::answer::{Uid, uids};
use crate::stream::post::StreamAttachment;
use reconnect_core::context::nobody_named;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::thread::{self, Folder, Listed, MAX_DEPTH};
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetThreadsInFolder;

/// How many threads are told where the call does not say.
const USUAL: usize = 20;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// 0 inbox, 1 sent, 4 updates of pages, groups and events.
    #[serde(default)]
    folder_id: u64,
    /// Whose mailbox; without it that of the session's person. Only with the application's secret.
    uid: Option<u64>,
    /// How many threads; 20 where nothing is said.
    limit: Option<usize>,
    /// How many threads are passed over.
    #[serde(default)]
    offset: usize,
}

/// A thread.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "thread")]
pub(crate) struct Thread {
    /// Its id.
    thread_id: u64,
    /// What it is about.
    subject: String,
    /// Everybody who has it.
    recipients: Vec<Uid>,
    /// When the newest message was written.
    updated_time: i64,
    /// What it branched off; always 0.
    parent_message_id: String,
    /// What it branched off; always 0.
    parent_thread_id: u64,
    /// How many messages it has.
    message_count: u64,
    /// The beginning of the newest message.
    snippet: String,
    /// Who wrote that.
    snippet_author: u64,
    /// The page, group or event that wrote it; 0 for people.
    object_id: u64,
    /// How many messages are unread.
    unread: u64,
    /// The last hundred, oldest first.
    messages: Vec<Message>,
}

/// A message.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "message")]
pub(crate) struct Message {
    /// The id of its thread and its number there, from 0, with an underscore between them.
    message_id: String,
    /// Who wrote it.
    author_id: u64,
    /// What it says.
    body: String,
    /// When it was written.
    created_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<StreamAttachment>,
}

/// How long the beginning of a message is, in characters.
const SNIPPET: usize = 100;

impl Thread {
    fn of(listed: Listed, site: &str) -> Thread {
        let Listed { thread, unread, count, messages } = listed;
        let last = messages.last();
        Thread {
            thread_id: thread.id.0,
            recipients: uids(thread.recipients),
            updated_time: last.map_or(0, |message| message.created),
            parent_message_id: "0".to_owned(),
            parent_thread_id: 0,
            message_count: count,
            snippet: last.map(|message| message.body.chars().take(SNIPPET).collect()).unwrap_or_default(),
            snippet_author: last.map_or(0, |message| message.author.0),
            object_id: thread.object.0,
            unread,
            messages: messages.into_iter().map(|message| Message::of(thread.id.0, message, site)).collect(),
            subject: thread.subject,
        }
    }
}

impl Message {
    fn of(thread: u64, message: thread::Message, site: &str) -> Message {
        Message {
            message_id: format!("{thread}_{}", message.number),
            author_id: message.author.0,
            body: message.body,
            created_time: message.created,
            attachment: message.attachment.map(|one| StreamAttachment::of(one.at(site))),
        }
    }
}

impl Method for GetThreadsInFolder {
    const NAME: &'static str = "message.getThreadsInFolder";
    const SUMMARY: &'static str = "Lists the threads of a folder of somebody's mailbox, with their messages.";
    const ACCESS: Access = Access::optional_session().needs("read_mailbox");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Thread>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Thread>> {
        let person = cx.subject(args.uid)?.ok_or_else(nobody_named)?;
        let folder = Folder::with_id(args.folder_id).ok_or_else(|| {
            invalid(format!("folder_id {} is none of 0 (inbox), 1 (sent) and 4 (updates)", args.folder_id))
        })?;
        let limit = args.limit.unwrap_or(USUAL);
        if limit.saturating_add(args.offset) > MAX_DEPTH {
            return Err(invalid(format!("offset and limit reach deeper than {MAX_DEPTH} threads")));
        }
        let grant = cx.grant_of(person).await?;
        if !grant.is_some_and(|grant| grant.permissions.allow("read_mailbox")) {
            return Err(Code::FqlExtendedPermission
                .with_message("The mailbox requires the extended permission read_mailbox")
                .into());
        }
        let threads = cx.graph().threads(person, folder, limit, args.offset).await?;
        Ok(threads.into_iter().map(|one| Thread::of(one, &cx.request.site)).collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, BEGINNING, BOB, By, World};
    use reconnect_core::attachment::Attachment;
    use reconnect_core::page::Page;
    use reconnect_core::thread::{Message, Thread};
    use reconnect_store::Id;
    use serde_json::{Value, json};

    const METHOD: &str = "message.getThreadsInFolder";

    /// Bob has written to Ann twice, with an attachment; Ann has answered; a page has written to her.
    async fn world() -> World {
        let world = World::new().await;
        let graph = &world.services.graph;
        let message = |author, body: &str| Message { author, body: body.to_owned(), ..Message::default() };
        let thread =
            Thread { id: Id(71), subject: "Ducks & geese".to_owned(), recipients: vec![ANN], ..Thread::default() };
        // What leads to this site is kept without its name.
        let attachment = Attachment { name: "Pond".to_owned(), href: "/pond".to_owned(), ..Attachment::default() };
        let first = Message { attachment: Some(attachment), ..message(BOB, "See this") };
        graph.begin_thread(thread, &first).await.unwrap();
        world.clock.advance(1000);
        graph.reply_to_thread(Id(71), &message(ANN, "Nice")).await.unwrap();
        world.clock.advance(1000);
        graph.reply_to_thread(Id(71), &message(BOB, "Is it not?")).await.unwrap();
        let page = Page { id: Id(70), name: "P".to_owned(), kind: "Film".to_owned(), ..Page::default() };
        graph.create_page(page).await.unwrap();
        let update = Thread { id: Id(72), object: Id(70), recipients: vec![ANN], ..Thread::default() };
        graph.begin_thread(update, &message(Id(70), "News")).await.unwrap();
        world.permit(ANN, "read_mailbox").await;
        world
    }

    fn ids(told: &Value) -> Vec<u64> {
        told.as_array()
            .unwrap_or_else(|| panic!("{told}"))
            .iter()
            .map(|row| row["thread_id"].as_u64().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn each_folder_has_its_threads_and_others_have_theirs() {
        let world = world().await;
        let of = async |folder: &str| ids(&world.ask(ANN, METHOD, &[("folder_id", folder)]).await);
        assert_eq!(
            (of("0").await, of("").await, of("1").await, of("4").await),
            (vec![71], vec![71], vec![71], vec![72])
        );
        let update = world.ask(ANN, METHOD, &[("folder_id", "4")]).await;
        assert_eq!((&update[0]["object_id"], &update[0]["snippet_author"]), (&json!(70), &json!(70)));
        world.permit(BOB, "read_mailbox").await;
        let bobs = world.json(By::App(&world.web), METHOD, &[("uid", "1240078"), ("folder_id", "1")]).await;
        assert_eq!((ids(&bobs), &bobs[0]["unread"]), (vec![71], &json!(0)));
        insta::assert_snapshot!(world.ask_xml(ANN, METHOD, &[]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <message_getThreadsInFolder_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <thread>
            <thread_id>71</thread_id>
            <subject>Ducks &amp; geese</subject>
            <recipients list="true">
              <uid>1240078</uid>
              <uid>1240077</uid>
            </recipients>
            <updated_time>1234567892</updated_time>
            <parent_message_id>0</parent_message_id>
            <parent_thread_id>0</parent_thread_id>
            <message_count>3</message_count>
            <snippet>Is it not?</snippet>
            <snippet_author>1240078</snippet_author>
            <object_id>0</object_id>
            <unread>1</unread>
            <messages list="true">
              <message>
                <message_id>71_0</message_id>
                <author_id>1240078</author_id>
                <body>See this</body>
                <created_time>1234567890</created_time>
                <attachment>
                  <media list="true"/>
                  <name>Pond</name>
                  <href>http://site.example/pond</href>
                  <caption/>
                  <description/>
                  <properties list="true"/>
                  <icon/>
                  <fb_object_type/>
                  <fb_object_id/>
                </attachment>
              </message>
              <message>
                <message_id>71_1</message_id>
                <author_id>1240077</author_id>
                <body>Nice</body>
                <created_time>1234567891</created_time>
              </message>
              <message>
                <message_id>71_2</message_id>
                <author_id>1240078</author_id>
                <body>Is it not?</body>
                <created_time>1234567892</created_time>
              </message>
            </messages>
          </thread>
        </message_getThreadsInFolder_response>
        "#);
        let told = world.ask_by_secret(METHOD, &[]).await;
        assert_eq!((&told[0]["updated_time"], &told[0]["unread"]), (&json!(BEGINNING + 2), &json!(1)));
        assert_eq!(ids(&world.ask(ANN, METHOD, &[("limit", "0")]).await), [0_u64; 0]);
        assert_eq!(ids(&world.ask(ANN, METHOD, &[("offset", "1")]).await), [0_u64; 0]);
    }

    #[tokio::test]
    async fn without_leave_nobodys_mailbox_is_read() {
        let world = world().await;
        world.permit(BOB, "").await;
        assert_eq!(world.ask_code(BOB, METHOD, &[]).await, 612);
        let by_server = async |args: &[(&str, &str)]| world.code(By::App(&world.web), METHOD, args).await;
        assert_eq!((by_server(&[]).await, by_server(&[("uid", "1240078")]).await), (100, 612));
        assert_eq!(by_server(&[("uid", "9")]).await, 612);
        assert_eq!(world.ask_by_secret(METHOD, &[("uid", "1240078")]).await["error_code"], json!(200));
        for args in
            [[("folder_id", "2")], [("folder_id", "x")], [("limit", "501")], [("offset", "481")], [("limit", "-1")]]
        {
            assert_eq!(world.ask_code(ANN, METHOD, &args).await, 100, "{args:?}");
        }
    }
}
