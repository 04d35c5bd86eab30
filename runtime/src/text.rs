//! Durations, sizes and counts as an operator reads them.

use std::time::Duration;

/// `45 s`, `1.5 s`, `250 ms`, `4 min`, `2 h`.
pub(crate) fn duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    let seconds = duration.as_secs();
    if millis < 1_000 {
        format!("{millis} ms")
    } else if seconds >= 3_600 && seconds.is_multiple_of(3_600) {
        format!("{} h", seconds / 3_600)
    } else if seconds >= 120 && seconds.is_multiple_of(60) {
        format!("{} min", seconds / 60)
    } else {
        let tenths = (millis % 1_000) / 100;
        if tenths == 0 {
            format!("{seconds} s")
        } else {
            format!("{seconds}.{tenths} s")
        }
    }
}

/// `16 MiB`, `3 KiB`, `12 bytes`.
pub(crate) fn size(bytes: usize) -> String {
    const KIB: usize = 1_024;
    if bytes >= KIB * KIB {
        format!("{} MiB", bytes / (KIB * KIB))
    } else if bytes >= KIB {
        format!("{} KiB", bytes / KIB)
    } else {
        format!("{bytes} bytes")
    }
}

/// `1 line`, `2 lines`.
pub(crate) fn count(n: u64, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

/// A text without its numbers. Two that differ only in those tell of the same
/// thing: an operator who has heard of it does not want to hear of it again.
pub(crate) fn gist(text: &str) -> String {
    let mut gist = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' if gist.ends_with('#') => {}
            '0'..='9' => gist.push('#'),
            c => gist.push(c),
        }
    }
    gist
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_they_were_configured() {
        let cases = [
            (250, "250 ms"),
            (1_000, "1 s"),
            (1_500, "1.5 s"),
            (60_000, "60 s"),
            (75_040, "75 s"),
            (240_000, "4 min"),
            (3_600_000, "1 h"),
            (5_400_000, "90 min"),
        ];
        for (millis, text) in cases {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(count(1, "tick"), "1 tick");
        assert_eq!(count(0, "tick"), "0 ticks");
        assert_eq!(size(16 * 1024 * 1024), "16 MiB");
    }

    #[test]
    fn a_gist_has_no_numbers() {
        assert_eq!(gist("value 17 is above 9000"), "value # is above #");
        assert_eq!(gist(""), "");
    }
}
