//! Telling code from comments and literals in Rust, and finding its functions.
//!
//! Not a parser: it knows only what the rules need, and nothing of macros.

use std::ops::Range;

/// A Rust file taken apart.
pub(crate) struct Scan {
    /// The text with comments and the insides of literals replaced by spaces, so
    /// that every offset and line is where it was.
    pub(crate) code: String,
    /// The string literals in their order.
    pub(crate) literals: Vec<Literal>,
    /// The parts of the code that are compiled for tests only.
    tests: Vec<Range<usize>>,
}

/// A string literal.
pub(crate) struct Literal {
    /// Where it begins in the file.
    pub(crate) offset: usize,
    /// What stands between its quotes.
    pub(crate) text: String,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The line of its `fn`, from 1.
    pub(crate) line: usize,
    /// From its `fn` to its closing brace.
    pub(crate) lines: usize,
}

impl Scan {
    /// Takes a file apart.
    pub(crate) fn of(text: &str) -> Self {
        let mut masker = Masker {
            bytes: text.as_bytes(),
            at: 0,
            code: text.as_bytes().to_vec(),
            literals: Vec::new(),
        };
        masker.run();
        let code = String::from_utf8(masker.code).expect("characters are blanked as a whole");
        let tests = test_ranges(&code);
        Self { code, literals: masker.literals, tests }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }

    /// Whether the code at an offset is compiled for tests only.
    pub(crate) fn is_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&offset))
    }

    /// Every identifier, keyword and number, with its offset.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = &self.code;
        let mut end = 0;
        std::iter::from_fn(move || {
            let start = end + code[end..].find(is_word)?;
            let length = code[start..].find(|it| !is_word(it));
            end = length.map_or(code.len(), |length| start + length);
            Some((start, &code[start..end]))
        })
    }

    /// Every function that has a body.
    pub(crate) fn functions(&self) -> Vec<Function<'_>> {
        let keywords = self.words().filter(|(_, word)| *word == "fn");
        keywords.filter_map(|(offset, _)| self.function(offset)).collect()
    }

    fn function(&self, offset: usize) -> Option<Function<'_>> {
        let code = &self.code;
        // A type like `fn(u8)` has no name.
        let after = code[offset..].strip_prefix("fn ")?;
        let name = after.split(|it| !is_word(it)).next()?;
        let body = offset + code[offset..].find(['{', ';'])?;
        if name.is_empty() || code[body..].starts_with(';') {
            return None;
        }
        let end = matching_brace(code, body);
        Some(Function {
            name,
            line: self.line(offset),
            lines: code[offset..end].matches('\n').count() + 1,
        })
    }
}

/// The offset after the brace that closes the one at `open`.
pub(crate) fn matching_brace(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return offset + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The items under `#[cfg(test)]` and `#[test]`.
fn test_ranges(code: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for attribute in ["#[cfg(test)]", "#[test]"] {
        for (start, _) in code.match_indices(attribute) {
            let end = match code[start..].find(['{', ';']) {
                None => code.len(),
                Some(found) if code[start + found..].starts_with(';') => start + found,
                Some(found) => matching_brace(code, start + found),
            };
            ranges.push(start..end);
        }
    }
    ranges
}

struct Masker<'a> {
    bytes: &'a [u8],
    at: usize,
    code: Vec<u8>,
    literals: Vec<Literal>,
}

impl Masker<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            match rest {
                [b'/', b'/', ..] => self.line_comment(),
                [b'/', b'*', ..] => self.block_comment(),
                [b'"', ..] => self.string(),
                [b'\'', ..] => self.character_or_lifetime(),
                [b'r', ..] if !self.follows_word() => self.raw_string_or_word(),
                _ => self.at += 1,
            }
        }
    }

    /// Whether the byte before is part of a word, other than the `b` or `c` that
    /// a literal may begin with.
    fn follows_word(&self) -> bool {
        let part_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        match self.bytes[..self.at] {
            [.., before, b'b' | b'c'] => part_of_word(&before),
            [b'b' | b'c'] => false,
            [.., before] => part_of_word(&before),
            [] => false,
        }
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n');
        self.blank(self.at + length.unwrap_or(rest.len()));
    }

    fn block_comment(&mut self) {
        let mut end = self.at + 2;
        let mut depth = 1;
        while depth > 0 && end < self.bytes.len() {
            match self.bytes[end..] {
                [b'/', b'*', ..] => (depth, end) = (depth + 1, end + 2),
                [b'*', b'/', ..] => (depth, end) = (depth - 1, end + 2),
                _ => end += 1,
            }
        }
        self.blank(end);
    }

    fn string(&mut self) {
        let mut end = self.at + 1;
        while end < self.bytes.len() && self.bytes[end] != b'"' {
            end += if self.bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.literal(self.at + 1, end.min(self.bytes.len()), 1);
    }

    fn raw_string_or_word(&mut self) {
        let hashes = self.bytes[self.at + 1..].iter().take_while(|byte| **byte == b'#').count();
        let start = self.at + 1 + hashes + 1;
        if self.bytes.get(start - 1) != Some(&b'"') {
            self.at += 1;
            return;
        }
        let mut closing = vec![b'"'];
        closing.resize(1 + hashes, b'#');
        let length =
            self.bytes[start..].windows(closing.len()).position(|window| window == closing);
        let end = length.map_or(self.bytes.len(), |length| start + length);
        self.literal(start, end, closing.len());
    }

    fn literal(&mut self, start: usize, end: usize, closing: usize) {
        let text = String::from_utf8_lossy(&self.bytes[start..end]).into_owned();
        self.literals.push(Literal { offset: self.at, text });
        self.at = start;
        self.blank(end);
        self.at = (end + closing).min(self.bytes.len());
    }

    /// `'a'` and `'\n'` are characters, `'a` is a lifetime.
    fn character_or_lifetime(&mut self) {
        let rest = &self.bytes[self.at + 1..];
        let end = match rest {
            [b'\\', ..] => rest.iter().skip(2).position(|byte| *byte == b'\'').map(|at| at + 2),
            _ => {
                let width =
                    1 + rest.iter().skip(1).take_while(|byte| **byte & 0xC0 == 0x80).count();
                (rest.get(width) == Some(&b'\'')).then_some(width)
            }
        };
        match end {
            Some(end) => {
                let end = self.at + 1 + end;
                self.at += 1;
                self.blank(end);
                self.at += 1;
            }
            None => self.at += 1,
        }
    }

    fn blank(&mut self, end: usize) {
        for byte in &mut self.code[self.at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        self.at = end;
    }
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = r##"let a = "x { \" y"; // b {
/* c { /* d */ e */ let f = r#"g " {"#; let h: &'a str = '\''; let r#type = '{'; let é = b"{";"##;
    let scan = Scan::of(text);
    let squeezed: Vec<_> = scan.code.split_whitespace().collect();
    assert_eq!(
        squeezed.join(" "),
        r##"let a = " "; let f = r#" "#; let h: &'a str = ' '; let r#type = ' '; let é = b" ";"##
    );
    let literals: Vec<_> = scan.literals.iter().map(|literal| literal.text.as_str()).collect();
    assert_eq!(literals, [r#"x { \" y"#, r#"g " {"#, "{"]);
    assert_eq!(scan.line(scan.literals[1].offset), 2);
}

#[test]
fn functions_are_measured_to_their_closing_brace() {
    let scan = Scan::of("trait T { fn a(&self); }\nfn b(f: fn(u8)) {\n  if x { }\n}\nfn c() {}\n");
    let expected = [("b", 2, 3), ("c", 5, 1)];
    let expected = expected.map(|(name, line, lines)| Function { name, line, lines });
    assert_eq!(scan.functions(), expected);
}

#[test]
fn test_code_is_known() {
    let scan = Scan::of("fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}");
    let is_test = |name| scan.is_test(scan.code.find(name).expect("it is there"));
    assert_eq!([is_test("a()"), is_test("b()"), is_test("c()")], [false, true, false]);
}
