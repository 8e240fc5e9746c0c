//! The layout of answers in XML, byte for byte.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Root, write};
use crate::{Hidden, KeyedMap, Row, Visible};

/// The document behind the declaration, with a root that is as short as possible.
fn inside<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = Vec::new();
    write(&mut out, &Root { name: "r", schema_location: false }, value).unwrap();
    let text = String::from_utf8(out).unwrap();
    let text = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    text.replace(std::str::from_utf8(super::NAMESPACES).unwrap(), "")
}

#[derive(Serialize)]
#[serde(rename = "uid")]
struct Uid(u64);

#[derive(Serialize)]
#[serde(rename = "concentration")]
struct Concentration(&'static str);

#[derive(Serialize, Default)]
#[serde(rename = "education_info")]
struct Education {
    name: &'static str,
    year: Option<u16>,
    concentrations: Vec<Concentration>,
}

#[test]
fn the_root_has_its_attributes_in_order() {
    let mut out = Vec::new();
    write(&mut out, &Root { name: "friends_get_response", schema_location: true }, &[Uid(222_333), Uid(1_240_079)])
        .unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<friends_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
  <uid>222333</uid>
  <uid>1240079</uid>
</friends_get_response>
"#
    );
}

#[test]
fn scalars_stand_in_the_root() {
    assert_eq!(inside(&1_240_077_u64), "<r>1240077</r>\n");
    assert_eq!(inside(&Uid(4)), "<r>4</r>\n");
    assert_eq!(inside("text"), "<r>text</r>\n");
    assert_eq!(inside(&-5), "<r>-5</r>\n");
    assert_eq!((inside(&true), inside(&false)), ("<r>1</r>\n".into(), "<r>0</r>\n".into()));
    assert_eq!(
        (inside(&1.5), inside(&2.0), inside(&1e21)),
        ("<r>1.5</r>\n".into(), "<r>2</r>\n".into(), "<r>1000000000000000000000</r>\n".into())
    );
}

#[test]
fn nothing_inside_is_an_empty_element() {
    for empty in [inside(""), inside(&()), inside(&None::<u8>), inside(&f64::NAN)] {
        assert_eq!(empty, "<r/>\n");
    }
    assert_eq!(inside::<[Uid]>(&[]), "<r list=\"true\"/>\n");
    assert_eq!(inside(&BTreeMap::<String, u8>::new()), "<r list=\"true\"/>\n");
    assert_eq!(inside(&Hidden), "<r xsi:nil=\"true\"/>\n");
}

#[test]
fn structs_lists_and_their_names() {
    let history = [
        Education {
            name: "State College",
            year: Some(2004),
            concentrations: vec![Concentration("History"), Concentration("Music")],
        },
        Education::default(),
    ];
    assert_eq!(
        inside(&history),
        r#"<r list="true">
  <education_info>
    <name>State College</name>
    <year>2004</year>
    <concentrations list="true">
      <concentration>History</concentration>
      <concentration>Music</concentration>
    </concentrations>
  </education_info>
  <education_info>
    <name/>
    <concentrations list="true"/>
  </education_info>
</r>
"#
    );
}

#[test]
fn the_outermost_container_names_an_item_and_survives_wrappers() {
    #[derive(Serialize)]
    #[serde(rename = "seeking")]
    struct Seeking(Uid);
    let items = [Some(Box::new(Visible::Shown(Seeking(Uid(1)))))];
    assert_eq!(inside(&items), "<r list=\"true\">\n  <seeking>1</seeking>\n</r>\n");
}

#[test]
fn items_without_a_name_are_called_after_their_list() {
    assert_eq!(
        inside(&vec![vec!["a"], vec![]]),
        "<r list=\"true\">\n  <r_elt list=\"true\">\n    <r_elt_elt>a</r_elt_elt>\n  </r_elt>\n  <r_elt list=\"true\"/>\n</r>\n"
    );
    assert_eq!(inside(&[None, Some(1)]), "<r list=\"true\">\n  <r_elt/>\n  <r_elt>1</r_elt>\n</r>\n");
    assert_eq!(inside(&("a", 2)), "<r list=\"true\">\n  <r_elt>a</r_elt>\n  <r_elt>2</r_elt>\n</r>\n");
}

#[test]
fn absent_hidden_and_empty_members_differ() {
    #[derive(Serialize)]
    struct Profile {
        birthday: Option<Visible<&'static str>>,
        books: Option<Visible<&'static str>>,
        interests: Option<Visible<&'static str>>,
        nested: Option<Option<u8>>,
    }
    let profile =
        Profile { birthday: None, books: Some(Visible::Hidden), interests: Some("".into()), nested: Some(None) };
    assert_eq!(inside(&profile), "<r>\n  <books xsi:nil=\"true\"/>\n  <interests/>\n</r>\n");
    let nothing = Profile { birthday: None, books: None, interests: None, nested: None };
    assert_eq!(inside(&nothing), "<r/>\n");
}

#[test]
fn maps_have_keys() {
    let counts: KeyedMap<u64> = [("1002", 22), ("1001", 11)].into_iter().collect();
    assert_eq!(
        inside(&counts),
        "<r list=\"true\">\n  <r_elt key=\"1002\">22</r_elt>\n  <r_elt key=\"1001\">11</r_elt>\n</r>\n"
    );
    let odd = BTreeMap::from([(7, KeyedMap(vec![("<\"\n\t&>".to_owned(), "")]))]);
    assert_eq!(
        inside(&odd),
        "<r list=\"true\">\n  <r_elt key=\"7\" list=\"true\">\n    <r_elt_elt key=\"&lt;&quot;&#10;&#9;&amp;&gt;\"/>\n  </r_elt>\n</r>\n"
    );
}

#[test]
fn rows_keep_order_doubles_and_nulls() {
    let row = Row {
        element: "user",
        columns: vec![("uid", Some("1")), ("anon", Some("A")), ("tv", None), ("anon", Some("B"))],
    };
    assert_eq!(
        inside(&[row]),
        "<r list=\"true\">\n  <user>\n    <uid>1</uid>\n    <anon>A</anon>\n    <tv/>\n    <anon>B</anon>\n  </user>\n</r>\n"
    );
}

#[test]
fn text_is_escaped_and_what_xml_forbids_is_dropped() {
    assert_eq!(inside("a & b < c > \"d\" 'e'"), "<r>a &amp; b &lt; c &gt; &quot;d&quot; 'e'</r>\n");
    assert_eq!(inside("one\r\ntwo\tthree"), "<r>one&#13;\ntwo\tthree</r>\n");
    assert_eq!(inside("a\0b\u{1}\u{1f}c\u{fffe}d\u{ffff}e\u{fffd}\u{1f600}é"), "<r>abcde\u{fffd}\u{1f600}é</r>\n");
    assert_eq!(inside("\0"), "<r/>\n");
}

#[test]
fn enums_are_their_variants_names() {
    #[derive(Serialize)]
    #[serde(rename = "sex", rename_all = "lowercase")]
    enum Sex {
        Female,
    }
    #[derive(Serialize)]
    enum Kind {
        Page(u8),
        Both(u8, u8),
    }
    assert_eq!(inside(&[Sex::Female]), "<r list=\"true\">\n  <sex>female</sex>\n</r>\n");
    assert_eq!(inside(&Kind::Page(1)), "<r>\n  <Page>1</Page>\n</r>\n");
    let mut out = Vec::new();
    assert!(write(&mut out, &Root { name: "r", schema_location: false }, &Kind::Both(1, 2)).is_err());
}
