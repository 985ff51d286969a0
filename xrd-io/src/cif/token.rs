use super::Value;

/// A word of a CIF.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// `data_…`
    Data,
    /// `loop_`, and its line.
    Loop(usize),
    Tag(&'a str),
    Value(Value<'a>),
}

impl<'a> Token<'a> {
    pub(super) fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    pub(super) fn is_tag(&self) -> bool {
        matches!(self, Self::Tag(_))
    }

    pub(super) fn into_value(self) -> Option<Value<'a>> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// The words of a text, comments left out.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut cursor = Cursor {
        rest: text,
        line: 1,
        at_line_start: true,
    };
    std::iter::from_fn(move || cursor.next())
}

struct Cursor<'a> {
    rest: &'a str,
    line: usize,
    at_line_start: bool,
}

impl<'a> Cursor<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.skip_space();
            let first = self.rest.chars().next()?;
            match first {
                '#' => self.skip_line(),
                ';' if self.at_line_start => return Some(self.text_field()),
                '\'' | '"' => return Some(self.quoted(first)),
                _ => {
                    if let Some(token) = self.word() {
                        return Some(token);
                    }
                }
            }
        }
    }

    /// Goes `bytes` on, counting lines; CR LF, LF and CR each end one.
    fn advance(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += line_ends(passed, rest);
        if !passed.is_empty() {
            self.at_line_start = passed.ends_with(['\n', '\r']);
        }
        self.rest = rest;
        passed
    }

    fn skip_space(&mut self) {
        let space = self.rest.len() - self.rest.trim_start().len();
        self.advance(space);
    }

    fn skip_line(&mut self) {
        self.advance(self.rest.find(['\n', '\r']).unwrap_or(self.rest.len()));
    }

    /// Text from a semicolon that begins a line to the next that does.
    fn text_field(&mut self) -> Token<'a> {
        let line = self.line;
        self.advance(1);
        let end = self.rest.find("\n;").or_else(|| self.rest.find("\r;"));
        let text = self.advance(end.unwrap_or(self.rest.len()));
        self.advance(self.rest.len().min(2));
        self.at_line_start = false;
        self.value(text, line)
    }

    /// Text to the closing quote, which white space follows; without one, to the end of the line.
    fn quoted(&mut self, quote: char) -> Token<'a> {
        let line = self.line;
        self.advance(1);
        let line_end = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
        let here = &self.rest[..line_end];
        let closes =
            |&(i, _): &(usize, &str)| here[i + 1..].chars().next().is_none_or(char::is_whitespace);
        let end = here.match_indices(quote).find(closes).map(|(i, _)| i);
        let text = self.advance(end.unwrap_or(line_end));
        self.advance(usize::from(end.is_some()));
        self.value(text, line)
    }

    fn value(&self, text: &'a str, line: usize) -> Token<'a> {
        let quoted = true;
        Token::Value(Value { text, line, quoted })
    }

    /// A word up to white space; `None` for the reserved ones that say nothing here.
    fn word(&mut self) -> Option<Token<'a>> {
        let line = self.line;
        let end = self
            .rest
            .find(char::is_whitespace)
            .unwrap_or(self.rest.len());
        let text = self.advance(end);
        let starts = |word: &str| {
            let start = text.get(..word.len());
            start.is_some_and(|s| s.eq_ignore_ascii_case(word))
        };
        if starts("data_") {
            return Some(Token::Data);
        }
        if text.eq_ignore_ascii_case("loop_") {
            return Some(Token::Loop(line));
        }
        if starts("save_")
            || ["global_", "stop_"]
                .iter()
                .any(|w| text.eq_ignore_ascii_case(w))
        {
            return None;
        }
        if text.starts_with('_') {
            return Some(Token::Tag(text));
        }
        let quoted = false;
        Some(Token::Value(Value { text, line, quoted }))
    }
}

fn line_ends(passed: &str, rest: &str) -> usize {
    let bytes = passed.as_bytes();
    let next = |i: usize| bytes.get(i + 1).or(rest.as_bytes().first());
    let ends = |&i: &usize| bytes[i] == b'\n' || (bytes[i] == b'\r' && next(i) != Some(&b'\n'));
    (0..bytes.len()).filter(ends).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(&str, usize)> {
        let values = tokens(text).filter_map(Token::into_value);
        values.map(|v| (v.text, v.line)).collect()
    }

    #[test]
    fn every_kind_of_value() {
        assert_eq!(
            values("a 'b c' \"d'e\" # f\ng"),
            [("a", 1), ("b c", 1), ("d'e", 1), ("g", 2)]
        );
        assert_eq!(values("'a'b' c"), [("a'b", 1), ("c", 1)]);
        assert_eq!(values(";a\nb;\n;\nc"), [("a\nb;", 1), ("c", 4)]);
        assert_eq!(
            values("a\r\nb\rc\nd"),
            [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
        );
        assert_eq!(values("x;y ;z"), [("x;y", 1), (";z", 1)]);
    }

    #[test]
    fn what_is_not_closed_ends_somewhere() {
        assert_eq!(values("'a b\nc"), [("a b", 1), ("c", 2)]);
        assert_eq!(values(";a\nb"), [("a\nb", 1)]);
        assert_eq!(values(";"), [("", 1)]);
        assert_eq!(values("'"), [("", 1)]);
    }

    #[test]
    fn words_whose_case_does_not_matter() {
        let all: Vec<_> = tokens("DATA_x Loop_ _A save_y").collect();
        assert_eq!(all, [Token::Data, Token::Loop(1), Token::Tag("_A")]);
    }
}
