//! editapps.php: the applications that a person uses, what each may do, and how to take it back.

use super::address::redirect;
use super::asked::Asked;
use super::form_token;
use super::layout::{self, Page};
use super::problem::Problem;
use super::views;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use reconnect_core::model::{Application, Grant};
use reconnect_core::permission::Permission;
use reconnect_store::Id;

const PURPOSE: &str = "editapps";
const PATH: &str = "/editapps.php";

/// The list.
pub(super) async fn show(asked: Asked) -> Response {
    let outcome = list(&asked).await;
    asked.reply(outcome)
}

/// A button of the list was pressed.
pub(super) async fn change(asked: Asked) -> Response {
    let outcome = apply(&asked).await;
    asked.reply(outcome)
}

async fn list(asked: &Asked) -> Result<Response, Problem> {
    let Some(person) = asked.visitor.person_id() else { return Ok(redirect("/login.php?source=editapps")) };
    let grants = asked.site.services.graph.grants_of(person).await?;
    let body = html! {
        @if grants.is_empty() {
            section.card.center { p { "You do not use any applications." } }
        }
        @for (app, grant, _) in &grants { (entry(asked, app, grant)) }
    };
    Ok(Page { navigation: views::navigation(asked), ..Page::new("Your applications", body) }.into_response())
}

fn entry(asked: &Asked, app: &Application, grant: &Grant) -> Markup {
    html! {
        section.card {
            div.app {
                (layout::tile(&app.name, app.id.0))
                h2 { (app.name) }
            }
            @if grant.permissions.is_empty() {
                p.quiet { "It knows your profile and your friends, and has no further permissions." }
            } @else {
                p.quiet { "Beyond your profile and your friends, it may:" }
                ul.asks {
                    @for permission in grant.permissions.iter().filter_map(Permission::find) {
                        li {
                            span { (permission.asks) " " code { (permission.name) } }
                            (form(asked, app.id, Some(permission.name), html! {
                                input.plain type="submit" value="Take back" aria-label={ "Take back " (permission.name) " from " (app.name) };
                            }))
                        }
                    }
                }
            }
            details {
                summary { "Remove " (app.name) "…" }
                p { (app.name) " will be logged out at once and lose every permission." }
                (form(asked, app.id, None, html! { input.danger type="submit" value="Remove" aria-label={ "Remove " (app.name) }; }))
            }
        }
    }
}

/// One button, with what it is about and the proof that it is ours.
fn form(asked: &Asked, app: Id, permission: Option<&str>, button: Markup) -> Markup {
    let (app, permission) = (app.to_string(), permission.unwrap_or_default());
    let token = asked.form_token(PURPOSE, &[&app, permission]);
    let fields = [("app", app), ("permission", permission.to_owned()), (form_token::FIELD, token)];
    html! { form method="post" action=(PATH) { (views::hidden(fields)) (button) } }
}

async fn apply(asked: &Asked) -> Result<Response, Problem> {
    let Some(person) = asked.visitor.person_id() else { return Ok(redirect("/login.php?source=editapps")) };
    let (app, permission) = (asked.text("app").unwrap_or_default(), asked.text("permission").unwrap_or_default());
    asked.check_form(PURPOSE, &[app, permission])?;
    let app = Id(app.parse().map_err(|_| Problem::StaleForm)?);
    let services = &asked.site.services;
    if !permission.is_empty() {
        services.graph.revoke_permission(person, app, permission, None).await?;
    } else if let Some(intent) = services.graph.withdraw(person, app, false).await? {
        services.carry_out(intent).await;
    }
    Ok(redirect(PATH))
}
