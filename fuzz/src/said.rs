//! What plugbox says to people of what strangers sent.

/// The most bytes of a message: what a stranger sent may be a megabyte, what is said of it may not.
const LONGEST: usize = 8192;

/// Checks that a message says something, in bounds, and does nothing to the terminal that shows it.
pub fn sound(message: &str) {
    assert!(!message.trim().is_empty(), "a message says nothing");
    assert!(
        message.len() <= LONGEST,
        "a message of {} bytes: {message:?}",
        message.len()
    );
    harmless(message);
}

/// Checks that a text has no control characters but ends of lines and tabs.
pub fn harmless(text: &str) {
    let wild = text
        .chars()
        .find(|letter| letter.is_control() && !['\n', '\t'].contains(letter));
    assert!(
        wild.is_none(),
        "{wild:?} would reach the terminal: {text:?}"
    );
}
