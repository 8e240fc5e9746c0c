//! Reading the environment: texts, and their meanings, with errors that name the variable.

/// The environment; an empty variable is none, since templates cannot leave one out.
pub(crate) struct Environment<'a>(&'a dyn Fn(&str) -> Option<String>);

impl<'a> Environment<'a> {
    /// As `look` knows it.
    pub(crate) fn new(look: &'a dyn Fn(&str) -> Option<String>) -> Environment<'a> {
        Environment(look)
    }

    /// A variable's text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|text| !text.is_empty())
    }

    /// A variable's meaning. The error names it.
    pub(crate) fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
        self.text(name).map(|text| parse(&text).map_err(|why| format!("{name} is {text:?}: {why}"))).transpose()
    }
}
