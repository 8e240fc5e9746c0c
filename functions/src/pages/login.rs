//! login.php and the pages that it leads through: where a visitor comes in, and where the login form comes back.

use super::address::{self, Target, redirect};
use super::asked::Asked;
use super::consent::{self, Carried};
use super::finish;
use super::flow::{Known, Step, next_step};
use super::framed;
use super::problem::Problem;
use super::reply::Reply;
use super::request::{self, Display, Entry, LoginRequest, Source};
use super::views;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use reconnect_core::address::{channel_origin, is_channel};
use reconnect_core::graph::fold;
use reconnect_core::model::{Application, Grant, Login, Person, Session, State};
use reconnect_core::throttle::Limit;
use std::sync::Arc;

/// One visit to the flow.
pub(super) struct Flow {
    /// What is asked for.
    pub(super) request: LoginRequest,
    /// The application; none when somebody logs in to the site itself.
    pub(super) app: Option<Arc<Application>>,
    /// What the person who is logged in granted it.
    pub(super) grant: Option<Grant>,
    /// The program's token that is to be bound.
    pub(super) token: Option<Session>,
    /// What the person decided so far, none of it stored yet.
    pub(super) carried: Carried,
    /// Where success leads; none where that is a page of ours.
    pub(super) target: Option<Target>,
}

/// A visitor follows a link.
pub(super) async fn enter(entry: Entry, mut asked: Asked) -> Response {
    let hidden = request::is_hidden(&asked.args);
    if hidden && let Err(problem) = asked.take_witness().await {
        return asked.reply(Err(problem));
    }
    let outcome = match Flow::read(entry, &asked).await {
        read if !hidden && framed::is_framed(&asked) => {
            let page_around = read.ok().and_then(|flow| flow.page_around(&asked));
            Ok(framed::way_out(&asked.path, page_around))
        }
        Ok(flow) => proceed(&mut asked, &flow, Some(entry)).await,
        Err(problem) => Err(problem),
    };
    asked.reply(outcome)
}

/// A visitor presses a button.
pub(super) async fn submit(entry: Entry, mut asked: Asked) -> Response {
    let outcome = match Flow::read(entry, &asked).await {
        Ok(flow) if entry == Entry::Login => log_in(&mut asked, flow).await,
        Ok(flow) => consent::submit(&mut asked, flow).await,
        Err(problem) => Err(problem),
    };
    asked.reply(outcome)
}

/// Shows the next step: here, when this is its page, else by sending the browser there. Ends the flow when there is none.
pub(super) async fn proceed(asked: &mut Asked, flow: &Flow, here: Option<Entry>) -> Result<Response, Problem> {
    if let Some(response) = finish::bound_already(asked, flow)? {
        return Ok(response);
    }
    let step = next_step(&flow.request, &flow.known(asked));
    if step == Step::Done {
        return finish::finish(asked, flow).await;
    }
    if flow.request.display == Display::Hidden {
        return finish::without_interface(asked, flow);
    }
    if !here.is_some_and(|entry| shows(entry, step)) {
        let carried = flow.carried.query(asked, &flow.request);
        return Ok(redirect(&format!("{}?{}{carried}", step.path(), flow.request.query())));
    }
    match step {
        Step::Form | Step::Done => form(asked, flow, None).await,
        Step::Allow | Step::ConfirmDesktop | Step::Permissions => consent::page(asked, flow, step),
    }
}

/// Whether a step is shown on a page.
fn shows(entry: Entry, step: Step) -> bool {
    match step {
        Step::Form => entry == Entry::Login,
        Step::Allow | Step::ConfirmDesktop => matches!(entry, Entry::Tos | Entry::Authorize),
        Step::Permissions => matches!(entry, Entry::Permissions | Entry::Authorize),
        Step::Done => false,
    }
}

impl Flow {
    async fn read(entry: Entry, asked: &Asked) -> Result<Flow, Problem> {
        let request = LoginRequest::read(entry, &asked.args)?;
        let own_page = matches!(request.source, Source::Home | Source::EditApps | Source::Photos);
        let app = match &request.api_key {
            None if own_page => None,
            key => Some(asked.application(key.as_deref()).await?),
        };
        let (mut target, mut token) = (None, None);
        if let (Some(app), Source::Login | Source::Permissions) = (&app, request.source) {
            let origins = address::origins(&asked.site, &asked.visitor.visit);
            // Judged before anybody types a password; judged again when it is finished.
            let checked = address::success(app, &request, &origins);
            target = Some(checked.map_err(|refused| Problem::Address(Box::new((**app).clone()), refused))?);
            if let Some(text) = request.token_to_bind() {
                let found = asked.site.services.graph.token(app.id, text).await?;
                token = Some(found.ok_or_else(|| Problem::TokenSpent(app.name.clone()))?);
            }
        }
        let carried = Carried::read(asked, &request);
        let mut flow = Flow { request, app, grant: None, token, carried, target };
        flow.load_grant(asked).await?;
        Ok(flow)
    }

    async fn load_grant(&mut self, asked: &Asked) -> Result<(), Problem> {
        self.grant = match (&self.app, asked.visitor.person_id()) {
            (Some(app), Some(person)) => asked.site.services.graph.grant(person, app.id).await?,
            _ => None,
        };
        Ok(())
    }

    fn known(&self, asked: &Asked) -> Known<'_> {
        Known {
            logged_in: asked.visitor.login.is_some(),
            granted: self.grant.as_ref().map(|grant| &grant.permissions),
            accepted: self.carried.accepted,
            permitted: self.carried.permitted,
            confirmed: self.carried.confirmed,
        }
    }

    /// Whether the box of 2007 is offered, which makes the session endless: to web and desktop programs of that style only. Connect
    /// sites and programs that get their session at once ask for offline_access instead.
    pub(super) fn offers_to_keep(&self) -> bool {
        let request = &self.request;
        let old_style =
            !request.fbconnect && !request.return_session && !request.skip_api_login && !self.asks_at_once();
        self.app.is_some() && request.source == Source::Login && old_style && !request.hide_checkbox
    }

    /// Whether one page asks for the authorisation and for the permissions: a dialog's does, login.php has a page for each.
    pub(super) fn asks_at_once(&self) -> bool {
        self.request.reply != Reply::Classic
    }

    /// Whether the box was ticked in the form that came.
    pub(super) fn keep_ticked(&self, asked: &Asked) -> bool {
        self.offers_to_keep() && asked.args.present(views::KEEP).is_some()
    }

    /// The targets that the page's policy must let its form reach.
    pub(super) fn form_sources(&self, asked: &Asked) -> Vec<String> {
        let origins = address::origins(&asked.site, &asked.visitor.visit);
        let cancel = self.app.as_ref().and_then(|app| address::cancelled(app, &self.request, &origins)?.ok());
        [self.target.clone(), cancel].iter().flatten().filter_map(address::form_source).collect()
    }

    /// The application's page that gets the answer by the channel, and that may have the dialog in a frame of its own.
    fn page_around(&self, asked: &Asked) -> Option<String> {
        let Some(Target::Address(address)) = &self.target else { return None };
        let origins = asked.site.origins(&asked.visitor.visit);
        let origin = channel_origin(address).filter(|_| is_channel(&origins, address))?;
        // As the page's policy can say it.
        address::policy_source(&origin)
    }

    /// Whether something refused is the application's to answer for.
    pub(super) fn refused(&self, refused: reconnect_core::address::Refused) -> Problem {
        Problem::Address(Box::new(self.app.as_deref().cloned().unwrap_or_default()), refused)
    }
}

impl Asked {
    /// The answer, with the cookies that changed.
    pub(super) fn reply(self, outcome: Result<Response, Problem>) -> Response {
        self.visitor.dress(outcome.unwrap_or_else(IntoResponse::into_response))
    }

    /// The people whom this very request may log in as by a click.
    pub(super) async fn faces(&self) -> Vec<Person> {
        match &self.site.faces {
            Some(faces) => faces.offered(&self.visitor.visit).await,
            None => Vec::new(),
        }
    }
}

/// What the form's token speaks for.
pub(super) const LOGIN_FORM: &str = "login";

/// Why the form comes again.
pub(super) enum Again {
    /// Wrong name, wrong password, nobody of that name: told alike.
    Wrong,
    /// Too many tries.
    Later,
}

async fn form(asked: &Asked, flow: &Flow, again: Option<Again>) -> Result<Response, Problem> {
    let faces = asked.faces().await;
    let mut page = views::login_form(asked, flow, &faces, again.as_ref());
    if matches!(again, Some(Again::Later)) {
        page.status = StatusCode::TOO_MANY_REQUESTS;
    }
    Ok(page.into_response())
}

async fn log_in(asked: &mut Asked, mut flow: Flow) -> Result<Response, Problem> {
    asked.check_form(LOGIN_FORM, &[&flow.request.query()])?;
    if asked.args.get(views::CANCEL).is_some() {
        return finish::cancel(asked, &flow);
    }
    let (person, login) = match who(asked).await? {
        Ok(found) => found,
        Err(again) => return form(asked, &flow, Some(again)).await,
    };
    let site = asked.site.clone();
    asked.visitor.log_in(&site.services, &person, &login).await?;
    // What was decided before was decided by whoever was logged in before.
    flow.carried = Carried { keep: flow.keep_ticked(asked), ..Carried::default() };
    flow.request.skipcookie = false;
    flow.load_grant(asked).await?;
    proceed(asked, &flow, None).await
}

/// Whom the form logs in: by a face that is offered to this very request, or by name and password.
async fn who(asked: &Asked) -> Result<Result<(Person, Login), Again>, Problem> {
    let graph = &asked.site.services.graph;
    if let Some(face) = asked.text(views::FACE) {
        let Some(person) = asked.faces().await.into_iter().find(|person| person.id.to_string() == face) else {
            return Ok(Err(Again::Wrong));
        };
        return Ok(graph.login(person.id).await?.map(|login| (person, login)).ok_or(Again::Wrong));
    }
    by_password(asked).await
}

/// Tries are counted before the password is looked at and taken back when it was right: so no number of tries at the same time
/// gets past a limit. A name that nobody has is treated alike, in words, in count and in time.
async fn by_password(asked: &Asked) -> Result<Result<(Person, Login), Again>, Problem> {
    let services = &asked.site.services;
    let (email, password) = (asked.text("email").unwrap_or_default(), asked.text("pass").unwrap_or_default());
    // The address first: who is held up there adds nothing to the count of somebody else's account.
    let mut limits: Vec<Limit> = asked.visitor.visit.address.map(Limit::address).into_iter().collect();
    limits.push(Limit::account(&fold(email)));
    for limit in &limits {
        if !services.graph.count_try(*limit).await? {
            return Ok(Err(Again::Later));
        }
    }
    // A key of the store takes 1 KB; nobody has a longer address.
    let found = if email.len() <= MOST_EMAIL { services.graph.person_by_email(email).await? } else { None };
    let stored = found.as_ref().and_then(|(_, login)| login.password.as_deref());
    if !services.passwords.check(password, stored).await? {
        return Ok(Err(Again::Wrong));
    }
    for limit in limits {
        services.graph.forgive_try(limit).await?;
    }
    Ok(found.ok_or(Again::Wrong))
}

const MOST_EMAIL: usize = 320;

/// A token that is bound to somebody is none that can be bound.
pub(super) fn is_bound(token: &Session) -> bool {
    token.state != State::Pending
}
