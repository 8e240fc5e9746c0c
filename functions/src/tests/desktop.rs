//! The secret of a desktop application is in everybody's hands: without a session it speaks for nobody.

use super::world::{ANN, By, World};
use reconnect_core::comment::Comment;
use reconnect_core::permission::Permissions;
use serde_json::json;

#[tokio::test]
async fn a_desktop_applications_secret_alone_names_nobody() {
    let world = World::new().await;
    let (graph, app) = (&world.services.graph, world.desktop.id);
    let (all, _) = Permissions::parse("email,read_mailbox,read_stream,publish_stream");
    graph.authorize(ANN, app, &all).await.unwrap();
    let by = By::App(&world.desktop);
    let more: [(&str, &[(&str, &str)]); 11] = [
        ("auth.revokeAuthorization", &[]),
        ("auth.revokeExtendedPermission", &[("perm", "email")]),
        ("comments.add", &[("xid", "x"), ("text", "Hi")]),
        ("friends.get", &[]),
        ("message.getThreadsInFolder", &[]),
        ("status.set", &[("status", "is")]),
        ("stream.getFilters", &[]),
        ("stream.publish", &[("message", "Hi")]),
        ("users.hasAppPermission", &[("ext_perm", "email")]),
        ("users.isAppUser", &[]),
        ("users.setStatus", &[("status", "is")]),
    ];
    for (method, args) in more {
        let args = [args, &[("uid", "1240077")]].concat();
        assert_eq!(world.code(by, method, &args).await, 200, "{method}");
    }
    assert_eq!(world.code(by, "stream.get", &[("viewer_id", "1240077")]).await, 200);
    assert!(graph.grant(ANN, app).await.unwrap().unwrap().permissions.allow("email"), "nothing was taken back");
}

#[tokio::test]
async fn it_neither_clears_a_thread_nor_is_it_told_an_address() {
    let world = World::new().await;
    let graph = &world.services.graph;
    for (app, by_server) in [(&world.desktop, false), (&world.web, true)] {
        graph.authorize(ANN, app.id, &Permissions::parse("email").0).await.unwrap();
        let comment = Comment { author: ANN, text: "Hi".to_owned(), ..Comment::default() };
        let comment = graph.comment_in_thread(app.id, "x", &comment).await.unwrap().id.to_string();
        let args = [("xid", "x"), ("comment_id", comment.as_str())];
        let code = world.code(By::App(app), "comments.remove", &args).await;
        assert_eq!(code, if by_server { 0 } else { 200 }, "{}", app.name);
        let told = world.json(By::App(app), "users.getInfo", &[("uids", "1240077"), ("fields", "email")]).await;
        let ann = graph.person(ANN).await.unwrap().unwrap();
        assert_eq!(told[0]["email"], json!(if by_server { ann.email.as_str() } else { "" }), "{}", app.name);
    }
}
