//! The token that calls must bring to a port. daprd sends it to an app that has one.

use http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};
use subtle::ConstantTimeEq;
use tonic::Status;

/// The header that brings it.
static TOKEN: HeaderName = HeaderName::from_static("dapr-api-token");

/// Looks at what each call brings, before anything else of it is.
#[derive(Clone)]
pub struct Guard {
    /// The digest of the token: those of any two texts have one length, and comparing them tells nothing of the token's.
    digest: [u8; 32],
    /// Where the token is set, for those who are to set the same elsewhere.
    set_by: Arc<str>,
    open: &'static [&'static str],
}

// Its digest would do to try tokens on.
impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("set_by", &self.set_by)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

impl Guard {
    /// Demands a token, which is not empty, of all calls but those to the methods with these paths, like
    /// `/package.Service/Method`. `set_by` is where the token is set, like the name of a variable.
    pub fn new(token: impl AsRef<[u8]>, set_by: &str, open: &'static [&'static str]) -> Self {
        Self {
            digest: Sha256::digest(token).into(),
            set_by: set_by.into(),
            open,
        }
    }

    /// Whether a call may go on. How long that takes to say tells nothing of the token.
    pub(super) fn admits(&self, path: &str, headers: &HeaderMap) -> bool {
        // daprd adds it to those that a message has brought from elsewhere: the last is daprd's own.
        let brought = headers.get_all(&TOKEN).iter().next_back();
        let matches = brought.is_some_and(|token| {
            let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
            digest.ct_eq(&self.digest).into()
        });
        matches || self.open.contains(&path)
    }

    /// What a call of what errors call by this title is refused by.
    pub(super) fn refusal(&self, title: &str) -> Status {
        Status::unauthenticated(format!(
            "{title}: the call brings no token ({TOKEN}), or another than {} of plugbox: daprd needs the same",
            self.set_by
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const HEALTH: &str = "/test.App/HealthCheck";
    const INVOKE: &str = "/test.App/OnInvoke";

    #[test]
    fn a_call_goes_on_with_the_token_or_where_none_is_demanded() {
        let guard = Guard::new("correct horse", "APP_API_TOKEN", &[HEALTH]);
        let table: &[(&str, &[&[u8]], bool)] = &[
            (INVOKE, &[b"correct horse"], true),
            (INVOKE, &[], false),
            (INVOKE, &[b""], false),
            (INVOKE, &[b"correct horsf"], false),
            (INVOKE, &[b"correct hors"], false),
            (INVOKE, &[b"correct horse "], false),
            (INVOKE, &[b"Correct horse"], false),
            (INVOKE, &[b"\xff\xfe"], false),
            // Those before the last are from elsewhere.
            (INVOKE, &[b"another", b"correct horse"], true),
            (INVOKE, &[b"correct horse", b"another"], false),
            (HEALTH, &[], true),
            (HEALTH, &[b"another"], true),
            ("/test.App/HealthCheck/", &[], false),
            ("/test.App/Health", &[], false),
            ("", &[], false),
        ];
        for (path, tokens, expected) in table {
            let mut headers = HeaderMap::new();
            for token in *tokens {
                headers.append(&TOKEN, HeaderValue::from_bytes(token).unwrap());
            }
            assert_eq!(guard.admits(path, &headers), *expected, "{path} {tokens:?}");
        }
    }

    #[test]
    fn a_guard_shows_neither_the_token_nor_its_digest() {
        let guard = Guard::new("correct horse", "APP_API_TOKEN", &[HEALTH]);
        assert_eq!(
            format!("{guard:?}"),
            r#"Guard { set_by: "APP_API_TOKEN", open: ["/test.App/HealthCheck"], .. }"#
        );
        let refusal = guard.refusal("orders");
        assert!(!refusal.message().contains("horse"), "{refusal}");
    }
}
