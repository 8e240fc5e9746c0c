//! Pages as an old browser driver sees them: forms with fields and buttons, links, text.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Where it goes; empty: to the page's own address.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Its fields in the order of the page.
    pub fields: Vec<Field>,
    /// Its buttons.
    pub buttons: Vec<Button>,
}

/// A field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// The name under which it travels.
    pub name: String,
    /// The name by which drivers find it.
    pub id: String,
    /// `text`, `password`, `hidden`, `checkbox` …
    pub kind: String,
    /// What is in it.
    pub value: String,
    /// Whether a checkbox is ticked; true for all other kinds.
    pub on: bool,
}

/// A button that sends its form.
#[derive(Clone, Debug, Default)]
pub struct Button {
    /// Its name; empty when it adds no field.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What stands on it: the value of an `<input>`, the text of a `<button>`.
    pub label: String,
    /// `input` or `button`.
    pub element: String,
}

impl Form {
    /// Whether a field of this id or name is there.
    pub fn has(&self, field: &str) -> bool {
        self.fields.iter().any(|f| f.id == field || f.name == field)
    }

    /// What is in a field.
    pub fn value(&self, field: &str) -> &str {
        self.fields.iter().find(|f| f.id == field || f.name == field).map(|f| f.value.as_str()).unwrap_or_default()
    }

    /// Types into a field, found by its id or else by its name.
    #[track_caller]
    pub fn fill(&mut self, field: &str, text: &str) {
        let known = format!("{:?}", self.fields);
        let found = self.fields.iter_mut().find(|f| f.id == field || f.name == field);
        text.clone_into(&mut found.unwrap_or_else(|| panic!("no field {field} among {known}")).value);
    }

    /// Ticks or unticks a box, found by its id, its name or its value.
    #[track_caller]
    pub fn tick(&mut self, field: &str, on: bool) {
        let known = format!("{:?}", self.fields);
        let found = self
            .fields
            .iter_mut()
            .find(|f| f.kind == "checkbox" && [&f.id, &f.name, &f.value].contains(&&field.to_owned()));
        found.unwrap_or_else(|| panic!("no box {field} among {known}")).on = on;
    }

    /// The button with this label.
    pub fn button(&self, label: &str) -> Option<&Button> {
        self.buttons.iter().find(|button| button.label == label)
    }

    /// What travels when the button is pressed.
    #[track_caller]
    pub fn pressed(&self, label: &str) -> Vec<(String, String)> {
        let button = self.button(label).unwrap_or_else(|| panic!("no button {label} among {:?}", self.buttons));
        let mut sent: Vec<(String, String)> = self
            .fields
            .iter()
            .filter(|field| field.on && !field.name.is_empty())
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect();
        if !button.name.is_empty() {
            sent.push((button.name.clone(), button.value.clone()));
        }
        sent
    }
}

/// A page's content.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// All forms.
    pub forms: Vec<Form>,
    /// All links: address and text.
    pub links: Vec<(String, String)>,
    /// All text, single blanks between words.
    pub text: String,
    /// What the page would fetch: scripts, images, style sheets, frames.
    pub fetched: Vec<String>,
    /// Scripts, inline ones included.
    pub scripts: usize,
}

impl Content {
    /// Reads a page.
    pub fn read(html: &str) -> Content {
        let mut reader = Reader::default();
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => reader.open(&tag),
                Token::EndTag(tag) => reader.close(&tag.name),
                Token::String(text) => reader.say(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        reader.content
    }
}

/// Where the reader is.
#[derive(Default)]
struct Reader {
    content: Content,
    in_form: bool,
    in_button: bool,
    in_link: bool,
    in_textarea: bool,
    silent: bool,
}

impl Reader {
    fn open(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &str| {
            tag.attributes
                .get(name.as_bytes())
                .map(|value| String::from_utf8_lossy(value).into_owned())
                .unwrap_or_default()
        };
        let has = |name: &str| tag.attributes.contains_key(name.as_bytes());
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        self.content.text.push(' ');
        match name.as_str() {
            "form" => {
                let method = attribute("method").to_ascii_lowercase();
                let method = if method.is_empty() { "get".to_owned() } else { method };
                self.content.forms.push(Form { action: attribute("action"), method, ..Form::default() });
                self.in_form = true;
            }
            "input" => self.input(attribute, has("checked")),
            "button" => {
                self.in_button = attribute("type") != "button" && attribute("type") != "reset";
                let button =
                    Button { name: attribute("name"), value: attribute("value"), label: String::new(), element: name };
                self.push_button(button);
            }
            "textarea" => {
                self.push_field(Field {
                    name: attribute("name"),
                    id: attribute("id"),
                    kind: name,
                    value: String::new(),
                    on: true,
                });
                self.in_textarea = true;
            }
            "a" => {
                self.content.links.push((attribute("href"), String::new()));
                self.in_link = true;
            }
            "script" | "style" => {
                self.content.scripts += usize::from(name == "script");
                self.silent = true;
                self.fetched(attribute("src"));
            }
            "img" | "iframe" | "frame" | "embed" | "source" => self.fetched(attribute("src")),
            // What stands in the address itself is not fetched: an empty icon keeps browsers from asking for one.
            "link" if attribute("href").starts_with("data:") => {}
            "link" => self.fetched(attribute("href")),
            _ => {}
        }
    }

    fn input(&mut self, attribute: impl Fn(&str) -> String, checked: bool) {
        let kind = attribute("type").to_ascii_lowercase();
        let (name, value) = (attribute("name"), attribute("value"));
        match kind.as_str() {
            "submit" => {
                self.push_button(Button { name, label: value.clone(), value, element: "input".to_owned() });
            }
            "button" | "reset" | "image" => {}
            "checkbox" | "radio" => {
                let value = if value.is_empty() { "on".to_owned() } else { value };
                self.push_field(Field { name, id: attribute("id"), kind, value, on: checked });
            }
            _ => self.push_field(Field { name, id: attribute("id"), kind, value, on: true }),
        }
    }

    fn push_button(&mut self, button: Button) {
        if let (true, Some(form)) = (self.in_form, self.content.forms.last_mut()) {
            form.buttons.push(button);
        }
    }

    fn push_field(&mut self, field: Field) {
        if let (true, Some(form)) = (self.in_form, self.content.forms.last_mut()) {
            form.fields.push(field);
        }
    }

    fn fetched(&mut self, address: String) {
        if !address.is_empty() {
            self.content.fetched.push(address);
        }
    }

    fn close(&mut self, name: &[u8]) {
        self.content.text.push(' ');
        match name {
            b"form" => self.in_form = false,
            b"button" => self.in_button = false,
            b"a" => self.in_link = false,
            b"textarea" => self.in_textarea = false,
            b"script" | b"style" => self.silent = false,
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        if self.silent {
            return;
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let (true, Some(form)) = (self.in_form, self.content.forms.last_mut()) {
            if let (true, Some(button)) = (self.in_button, form.buttons.last_mut()) {
                button.label.push_str(&text);
            }
            if let (true, Some(area)) = (self.in_textarea, form.fields.last_mut()) {
                area.value.push_str(&text);
            }
        }
        if let (true, Some(link)) = (self.in_link, self.content.links.last_mut()) {
            link.1.push_str(&text);
        }
        self.content.text.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_by_id_or_name_and_sent_by_its_button() {
        let page = Content::read(
            "<style>p{}</style><p>Hi <b>you</b></p><form method=POST action='/x'><input type=hidden name=t value='a&amp;b'>\
             <input id=email name=e><input type=checkbox name=keep value=1 checked><input type=checkbox name=p value=2>\
             <input type=submit name=go value=Login><button name=no value=n>Don't <i>Allow</i></button></form><a href='/l'>Logout</a>",
        );
        let mut form = page.forms[0].clone();
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/x", "post"));
        form.fill("email", "me");
        form.tick("keep", false);
        form.tick("2", true);
        let pairs = |sent: Vec<(String, String)>| sent.into_iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>();
        assert_eq!(pairs(form.pressed("Login")), ["t=a&b", "e=me", "p=2", "go=Login"]);
        assert_eq!(page.links, [("/l".to_owned(), "Logout".to_owned())]);
        assert!(!page.text.contains("p{}"), "{}", page.text);
        assert!(page.forms[0].buttons[1].label.starts_with("Don't"), "{:?}", page.forms[0].buttons);
    }
}
