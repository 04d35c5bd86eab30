//! The parser behind the tree. No other file names it, so that another event
//! parser can take its place.

use std::borrow::Cow;
use std::ops::ControlFlow;

use granit_parser::{ErrorKind, Event as Parsed, Parser, ScalarStyle, StructureStyle, Tag};

use super::tree::Style;
use crate::source::{Span, offset};

/// What the parser found next.
pub(super) enum Event<'s> {
    /// A document begins.
    Document,
    /// A sequence begins.
    Sequence(Properties),
    /// A mapping begins.
    Mapping(Properties),
    /// The innermost open collection ends.
    End,
    /// A scalar, escapes resolved.
    Scalar(Cow<'s, str>, Properties),
    /// A reference to the anchor with this number.
    Alias(usize),
    /// A reference to an anchor that does not stand before it.
    UnknownAlias(String),
}

/// What stands before the content of a node.
pub(super) struct Properties {
    pub(super) style: Style,
    /// The number of the node's anchor, 0 for none.
    pub(super) anchor: usize,
    pub(super) tag: Option<NodeTag>,
}

/// A tag, as far as a manifest can use it.
pub(super) enum NodeTag {
    /// `!!str`, or `!` which means the same for scalars.
    Str,
    /// `!!int`, `!!float` or `!!bool`: what the plain text looks like.
    Literal,
    /// `!!null`.
    Null,
    /// `!!seq`.
    Sequence,
    /// `!!map`.
    Mapping,
    /// Any other, as it is written.
    Other(String),
}

/// Why the parser cannot go on.
pub(super) struct SyntaxError {
    pub(super) at: u32,
    pub(super) trouble: Trouble,
}

/// The mistakes that deserve an explanation of their own.
pub(super) enum Trouble {
    /// Collections nested too deep.
    TooDeep,
    /// A tab where only spaces may stand.
    Tab,
    /// A quote that is never closed.
    UnclosedQuote,
    /// More text after the closing quote.
    AfterQuote,
    /// A backslash escape that does not exist or is not complete.
    Escape,
    /// A bracket that is never closed.
    UnclosedBracket,
    /// A bracket that is closed by one of another kind.
    WrongBracket(char, char),
    /// A closing bracket that closes nothing.
    StrayBracket,
    /// A missing comma, or text after a closing bracket.
    InBrackets,
    /// A character that cannot start plain text.
    Character(char),
    /// `: ` inside plain text, or a key under a value.
    ColonInText,
    /// `- ` on the line of its key.
    DashAfterKey,
    /// A line whose indentation fits nothing above.
    Indentation,
    /// A line that should be a key with its value.
    KeyExpected,
    /// A comment between the lines of a text.
    CommentInText,
    /// `&` or `*` without a name.
    AnchorName,
    /// Anything else, in the parser's words.
    Other(String),
}

/// Calls `visit` for each event with its place, until it breaks off.
pub(super) fn read<'s>(
    text: &'s str,
    max_depth: usize,
    mut visit: impl FnMut(Event<'s>, Span) -> ControlFlow<()>,
) -> Result<(), SyntaxError> {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        // As libyaml does, and with it most readers of manifests.
        block_scalar_eof_without_line_feed: true,
        flow_nesting_limit: max_depth,
        block_nesting_limit: max_depth,
    };
    for next in Parser::new_from_str_with_options(text, options) {
        let (parsed, place) = next.map_err(|error| SyntaxError {
            at: offset(error.marker().byte_offset().unwrap_or(text.len())),
            trouble: trouble(error.kind()),
        })?;
        let range = place.byte_range().unwrap_or(text.len()..text.len());
        let span = Span::new(offset(range.start), offset(range.end));
        let event = match parsed {
            Parsed::DocumentStart(..) => Event::Document,
            Parsed::SequenceStart(style, anchor, tag) => {
                Event::Sequence(properties(structure(style), anchor, tag.as_deref()))
            }
            Parsed::MappingStart(style, anchor, tag) => {
                Event::Mapping(properties(structure(style), anchor, tag.as_deref()))
            }
            Parsed::SequenceEnd | Parsed::MappingEnd => Event::End,
            Parsed::Scalar(content, style, anchor, tag) => {
                // The parser writes a missing value as a `~` of no width.
                let content = if span.start == span.end && style == ScalarStyle::Plain {
                    Cow::Borrowed("")
                } else {
                    content
                };
                Event::Scalar(content, properties(scalar(style), anchor, tag.as_deref()))
            }
            Parsed::Alias(anchor) => Event::Alias(anchor),
            Parsed::UnresolvedAlias(name) => Event::UnknownAlias(name.into_owned()),
            _ => continue,
        };
        if visit(event, span).is_break() {
            break;
        }
    }
    Ok(())
}

fn properties(style: Style, anchor: usize, tag: Option<&Tag>) -> Properties {
    let tag = tag.map(|tag| match tag.core_suffix() {
        Some("str") => NodeTag::Str,
        Some("int" | "float" | "bool") => NodeTag::Literal,
        Some("null") => NodeTag::Null,
        Some("seq") => NodeTag::Sequence,
        Some("map") => NodeTag::Mapping,
        _ if tag.original() == "!" => NodeTag::Str,
        _ => NodeTag::Other(tag.original()),
    });
    Properties { style, anchor, tag }
}

fn structure(style: StructureStyle) -> Style {
    match style {
        StructureStyle::Block => Style::Block,
        StructureStyle::Flow => Style::Flow,
    }
}

fn scalar(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

fn trouble(kind: &ErrorKind) -> Trouble {
    match kind {
        ErrorKind::RecursionLimitExceeded => Trouble::TooDeep,
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => Trouble::Tab,
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            Trouble::UnclosedQuote
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => Trouble::AfterQuote,
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => Trouble::Escape,
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => Trouble::UnclosedBracket,
        ErrorKind::MisplacedFlowCollectionEnd => Trouble::StrayBracket,
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            Trouble::WrongBracket(*open, *close)
        }
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidColonPlacement => Trouble::InBrackets,
        ErrorKind::UnexpectedCharacter { character } => Trouble::Character(*character),
        ErrorKind::BomInsideDocument => Trouble::Character('\u{feff}'),
        ErrorKind::MappingValueNotAllowed => Trouble::ColonInText,
        ErrorKind::BlockSequenceEntryNotAllowed => Trouble::DashAfterKey,
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent => Trouble::Indentation,
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => Trouble::KeyExpected,
        ErrorKind::CommentInterceptedScalar => Trouble::CommentInText,
        ErrorKind::MissingAnchorOrAliasName => Trouble::AnchorName,
        other => Trouble::Other(other.to_string()),
    }
}
