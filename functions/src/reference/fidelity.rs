//! `docs/FIDELITY.md` as a page, and what of it is about a method.

use super::markdown::{self, Block, inline};
use maud::{Markup, html};
use std::sync::LazyLock;

static PAPER: LazyLock<Vec<Block>> = LazyLock::new(|| markdown::read(include_str!("../../../docs/FIDELITY.md")));

/// The page. The paper's own title is left to the page.
pub(super) fn body() -> Markup {
    let below = PAPER.iter().filter(|block| !matches!(block, Block::Heading(1, _)));
    html! { section.card.paper { @for block in below { (shown(block)) } } }
}

fn shown(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Heading(_, text) => h2 { (inline(text)) }
            Block::Paragraph(text) => p { (inline(text)) }
            Block::List(items) => ul.notes { @for item in items { li { (inline(item)) } } }
            Block::Table(rows) => {
                div.wide tabindex="0" role="region" aria-label="A table" {
                    table {
                        @for (at, row) in rows.iter().enumerate() {
                            tr { @for cell in row { @if at == 0 { th scope="col" { (inline(cell)) } } @else { td { (inline(cell)) } } } }
                        }
                    }
                }
            }
        }
    }
}

/// What it says about a method: every note that names it.
pub(super) fn about(method: &str) -> Vec<Markup> {
    let lists = PAPER.iter().filter_map(|block| match block {
        Block::List(items) => Some(items),
        _ => None,
    });
    lists.flatten().filter(|item| names(item, method)).map(|item| inline(item)).collect()
}

/// Whether a text names a method, and not only one whose name goes on.
fn names(text: &str, method: &str) -> bool {
    let (text, method) = (text.to_ascii_lowercase(), method.to_ascii_lowercase());
    text.match_indices(&method).any(|(at, _)| {
        !text[at + method.len()..].starts_with(|next: char| next.is_ascii_alphanumeric())
            && !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric() || before == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::METHODS;
    use reconnect_core::method::Fidelity;

    #[test]
    fn what_is_called_inferred_is_told() {
        for handler in METHODS.iter().filter(|handler| handler.fidelity == Fidelity::Inferred) {
            assert!(
                !about(handler.name).is_empty(),
                "docs/FIDELITY.md does not say what of {} is inferred",
                handler.name
            );
        }
    }

    #[test]
    fn a_name_is_not_the_beginning_of_another() {
        assert!(names("friends.get, friends.getLists: x", "friends.get"));
        assert!(!names("friends.getLists: x", "friends.get") && !names("facebook.friends.get", "friends.get"));
        assert!(names("* users.getStandardInfo: error", "users.getStandardinfo"));
    }

    #[test]
    fn the_page_holds_the_whole_paper() {
        let text = body().into_string();
        for words in ["Where history left a choice", "Differs, and why", "<th scope=\"col\">what</th>", "error 451"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        let text = text.replace("<code>/**/</code>", "");
        assert!(!text.contains("**") && !text.contains('`'), "all marks are read: {text}");
    }
}
