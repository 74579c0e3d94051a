//! Properties, and what stands where they are left out.

use std::time::Duration;

use super::*;

#[test]
fn only_the_url_is_needed() {
    let settings = Settings::read(&metadata([("url", "http://example.com")])).unwrap();
    assert_eq!(settings.address.authority(), "example.com");
    assert!(settings.error_if_not_2xx);
    assert_eq!(settings.timeout, Duration::from_secs(30));
    for missing in [
        metadata([]),
        metadata([("url", "")]),
        metadata([("URL", "http://a")]),
    ] {
        let message = refusal(Settings::read(&missing));
        assert!(message.contains("property url"), "{message}");
    }
}

#[test]
fn errors_can_be_answers() {
    for no in ["false", "False", "no", "n", "f", "off", "0", " false "] {
        let settings = settings("errorIfNot2XX", no).unwrap();
        assert!(!settings.error_if_not_2xx, "{no}");
    }
    for yes in ["true", "TRUE", "yes", "y", "t", "on", "1", ""] {
        let settings = settings("errorIfNot2XX", yes).unwrap();
        assert!(settings.error_if_not_2xx, "{yes}");
    }
    let message = refusal(settings("errorIfNot2XX", "flase"));
    assert!(message.contains("errorIfNot2XX"), "{message}");
    assert!(message.contains("flase"), "{message}");
}

#[test]
fn times_are_as_go_writes_them() {
    let times = [
        ("30s", 30_000_000),
        ("1m30s", 90_000_000),
        ("1.5h", 5_400_000_000),
        ("500ms", 500_000),
        ("1h0m0.25s", 3_600_250_000),
        ("7us", 7),
        ("7µs", 7),
        ("7μs", 7),
        ("2000ns", 2),
        (".5s", 500_000),
        ("1.s", 1_000_000),
    ];
    for (text, microseconds) in times {
        let settings = settings("responseTimeout", text).unwrap();
        assert_eq!(
            settings.timeout,
            Duration::from_micros(microseconds),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_time_is_refused() {
    let wrong = [
        "30",
        "s",
        "-1s",
        "+1s",
        "0",
        "0s",
        "1 s",
        "1d",
        "1S",
        "1.2.3s",
        ".s",
        "1s2",
        "é",
        "1é",
        "99999999999999999999h",
        " ",
    ];
    for text in wrong {
        let message = refusal(settings("responseTimeout", text));
        assert!(message.contains(&format!("{text:?}")), "{message}");
    }
}
