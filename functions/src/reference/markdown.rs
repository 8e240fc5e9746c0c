//! As much of Markdown as our own papers use: headings, paragraphs, lists, tables; `code`, **strong** words, links to other sites.

use maud::{Markup, html};

/// A part of a paper.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// How deep, and its text.
    Heading(usize, String),
    Paragraph(String),
    List(Vec<String>),
    /// The first row is its head.
    Table(Vec<Vec<String>>),
}

/// Reads a paper.
pub(super) fn read(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut ended = true;
    for line in text.lines() {
        let words = line.trim();
        if words.is_empty() {
            ended = true;
            continue;
        }
        let depth = words.bytes().take_while(|byte| *byte == b'#').count();
        if depth > 0 {
            blocks.push(Block::Heading(depth, words[depth..].trim().to_owned()));
            ended = true;
            continue;
        }
        match (blocks.last_mut(), words.strip_prefix("* "), words.starts_with('|')) {
            (Some(Block::List(items)), Some(item), _) => items.push(item.to_owned()),
            (_, Some(item), _) => blocks.push(Block::List(vec![item.to_owned()])),
            (Some(Block::Table(rows)), _, true) => rows.extend(row(words)),
            (_, _, true) => blocks.push(Block::Table(row(words).into_iter().collect())),
            (Some(Block::List(items)), ..) if !ended => {
                items.last_mut().into_iter().for_each(|item| append(item, words))
            }
            (Some(Block::Paragraph(text)), ..) if !ended => append(text, words),
            _ => blocks.push(Block::Paragraph(words.to_owned())),
        }
        ended = false;
    }
    blocks
}

fn append(text: &mut String, words: &str) {
    text.push(' ');
    text.push_str(words);
}

/// The cells of a row; none of the line below the head.
fn row(line: &str) -> Option<Vec<String>> {
    let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    cells.iter().any(|cell| cell.bytes().any(|byte| byte != b'-')).then_some(cells)
}

/// A text with what is inside it. What stands in backquotes is taken as it is.
pub(super) fn inline(text: &str) -> Markup {
    let mut strong = false;
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { (marked(strong, html! { code { (part) } })) } @else {
                @for (at, words) in part.split("**").enumerate() {
                    (marked(turned(&mut strong, at > 0), html! { (words) }))
                }
            }
        }
    }
}

/// The mark as it is from here on.
fn turned(strong: &mut bool, turns: bool) -> bool {
    *strong ^= turns;
    *strong
}

fn marked(strong: bool, inside: Markup) -> Markup {
    if strong && !inside.0.is_empty() {
        html! { b { (inside) } }
    } else {
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_block_is_read() {
        let text = "# A\n\none\ntwo\n\n## B\n* x\n  y\n* z\n\nafter\n\n| a | b |\n| --- | --- |\n| 1 | `2` |\n";
        let cells = |row: [&str; 2]| row.map(str::to_owned).to_vec();
        assert_eq!(
            read(text),
            [
                Block::Heading(1, "A".to_owned()),
                Block::Paragraph("one two".to_owned()),
                Block::Heading(2, "B".to_owned()),
                Block::List(vec!["x y".to_owned(), "z".to_owned()]),
                Block::Paragraph("after".to_owned()),
                Block::Table(vec![cells(["a", "b"]), cells(["1", "`2`"])]),
            ]
        );
    }

    #[test]
    fn what_is_inside_a_line_is_marked_and_escaped() {
        assert_eq!(inline("**a `b`** <c>").into_string(), "<b>a </b><b><code>b</code></b> &lt;c&gt;");
        assert_eq!(inline("`/**/` **b** c").into_string(), "<code>/**/</code> <b>b</b> c");
    }
}
