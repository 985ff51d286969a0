//! Compares the section on `study.json` in xrd-cli/docs/study-json.md with the types of the report.
//!
//! ```text
//! XRD_WRITE_DOCS=1 cargo test --workspace --test repository study_json    writes the section
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;
use xrd_study::StudyReport;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../xrd-cli/docs/study-json.md");

/// Markers around the generated section.
const BEGIN: &str = "<!-- made from the types of xrd-study -->\n";
const END: &str = "<!-- end -->\n";

/// The tables of an object and of the objects in it.
struct Document {
    definitions: Value,
    text: String,
    /// The path at which each type is described.
    described: BTreeMap<String, String>,
}

/// An object that has its own table.
struct Object {
    path: String,
    name: String,
}

impl Document {
    /// Writes a table of the fields of an object, then the tables of the objects in it.
    fn describe(&mut self, path: &str, schema: &Value) {
        let heading = if path.is_empty() { "Fields" } else { path };
        let heading = heading.trim_end_matches('.');
        let about = schema["description"].as_str().unwrap_or_default();
        let about = about.replace('\n', " ");
        writeln!(self.text, "### {heading}\n\n{about}\n").unwrap();
        self.text
            .push_str("| field | type | unit | meaning |\n|---|---|---|---|\n");
        let mut inner = Vec::new();
        if let Some(kinds) = schema["oneOf"].as_array() {
            return self.kinds(path, kinds);
        }
        for (name, field) in schema["properties"].as_object().unwrap() {
            self.row(&format!("{path}{name}"), field, &mut inner);
        }
        self.text.push('\n');
        for Object { path, name } in inner {
            let schema = self.definitions[&name].clone();
            self.describe(&format!("{path}."), &schema);
        }
    }

    /// Writes a row for each kind of an object whose field `kind` names it, and rows for its own fields.
    fn kinds(&mut self, path: &str, kinds: &[Value]) {
        for one in kinds {
            let fields = one["properties"].as_object().unwrap();
            let kind = fields["kind"]["const"].as_str().unwrap();
            let meaning = one["description"].as_str().unwrap().replace('\n', " ");
            writeln!(
                self.text,
                "| `{path}kind` | text |  | `{kind}`: {meaning} |"
            )
            .unwrap();
            for (name, field) in fields.iter().filter(|(name, _)| *name != "kind") {
                self.row(&format!("{path}{name}"), field, &mut Vec::new());
            }
        }
        self.text.push('\n');
    }

    fn row(&mut self, path: &str, field: &Value, inner: &mut Vec<Object>) {
        let text = field["description"].as_str().unwrap_or_default();
        let text = text.replace('\n', " ");
        let (unit, mut meaning) = parted(&text);
        let (path, kind, object) = kind(path, field);
        if let Some(name) = object {
            match self.described.get(&name) {
                Some(other) => write!(meaning, " Fields as in `{other}`.").unwrap(),
                None => {
                    self.described.insert(name.clone(), path.clone());
                    let path = path.clone();
                    inner.push(Object { path, name });
                }
            }
        }
        writeln!(self.text, "| `{path}` | {kind} | {unit} | {meaning} |").unwrap();
    }
}

/// The unit at the end of the first sentence, and the text without it.
fn parted(text: &str) -> (&str, String) {
    let unit = text.split_once(" (unit: ").and_then(|(before, rest)| {
        let (unit, after) = rest.split_once(')')?;
        Some((before, unit, after))
    });
    match unit {
        Some((before, unit, after)) => (unit, format!("{before}{after}")),
        None => ("", text.to_owned()),
    }
}

/// The path, the type and, for an object, the name of the type of a field.
fn kind(path: &str, field: &Value) -> (String, String, Option<String>) {
    let name = |field: &Value| {
        let link = field["$ref"].as_str()?;
        Some(link.rsplit('/').next().unwrap().to_owned())
    };
    if let Some(found) = name(field) {
        return (path.to_owned(), "object".to_owned(), Some(found));
    }
    if let Some(choices) = field["anyOf"].as_array() {
        let (path, kind, object) = self::kind(path, &choices[0]);
        return (path, format!("{kind} or null"), object);
    }
    if let Some(found) = name(&field["additionalProperties"]) {
        return (format!("{path}.*"), "object".to_owned(), Some(found));
    }
    let types: Vec<&str> = match &field["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().map(|t| t.as_str().unwrap()).collect(),
        // Any JSON: the experiment.
        _ => return (path.to_owned(), "object or null".to_owned(), None),
    };
    let null = if types.contains(&"null") {
        " or null"
    } else {
        ""
    };
    if types[0] != "array" {
        let word = if types[0] == "string" {
            "text"
        } else {
            types[0]
        };
        return (path.to_owned(), format!("{word}{null}"), None);
    }
    if let Some(found) = name(&field["items"]) {
        return (format!("{path}[]"), "object".to_owned(), Some(found));
    }
    let items = field["items"]["type"].as_str().unwrap();
    let items = if items == "string" { "text" } else { items };
    (path.to_owned(), format!("{items}s{null}"), None)
}

fn section() -> String {
    let schema = schemars::schema_for!(StudyReport).to_value();
    let mut document = Document {
        definitions: schema["$defs"].clone(),
        text: String::new(),
        described: BTreeMap::new(),
    };
    document.describe("", &schema);
    document.text
}

#[test]
fn the_document_is_made_from_the_types() {
    let document = std::fs::read_to_string(FILE).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let expected = section();
    assert!(expected.matches("\n| `").count() > 120, "{expected}");
    if std::env::var_os("XRD_WRITE_DOCS").is_some() {
        let text = format!("{before}{BEGIN}{expected}{END}{after}");
        return std::fs::write(FILE, text).unwrap();
    }
    assert!(
        found == expected,
        "xrd-cli/docs/study-json.md is not what the types say; write it with\n\
         XRD_WRITE_DOCS=1 cargo test --workspace --test repository study_json"
    );
}
