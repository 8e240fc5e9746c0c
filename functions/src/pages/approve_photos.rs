//! approve_photos.php: photos that applications added without being permitted to, and that nobody but their owner sees before they have
//! approved them here. That there was such a page is known, its address is not.

use super::address::redirect;
use super::asked::Asked;
use super::form_token;
use super::layout::{self, Page};
use super::problem::Problem;
use super::views;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use reconnect_core::photos::PendingPhoto;
use reconnect_core::picture::Size;
use reconnect_store::Id;

const PURPOSE: &str = "approve_photos";
pub(super) const PATH: &str = "/approve_photos.php";
const LOGIN: &str = "/login.php?source=photos";
const STYLE: &str = ".photos{list-style:none;margin:0 0 1.1rem;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.75rem}\
    .photos label{display:block;font-weight:400;margin:0;overflow-wrap:anywhere}\
    .photos img{display:block;max-width:100%;height:auto;border-radius:8px;background:var(--soft);margin:0 0 .35rem}\
    .photos input{width:1.15rem;height:1.15rem;margin:0 .45rem 0 0;vertical-align:-.2rem;accent-color:var(--blue)}";

/// The photos that wait.
pub(super) async fn show(asked: Asked) -> Response {
    let outcome = list(&asked).await;
    asked.reply(outcome)
}

/// A button was pressed.
pub(super) async fn decide(asked: Asked) -> Response {
    let outcome = apply(&asked).await;
    asked.reply(outcome)
}

async fn list(asked: &Asked) -> Result<Response, Problem> {
    let Some(person) = asked.visitor.person_id() else { return Ok(redirect(LOGIN)) };
    let waiting = asked.site.services.graph.waiting_photos(person).await?;
    let body = html! {
        @if waiting.is_empty() {
            section.card.center { p { "No photos wait for your approval." } }
        } @else {
            p.quiet { "Nobody but you sees these photos. Once you approve them, whoever sees the album sees them, too. What you discard is deleted." }
        }
        @for group in grouped(&waiting) { (offer(asked, &group)) }
    };
    let navigation = views::navigation(asked);
    Ok(Page { navigation, style: STYLE, ..Page::new("Photos that wait for you", body) }.into_response())
}

/// The photos of one application for one album together, in the order in which the first of them came.
fn grouped(waiting: &[PendingPhoto]) -> Vec<Vec<&PendingPhoto>> {
    let mut groups: Vec<Vec<&PendingPhoto>> = Vec::new();
    for one in waiting {
        let alike = |group: &&mut Vec<&PendingPhoto>| {
            group.iter().all(|other| (other.photo.app, other.album.id) == (one.photo.app, one.album.id))
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn offer(asked: &Asked, group: &[&PendingPhoto]) -> Markup {
    let Some(first) = group.first() else { return html! {} };
    let app = first.app.as_ref().map_or("An application that is gone", |app| app.name.as_str());
    let how_many = if let [_] = group { "a photo".to_owned() } else { format!("{} photos", group.len()) };
    let pids: Vec<String> = group.iter().map(|one| one.photo.id.to_string()).collect();
    let pids = pids.join(",");
    let token = asked.form_token(PURPOSE, &[&pids]);
    let which = format!("what is ticked of {app} for {}", first.album.name);
    html! {
        section.card {
            div.app {
                (layout::tile(app, first.photo.app.unwrap_or_default().0))
                p {
                    b { (app) } " wants to add " (how_many) " to your album " b { (first.album.name) } "."
                    br; span.quiet { (seen_by(first.album.visible())) }
                }
            }
            form method="post" action=(PATH) {
                (views::hidden([("photos", pids.clone()), (form_token::FIELD, token)]))
                ul.photos { @for (n, one) in group.iter().enumerate() { li { (photo(one, n + 1)) } } }
                div.buttons {
                    input.primary type="submit" name="approve" value="Approve" aria-label={ "Approve " (which) };
                    input type="submit" name="discard" value="Discard" aria-label={ "Discard " (which) };
                }
            }
        }
    }
}

fn photo(one: &PendingPhoto, number: usize) -> Markup {
    let (width, height) = one.photo.picture.sizes[Size::Middle as usize];
    let source = one.photo.picture.address("", Size::Middle);
    let caption = if one.photo.caption.is_empty() { format!("Photo {number}") } else { one.photo.caption.clone() };
    html! {
        label {
            img src=(source) width=(width) height=(height) alt="" loading="lazy";
            input type="checkbox" name=(tick(one.photo.id)) value="1" checked;
            (caption)
        }
    }
}

/// The field of a photo: of several fields with the same name only one would arrive.
fn tick(photo: Id) -> String {
    format!("photo_{photo}")
}

/// Whom an album is shown to, in words.
fn seen_by(visible: &str) -> &'static str {
    match visible {
        "everyone" => "Everybody sees that album.",
        "friends" => "Your friends see that album.",
        "friends-of-friends" => "Your friends and their friends see that album.",
        "networks" => "Your networks and your friends see that album.",
        _ => "Those whom you chose see that album.",
    }
}

async fn apply(asked: &Asked) -> Result<Response, Problem> {
    let Some(person) = asked.visitor.person_id() else { return Ok(redirect(LOGIN)) };
    let shown = asked.text("photos").unwrap_or_default();
    asked.check_form(PURPOSE, &[shown])?;
    let shown = shown.split(',').map(|id| id.parse().map(Id)).collect::<Result<Vec<Id>, _>>();
    let mut ticked = shown.map_err(|_| Problem::StaleForm)?;
    ticked.retain(|photo| asked.text(&tick(*photo)).is_some());
    let services = &asked.site.services;
    match (asked.text("approve"), asked.text("discard")) {
        (Some(_), None) => drop(services.approve_photos(person, &ticked).await?),
        (None, Some(_)) => drop(services.discard_photos(person, &ticked).await?),
        _ => {}
    }
    Ok(redirect(PATH))
}
