use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use super::generate::{GenerateError, Made, Order, make};
use super::subject::Subject;
use super::*;
use crate::SystemRandom;
use crate::certificate::chain::ChainError;

/// Quick to make, and as good as longer ones where nobody attacks.
const BITS: usize = 2_048;

pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000)
}

pub(crate) fn subject(text: &str) -> Subject {
    text.parse().expect("a subject")
}

/// Certificates that are made anew.
pub(crate) fn fresh(authority: &str, developer: &str) -> Made {
    let order = Order {
        authority: &subject(authority),
        developer: &subject(developer),
        days: 3,
        bits: BITS,
        authority_passphrase: None,
        developer_passphrase: None,
        now: now(),
    };
    make(&order, &mut SystemRandom).expect("certificates")
}

/// Certificates that all tests share.
pub(crate) fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| fresh("/CN=CA/O=House", "/CN=Developer/O=House"))
}

/// The key of the developer.
pub(crate) fn key() -> PrivateKey {
    PrivateKey::read(made().developer.as_bytes(), None).expect("a key")
}

pub(crate) fn authority() -> Certificate {
    Certificate::read(made().authority.as_bytes()).expect("a certificate")
}

pub(crate) fn developer() -> Certificate {
    Certificate::read(made().developer.as_bytes()).expect("a certificate")
}

#[test]
fn a_developer_is_vouched_for_by_a_ca_of_another_name() {
    let (authority, developer) = (authority(), developer());
    assert_eq!(developer.subject(), "/CN=Developer/O=House");
    assert_eq!(developer.issuer(), authority.subject());
    assert!(authority.is_self_signed() && !developer.is_self_signed());
    assert_eq!(chain::check(&developer, &authority), Ok(()));
    assert_eq!(chain::check(&authority, &authority), Ok(()));
    assert_eq!(developer.is_of(&key()), Ok(true));
    assert_eq!(authority.is_of(&key()), Ok(false));
    assert_eq!(developer.bits(), Ok(2_048));
    assert_ne!(developer.serial(), authority.serial());
    assert!(developer.may_sign_data() && !authority.may_sign_data());
}

#[test]
fn certificates_count_from_yesterday_on() {
    let hours = |hours| Duration::from_hours(hours);
    for certificate in [authority(), developer()] {
        for (moment, validity) in [
            (now() - hours(25), Validity::Early),
            (now() - hours(24), Validity::Valid),
            (now(), Validity::Valid),
            (now() + hours(72), Validity::Valid),
            (now() + hours(73), Validity::Expired),
        ] {
            assert_eq!(certificate.validity(moment), validity, "{moment:?}");
        }
        let (since, until) = certificate.period();
        assert_eq!(since, "2030-03-16T17:46:40Z");
        assert_eq!(until, "2030-03-20T17:46:40Z");
    }
}

#[test]
fn who_else_is_called_the_same_stands_behind_nobody() {
    let twin = fresh("/CN=CA/O=House", "/CN=Developer/O=House");
    let twin = Certificate::read(twin.authority.as_bytes()).expect("a certificate");
    let other = fresh("/CN=Other/O=House", "/CN=Developer/O=House");
    let other = Certificate::read(other.authority.as_bytes()).expect("a certificate");
    for (authority, error) in [
        (twin, ChainError::OtherKey),
        (other, ChainError::OtherName),
        (developer(), ChainError::OtherName),
    ] {
        assert_eq!(chain::check(&developer(), &authority), Err(error));
    }
}

#[test]
fn what_cannot_be_ordered_is_refused() {
    let (ca, developer) = (subject("/CN=CA"), subject("/CN=Developer"));
    let order = |days, now| Order {
        authority: &ca,
        developer: &developer,
        days,
        bits: BITS,
        authority_passphrase: None,
        developer_passphrase: None,
        now,
    };
    let mut random = SystemRandom;
    let same = Order {
        developer: &ca,
        ..order(1, now())
    };
    let error = make(&same, &mut random).expect_err("a refusal");
    assert_eq!(error, GenerateError::SameSubject);
    for (days, now) in [
        (0, now()),
        (u32::MAX, now()),
        (1, SystemTime::UNIX_EPOCH),
        (1, now() + Duration::from_hours(24 * 365 * 9_000)),
    ] {
        let error = make(&order(days, now), &mut random).expect_err("a refusal");
        assert_eq!(error, GenerateError::Days, "{days} {now:?}");
    }
}

#[test]
fn dates_far_away_are_written_in_full() {
    let (ca, developer) = (subject("/CN=CA"), subject("/CN=Developer"));
    let order = Order {
        authority: &ca,
        developer: &developer,
        days: 36_500,
        bits: BITS,
        authority_passphrase: None,
        developer_passphrase: None,
        now: now(),
    };
    let made = make(&order, &mut SystemRandom).expect("certificates");
    let authority = Certificate::read(made.authority.as_bytes()).expect("a certificate");
    assert_eq!(authority.period().1, "2130-02-21T17:46:40Z");
}

#[test]
fn what_is_no_certificate_is_refused() {
    for text in [
        "",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        assert!(Certificate::read(text.as_bytes()).is_err(), "{text}");
    }
}
