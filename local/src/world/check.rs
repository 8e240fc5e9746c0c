//! Whether a world, or one application, can be: everything is judged before anything is written. An error names the thing that is
//! wrong, so that its line can be found, and says why.

use super::{App, FriendList, Install, Person, World, groups, links, notes, pages, posts};
use reconnect_core::friendship::{MAX_LISTS, MAX_NAME};
use reconnect_core::graph::fold;
use reconnect_core::model::Application;
use reconnect_core::password::MAX_BYTES;
use reconnect_core::permission::Permission;
use reconnect_store::Id;
use std::collections::HashSet;
use url::Url;

/// What is wrong, and why.
pub(super) type Wrong = (String, String);

/// Judges a whole world.
pub(super) fn world(world: &World) -> Result<(), Wrong> {
    let mut taken = Taken::default();
    for one in &world.people {
        person(one, &mut taken)?;
    }
    for app in &world.applications {
        application_of(app, &mut taken)?;
    }
    let mut pairs = HashSet::new();
    for [one, other] in &world.friendships {
        friendship(one, other, &taken, &mut pairs)?;
    }
    let mut lists = HashSet::new();
    for list in &world.friend_lists {
        friend_list(list, &pairs, &mut taken, &mut lists)?;
    }
    groups::check(world, &mut taken)?;
    let mut installs = HashSet::new();
    for one in &world.installs {
        install(one, &taken, &mut installs)?;
    }
    pages::check(world, &mut taken)?;
    posts::check(world, &mut taken)?;
    notes::check(world, &mut taken)?;
    links::check(world, &mut taken)
}

/// What may stand once.
#[derive(Default)]
pub(super) struct Taken {
    ids: HashSet<u64>,
    emails: HashSet<String>,
    usernames: HashSet<String>,
    names: HashSet<String>,
    keys: HashSet<String>,
    canvas: HashSet<String>,
}

impl Taken {
    /// Whether the world has a person with this e-mail address.
    pub(super) fn knows(&self, email: &str) -> bool {
        self.emails.contains(&fold(email))
    }

    /// Takes a username, which people and pages share.
    pub(super) fn username(&mut self, name: &str) -> Result<(), Wrong> {
        if self.usernames.insert(fold(name)) {
            return Ok(());
        }
        wrong(name, format!("the username {name} stands twice"))
    }

    /// That the world has a person with this e-mail address; `what` names them.
    pub(super) fn somebody(&self, email: &str, what: &str) -> Result<(), Wrong> {
        if self.knows(email) {
            return Ok(());
        }
        wrong(email, format!("{what} names {email}, and no person of this world has that e-mail address"))
    }

    /// Whether an application of this world has that name.
    pub(super) fn knows_application(&self, name: &str) -> bool {
        self.names.contains(&fold(name))
    }
}

pub(super) fn wrong<T>(what: &str, why: impl Into<String>) -> Result<T, Wrong> {
    Err((what.to_owned(), why.into()))
}

pub(super) fn id(id: Option<u64>, taken: &mut Taken) -> Result<(), Wrong> {
    let Some(id) = id else { return Ok(()) };
    if !(2..Id::FIRST_DRAWN).contains(&id) {
        return wrong(
            &id.to_string(),
            format!("the id {id} is not one to choose: take one from 2 to {}", Id::FIRST_DRAWN - 1),
        );
    }
    if !taken.ids.insert(id) {
        return wrong(&id.to_string(), format!("the id {id} stands twice"));
    }
    Ok(())
}

fn person(person: &Person, taken: &mut Taken) -> Result<(), Wrong> {
    let email = &person.email;
    if person.name.trim().is_empty() {
        return wrong(email, format!("the person {email} needs a name"));
    }
    if let Err(why) = self::email(email) {
        return wrong(email, why);
    }
    if !taken.emails.insert(fold(email)) {
        return wrong(email, format!("the e-mail address {email} stands twice"));
    }
    if person.password.as_ref().is_some_and(|p| p.is_empty() || p.len() > MAX_BYTES) {
        return wrong(
            email,
            format!("the password of {email} is empty or longer than {MAX_BYTES} bytes; leave it out for none"),
        );
    }
    if let Err(why) = person.check() {
        return wrong(email, format!("the person {email}: {why}"));
    }
    if let Some(name) = &person.username {
        taken.username(name)?;
    }
    id(person.id, taken)
}

/// Whether a text can be somebody's e-mail address.
pub(crate) fn email(text: &str) -> Result<(), String> {
    let usable = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if usable && !text.chars().any(|c| c.is_whitespace() || c.is_control()) && text.len() <= 254 {
        return Ok(());
    }
    Err(format!("'{text}' is no e-mail address"))
}

fn application_of(app: &App, taken: &mut Taken) -> Result<(), Wrong> {
    let name = &app.name;
    if let Err(why) = application(&app.model(false)) {
        return wrong(name, format!("the application '{name}': {why}"));
    }
    if !taken.names.insert(fold(name)) {
        return wrong(name, format!("the application '{name}' stands twice"));
    }
    if let Some(key) = &app.api_key
        && !taken.keys.insert(key.clone())
    {
        return wrong(key, format!("the API key {key} stands twice"));
    }
    if let Some(canvas) = &app.canvas_name
        && !taken.canvas.insert(fold(canvas))
    {
        return wrong(canvas, format!("the canvas name {canvas} stands twice"));
    }
    id(app.id, taken)
}

/// Judges one application, an empty key or secret being one that is still to be drawn.
pub(crate) fn application(app: &Application) -> Result<(), String> {
    if app.name.trim().is_empty() {
        return Err("it needs a name".to_owned());
    }
    for (what, text) in [("API key", &app.api_key), ("secret", &app.secret)] {
        if !text.is_empty() && !is_hex(text) {
            return Err(format!("the {what} must be 32 lower-case hex digits; leave it out to have one drawn"));
        }
    }
    let urls =
        [&app.callback_url, &app.connect_url, &app.post_authorize_url, &app.post_remove_url, &app.deauthorize_url];
    for text in urls.into_iter().flatten() {
        url(text)?;
    }
    if let Some(domain) = &app.base_domain {
        base_domain(domain)?;
    }
    if let Some(name) = &app.canvas_name
        && (name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
    {
        return Err(format!("'{name}' is no canvas name: letters, digits, - and _"));
    }
    for scheme in &app.schemes {
        self::scheme(scheme)?;
    }
    for entry in &app.ip_list {
        ip_entry(entry)?;
    }
    Ok(())
}

fn is_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Whether a text is an address of the web.
pub(crate) fn url(text: &str) -> Result<(), String> {
    let wrong = || format!("'{text}' is no address: write http://HOST/PATH or https://HOST/PATH");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.has_host();
    if plain && url.username().is_empty() && url.password().is_none() && !text.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(wrong())
}

fn base_domain(text: &str) -> Result<(), String> {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if text.split('.').all(label) {
        return Ok(());
    }
    Err(format!("'{text}' is no domain: write it like example.com, without a leading dot, a scheme or a port"))
}

fn scheme(text: &str) -> Result<(), String> {
    let mut chars = text.chars();
    let usable = chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if usable {
        return Ok(());
    }
    Err(format!("'{text}' is no scheme: write it like fbconnect, in lower case and without ://"))
}

fn ip_entry(text: &str) -> Result<(), String> {
    let usable = match text.strip_suffix('*') {
        Some(start) => !start.is_empty() && start.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':')),
        None => text.parse::<std::net::IpAddr>().is_ok(),
    };
    if usable { Ok(()) } else { Err(format!("'{text}' is no address: write it like 10.0.0.1 or 10.0.*")) }
}

fn friendship(one: &str, other: &str, taken: &Taken, pairs: &mut HashSet<(String, String)>) -> Result<(), Wrong> {
    for email in [one, other] {
        if !taken.emails.contains(&fold(email)) {
            return wrong(
                email,
                format!("a friendship names {email}, and no person of this world has that e-mail address"),
            );
        }
    }
    if fold(one) == fold(other) {
        return wrong(one, format!("{one} is their own friend"));
    }
    if !pairs.insert(pair(one, other)) {
        return wrong(other, format!("the friendship of {one} and {other} stands twice"));
    }
    Ok(())
}

/// Two people, whoever is named first.
fn pair(one: &str, other: &str) -> (String, String) {
    let (a, b) = (fold(one), fold(other));
    if a < b { (a, b) } else { (b, a) }
}

fn friend_list(
    list: &FriendList,
    pairs: &HashSet<(String, String)>,
    taken: &mut Taken,
    lists: &mut HashSet<(String, String)>,
) -> Result<(), Wrong> {
    let FriendList { id, owner, name, members } = list;
    if !taken.emails.contains(&fold(owner)) {
        return wrong(
            owner,
            format!("a friend list names {owner}, and no person of this world has that e-mail address"),
        );
    }
    if name.trim().is_empty() || name.trim().len() > MAX_NAME {
        return wrong(name, format!("a friend list of {owner} needs a name of at most {MAX_NAME} bytes"));
    }
    if !lists.insert((fold(owner), fold(name))) {
        return wrong(name, format!("the friend list '{name}' of {owner} stands twice"));
    }
    if lists.iter().filter(|(of, _)| *of == fold(owner)).count() > MAX_LISTS {
        return wrong(name, format!("{owner} has more than {MAX_LISTS} friend lists"));
    }
    if let Some(stranger) = members.iter().find(|member| !pairs.contains(&pair(owner, member))) {
        return wrong(
            stranger,
            format!("the friend list '{name}' of {owner} names {stranger}, who is no friend of theirs"),
        );
    }
    self::id(*id, taken)
}

fn install(install: &Install, taken: &Taken, installs: &mut HashSet<(String, String)>) -> Result<(), Wrong> {
    let Install { person, application, permissions } = install;
    if !taken.emails.contains(&fold(person)) {
        return wrong(
            person,
            format!("an install names {person}, and no person of this world has that e-mail address"),
        );
    }
    if !taken.names.contains(&fold(application)) {
        return wrong(
            application,
            format!("an install names '{application}', and no application of this world has that name"),
        );
    }
    if let Some(unknown) = permissions.iter().find(|name| Permission::find(name).is_none()) {
        return wrong(unknown, format!("there is no extended permission '{unknown}'"));
    }
    if !installs.insert((fold(person), fold(application))) {
        return wrong(application, format!("the install of '{application}' by {person} stands twice"));
    }
    Ok(())
}
