//! The units a metric can have.

use crate::suggest;

/// The units of the metrics API, in alphabetical order: every version of the
/// platform shows and converts these.
#[rustfmt::skip]
const DOCUMENTED: [&str; 72] = [
    "Ampere", "Billion", "Bit", "BitPerHour", "BitPerMinute", "BitPerSecond", "Byte",
    "BytePerHour", "BytePerMinute", "BytePerSecond", "Cores", "Count", "Day",
    "DecibelMilliWatt", "GibiByte", "GibiBytePerHour", "GibiBytePerMinute", "GibiBytePerSecond",
    "Giga", "GigaByte", "GigaBytePerHour", "GigaBytePerMinute", "GigaBytePerSecond", "Hertz",
    "Hour", "KibiByte", "KibiBytePerHour", "KibiBytePerMinute", "KibiBytePerSecond", "Kilo",
    "KiloByte", "KiloBytePerHour", "KiloBytePerMinute", "KiloBytePerSecond", "KiloMetrePerHour",
    "MSU", "MebiByte", "MebiBytePerHour", "MebiBytePerMinute", "MebiBytePerSecond", "Mega",
    "MegaByte", "MegaBytePerHour", "MegaBytePerMinute", "MegaBytePerSecond", "MetrePerHour",
    "MetrePerSecond", "MicroSecond", "MilliCores", "MilliSecond", "MilliSecondPerMinute",
    "Million", "Minute", "Month", "NanoSecond", "NanoSecondPerMinute", "NotApplicable",
    "PerHour", "PerMinute", "PerSecond", "Percent", "Pixel", "Promille", "Ratio", "Second",
    "State", "Trillion", "Unspecified", "Volt", "Watt", "Week", "Year",
];

/// Units that only newer versions of the platform know, in the order of their
/// bytes. Older ones show them as they are and convert nothing.
#[rustfmt::skip]
const NEWER: [&str; 204] = [
    "%", "A", "AUD", "AustralianDollar", "Bar", "BritishPound", "By", "By/h", "By/min", "By/s",
    "CAD", "CHF", "CNY", "CanadianDollar", "Candela", "Cel", "Celsius", "CubicFoot",
    "CubicInch", "CubicMetre", "Decibel", "EUR", "Euro", "Fahrenheit", "Foot",
    "FootPerSecondSquared", "GBP", "GBy", "GBy/h", "GBy/min", "GBy/s", "Gbit", "Gbit/h",
    "Gbit/min", "Gbit/s", "GiBy", "GiBy/h", "GiBy/min", "GiBy/s", "GibiBit", "GibiBitPerHour",
    "GibiBitPerMinute", "GibiBitPerSecond", "Gibit", "Gibit/h", "Gibit/min", "Gibit/s",
    "GigaBit", "GigaBitPerHour", "GigaBitPerMinute", "GigaBitPerSecond", "Gram", "Hz", "Inch",
    "J", "JPY", "Joule", "K", "Kelvin", "KiBit/h", "KiBit/min", "KiBy", "KiBy/h", "KiBy/min",
    "KiBy/s", "KibiBit", "KibiBitPerHour", "KibiBitPerMinute", "KibiBitPerSecond", "Kibit",
    "Kibit/s", "KiloBit", "KiloBitPerHour", "KiloBitPerMinute", "KiloBitPerSecond",
    "KiloPascal", "KiloWattHour", "Kilogram", "Liter", "Litre", "MBy", "MBy/h", "MBy/min",
    "MBy/s", "Mbit", "Mbit/h", "Mbit/min", "Mbit/s", "MebiBit", "MebiBitPerHour",
    "MebiBitPerMinute", "MebiBitPerSecond", "MegaBit", "MegaBitPerHour", "MegaBitPerMinute",
    "MegaBitPerSecond", "Metre", "MetrePerSecondSquared", "MiBy", "MiBy/h", "MiBy/min",
    "MiBy/s", "Mibit", "Mibit/h", "Mibit/min", "Mibit/s", "Mile", "Millicore", "Mole", "N",
    "Newton", "Ohm", "Pa", "Pascal", "Pound", "PoundForce", "PoundForcePerSquareInch",
    "Rankine", "SquareFoot", "SquareInch", "SquareMetre", "SquareMile", "SquareSecond",
    "SquareYard", "SquaredSecond", "SwissFranc", "Tonne", "USD", "UnitedStatesDollar", "V", "W",
    "WattHour", "Wh", "Yard", "[cft_i]", "[cin_i]", "[degF]", "[degR]", "[ft_i]", "[ft_i]/s2",
    "[in_i]", "[lb_av]", "[lbf_av]", "[lbf_av]/[sin_i]", "[mi_i]", "[ppth]", "[sft_i]",
    "[sin_i]", "[smi_us]", "[syd_i]", "[yd_i]", "a", "bar", "bit", "bit/h", "bit/min", "bit/s",
    "cd", "core", "count", "count/h", "count/min", "count/s", "d", "dBm", "g", "h", "kBit/h",
    "kBit/min", "kBy", "kBy/h", "kBy/min", "kBy/s", "kPa", "kWh", "kbit", "kbit/s", "kg",
    "km/h", "l", "m", "m/h", "m/s", "m/s2", "m2", "m3", "min", "mo", "mol", "ms", "ms/min",
    "msu", "ns", "ns/min", "one", "px", "ratio", "s", "s/min", "s2", "state", "t", "us", "wk",
];

/// What people write instead of a documented unit, in lower case.
#[rustfmt::skip]
const ALIASES: [(&str, &str); 36] = [
    ("%", "Percent"), ("percentage", "Percent"), ("pct", "Percent"),
    ("b", "Byte"), ("by", "Byte"), ("bytes", "Byte"),
    ("kb", "KiloByte"), ("kilobytes", "KiloByte"), ("kib", "KibiByte"),
    ("mb", "MegaByte"), ("megabytes", "MegaByte"), ("mib", "MebiByte"),
    ("gb", "GigaByte"), ("gigabytes", "GigaByte"), ("gib", "GibiByte"),
    ("bps", "BitPerSecond"), ("by/s", "BytePerSecond"), ("bytes/s", "BytePerSecond"),
    ("ns", "NanoSecond"), ("nanoseconds", "NanoSecond"),
    ("us", "MicroSecond"), ("microseconds", "MicroSecond"),
    ("ms", "MilliSecond"), ("millis", "MilliSecond"), ("milliseconds", "MilliSecond"),
    ("s", "Second"), ("sec", "Second"), ("seconds", "Second"),
    ("min", "Minute"), ("minutes", "Minute"), ("h", "Hour"), ("d", "Day"),
    ("boolean", "State"), ("bool", "State"), ("status", "State"), ("hz", "Hertz"),
];

/// What is known of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Every version of the platform knows it.
    Documented,
    /// Only newer versions know it; the documented unit for the same thing, if
    /// there is one.
    Newer(Option<&'static str>),
    /// Nobody knows it; the documented unit that it surely means, if any.
    Unknown(Option<&'static str>),
}

/// Looks a unit up.
pub(crate) fn look_up(unit: &str) -> Unit {
    let lowered = unit.to_lowercase();
    let alias = ALIASES
        .iter()
        .find(|(alias, _)| *alias == lowered)
        .map(|&(_, meant)| meant);
    if DOCUMENTED.binary_search(&unit).is_ok() {
        Unit::Documented
    } else if NEWER.binary_search(&unit).is_ok() {
        Unit::Newer(alias)
    } else {
        Unit::Unknown(alias.or_else(|| other_spelling(&lowered)))
    }
}

/// The documented unit that is spelled alike: for a hint, not for a fix.
pub(crate) fn similar(unit: &str) -> Option<&'static str> {
    suggest::closest(unit, DOCUMENTED.iter().copied())
}

/// The documented unit that differs from `lowered` in case, separators or a
/// plural only.
fn other_spelling(lowered: &str) -> Option<&'static str> {
    let letters: String = lowered.chars().filter(|c| c.is_alphanumeric()).collect();
    DOCUMENTED.iter().copied().find(|known| {
        let known = known.to_lowercase();
        letters == known || letters.strip_suffix('s') == Some(known.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_disjoint() {
        assert!(DOCUMENTED.is_sorted() && NEWER.is_sorted());
        for unit in NEWER {
            assert!(DOCUMENTED.binary_search(&unit).is_err(), "{unit}");
        }
        for (alias, unit) in ALIASES {
            assert!(DOCUMENTED.binary_search(&unit).is_ok(), "{alias} → {unit}");
        }
    }

    #[test]
    fn units_are_told_apart() {
        for (unit, expected) in [
            ("Byte", Unit::Documented),
            ("MSU", Unit::Documented),
            ("By", Unit::Newer(Some("Byte"))),
            ("%", Unit::Newer(Some("Percent"))),
            ("Cel", Unit::Newer(None)),
            ("bytes", Unit::Unknown(Some("Byte"))),
            ("bits/s", Unit::Unknown(None)),
            ("byte per second", Unit::Unknown(Some("BytePerSecond"))),
            ("s", Unit::Newer(Some("Second"))),
            ("Boolean", Unit::Unknown(Some("State"))),
            ("gauge", Unit::Unknown(None)),
        ] {
            assert_eq!(look_up(unit), expected, "{unit}");
        }
        assert_eq!(similar("Secnd"), Some("Second"));
    }
}
