//! How well an application may know the visitor on its page. One who has authorised it gets a session there and then.

use super::trouble::Trouble;
use crate::handover::{self, Handover};
use crate::pages::asked::Asked;
use reconnect_core::model::{Application, Grant, Person};

/// The visitor, as this application may see them.
pub(super) enum Guest<'a> {
    /// Nobody is logged in.
    Nobody,
    /// Somebody who has not authorised it.
    Stranger(&'a Person),
    /// Somebody who has.
    Member {
        /// Who.
        person: &'a Person,
        /// What they allow it.
        grant: Grant,
        /// Their session with it.
        handover: Box<Handover<'a>>,
    },
}

/// What is said of those who say nothing themselves.
const LOCALE: &str = "en_US";
const COUNTRY: &str = "us";

impl<'a> Guest<'a> {
    /// Who it is.
    pub(super) async fn of(asked: &'a Asked, app: &'a Application) -> Result<Guest<'a>, Trouble> {
        let Some(login) = &asked.visitor.login else { return Ok(Guest::Nobody) };
        let (services, person) = (&*asked.site.services, &login.person);
        let Some(grant) = services.graph.grant(person.id, app.id).await? else { return Ok(Guest::Stranger(person)) };
        let handover = Handover::open(services, app, &handover::plan(login, &grant)).await?;
        Ok(Guest::Member { person, grant, handover: Box::new(handover) })
    }

    /// Who is logged in.
    pub(super) fn person(&self) -> Option<&'a Person> {
        match self {
            Guest::Nobody => None,
            Guest::Stranger(person) | Guest::Member { person, .. } => Some(person),
        }
    }

    /// Their language.
    pub(super) fn locale(&self) -> &'a str {
        self.person().and_then(|person| person.locale.as_deref()).unwrap_or(LOCALE)
    }

    /// Their country, in two small letters: that of the language, for lack of a better source.
    pub(super) fn country(&self) -> String {
        let named = self.locale().split_once('_').map(|(_, country)| country.to_ascii_lowercase());
        let usable = |country: &String| country.len() == 2 && country.bytes().all(|b| b.is_ascii_lowercase());
        named.filter(usable).unwrap_or_else(|| COUNTRY.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_is_that_of_the_language_or_the_usual_one() {
        let country = |locale: Option<&str>| {
            let person = Person { locale: locale.map(str::to_owned), ..Person::default() };
            Guest::Stranger(&person).country()
        };
        assert_eq!(country(Some("pt_BR")), "br");
        for other in [None, Some("eo"), Some("es_LA1"), Some("x_\u{e9}")] {
            assert_eq!(country(other), "us", "{other:?}");
        }
        assert_eq!((Guest::Nobody.locale(), Guest::Nobody.country().as_str()), ("en_US", "us"));
    }
}
