//! `template.yaml`: the stack. What is the same for every method stands in `template.yaml` beside this file; a function for each method is
//! put where the skeleton says so.

use reconnect_core::Handler;
use reconnect_core::method::{File, Rights};
#[cfg(test)]
use reconnect_functions::{METHODS, names::NAMES};
use std::fmt::Write;

const SKELETON: &str = include_str!("template.yaml");
/// The line of the skeleton that the functions replace.
const PLACE: &str = "  # (one function for each method stands here)\n";

/// What the template says of a method.
#[derive(Clone, Copy)]
pub(super) struct Function {
    name: &'static str,
    summary: &'static str,
    rights: Rights,
    file: File,
}

impl Function {
    /// Of a registered method.
    pub(super) fn of(handler: &Handler) -> Function {
        Function {
            name: handler.name,
            summary: handler.summary,
            rights: handler.access.rights,
            file: handler.access.file,
        }
    }

    /// What CloudFormation calls it: `AuthCreateToken`.
    fn logical_id(self) -> String {
        self.name.split('.').map(capital).collect()
    }

    /// Only what runs others or writes may write; see the roles in the skeleton.
    fn role(self) -> &'static str {
        match self.rights {
            Rights::Read | Rights::Write if self.file != File::None => "UploadingRole",
            Rights::Read => "ReadingRole",
            Rights::Write => "WritingRole",
            Rights::All => "EveryMethodsRole",
        }
    }

    fn text(self) -> String {
        let mut text = String::new();
        let _ = write!(
            text,
            "  {id}:\n    \
               Type: AWS::Serverless::Function\n    \
               Metadata: {{ BuildMethod: makefile, ContextPath: ., WorkingDirectory: . }}\n    \
               Properties:\n      \
                 Description: {summary:?}\n      \
                 Handler: {name}\n      \
                 Role: !GetAtt {role}.Arn\n      \
                 {memory}\
                 Events:\n        \
                   Call: {{ Type: HttpApi, Properties: {{ ApiId: !Ref Api, Method: ANY, Path: /method/{name} }} }}\n",
            memory = if matches!(self.file, File::None | File::Removed) {
                ""
            } else {
                "MemorySize: !Ref UploadMemory\n      "
            },
            id = self.logical_id(),
            summary = self.summary,
            name = self.name,
            role = self.role(),
        );
        text
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The whole template.
pub(super) fn text(functions: impl Iterator<Item = Function>) -> String {
    let functions: Vec<String> = functions.map(Function::text).collect();
    SKELETON.replace(PLACE, &functions.join("\n"))
}

/// Every name of the API. Those that are not registered yet are taken to write, which asks for no less than reading does.
#[cfg(test)]
pub(super) fn every_name() -> impl Iterator<Item = Function> {
    NAMES.iter().map(|name| {
        let registered = METHODS.iter().find(|handler| handler.name == *name).map(Function::of);
        registered.unwrap_or(Function { name, summary: "Not there yet.", rights: Rights::Write, file: File::None })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_skeleton_says_once_where_the_functions_stand() {
        assert_eq!(SKELETON.matches(PLACE).count(), 1);
    }

    #[test]
    fn no_function_has_the_name_of_another_or_of_a_resource_of_the_skeleton() {
        let fixed = SKELETON.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
        let mut taken: BTreeSet<String> = fixed.map(str::to_owned).collect();
        assert!(taken.contains("Table") && taken.contains("Restserver"), "{taken:?}");
        for function in every_name() {
            let id = function.logical_id();
            assert!(id.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
            assert!(taken.insert(id.clone()), "{id} twice");
        }
    }

    #[test]
    fn a_method_that_only_reads_gets_the_role_that_only_reads() {
        let text = text(METHODS.iter().map(Function::of));
        for handler in METHODS {
            let at = text.find(&format!("Handler: {}\n", handler.name)).unwrap_or_else(|| panic!("{}", handler.name));
            let role = text[at..].lines().nth(1).unwrap_or_default();
            assert_eq!(role.contains("ReadingRole"), handler.access.rights == Rights::Read, "{}: {role}", handler.name);
        }
    }
}
