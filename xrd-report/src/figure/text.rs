//! Text with subscripts, superscripts and italics, and an upper bound of its width.

use xrd_core::Element;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    Plain,
    Italic,
    Bold,
    Sub,
    Sup,
}

impl Style {
    /// Offset below the baseline, in units of the surrounding font size.
    fn drop(self) -> f64 {
        match self {
            Self::Plain | Self::Italic | Self::Bold => 0.0,
            Self::Sub => 0.2,
            Self::Sup => -0.35,
        }
    }

    /// Font size relative to the surrounding one.
    fn size(self) -> f64 {
        match self {
            Self::Plain | Self::Italic | Self::Bold => 1.0,
            Self::Sub | Self::Sup => 0.72,
        }
    }

    fn attributes(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Italic => " font-style=\"italic\"",
            Self::Bold => " font-weight=\"bold\"",
            Self::Sub | Self::Sup => " font-size=\".72em\"",
        }
    }
}

/// A line of text, in pieces of one style.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text {
    pieces: Vec<(Style, String)>,
    color: Option<&'static str>,
}

impl Text {
    pub(crate) fn plain(text: &str) -> Self {
        Self::default().with(Style::Plain, text)
    }

    pub(crate) fn bold(text: &str) -> Self {
        Self::default().with(Style::Bold, text)
    }

    /// Sets the colour of the whole text.
    pub(crate) fn in_color(mut self, color: &'static str) -> Self {
        self.color = Some(color);
        self
    }

    /// Returns a number. The hyphen becomes a minus sign.
    pub(crate) fn number(text: &str) -> Self {
        Self::plain(&text.replace('-', "\u{2212}"))
    }

    /// Returns `10` to the power `exponent`.
    pub(crate) fn power_of_ten(exponent: i32) -> Self {
        let power = exponent.to_string().replace('-', "\u{2212}");
        Self::plain("10").with(Style::Sup, &power)
    }

    /// Returns the symbol 2θ.
    pub(crate) fn two_theta() -> Self {
        Self::plain("2").with(Style::Italic, "θ")
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        for (style, text) in other.pieces {
            self = self.with(style, &text);
        }
        self
    }

    fn with(mut self, style: Style, text: &str) -> Self {
        match self.pieces.last_mut() {
            Some((last, before)) if *last == style => before.push_str(text),
            _ => self.pieces.push((style, text.to_owned())),
        }
        self
    }

    /// Returns an upper bound of the width in points in the usual sans-serif fonts.
    pub(crate) fn width(&self, size: f64) -> f64 {
        let em = |(style, text): &(Style, String)| -> f64 {
            style.size() * text.chars().map(width_em).sum::<f64>()
        };
        size * self.pieces.iter().map(em).sum::<f64>()
    }

    /// Returns the escaped content of a `text` element.
    pub(crate) fn markup(&self) -> String {
        let mut markup = String::new();
        let mut drop = 0.0;
        for (style, text) in &self.pieces {
            let shift = (style.drop() - drop) / style.size();
            drop = style.drop();
            let dy = match shift {
                0.0 => String::new(),
                _ => format!(" dy=\"{shift:.3}em\""),
            };
            match format!("{}{dy}", style.attributes()) {
                plain if plain.is_empty() => markup.push_str(&escape(text)),
                marks => markup.push_str(&format!("<tspan{marks}>{}</tspan>", escape(text))),
            }
        }
        match self.color {
            Some(color) => format!("<tspan fill=\"{color}\">{markup}</tspan>"),
            None => markup,
        }
    }
}

/// Sets the numbers of chemical formulas as subscripts, as in `SmFe11.5Ti0.5`.
///
/// A word is a formula if it consists of element symbols, numbers after them, and round brackets. Other
/// words are unchanged. Unicode subscripts become subscripts too, because many fonts lack them.
pub(crate) fn formula(text: &str) -> Text {
    let ascii: String = text.chars().map(without_subscript).collect();
    let mut result = Text::default();
    for (k, (word, original)) in ascii.split(' ').zip(text.split(' ')).enumerate() {
        if k > 0 {
            result = result.with(Style::Plain, " ");
        }
        let comma = word.len() - word.trim_end_matches([',', ';', ':']).len();
        let (core, tail) = word.split_at(word.len() - comma);
        result = match formula_word(core) {
            Some(set) => result.and(set).with(Style::Plain, tail),
            None => result.with(Style::Plain, original),
        };
    }
    result
}

/// Shortens a text to a width in points at a font size, with an ellipsis.
pub(crate) fn shortened(text: &str, width: f64, size: f64) -> String {
    let widths = |text: &str| size * text.chars().map(width_em).sum::<f64>();
    if widths(text) <= width {
        return text.to_owned();
    }
    let mut room = width - widths("…");
    let fits = |c: &char| {
        room -= size * width_em(*c);
        room >= 0.0
    };
    let head: String = text.chars().take_while(fits).collect();
    head.trim_end_matches([' ', '.', ',']).to_owned() + "…"
}

/// Replaces special characters of XML with entities, and removes characters that XML forbids.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

fn formula_word(word: &str) -> Option<Text> {
    let mut text = Text::default();
    let mut rest = word;
    let mut countable = false;
    while let Some(first) = rest.chars().next() {
        let (length, style) = match first {
            '0'..='9' if countable => (number_length(rest), Style::Sub),
            '(' | ')' => (1, Style::Plain),
            _ => (symbol_length(rest)?, Style::Plain),
        };
        countable = style == Style::Plain && first != '(';
        text = text.with(style, &rest[..length]);
        rest = &rest[length..];
    }
    Some(text)
}

fn number_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len())
}

/// Returns the length of the element symbol at the start of a text. Two letters take precedence over one.
fn symbol_length(text: &str) -> Option<usize> {
    let is_symbol = |n: usize| {
        text.get(..n).is_some_and(|s| {
            s.starts_with(|c: char| c.is_ascii_uppercase())
                && !s[1..].contains(|c: char| !c.is_ascii_lowercase())
                && Element::from_symbol(s).is_ok()
        })
    };
    [2, 1].into_iter().find(|&n| is_symbol(n))
}

fn without_subscript(c: char) -> char {
    match c {
        '₀'..='₉' => char::from(b'0' + (c as u32 - '₀' as u32) as u8),
        c => c,
    }
}

/// Returns an upper bound of the width of a character in Helvetica and DejaVu Sans, relative to the font
/// size.
fn width_em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | 'I' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 1.0,
        '\u{2212}' | '=' | '+' | '<' | '>' | '~' | '^' | '#' => 0.84,
        c if c.is_uppercase() => 0.79,
        c if c.is_ascii() => 0.64,
        _ => 0.8,
    }
}

/// Formats a number with commas between the thousands.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscripts(text: &str) -> Vec<String> {
        let pieces = formula(text).pieces;
        let subs = pieces.into_iter().filter(|(style, _)| *style == Style::Sub);
        subs.map(|(_, text)| text).collect()
    }

    #[test]
    fn numbers_in_formulas_are_subscripts() {
        assert_eq!(subscripts("SmFe11.5Ti0.5"), ["11.5", "0.5"]);
        assert_eq!(subscripts("Sm(Fe0.9Ti0.1)12, x"), ["0.9", "0.1", "12"]);
        assert_eq!(subscripts("SmFe₁₁Ti"), ["11"]);
        assert_eq!(subscripts("SmFe12: generated"), ["12"]);
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in [
            "sample7",
            "run 12",
            "0.5",
            "Xx3",
            "A=1",
            "",
            "2(a)",
            "x₂ y₃",
            "θ2",
        ] {
            assert_eq!(formula(text), Text::plain(text), "{text}");
        }
    }

    #[test]
    fn the_baseline_is_found_again_after_a_subscript() {
        let markup = formula("Fe12Ti").markup();
        assert_eq!(
            markup,
            "Fe<tspan font-size=\".72em\" dy=\"0.278em\">12</tspan>\
             <tspan dy=\"-0.200em\">Ti</tspan>"
        );
    }

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(escape("<&>\"'\u{1}"), "&lt;&amp;&gt;&quot;&#39; ");
        assert_eq!(formula("a<b&c>").markup(), "a&lt;b&amp;c&gt;");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(shortened("SmFe12", 100.0, 7.0), "SmFe12");
        let cut = shortened("SmFe12 of the first run", 60.0, 7.0);
        assert!(cut.ends_with('…') && cut.starts_with("SmFe12"), "{cut}");
        assert!(Text::plain(&cut).width(7.0) <= 60.0);
        assert_eq!(shortened("abc", 0.0, 7.0), "…");
    }

    #[test]
    fn numbers_have_a_minus_sign() {
        assert_eq!(Text::number("-3"), Text::plain("\u{2212}3"));
        assert!(Text::power_of_ten(-3).markup().contains("\u{2212}3"));
    }
}
