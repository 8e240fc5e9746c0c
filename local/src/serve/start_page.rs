//! `/`: the start page. What the terminal shows, for a browser at this machine; for anybody else there is no such page.

use super::announce::{curl, example, login_url};
use super::listen::Reached;
use super::local::Local;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use maud::{Markup, html};
use reconnect_core::address::canvas_home;
use reconnect_core::model::Application;
use reconnect_core::owner::Demo;
use reconnect_functions::pages::layout::{self, Navigation};
use reconnect_functions::site::{Site, Visit};
use std::sync::Arc;

/// Beside the looks of all pages: wider columns, since those hold one form and this one holds tables.
const STYLE: &str = include_str!("start_page.css");

#[derive(Clone)]
struct Page {
    site: Site,
    local: Arc<Local>,
    reached: Reached,
}

impl axum::extract::FromRef<Page> for Site {
    fn from_ref(page: &Page) -> Site {
        page.site.clone()
    }
}

/// The address.
pub(super) fn router(site: Site, local: Arc<Local>, reached: Reached) -> Router {
    Router::new().route("/", get(start)).with_state(Page { site, local, reached })
}

async fn start(State(page): State<Page>, parts: http::request::Parts) -> Response {
    let peer = parts.extensions.get().copied().unwrap_or_default();
    let visit = Visit::of(&page.site, &parts.headers, peer);
    if !page.local.allows(&visit) {
        return plain(
            StatusCode::NOT_FOUND,
            "Nothing lives here. Old clients want /restserver.php; people want /login.php.\n",
        );
    }
    match page.site.services.graph.demo().await {
        Ok(demo) => render(&visit.origin(), &page.reached, &demo).into_response(),
        Err(error) => {
            tracing::error!(target: "reconnect", %error, "the start page cannot be made");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "The start page cannot be made: the server's log says why.\n")
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], text)
        .into_response()
}

fn render(base: &str, reached: &Reached, demo: &Demo) -> layout::Page {
    let body = html! {
        @if let Some(app) = example(demo) { (first_call(base, reached, app)) }
        @if demo.is_empty() { (nobody()) }
        @if !demo.applications.is_empty() { (applications(base, &demo.applications)) }
        @if !demo.people.is_empty() { (people(base, demo)) }
        (examples(base, demo))
        (addresses(reached))
    };
    layout::Page {
        navigation: Navigation::Tagline("the Legacy REST API, offline"),
        style: STYLE,
        note: Some("Only this machine is shown this page. What is on it is demo data, and public."),
        ..layout::Page::new("Everything is ready", body)
    }
}

fn first_call(base: &str, reached: &Reached, app: &Application) -> Markup {
    // Programs do not know the certificates of this machine: where the page came by https, the call goes by http.
    let base = if base.starts_with("http:") { base } else { reached.for_programs() };
    html! {
        section.card {
            h2 { "A first call" }
            p { "Paste this into a terminal. It is signed with the secret of " b { (app.name) } " and answers an auth token." }
            pre { code { (curl(base, app)) } }
            p { a href="/docs/rest/" { "The reference of all methods" } ", each with a call to paste." }
        }
    }
}

fn applications(base: &str, applications: &[Application]) -> Markup {
    html! {
        section.card {
            h2 { "Applications" }
            div.applications {
                @for app in applications {
                    div.application {
                        h3 { (app.name) span.tag { (if app.desktop { "desktop" } else { "web" }) } }
                        dl {
                            dt { "API key" } dd { code { (app.api_key) } }
                            dt { "Secret" } dd { code { (app.secret) } }
                            dt { "App id" } dd { code { (app.id) } }
                            @if let Some(url) = &app.callback_url { dt { "Callback" } dd { code { (url) } } }
                        }
                        div.buttons {
                            a.button.primary href=(login_url(base, app)) { "Log in to " (app.name) }
                            @if let Some(canvas) = &app.canvas_name { a.button href=(canvas_home("", canvas)) { "Open inside the site" } }
                        }
                    }
                }
            }
        }
    }
}

/// The pages that come with the source for applications of the demo world: where nobody listens at the callback, a login ends nowhere. Callback,
/// command, whether it lives inside the site.
const EXAMPLES: [(&str, &str, bool); 2] = [
    ("http://localhost:3000/", "python3 -m http.server 3000 --bind 127.0.0.1 --directory examples/login-status", false),
    ("http://localhost:3001/game/", "python3 examples/canvas-game/game.py", true),
];

fn examples(base: &str, demo: &Demo) -> Markup {
    let known = EXAMPLES.iter().filter_map(|(callback, command, inside)| {
        let app = demo.applications.iter().find(|app| app.callback_url.as_deref() == Some(*callback))?;
        let page = match &app.canvas_name {
            Some(name) if *inside => canvas_home(base, name),
            _ => (*callback).to_owned(),
        };
        Some((app, *command, page))
    });
    let known: Vec<_> = known.collect();
    html! {
        @if !known.is_empty() {
            section.card {
                h2 { "Examples" }
                p.quiet { "Pages for these applications come with the source. Start one, then open it:" }
                @for (app, command, page) in known {
                    pre { code { (command) } }
                    p { b { (app.name) } ": " a href=(page) { (page) } }
                }
            }
        }
    }
}

fn people(base: &str, demo: &Demo) -> Markup {
    let login = example(demo).map(|app| format!("{}&skipcookie=1", login_url(base, app)));
    html! {
        section.card {
            h2 { "People" }
            p.quiet { "“Log in as” leads to the login page, where a click on a face is enough." }
            ul.people {
                @for one in &demo.people {
                    li {
                        (layout::face(one.person.id.0))
                        div.person {
                            b { (one.person.name()) }
                            span.quiet { (one.person.email) }
                            span.quiet { "password " code { (one.password.as_deref().unwrap_or("(changed)")) } ", uid " code { (one.person.id) } }
                        }
                        @if let Some(login) = &login { a href=(login) { "Log in as " (one.person.first_name) } }
                    }
                }
            }
        }
    }
}

fn nobody() -> Markup {
    html! {
        section.card {
            h2 { "Nobody is here yet" }
            p { "Make an application and a person of your own:" }
            pre { code {
                "reconnect app create --name 'My App' --callback-url http://localhost:3000/\n"
                "reconnect user create --name 'Ada Okafor' --email ada@example.com"
            } }
            p { "Meanwhile, " a href="/docs/rest/" { "the reference of all methods" } "." }
        }
    }
}

fn addresses(reached: &Reached) -> Markup {
    html! {
        section.card {
            h2 { "Addresses" }
            ul.addresses {
                @for url in reached.all() { li { code { (url) "/restserver.php" } } }
            }
            p.quiet {
                "Old programs that cannot be told an address find this server through the hosts file: "
                code { "reconnect hosts" } " prints the lines."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_core::model::Person;
    use reconnect_core::owner::DemoPerson;
    use reconnect_store::Id;

    #[test]
    fn what_people_are_called_is_escaped() {
        let person = Person { id: Id(7), first_name: "<b>".to_owned(), ..Person::default() };
        let demo = Demo { people: vec![DemoPerson { person, password: None }], applications: Vec::new() };
        let page = render("http://localhost:1", &Reached::default(), &demo).body.into_string();
        assert!(page.contains("&lt;b&gt;") && !page.contains("<b>&lt;b&gt;</b></b>"), "{page}");
        assert!(!page.contains("<script"), "no scripts");
    }

    #[test]
    fn an_empty_server_says_how_to_begin() {
        let page = render("http://localhost:1", &Reached::default(), &Demo::default()).body.into_string();
        assert!(page.contains("reconnect app create"));
    }
}
