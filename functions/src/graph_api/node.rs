//! A person, as far as the caller may see them.

use super::ask::Ask;
use super::people::People;
use super::refusal::Refusal;
use reconnect_core::Caller;
use reconnect_core::model::Person;
use reconnect_store::Id;
use serde::Serialize;

/// What is written of a person. What is hidden, unknown or not asked for is left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Node {
    id: String,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    link: Option<String>,
    gender: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    updated_time: Option<String>,
    /// Only ever true: the old service left it out where it was not.
    installed: Option<bool>,
    picture: Option<String>,
}

/// The members that a request asks for.
pub(super) struct Fields<'a>(Vec<&'a str>);

/// What comes without being asked for: all but what costs a read of its own, or is long.
const USUAL: [&str; 8] = ["name", "first_name", "last_name", "link", "gender", "email", "locale", "updated_time"];
/// And of each in a list.
const IN_LISTS: [&str; 1] = ["name"];

impl<'a> Fields<'a> {
    /// Of one person.
    pub(super) fn of_one(ask: &'a Ask) -> Fields<'a> {
        Fields::named(ask).unwrap_or(Fields(USUAL.to_vec()))
    }

    /// Of each person in a list.
    pub(super) fn of_many(ask: &'a Ask) -> Fields<'a> {
        Fields::named(ask).unwrap_or(Fields(IN_LISTS.to_vec()))
    }

    fn named(ask: &'a Ask) -> Option<Fields<'a>> {
        let named: Vec<&str> = ask.text("fields")?.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        (!named.is_empty()).then_some(Fields(named))
    }

    /// Whether one is among them. Names that nobody here has are asked for in vain, as are those that are hidden.
    pub(super) fn have(&self, name: &str) -> bool {
        self.0.contains(&name)
    }
}

/// `/me`, `/ID`.
pub(super) async fn node(ask: &Ask, caller: Option<&Caller>, id: Id) -> Result<Node, Refusal> {
    let fields = Fields::of_one(ask);
    let app = caller.map(|caller| caller.app.id).filter(|_| fields.have("installed"));
    let people = People::read(&ask.site.services.graph, &[id], app).await?;
    let (person, installed) = people.iter().next().ok_or_else(|| Refusal::unsupported("get"))?;
    Ok(Node::of(ask, caller, &fields, person, installed))
}

impl Node {
    /// Names, sex and language are public, as they were. Who has any token of an application sees when a profile changed; the e-mail address
    /// is told to an application with the permission for it, by its owner's own token.
    pub(super) fn of(
        ask: &Ask,
        caller: Option<&Caller>,
        fields: &Fields<'_>,
        person: &Person,
        installed: bool,
    ) -> Node {
        let own = caller.filter(|caller| caller.viewer() == Some(person.id));
        let may_read_email = own.and_then(|own| own.grant.as_ref()).is_some_and(|g| g.permissions.allow("email"));
        let text = |name: &str, text: &str| (fields.have(name) && !text.is_empty()).then(|| text.to_owned());
        let maybe = |name: &str, text: &Option<String>| text.clone().filter(|_| fields.have(name));
        let base = ask.base();
        Node {
            id: person.id.to_string(),
            name: text("name", &person.name()),
            first_name: text("first_name", &person.first_name),
            last_name: text("last_name", &person.last_name),
            link: text("link", &format!("{base}/profile.php?id={}", person.id)),
            gender: maybe("gender", &person.sex),
            email: text("email", &person.email).filter(|_| may_read_email),
            locale: maybe("locale", &person.locale),
            updated_time: caller.filter(|_| fields.have("updated_time")).and_then(|_| time(person.profile_update_time)),
            installed: (fields.have("installed") && installed).then_some(true),
            picture: text("picture", &format!("{base}/{}/picture", person.id)),
        }
    }
}

/// As the Graph form wrote times.
fn time(seconds: i64) -> Option<String> {
    let at = jiff::Timestamp::from_second(seconds).ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_a_zone_of_digits() {
        assert_eq!(time(1_234_567_890).as_deref(), Some("2009-02-13T23:31:30+0000"));
        assert_eq!(time(i64::MAX), None);
    }
}
