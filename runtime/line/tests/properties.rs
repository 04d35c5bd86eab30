//! What holds for any input: no value breaks or forges a line, nothing is lost
//! between the lines that are given and the batches that are sent.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::borrow::Cow;
use std::fmt::Write;

use extyped_line::value::{self, Quoted, is_replaced, quote};
use extyped_line::{Line, Lines, Number, Payload, dimension, key, limits};
use proptest::collection::vec;
use proptest::prelude::*;

/// Any text, with more than its share of what has a meaning in a line.
fn text(max: usize) -> impl Strategy<Value = String> {
    let meaningful = prop::sample::select(vec![
        '"', '\\', '\n', '\r', '\0', ',', '=', ' ', '.', '_', '-', ':', '\u{200d}', '\u{2028}',
        'a', 'Z', '0', 'ä', '😀', '\u{85}', '\u{fffe}',
    ]);
    vec(prop_oneof![meaningful, any::<char>()], 0..max).prop_map(String::from_iter)
}

/// A value as the ingest is to store it, by the words of the documentation and
/// not by the code: runs of what cannot stand in a value become one `_`, and
/// what is too long is cut. The quotes and each escape count.
fn stored(value: &str) -> String {
    let mut stored = String::new();
    let mut units = 2;
    let mut in_run = false;
    for c in value.chars() {
        let skip = is_replaced(c) && in_run;
        in_run = is_replaced(c);
        if skip {
            continue;
        }
        let c = if in_run { '_' } else { c };
        units += c.len_utf16() + usize::from(c == '"' || c == '\\');
        if units > limits::DIMENSION_VALUE {
            break;
        }
        stored.push(c);
    }
    stored
}

proptest! {
    #[test]
    fn any_value_gives_one_line_that_reads_back(values in vec(text(300), 1..8)) {
        let mut line = String::from("some.key");
        let mut expected = Vec::new();
        for value in &values {
            let before = line.len();
            // As anything that displays, and as text, it is the same.
            let mut displayed = line.clone();
            let written = value::dimension(&mut displayed, ",dimension=\"", value);
            line.push_str(",dimension=");
            let quoted = quote(&mut line, value);
            prop_assert_eq!(written, Some(quoted));
            if quoted {
                prop_assert_eq!(&displayed, &line);
                expected.push(stored(value));
            } else {
                line.truncate(before);
                prop_assert_eq!(&displayed, &line);
                prop_assert!(value.is_empty());
            }
        }
        line.push_str(" gauge,1");
        prop_assert!(!line.contains(char::is_control));
        let read = Line::parse(&line).unwrap();
        let values: Vec<_> = read.dimensions.into_iter().map(|(_, value)| value).collect();
        prop_assert_eq!(values, expected);
        prop_assert_eq!(read.payload, Payload::Gauge(Number::from(1)));
    }

    #[test]
    fn a_value_in_pieces_is_written_like_the_whole(pieces in vec(text(90), 0..6)) {
        let mut whole = String::new();
        quote(&mut whole, &pieces.concat());
        let mut in_pieces = String::new();
        let mut quoted = Quoted::open(&mut in_pieces);
        for piece in &pieces {
            quoted.write_str(piece).unwrap();
        }
        quoted.close();
        prop_assert_eq!(in_pieces, whole);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_in_it(line in text(200)) {
        if let Err(error) = Line::parse(&line) {
            prop_assert!(line.is_char_boundary(error.offset()));
        }
    }

    #[test]
    fn a_normalized_key_stays_as_it_is(text in text(300)) {
        if let Some(normal) = key::normalize(&text) {
            prop_assert!(matches!(key::normalize(&normal), Some(Cow::Borrowed(_))));
            prop_assert_eq!(key::validate(&normal).is_ok(), normal.len() >= limits::METRIC_KEY_MIN);
        }
        if let Some(normal) = dimension::normalize_key(&text) {
            prop_assert!(matches!(dimension::normalize_key(&normal), Some(Cow::Borrowed(_))));
            prop_assert!(dimension::validate_key(&normal).is_ok());
        }
    }

    #[test]
    fn a_key_is_valid_or_the_error_names_the_place(text in text(300)) {
        for error in [key::validate(&text).err(), dimension::validate_key(&text).err()] {
            prop_assert!(error.is_none_or(|error| text.is_char_boundary(error.offset())));
        }
    }

    #[test]
    fn a_double_reads_back_as_the_same_number(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        prop_assume!(double.is_finite());
        let mut line = String::from("some.key gauge,");
        Number::from(double).write(&mut line);
        let Payload::Gauge(read) = Line::parse(&line).unwrap().payload else {
            panic!("{line} is a gauge");
        };
        // Minus zero is written as zero.
        prop_assert_eq!((read.as_f64() + 0.0).to_bits(), (double + 0.0).to_bits());
    }

    #[test]
    fn a_short_decimal_is_written_with_its_own_digits(n in -10_000_000_000_000_i64..10_000_000_000_000, scale in 0..6_u32) {
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
        let double = n as f64 / f64::from(10_u32.pow(scale));
        let mut written = String::new();
        Number::from(double).write(&mut written);
        prop_assert_eq!(written, double.to_string());
    }

    #[test]
    fn an_integer_reads_back_as_the_same_number(unsigned in any::<u64>(), signed in any::<i64>()) {
        for number in [Number::from(unsigned), Number::from(signed)] {
            let mut line = String::from("some.key count,delta=");
            number.write(&mut line);
            let Payload::Delta(read) = Line::parse(&line).unwrap().payload else {
                panic!("{line} is a count");
            };
            prop_assert_eq!(read.minus(number), Number::ZERO);
        }
    }

    #[test]
    fn a_difference_of_integers_is_exact(now in any::<u64>(), then in any::<u64>()) {
        let difference = Number::from(now).minus(Number::from(then));
        let exact = i128::from(now) - i128::from(then);
        prop_assert_eq!(difference, Number::from(exact));
    }

    #[test]
    fn written_and_refused_lines_are_those_given(
        lengths in vec(1..40_usize, 0..200),
        max_lines in 1..20_usize,
        max_bytes in 1..100_usize,
    ) {
        let mut given = Lines::new();
        for length in &lengths {
            given.push(&"x".repeat(*length)).unwrap();
        }
        let mut batches = given.batches_of(max_lines, max_bytes);
        let mut written = 0;
        let mut text = String::new();
        for batch in batches.by_ref() {
            prop_assert!(batch.as_str().len() <= max_bytes);
            prop_assert!((1..=max_lines).contains(&batch.line_count()));
            prop_assert_eq!(batch.as_str().lines().count(), batch.line_count());
            prop_assert!(batch.as_str().ends_with('\n'));
            written += batch.line_count();
            text.push_str(batch.as_str());
        }
        prop_assert_eq!(written + batches.refused(), given.len());
        // Those that fit, in the order in which they were given.
        let fit: String = given
            .iter()
            .filter(|line| line.len() < max_bytes)
            .flat_map(|line| [line, "\n"])
            .collect();
        prop_assert_eq!(text, fit);
    }
}

#[test]
fn thousandths_are_written_as_they_are_read() {
    for n in 0..=2_000_u32 {
        let number = f64::from(n) / 1e3;
        for number in [number, -number, number + 4_095.0] {
            let mut written = String::new();
            Number::from(number).write(&mut written);
            // Minus zero is written as zero.
            assert_eq!(written, (number + 0.0).to_string());
        }
    }
}

#[test]
fn a_newline_in_a_value_does_not_start_a_line() {
    let mut line = String::from("some.key,dimension=");
    quote(&mut line, "a\" gauge,1\nforged gauge,2");
    line.push_str(" gauge,1");
    assert_eq!(
        line,
        r#"some.key,dimension="a\" gauge,1_forged gauge,2" gauge,1"#
    );
}

#[test]
fn a_value_is_never_cut_inside_an_escape_or_a_character() {
    let room = limits::DIMENSION_VALUE - 2;
    for (last, kept) in [("\"", false), ("😀", false), ("a", true)] {
        let mut written = String::new();
        quote(&mut written, &("x".repeat(room - 1) + last));
        let expected = "x".repeat(room - 1) + if kept { last } else { "" };
        assert_eq!(written, format!("\"{expected}\""));
    }
}

#[test]
fn what_follows_a_cut_is_not_written() {
    let room = limits::DIMENSION_VALUE - 2;
    let mut written = String::new();
    // The quote needs two units and only one is left; the `b` would fit.
    quote(&mut written, &("x".repeat(room - 1) + "\"b"));
    assert_eq!(written, format!("\"{}\"", "x".repeat(room - 1)));
}

#[test]
fn default_batches_keep_both_limits() {
    let line = "x".repeat(1_999);
    let mut given = Lines::new();
    for _ in 0..2_100 {
        given.push(&line).unwrap();
    }
    let counts: Vec<_> = given.batches().map(|batch| batch.line_count()).collect();
    assert_eq!(counts, [500, 500, 500, 500, 100]);
    let short = Lines::from_text("a gauge,1\n".repeat(2_100));
    let counts: Vec<_> = short.batches().map(|batch| batch.line_count()).collect();
    assert_eq!(counts, [1_000, 1_000, 100]);
}

#[test]
fn a_key_error_says_what_to_change() {
    let metric = |text: &str| key::validate(text).unwrap_err().to_string();
    let dimension = |text: &str| dimension::validate_key(text).unwrap_err().to_string();
    assert_eq!(metric(""), "a metric key cannot be empty");
    assert_eq!(
        metric("ab"),
        "a metric key has at least 3 characters, this one 2"
    );
    assert_eq!(
        metric(&"a".repeat(251)),
        "a metric key has at most 250 characters, this one 251"
    );
    assert_eq!(
        metric("a..b"),
        "a metric key cannot start or end with `.` or have two in a row"
    );
    assert_eq!(
        metric("1ab"),
        "a metric key cannot start with `1`, only with a letter or `_`"
    );
    assert_eq!(
        metric("ab.-c"),
        "a metric key cannot continue after `.` with `-`, only with a letter, a digit or `_`"
    );
    assert_eq!(
        metric("my\tkey"),
        "a metric key cannot contain `\\t`, only letters a to z in either case, digits, `_`, `-` and `.`"
    );
    assert_eq!(
        dimension("Node"),
        "a dimension key cannot contain `N`, only lower-case letters a to z, digits, `_`, `-`, `:` and `.`"
    );
    assert_eq!(
        dimension("node.1"),
        "a dimension key cannot continue after `.` with `1`, only with a lower-case letter or `_`"
    );
}

#[test]
fn a_line_error_says_what_is_wrong_and_where() {
    let error = |line: &str| Line::parse(line).unwrap_err().to_string();
    assert_eq!(error("a.b"), "the line ends before its payload (at byte 3)");
    assert_eq!(
        error("a.b,c=\"d gauge,1"),
        "a dimension value is not closed (at byte 16)"
    );
    assert_eq!(
        error("a.b,c= gauge,1"),
        "a dimension has no value (at byte 6)"
    );
    assert_eq!(
        error("a.b,c gauge,1"),
        "after a dimension key comes `=` (at byte 5)"
    );
    assert_eq!(
        error("a.b gauge,nan"),
        "the payload is not a finite number (at byte 4)"
    );
    assert_eq!(
        error("a.b gauge,min=2,max=1,sum=3,count=2"),
        "the minimum of the summary is above its maximum (at byte 4)"
    );
    assert_eq!(
        error("a.b gauge,1 1700000000"),
        "what follows the payload is not a timestamp in milliseconds since 1970 (at byte 12)"
    );
}

#[test]
fn an_empty_piece_ends_no_run_of_replaced_characters() {
    let mut value = String::new();
    let mut quoted = Quoted::open(&mut value);
    for piece in ["\n", "", "\r"] {
        quoted.push(piece);
    }
    quoted.close();
    assert_eq!(value, "\"_\"");
}
