//! Excel workbook (.xlsx): a zip archive of XML files. Sheets are read like tables in text. The
//! result is the first sheet with several patterns on one axis, or, if there is no such sheet, the
//! scans of all sheets.
//!
//! ```text
//! xl/workbook.xml               sheets/sheet: r:id, in their order
//! xl/_rels/workbook.xml.rels    Relationship: Id, Target="worksheets/sheet1.xml"
//! xl/sharedStrings.xml          si: the texts, in its t or in the t of its r
//! xl/worksheets/sheet1.xml      sheetData/row r="2": c r="B2" t="s": v
//!                               t="s": v is the index of a text, from 0; t="inlineStr": is/t;
//!                               t="str": a text; else a number
//! ```
//!
//! Repeated names are numbered. Source: ECMA-376, part 1; checked on one file.

use std::borrow::Cow;

use roxmltree::Node;

use super::content::{Content, FormatReader, no_scan};
use super::kind::Format;
use super::matrix::tell_apart;
use super::members::{Members, has_member};
use super::xml::{Xml, children, find, name_of};
use super::{columns, gaps, matrix, no_pattern, side_by_side};
use crate::error::Result;
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::ExcelWorkbook,
    |source| has_member(source, |name| name == WORKBOOK),
    read,
);

const WORKBOOK: &str = "xl/workbook.xml";
const TEXTS: &str = "xl/sharedStrings.xml";
/// Largest size of a sheet as a table, as a multiple of the size of its XML. `MOST_MORE` bytes are
/// added to this limit. A table may be larger than its XML because several cells may refer to one
/// long text, and rows may start with many empty cells.
const MOST_TIMES: usize = 4;
const MOST_MORE: usize = 1 << 16;

fn read(source: &Source) -> Result<Content> {
    let members = Members::open(source)?;
    let texts = match members.names().find(|name| *name == TEXTS) {
        Some(name) => members.read(name, shared_texts)?,
        None => Vec::new(),
    };
    let (mut scans, mut matrices, mut refusal) = (Vec::new(), Vec::new(), None);
    for sheet in sheets(&members)? {
        let mut table = members.read(&sheet, |member| table_of(member, &texts))?;
        if source.is_cut() {
            drop_cut_row(&mut table);
        }
        let table = Source::new(source.path, table.into_bytes());
        let format = READERS.into_iter().find(|f| (f.recognises)(&table));
        match format.map(|format| (format.read)(&table)) {
            Some(Ok(Content::Matrix(matrix))) => matrices.push(matrix),
            Some(Ok(Content::Scans(of_sheet))) => scans.extend(of_sheet),
            Some(Err(error)) => refusal = refusal.or(Some(error)),
            None => {}
        }
    }
    let several = matrices.len();
    if several > 0 {
        let mut matrix = matrices.swap_remove(0);
        tell_apart(&mut matrix.names);
        if several > 1 || !scans.is_empty() {
            let warning = "only the first sheet with several patterns is read";
            matrix.warnings.push(warning.to_owned());
        }
        return Ok(Content::Matrix(matrix));
    }
    if !scans.is_empty() {
        return Ok(Content::Scans(scans));
    }
    Err(refusal.unwrap_or_else(|| no_scan(source, "an Excel workbook without numbers".to_owned())))
}

/// The formats in which a sheet may be read, as for tables in text.
const READERS: [FormatReader; 5] = [
    no_pattern::READER,
    gaps::READER,
    side_by_side::READER,
    matrix::READER,
    columns::READER,
];

/// Drops the last row if it has fewer cells than the row before.
fn drop_cut_row(table: &mut String) {
    let cells = |row: &str| row.matches('\t').count();
    let mut rows = table.trim_end_matches('\n').rsplit('\n');
    if let (Some(last), Some(before)) = (rows.next(), rows.next())
        && cells(last) < cells(before)
    {
        let length = table.trim_end_matches('\n').len() - last.len();
        table.truncate(length);
    }
}

/// The members that are sheets, in the order of the workbook.
fn sheets(members: &Members) -> Result<Vec<String>> {
    let ids = members.read(WORKBOOK, |member| {
        let xml = Xml::new(member.path, member.require_text()?)?;
        let document = xml.document()?;
        let sheets = find(document.root_element(), &["sheets"]);
        let sheets = sheets
            .into_iter()
            .flat_map(|sheets| children(sheets, "sheet"));
        let id = |sheet: Node| {
            let is_id = |a: &roxmltree::Attribute| a.name() == "id";
            sheet.attributes().find(is_id).map(|a| a.value().to_owned())
        };
        Ok(sheets.filter_map(id).collect::<Vec<_>>())
    })?;
    members.read("xl/_rels/workbook.xml.rels", |member| {
        let xml = Xml::new(member.path, member.require_text()?)?;
        let document = xml.document()?;
        let relations: Vec<_> = children(document.root_element(), "Relationship").collect();
        let target = |id: &String| {
            let of_id = |r: &&Node| r.attribute("Id") == Some(id);
            let target = relations.iter().find(of_id)?.attribute("Target")?;
            let is_sheet = target.contains("worksheets/");
            is_sheet.then(|| match target.strip_prefix('/') {
                Some(from_root) => from_root.to_owned(),
                None => format!("xl/{target}"),
            })
        };
        Ok(ids.iter().filter_map(target).collect())
    })
}

fn shared_texts(member: &Source) -> Result<Vec<String>> {
    let xml = Xml::new(member.path, member.require_text()?)?;
    let document = xml.document()?;
    Ok(children(document.root_element(), "si")
        .map(text_of)
        .collect())
}

/// The text of an element with all its parts, on one line.
fn text_of(node: Node) -> String {
    let pieces = node
        .descendants()
        .filter(|piece| piece.is_element() && name_of(*piece) == "t");
    let text: String = pieces.filter_map(|piece| piece.text()).collect();
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Converts a sheet to lines of cells separated by tabs.
fn table_of(member: &Source, texts: &[String]) -> Result<String> {
    let xml = Xml::new(member.path, member.require_text()?)?;
    let document = xml.document()?;
    let data = find(document.root_element(), &["sheetData"]);
    let mut table = String::new();
    let most = MOST_TIMES * member.bytes().len() + MOST_MORE;
    for row in data.into_iter().flat_map(|data| children(data, "row")) {
        let mut next = 0;
        for cell in children(row, "c") {
            let column = cell.attribute("r").and_then(column_of).unwrap_or(next);
            let tabs = column.saturating_sub(next) + usize::from(next > 0);
            table.extend(std::iter::repeat_n('\t', tabs));
            table.push_str(&value_of(cell, texts));
            next = column + 1;
            if table.len() > most {
                let found = format!("a table of more than {most} bytes");
                return Err(xml.malformed(cell, found, "about the size of the sheet"));
            }
        }
        table.push('\n');
    }
    Ok(table)
}

/// The displayed value of a cell.
fn value_of<'a>(cell: Node<'a, '_>, texts: &'a [String]) -> Cow<'a, str> {
    let value = find(cell, &["v"])
        .and_then(|v| v.text())
        .unwrap_or_default()
        .trim();
    match cell.attribute("t") {
        Some("s") => {
            let text = value.parse().ok().and_then(|i: usize| texts.get(i));
            text.map_or("", String::as_str).into()
        }
        Some("inlineStr") => text_of(cell).into(),
        _ => value.replace(char::is_control, " ").into(),
    }
}

/// The column index of a cell name, from 0: 1 for "B2", 26 for "AA7".
fn column_of(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase);
    let number = letters.fold(0usize, |n, letter| {
        n.saturating_mul(26)
            .saturating_add(usize::from(letter - b'A') + 1)
    });
    number.checked_sub(1).filter(|column| *column < 16_384)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_row_is_dropped() {
        for (table, left) in [
            ("a\tb\n1\t2\n3\n", "a\tb\n1\t2\n"),
            ("1\t2\n3\t4\n", "1\t2\n3\t4\n"),
            ("", ""),
        ] {
            let mut table = table.to_owned();
            drop_cut_row(&mut table);
            assert_eq!(table, left);
        }
    }

    #[test]
    fn columns_by_letters() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("B2"), Some(1));
        assert_eq!(column_of("AA7"), Some(26));
        assert_eq!(column_of("XFD1"), Some(16_383));
        assert_eq!(column_of("XFE1"), None);
        assert_eq!(column_of("7"), None);
    }
}
