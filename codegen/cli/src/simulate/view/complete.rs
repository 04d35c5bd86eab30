//! What can follow in the line in which faults are typed.

use extyped_simulator::Call;

/// What can stand where a fault begins and is no call.
const WORDS: [&str; 5] = ["all=", "refuse", "restart", "clear", "chaos "];

/// What can happen to a call.
const KINDS: [&str; 9] = [
    "429", "500", "503", "html", "delay:", "hang", "drop", "lose", "half",
];

/// What can follow the last word of `text`, each as the whole word.
pub(crate) fn candidates(text: &str) -> Vec<String> {
    let (_, word) = split(text);
    let fitting = |words: &mut dyn Iterator<Item = String>| -> Vec<String> {
        words
            .filter(|candidate| candidate.starts_with(word))
            .collect()
    };
    match text.find('=') {
        _ if text.starts_with("chaos") || text.contains('@') => Vec::new(),
        None if text.contains(':') => {
            // An outage; it lasts, and that is all.
            fitting(&mut ["10s", "30s"].into_iter().map(str::to_owned))
        }
        None => {
            let calls = Call::ALL.into_iter().map(|call| format!("{call}="));
            let words = WORDS.into_iter().map(str::to_owned);
            // Behind a comma only another call fits.
            let words = words.filter(|_| !text.contains(','));
            fitting(&mut calls.chain(words))
        }
        Some(at) => {
            let what = text.get(at + 1..).unwrap_or_default();
            let mut parts = what.split(':');
            let kind = parts.next().unwrap_or_default();
            match (kind, parts.count()) {
                (_, 0) => return fitting(&mut KINDS.into_iter().map(str::to_owned)),
                ("delay", 1) => return fitting(&mut ["2s", "8s"].into_iter().map(str::to_owned)),
                _ => {}
            }
            let is_status = kind.parse::<u16>().is_ok();
            let status = ["retry=5s", "retry=1m", "html", "empty"];
            let status = status.into_iter().filter(|_| is_status);
            let limits = ["30s", "3x"].into_iter().chain(status);
            fitting(&mut limits.map(str::to_owned))
        }
    }
}

/// The text with as much of what must follow as is certain.
pub(crate) fn complete(text: &str) -> String {
    let (before, word) = split(text);
    let candidates = candidates(text);
    let Some((first, others)) = candidates.split_first() else {
        return text.to_owned();
    };
    let common = others.iter().fold(first.len(), |length, other| {
        let same = first.bytes().zip(other.bytes());
        length.min(same.take_while(|(a, b)| a == b).count())
    });
    // All of it is ASCII.
    let common = first.get(..common).unwrap_or(word);
    format!("{before}{common}")
}

/// What comes before the last word, and that word.
fn split(text: &str) -> (&str, &str) {
    // `retry=5s` is one word.
    let start = match text.rfind([',', ':']) {
        Some(at) => at + 1,
        None => 0,
    };
    let start = match text.find('=') {
        Some(at) if at >= start && !text.get(start..).unwrap_or_default().starts_with("retry") => {
            at + 1
        }
        _ => start,
    };
    text.split_at(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_is_completed_as_is_certain() {
        for (text, expected) in [
            ("mi", "mint="),
            ("l", "logs="),
            ("a", "al"),
            ("al", "al"),
            ("ali", "alive="),
            ("re", "re"),
            ("ref", "refuse"),
            ("countm", "countmetric"),
            ("mint,lo", "mint,logs="),
            ("mint=4", "mint=429"),
            ("mint=h", "mint=h"),
            ("mint=del", "mint=delay:"),
            ("mint=429:r", "mint=429:retry="),
            ("mint=429:retry=1", "mint=429:retry=1m"),
            ("mint=429:retry=5s:e", "mint=429:retry=5s:empty"),
            ("mint=drop:r", "mint=drop:r"),
            ("restart:1", "restart:10s"),
            ("nonsense", "nonsense"),
            ("mint=429@1", "mint=429@1"),
            ("", ""),
        ] {
            assert_eq!(complete(text), expected, "{text}");
        }
    }

    #[test]
    fn every_candidate_completes_to_a_fault() {
        // Walks everything that can be reached by choosing candidates.
        let mut open = vec![String::new()];
        let mut faults = 0;
        while let Some(text) = open.pop() {
            let (before, _) = split(&text);
            for candidate in candidates(&text) {
                let next = format!("{before}{candidate}");
                if candidate.ends_with(['=', ':', ',']) {
                    open.push(next);
                } else if !["clear", "chaos "].contains(&candidate.as_str()) {
                    let fault = next.parse::<extyped_simulator::Fault>();
                    assert!(fault.is_ok(), "{next}: {fault:?}");
                    faults += 1;
                }
            }
        }
        assert!(faults > 100, "{faults}");
    }
}
