//! Reading a line back, as the ingest reads it.

use std::fmt;

use crate::{KeyError, timestamp};
use crate::{Number, Payload, Summary, SummaryError, dimension, key, limits, value};

/// A line, taken apart.
///
/// ```
/// use extyped_line::{Line, Number, Payload};
///
/// let line = Line::parse(r#"lb.cpu,node="a \"b\"" gauge,1.5 1700000000000"#).unwrap();
/// assert_eq!(line.key, "lb.cpu");
/// assert_eq!(line.dimensions, [("node", r#"a "b""#.to_owned())]);
/// assert_eq!(line.payload, Payload::Gauge(Number::from(1.5)));
/// assert_eq!(line.timestamp, Some(1_700_000_000_000));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Line<'a> {
    /// The metric key.
    pub key: &'a str,
    /// Dimension keys, and values without quotes and escapes.
    pub dimensions: Vec<(&'a str, String)>,
    /// What is reported.
    pub payload: Payload,
    /// Milliseconds since 1970, if the line says.
    pub timestamp: Option<i64>,
}

/// Why a line cannot be read, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineError {
    problem: LineProblem,
    offset: usize,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineProblem {
    /// It is longer than [`LINE_BYTES`](limits::LINE_BYTES).
    TooLong,
    /// A metric or dimension key is not allowed.
    Key(KeyError),
    /// After a dimension key there is no `=`.
    NoEquals,
    /// A dimension has no value.
    NoValue,
    /// A character that cannot stand in a value.
    Character(char),
    /// Quotes are opened and not closed.
    OpenQuotes,
    /// There are more than [`DIMENSIONS`](limits::DIMENSIONS) dimensions.
    TooManyDimensions,
    /// There is no payload.
    NoPayload,
    /// The payload is neither `gauge,…` nor `count,delta=…`.
    Payload,
    /// This is not a finite number.
    Number,
    /// The summary contradicts itself.
    Summary(SummaryError),
    /// What follows the payload is not a timestamp that the ingest could take.
    Timestamp,
}

impl<'a> Line<'a> {
    /// Reads one line, given without its newline.
    pub fn parse(line: &'a str) -> Result<Self, LineError> {
        if line.len() > limits::LINE_BYTES {
            return Err(LineError {
                problem: LineProblem::TooLong,
                offset: limits::LINE_BYTES,
            });
        }
        let mut reader = Reader { line, offset: 0 };
        let key = reader.take_while(|c| !matches!(c, ',' | ' '));
        reader.checked_key(key, key::validate)?;
        let mut dimensions = Vec::new();
        while reader.eat(',') {
            if dimensions.len() == limits::DIMENSIONS {
                return Err(reader.error(LineProblem::TooManyDimensions));
            }
            dimensions.push(reader.dimension()?);
        }
        if !reader.eat(' ') {
            return Err(reader.error(LineProblem::NoPayload));
        }
        let payload = reader.payload()?;
        let timestamp = if reader.eat(' ') {
            Some(reader.timestamp()?)
        } else {
            None
        };
        if reader.rest().is_empty() {
            Ok(Line {
                key,
                dimensions,
                payload,
                timestamp,
            })
        } else {
            Err(reader.error(LineProblem::Timestamp))
        }
    }
}

impl LineError {
    /// What is wrong.
    pub fn problem(&self) -> LineProblem {
        self.problem
    }

    /// Where it is wrong: a byte offset into the line.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

struct Reader<'a> {
    line: &'a str,
    /// Always at a character boundary.
    offset: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.line.get(self.offset..).unwrap_or_default()
    }

    fn error(&self, problem: LineProblem) -> LineError {
        LineError {
            problem,
            offset: self.offset,
        }
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.offset += c.len_utf8();
        }
        found
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.offset += c.len_utf8();
        Some(c)
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Checks a key that was just taken.
    fn checked_key(
        &self,
        key: &str,
        validate: fn(&str) -> Result<(), KeyError>,
    ) -> Result<(), LineError> {
        validate(key).map_err(|error| LineError {
            problem: LineProblem::Key(error),
            offset: self.offset - key.len() + error.offset(),
        })
    }

    fn dimension(&mut self) -> Result<(&'a str, String), LineError> {
        let key = self.take_while(|c| !matches!(c, '=' | ',' | ' '));
        self.checked_key(key, dimension::validate_key)?;
        if !self.eat('=') {
            return Err(self.error(LineProblem::NoEquals));
        }
        let quoted = self.eat('"');
        let mut text = String::new();
        loop {
            let before = self.offset;
            match self.next() {
                Some('"') if quoted => break,
                Some(',' | ' ') if !quoted => {
                    self.offset = before;
                    break;
                }
                None if !quoted => break,
                None => return Err(self.error(LineProblem::OpenQuotes)),
                Some('\\') => match self.next() {
                    Some(c) if !value::is_replaced(c) => text.push(c),
                    Some(c) => return Err(self.error(LineProblem::Character(c))),
                    None => return Err(self.error(LineProblem::OpenQuotes)),
                },
                Some(c) if value::is_replaced(c) || (!quoted && matches!(c, '"' | '=')) => {
                    self.offset = before;
                    return Err(self.error(LineProblem::Character(c)));
                }
                Some(c) => text.push(c),
            }
        }
        if text.is_empty() {
            return Err(self.error(LineProblem::NoValue));
        }
        Ok((key, text))
    }

    fn payload(&mut self) -> Result<Payload, LineError> {
        let start = self.offset;
        let text = self.take_while(|c| c != ' ');
        let at_start = |problem| LineError {
            problem,
            offset: start,
        };
        let payload = if let Some(delta) = text.strip_prefix("count,delta=") {
            number(delta).map(Payload::Delta)
        } else {
            let gauge = text.strip_prefix("gauge,").unwrap_or(text);
            if gauge.starts_with("min=") {
                let summary = summary(gauge).map_err(at_start)?;
                summary
                    .check()
                    .map_err(|error| at_start(LineProblem::Summary(error)))?;
                return Ok(Payload::Summary(summary));
            }
            number(gauge).map(Payload::Gauge)
        };
        let looks_like_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
        payload.ok_or_else(|| {
            let known = text.starts_with("gauge,")
                || text.starts_with("count,delta=")
                || text.starts_with(looks_like_number);
            at_start(if known {
                LineProblem::Number
            } else {
                LineProblem::Payload
            })
        })
    }

    fn timestamp(&mut self) -> Result<i64, LineError> {
        let start = self.offset;
        let text = self.take_while(|c| c != ' ');
        text.parse()
            .ok()
            .filter(|&milliseconds| timestamp::is_plausible(milliseconds))
            .ok_or(LineError {
                problem: LineProblem::Timestamp,
                offset: start,
            })
    }
}

/// Four fields, in the order in which they are written.
fn summary(text: &str) -> Result<Summary, LineProblem> {
    let mut fields = text.split(',');
    let mut field = |name: &str| {
        let (found, value) = fields.next()?.split_once('=')?;
        (found == name).then_some(value)
    };
    let (Some(min), Some(max), Some(sum), Some(count)) =
        (field("min"), field("max"), field("sum"), field("count"))
    else {
        return Err(LineProblem::Payload);
    };
    if fields.next().is_some() {
        return Err(LineProblem::Payload);
    }
    let number = |text| number(text).ok_or(LineProblem::Number);
    Ok(Summary {
        min: number(min)?,
        max: number(max)?,
        sum: number(sum)?,
        count: count.parse().map_err(|_| LineProblem::Number)?,
    })
}

/// Integers stay exact; anything else that is finite is a double.
fn number(text: &str) -> Option<Number> {
    // Rust also reads `inf`, `nan` and a leading `+`, which no line has.
    let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
    if text.starts_with('+') || !text.bytes().all(numeric) {
        return None;
    }
    if let Ok(number) = text.parse::<u64>() {
        return Some(Number::from(number));
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(Number::from(number));
    }
    let number = Number::from(text.parse::<f64>().ok()?);
    number.is_finite().then_some(number)
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            LineProblem::TooLong => {
                write!(f, "the line has more than {} bytes", limits::LINE_BYTES)
            }
            LineProblem::Key(error) => error.fmt(f),
            LineProblem::NoEquals => f.write_str("after a dimension key comes `=`"),
            LineProblem::NoValue => f.write_str("a dimension has no value"),
            LineProblem::Character(c) => write!(
                f,
                "a dimension value cannot contain `{}` like this",
                c.escape_debug()
            ),
            LineProblem::OpenQuotes => f.write_str("a dimension value is not closed"),
            LineProblem::TooManyDimensions => write!(
                f,
                "a line carries at most {} dimensions",
                limits::DIMENSIONS
            ),
            LineProblem::NoPayload => f.write_str("the line ends before its payload"),
            LineProblem::Payload => f.write_str(
                "the payload is neither `gauge,` with a number or a summary \
                 nor `count,delta=` with a number",
            ),
            LineProblem::Number => f.write_str("the payload is not a finite number"),
            LineProblem::Summary(error) => error.fmt(f),
            LineProblem::Timestamp => f.write_str(
                "what follows the payload is not a timestamp in milliseconds since 1970",
            ),
        }?;
        write!(f, " (at byte {})", self.offset)
    }
}

impl std::error::Error for LineError {}
