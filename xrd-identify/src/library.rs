use crate::lines::Code;
use crate::ranking::{Index, Ranking};
use crate::{Error, LineList, Result};

mod bytes;

/// Known structure: its names, its space group and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name, such as that of the mineral. May be empty.
    pub name: String,
    /// Chemical formula. May be empty.
    pub formula: String,
    /// Number of the space group, 1 to 230.
    pub space_group: u16,
    /// Identifier in the database or the file from which the structure comes. May be empty.
    pub source: String,
    /// Strongest lines.
    pub lines: LineList,
}

/// Texts and number of an entry in a library, borrowed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Title<'a> {
    /// Name, such as that of the mineral.
    pub name: &'a str,
    /// Chemical formula.
    pub formula: &'a str,
    /// Number of the space group.
    pub space_group: u16,
    /// Identifier in the database or the file from which the structure comes.
    pub source: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Record {
    text: u32,
    name: u8,
    formula: u8,
    source: u8,
    space_group: u8,
    first_line: u32,
}

/// Known structures with which patterns are compared.
///
/// Memory: about 500 bytes per entry.
///
/// # Example
/// ```
/// use xrd_identify::{Entry, Library, LineList};
/// let mut library = Library::default();
/// library.push(&Entry {
///     name: "silicon".into(),
///     formula: "Si".into(),
///     space_group: 227,
///     source: "my measurement".into(),
///     lines: LineList::new([(0.3189, 100.0), (0.5208, 57.0), (0.6107, 32.0)])?,
/// })?;
/// let bytes = library.to_bytes();
/// assert_eq!(Library::from_bytes(&bytes)?.title(0).unwrap().name, "silicon");
/// # Ok::<(), xrd_identify::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    text: String,
    records: Vec<Record>,
    codes: Vec<Code>,
    pub(crate) index: Index,
}

impl Library {
    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns `true` if there are no entries.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Adds an entry at the end.
    ///
    /// # Errors
    /// - [`Error::SpaceGroup`] unless the number is 1 to 230.
    /// - [`Error::Text`] if a text is longer than 255 bytes.
    pub fn push(&mut self, entry: &Entry) -> Result<()> {
        let length = |text: &str| {
            let length = text.len();
            u8::try_from(length).map_err(|_| Error::Text { length })
        };
        let number = entry.space_group;
        let space_group = match number {
            1..=230 => number as u8,
            _ => return Err(Error::SpaceGroup { number }),
        };
        let record = Record {
            text: self.text.len() as u32,
            name: length(&entry.name)?,
            formula: length(&entry.formula)?,
            source: length(&entry.source)?,
            space_group,
            first_line: self.codes.len() as u32,
        };
        for text in [&entry.name, &entry.formula, &entry.source] {
            self.text.push_str(text);
        }
        self.codes.extend_from_slice(entry.lines.codes());
        self.records.push(record);
        self.index.push(entry.lines.codes());
        Ok(())
    }

    /// Adds all entries of another library at the end.
    ///
    /// # Errors
    /// No error is expected.
    pub fn append(&mut self, other: &Self) -> Result<()> {
        (0..other.len()).try_for_each(|i| match other.entry(i) {
            Some(entry) => self.push(&entry),
            None => Ok(()),
        })
    }

    /// Returns the texts and the space group of an entry, or `None` if there is no such entry.
    pub fn title(&self, index: usize) -> Option<Title<'_>> {
        let record = self.records.get(index)?;
        let mut start = record.text as usize;
        let mut next = |length: u8| {
            let text = self.text.get(start..start + usize::from(length));
            start += usize::from(length);
            text.unwrap_or_default()
        };
        Some(Title {
            name: next(record.name),
            formula: next(record.formula),
            space_group: u16::from(record.space_group),
            source: next(record.source),
        })
    }

    /// Returns an entry, or `None` if there is no such entry.
    pub fn entry(&self, index: usize) -> Option<Entry> {
        let title = self.title(index)?;
        Some(Entry {
            name: title.name.to_owned(),
            formula: title.formula.to_owned(),
            space_group: title.space_group,
            source: title.source.to_owned(),
            lines: LineList::of_checked(self.codes(index).to_vec()),
        })
    }

    /// Lines of an existing entry.
    pub(crate) fn codes(&self, index: usize) -> &[Code] {
        let first = |r: &Record| r.first_line as usize;
        let start = self.records.get(index).map_or(self.codes.len(), first);
        let end = self.records.get(index + 1).map_or(self.codes.len(), first);
        &self.codes[start..end]
    }

    /// Returns the settings of the ranking.
    pub fn ranking(&self) -> &Ranking {
        self.index.ranking()
    }

    /// Sets how lines are compared with patterns. Cost: O(lines).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a setting is out of its range.
    pub fn with_ranking(mut self, ranking: Ranking) -> Result<Self> {
        let mut index = Index::new(ranking)?;
        (0..self.len()).for_each(|i| index.push(self.codes(i)));
        self.index = index;
        Ok(self)
    }
}
