use std::collections::BTreeMap;
use std::fmt;

use xrd_core::Element;

/// Largest depth of nested brackets.
const DEEPEST: usize = 16;
/// Largest amount of an element.
const LARGEST: f64 = 1e6;

/// The reason why a text is not a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There is no element, or nothing between brackets or dots.
    Empty,
    /// No element has this symbol.
    UnknownElement(String),
    /// A character has no meaning here.
    Unexpected(char),
    /// A bracket is not closed.
    NotClosed(char),
    /// A bracket is closed that is not open.
    NotOpen(char),
    /// A number is not a positive amount up to 1,000,000.
    Amount(String),
    /// Brackets are nested more than 16 times.
    TooDeep,
}

/// Error of a text that is not a formula, with the position in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormulaError {
    /// Number of the character, counted from 1.
    pub character: usize,
    /// What is wrong there.
    pub reason: Reason,
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Empty => f.write_str("no element")?,
            Reason::UnknownElement(symbol) => write!(f, "no element has the symbol '{symbol}'")?,
            Reason::Unexpected(found) => {
                write!(f, "'{}' has no meaning in a formula", found.escape_debug())?;
            }
            Reason::NotClosed(bracket) => write!(f, "bracket '{bracket}' is not closed")?,
            Reason::NotOpen(bracket) => write!(f, "bracket '{bracket}' was not opened")?,
            Reason::Amount(number) => {
                write!(f, "amount {number} (expected above 0, up to 1000000)")?;
            }
            Reason::TooDeep => write!(f, "more than {DEEPEST} nested brackets")?,
        }
        write!(f, " at character {}", self.character)
    }
}

impl std::error::Error for FormulaError {}

type Amounts = BTreeMap<Element, f64>;

/// Amounts of the elements of a formula.
pub(super) fn amounts(text: &str) -> Result<Vec<(Element, f64)>, FormulaError> {
    let mut reader = Reader {
        characters: text.chars().map(plain).collect(),
        at: 0,
    };
    let mut all = Amounts::new();
    loop {
        reader.spaces();
        let factor = reader.number()?.unwrap_or(1.0);
        let part = reader.group(None, 0)?;
        add(&mut all, part, factor);
        match reader.peek() {
            Some('·') => reader.at += 1,
            Some(other) if is_closing(other) => return Err(reader.error(Reason::NotOpen(other))),
            Some(other) => return Err(reader.error(Reason::Unexpected(other))),
            None => break,
        }
    }
    match all.iter().find(|(_, amount)| **amount > LARGEST) {
        Some((_, amount)) => Err(reader.error(Reason::Amount(amount.to_string()))),
        None => Ok(all.into_iter().collect()),
    }
}

/// Subscripts as digits, and every sign of a hydrate as `·`.
fn plain(c: char) -> char {
    match c {
        '₀'..='₉' => char::from(b'0' + (u32::from(c) - u32::from('₀')) as u8),
        '*' | '•' | '⋅' => '·',
        _ => c,
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}')
}

fn add(all: &mut Amounts, part: Amounts, factor: f64) {
    for (element, amount) in part {
        *all.entry(element).or_default() += factor * amount;
    }
}

struct Reader {
    characters: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn spaces(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    fn error(&self, reason: Reason) -> FormulaError {
        self.error_at(self.at, reason)
    }

    fn error_at(&self, at: usize, reason: Reason) -> FormulaError {
        FormulaError {
            character: at + 1,
            reason,
        }
    }

    /// Elements and bracketed groups up to the end, a dot, or the bracket that closes this group.
    fn group(&mut self, closing: Option<char>, depth: usize) -> Result<Amounts, FormulaError> {
        let mut amounts = Amounts::new();
        loop {
            self.spaces();
            match self.peek() {
                Some(c) if c.is_ascii_uppercase() => {
                    let element = self.element()?;
                    self.charge();
                    let amount = self.number()?.unwrap_or(1.0);
                    *amounts.entry(element).or_default() += amount;
                }
                Some(c @ ('(' | '[' | '{')) => {
                    let inner = self.bracket(c, depth)?;
                    let factor = self.number()?.unwrap_or(1.0);
                    add(&mut amounts, inner, factor);
                }
                end => {
                    let is_end = closing.is_none() && (end.is_none() || end == Some('·'));
                    let is_empty = is_end || (end == closing && end.is_some());
                    if is_empty && amounts.is_empty() {
                        return Err(self.error(Reason::Empty));
                    }
                    return Ok(amounts);
                }
            }
        }
    }

    fn bracket(&mut self, opening: char, depth: usize) -> Result<Amounts, FormulaError> {
        let start = self.at;
        if depth >= DEEPEST {
            return Err(self.error(Reason::TooDeep));
        }
        let closing = match opening {
            '(' => ')',
            '[' => ']',
            _ => '}',
        };
        self.at += 1;
        let inner = self.group(Some(closing), depth + 1)?;
        match self.peek() {
            Some(c) if c == closing => self.at += 1,
            None | Some('·') => return Err(self.error_at(start, Reason::NotClosed(opening))),
            Some(c) if is_closing(c) => return Err(self.error(Reason::NotOpen(c))),
            Some(c) => return Err(self.error(Reason::Unexpected(c))),
        }
        Ok(inner)
    }

    fn element(&mut self) -> Result<Element, FormulaError> {
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(|c| c.is_ascii_lowercase()) {
            self.at += 1;
        }
        let symbol: String = self.characters[start..self.at].iter().collect();
        Element::from_symbol(&symbol)
            .map_err(|_| self.error_at(start, Reason::UnknownElement(symbol)))
    }

    /// Passes over a charge, as in `Pb2+`, `Pb²⁺` and `Pb^2+^`. A sign without a number is no charge.
    fn charge(&mut self) {
        let rest = &self.characters[self.at..];
        let is_superscript = |c: &char| "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(*c);
        let count = |rest: &[char], is_digit: &dyn Fn(&char) -> bool| {
            rest.iter().take_while(|c| is_digit(c)).count()
        };
        let raised = count(rest, &is_superscript);
        if raised > 0 && matches!(rest.get(raised), Some('⁺' | '⁻')) {
            self.at += raised + 1;
            return;
        }
        let carets = usize::from(rest.first() == Some(&'^'));
        let digits = count(&rest[carets..], &char::is_ascii_digit);
        if digits > 0 && matches!(rest.get(carets + digits), Some('+' | '-')) {
            let end = carets + digits + 1;
            let closing = usize::from(carets > 0 && rest.get(end) == Some(&'^'));
            self.at += end + closing;
        }
    }

    /// A number if one is next.
    fn number(&mut self) -> Result<Option<f64>, FormulaError> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let is_fraction = self.peek() == Some('.')
            && self
                .characters
                .get(self.at + 1)
                .is_some_and(char::is_ascii_digit);
        if is_fraction {
            self.at += 1;
            while self.peek().is_some_and(|c| c.is_ascii_digit()) {
                self.at += 1;
            }
        }
        if self.at == start {
            return Ok(None);
        }
        let text: String = self.characters[start..self.at].iter().collect();
        match text.parse::<f64>() {
            Ok(value) if value > 0.0 && value <= LARGEST => Ok(Some(value)),
            _ => Err(self.error_at(start, Reason::Amount(text))),
        }
    }
}
