//! `event_info`: what a caller says of an event, in JSON. Numbers and texts pass for each other, as PHP turns the one into the other.

use reconnect_core::Result;
use reconnect_core::error::invalid;
use reconnect_core::event::Event;
use reconnect_core::openness::Openness;
use reconnect_wire::Code;
use serde_json::{Map, Value};

/// How long one line of text may be, in bytes.
const LINE: usize = 255;
/// How long the description may be, in bytes.
const TEXT: usize = 20_000;
/// An event whose end nobody says takes so long.
const USUAL_LENGTH: i64 = 3 * 3600;
/// So far behind California are clocks where the day ends last: an event there is not past although its time seems to be.
const LAST_CLOCKS: i64 = 4 * 3600;

/// The categories, by the numbers that stood for them.
const CATEGORIES: [&str; 8] = ["Party", "Causes", "Education", "Meetings", "Music/Arts", "Sports", "Trips", "Other"];

/// What a caller says, as far as it says it.
pub(super) struct Info(Map<String, Value>);

impl Info {
    /// Error 144 for what is no JSON object.
    pub(super) fn read(text: &str) -> Result<Info> {
        match serde_json::from_str(text) {
            Ok(Value::Object(said)) => Ok(Info(said)),
            _ => Err(Code::ParamBadJson.because("event_info is no JSON object").into()),
        }
    }

    /// What stands under one of these names: a text, or a number as its text.
    fn said(&self, names: &[&str]) -> Result<Option<String>> {
        let Some((name, value)) = names.iter().find_map(|name| Some((name, self.0.get(*name)?))) else {
            return Ok(None);
        };
        match value {
            Value::String(text) => Ok(Some(text.trim().to_owned())),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::Null => Ok(None),
            _ => Err(invalid(format!("{name} in event_info is neither a text nor a number"))),
        }
    }

    fn text(&self, names: &[&str], most: usize) -> Result<Option<String>> {
        let said = self.said(names)?;
        match &said {
            Some(text) if text.len() > most => {
                Err(invalid(format!("{} in event_info is longer than {most} bytes", names.join(" or "))))
            }
            _ => Ok(said),
        }
    }

    fn line(&self, name: &str) -> Result<Option<String>> {
        self.text(&[name], LINE)
    }

    /// Error 1000 for what is no time.
    fn time(&self, name: &str) -> Result<Option<i64>> {
        let said = self.said(&[name])?.filter(|text| !text.is_empty());
        let wrong = || Code::EventInvalidTime.because(format!("{name} in event_info is no number of seconds"));
        said.map(|text| text.parse().ok().filter(|time| *time > 0).ok_or_else(|| wrong().into())).transpose()
    }

    /// The page for which an event is made.
    pub(super) fn page(&self) -> Result<Option<u64>> {
        let said = self.said(&["page_id", "host_id"])?.filter(|text| !text.is_empty() && text != "0");
        said.map(|text| text.parse().map_err(|_| invalid("page_id in event_info is no id"))).transpose()
    }

    /// Whether the event shall not be open to everybody.
    pub(super) fn closes(&self) -> Result<bool> {
        Ok(self.openness()?.is_some_and(|openness| openness != Openness::Open))
    }

    fn openness(&self) -> Result<Option<Openness>> {
        let said = self.line("privacy_type")?.filter(|text| !text.is_empty());
        let wrong = || invalid("privacy_type in event_info is none of OPEN, CLOSED, SECRET");
        said.map(|text| Openness::find(&text).ok_or_else(wrong)).transpose()
    }

    /// A category: one of the known ones by its number or name, or a text of one's own.
    fn category(&self) -> Result<Option<String>> {
        let Some(text) = self.line("category")? else { return Ok(None) };
        if let Ok(number) = text.parse::<usize>() {
            let known = number.checked_sub(1).and_then(|at| CATEGORIES.get(at));
            let wrong = || Code::ParamCategory.because("category in event_info is a number from 1 to 8, or a text");
            return known.map(|name| Some((*name).to_owned())).ok_or_else(|| wrong().into());
        }
        let known = CATEGORIES.into_iter().find(|name| name.eq_ignore_ascii_case(&text));
        Ok(Some(known.map_or(text, str::to_owned)))
    }

    /// What of a category: a text. Which number stood for which is not known, so that a number says nothing.
    fn subcategory(&self) -> Result<Option<String>> {
        let said = self.line("subcategory")?;
        match said.as_deref().map(str::parse::<i64>) {
            Some(Ok(number)) if number <= 0 => {
                Err(Code::ParamSubcategory.because("subcategory in event_info is no number of one").into())
            }
            Some(Ok(_)) => Ok(None),
            _ => Ok(said),
        }
    }

    /// Error 151 for what cannot be a city: something without any letter.
    fn city(&self) -> Result<Option<String>> {
        let said = self.line("city")?;
        match said {
            Some(city) if !city.is_empty() && !city.chars().any(char::is_alphabetic) => {
                Err(Code::ParamUnknownCity.because("city in event_info has no letter in it").into())
            }
            said => Ok(said),
        }
    }

    /// Makes an event what the caller says; what it does not say stays as it is.
    pub(super) fn change(&self, event: &mut Event) -> Result<()> {
        if let Some(name) = self.line("name")? {
            if name.is_empty() {
                return Err(invalid("name in event_info is empty"));
            }
            event.name = name;
        }
        let lines = [
            (&mut event.tagline, self.line("tagline")?),
            (&mut event.host, self.line("host")?.filter(|host| !host.is_empty())),
            (&mut event.location, self.line("location")?),
            (&mut event.phone, self.line("phone")?),
            (&mut event.email, self.line("email")?),
            (&mut event.event_type, self.category()?),
            (&mut event.event_subtype, self.subcategory()?),
            (&mut event.description, self.text(&["description", "desc"], TEXT)?),
        ];
        for (line, said) in lines {
            if let Some(said) = said {
                *line = said;
            }
        }
        event.openness = self.openness()?.unwrap_or(event.openness);
        event.start_time = self.time("start_time")?.unwrap_or(event.start_time);
        event.end_time = self.time("end_time")?.unwrap_or(event.end_time);
        self.change_venue(event)
    }

    fn change_venue(&self, event: &mut Event) -> Result<()> {
        let said = [self.line("street")?, self.city()?, self.line("state")?, self.line("country")?];
        if said.iter().all(Option::is_none) {
            return Ok(());
        }
        let [street, city, state, country] = said;
        let mut venue = event.venue.take().unwrap_or_default();
        venue.street = street.or(venue.street).filter(|street| !street.is_empty());
        venue.city = city.unwrap_or(venue.city);
        venue.state = state.unwrap_or(venue.state);
        venue.country = country.unwrap_or(venue.country);
        event.venue = Some(venue);
        Ok(())
    }

    /// A new event: error 100 where a key is missing without which there is none.
    pub(super) fn make(&self, now: i64) -> Result<Event> {
        let there = |name: &str| self.said(&[name]).map(|said| said.is_some_and(|text| !text.is_empty()));
        for name in ["name", "start_time"] {
            if !there(name)? {
                return Err(invalid(format!("{name} is missing in event_info")));
            }
        }
        if !there("end_time")? && !there("location")? {
            return Err(invalid("both end_time and location are missing in event_info"));
        }
        let mut event = Event::default();
        self.change(&mut event)?;
        if event.end_time == 0 {
            event.end_time = event.start_time.saturating_add(USUAL_LENGTH);
        }
        check_times(&event, None, now)?;
        Ok(event)
    }
}

/// Error 1000 for an event that ends before it begins, or whose beginning is now put into the past.
pub(super) fn check_times(event: &Event, old: Option<&Event>, now: i64) -> Result<()> {
    let moved = old.is_none_or(|old| old.start_time != event.start_time);
    if moved && event.start_time.saturating_add(LAST_CLOCKS) < now {
        return Err(Code::EventInvalidTime.because("start_time in event_info is past").into());
    }
    if event.end_time < event.start_time {
        return Err(Code::EventInvalidTime.because("end_time in event_info is before start_time").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_234_567_890;

    fn made(said: &Value) -> Result<Event, u16> {
        let mut all = json!({"name": "Ball", "start_time": NOW + 60, "end_time": (NOW + 120).to_string()});
        all.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        all.as_object_mut().unwrap().retain(|_, value| value != "-");
        let info = Info::read(&all.to_string()).map_err(|error| error.on_the_wire().code.number())?;
        info.make(NOW).map_err(|error| error.on_the_wire().code.number())
    }

    #[test]
    fn all_that_can_be_said_is_kept() {
        let event = made(&json!({
            "category": 1, "subcategory": "Masked Ball", "host": " Ann & Bob ", "location": "Hall", "street": "1 Road",
            "city": "Springfield", "state": "Ohio", "country": "United States", "phone": 5550100, "email": "a@x",
            "desc": "Masks!", "privacy_type": "secret", "tagline": "Bring a mask", "page_id": "77", "unheard_of": [],
        }))
        .unwrap();
        let venue = event.venue.unwrap();
        assert_eq!((event.name.as_str(), event.host.as_str(), event.location.as_str()), ("Ball", "Ann & Bob", "Hall"));
        assert_eq!((event.event_type.as_str(), event.event_subtype.as_str()), ("Party", "Masked Ball"));
        assert_eq!(
            (event.phone.as_str(), event.email.as_str(), event.tagline.as_str()),
            ("5550100", "a@x", "Bring a mask")
        );
        assert_eq!((event.description.as_str(), event.openness), ("Masks!", Openness::Secret));
        assert_eq!((event.start_time, event.end_time), (NOW + 60, NOW + 120));
        assert_eq!(
            (venue.street.as_deref(), venue.city.as_str(), venue.state.as_str()),
            (Some("1 Road"), "Springfield", "Ohio")
        );
        let texts = made(&json!({"category": "music/arts", "subcategory": 28})).unwrap();
        assert_eq!((texts.event_type.as_str(), texts.event_subtype.as_str()), ("Music/Arts", ""));
        let own = made(&json!({"category": "Séance", "end_time": "-", "location": "Cellar"})).unwrap();
        assert_eq!((own.event_type.as_str(), own.end_time), ("Séance", NOW + 60 + 3 * 3600));
        let west = made(&json!({"start_time": NOW - 4 * 3600})).unwrap();
        assert_eq!(west.start_time, NOW - 4 * 3600, "it is earlier in Hawaii");
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_code_that_says_why() {
        for (said, expected) in [
            (json!({"name": "-"}), 100),
            (json!({"name": ""}), 100),
            (json!({"name": ["Ball"]}), 100),
            (json!({"name": "x".repeat(256)}), 100),
            (json!({"description": "x".repeat(20_001)}), 100),
            (json!({"start_time": "-"}), 100),
            (json!({"start_time": ""}), 100),
            (json!({"end_time": "-"}), 100),
            (json!({"privacy_type": "friends"}), 100),
            (json!({"start_time": "tomorrow"}), 1000),
            (json!({"start_time": -5}), 1000),
            (json!({"start_time": 1.5}), 1000),
            (json!({"start_time": NOW - 4 * 3600 - 1}), 1000),
            (json!({"end_time": NOW + 59}), 1000),
            (json!({"start_time": i64::MAX, "end_time": NOW}), 1000),
            (json!({"city": "12345"}), 151),
            (json!({"category": 9}), 140),
            (json!({"category": 0}), 140),
            (json!({"subcategory": -1}), 141),
        ] {
            assert_eq!(made(&said), Err(expected), "{said:.80}");
        }
        for text in ["", "{", "[]", "7", "{\"name\":}"] {
            assert!(Info::read(text).is_err_and(|error| error.on_the_wire().code.number() == 144), "{text}");
        }
        for page in ["x", "-1"] {
            assert!(Info::read(&json!({"page_id": page}).to_string()).unwrap().page().is_err());
        }
    }
}
