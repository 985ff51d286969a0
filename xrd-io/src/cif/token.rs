use super::Value;

/// A token of a CIF and the line on which it starts, from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// The start of a data block, `data_name`.
    Data(&'a str, u32),
    /// The start of a save frame, `save_name`, or its end, `save_`.
    Save(&'a str),
    Loop(u32),
    Tag(&'a str, u32),
    Value(Value<'a>),
}

/// The tokens of a text, without comments. Cost: O(length).
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut cursor = Cursor {
        text,
        at: 0,
        line: 1,
        brackets: text.starts_with("#\\#CIF_2.0"),
    };
    std::iter::from_fn(move || cursor.next())
}

struct Cursor<'a> {
    text: &'a str,
    /// The current byte, always on a character boundary.
    at: usize,
    line: u32,
    /// Whether `[` and `{` open lists and tables: true for CIF 2.0, until a bracket is not closed.
    brackets: bool,
}

impl<'a> Cursor<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.skip_space();
            let (rest, line) = (&self.text[self.at..], self.line);
            let text = match *rest.as_bytes().first()? {
                b'#' => {
                    self.advance(line_length(rest));
                    continue;
                }
                b';' if self.at_line_start() => self.text_field(),
                quote @ (b'\'' | b'"') => self.quoted(char::from(quote)),
                b'[' | b'{' if self.brackets => match closing_bracket(rest) {
                    Some(end) => self.take(1, end, 1),
                    None => {
                        self.brackets = false;
                        continue;
                    }
                },
                _ => match self.word() {
                    Some(token) => return Some(token),
                    None => continue,
                },
            };
            let quoted = true;
            return Some(Token::Value(Value { text, line, quoted }));
        }
    }

    fn at_line_start(&self) -> bool {
        let before = self.at.checked_sub(1).map(|i| self.text.as_bytes()[i]);
        before.is_none_or(|b| b == b'\n' || b == b'\r')
    }

    /// Advances by `bytes` and counts lines; CR LF, LF and CR each end one line.
    fn advance(&mut self, bytes: usize) -> &'a str {
        let all = self.text.as_bytes();
        let end = self.at + bytes;
        let ends = |&i: &usize| match all[i] {
            b'\n' => true,
            b'\r' => all.get(i + 1) != Some(&b'\n'),
            _ => false,
        };
        self.line = self
            .line
            .saturating_add((self.at..end).filter(ends).count() as u32);
        let passed = &self.text[self.at..end];
        self.at = end;
        passed
    }

    /// Takes the text from `open` bytes ahead to `end` bytes ahead, then skips `close` bytes.
    fn take(&mut self, open: usize, end: usize, close: usize) -> &'a str {
        self.advance(open);
        let text = self.advance(end - open);
        self.advance(close);
        text
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.advance(rest.len() - rest.trim_start().len());
    }

    /// Reads a text field, from a semicolon at the start of a line to the next such semicolon.
    fn text_field(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let ends = |(i, _): &(usize, &str)| rest.as_bytes().get(i + 1) == Some(&b';');
        let end = rest.match_indices(['\n', '\r']).find(ends).map(|(i, _)| i);
        self.take(1, end.unwrap_or(rest.len()), end.map_or(0, |_| 2))
    }

    /// Reads text up to the closing quote, which must be followed by white space. Without a closing
    /// quote the text ends with the line. Three quotes are closed by three quotes.
    fn quoted(&mut self, quote: char) -> &'a str {
        let rest = &self.text[self.at..];
        let three = if quote == '"' { "\"\"\"" } else { "'''" };
        let after = rest.strip_prefix(three);
        if let Some(end) = after.and_then(|after| after.find(three)) {
            return self.take(3, end + 3, 3);
        }
        let ends = |&(i, found): &(usize, &str)| {
            let next = rest[i + found.len()..].chars().next();
            *found != rest[..1] || next.is_none_or(char::is_whitespace)
        };
        let mut marks = rest.match_indices([quote, '\n', '\r']).skip(1);
        match marks.find(ends) {
            Some((end, mark)) => self.take(1, end, usize::from(*mark == rest[..1])),
            None => self.take(1, rest.len(), 0),
        }
    }

    /// Reads a word up to white space; `None` for reserved words that have no meaning here.
    fn word(&mut self) -> Option<Token<'a>> {
        let (rest, line) = (&self.text[self.at..], self.line);
        let text = self.advance(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        let after = |word: &str| {
            let start = text.get(..word.len());
            let starts = start.is_some_and(|s| s.eq_ignore_ascii_case(word));
            starts.then(|| &text[word.len()..])
        };
        if text.starts_with('_') {
            return Some(Token::Tag(text, line));
        }
        if let Some(name) = after("data_") {
            return Some(Token::Data(name, line));
        }
        if let Some(name) = after("save_") {
            return Some(Token::Save(name));
        }
        match text.to_ascii_lowercase().as_str() {
            "loop_" => Some(Token::Loop(line)),
            "global_" | "stop_" => None,
            _ => {
                let quoted = false;
                Some(Token::Value(Value { text, line, quoted }))
            }
        }
    }
}

fn line_length(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

/// The position of the bracket that closes the first bracket of a text. Brackets in quotes are
/// ignored.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    for (i, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(q), _) if q == byte => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'[' | b'{') => depth += 1,
            (None, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(i);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(&str, u32)> {
        let value = |token| match token {
            Token::Value(v) => Some((v.text, v.line)),
            _ => None,
        };
        tokens(text).filter_map(value).collect()
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
        assert_eq!(values("x;y ;z [a]"), [("x;y", 1), (";z", 1), ("[a]", 1)]);
        assert_eq!(values("'' \"\" é"), [("", 1), ("", 1), ("é", 1)]);
    }

    #[test]
    fn values_of_version_two() {
        assert_eq!(values("'''a\n'b' ''' c"), [("a\n'b' ", 1), ("c", 2)]);
        let list = "#\\#CIF_2.0\n[1 [2 ']'] 3] {'a':1} [ b";
        assert_eq!(
            values(list),
            [("1 [2 ']'] 3", 2), ("'a':1", 2), ("[", 2), ("b", 2)]
        );
    }

    #[test]
    fn what_is_not_closed_ends_somewhere() {
        assert_eq!(values("'a b\nc"), [("a b", 1), ("c", 2)]);
        assert_eq!(values(";a\nb"), [("a\nb", 1)]);
        assert_eq!(values(";a\r;b\n;"), [("a", 1), ("b", 2), ("", 3)]);
        assert_eq!(values(";"), [("", 1)]);
        assert_eq!(values("'"), [("", 1)]);
        assert_eq!(values("'''"), [("'", 1)]);
        assert_eq!(values("'é"), [("é", 1)]);
    }

    #[test]
    fn words_whose_case_does_not_matter() {
        let all: Vec<_> = tokens("DATA_x Loop_ _A save_y stop_").collect();
        assert_eq!(
            all,
            [
                Token::Data("x", 1),
                Token::Loop(1),
                Token::Tag("_A", 1),
                Token::Save("y")
            ]
        );
    }
}
