//! What every block has alike: being found, pings, and calls before Init.

use tonic::{Code, Status};

use super::{
    Broken,
    answer::Answer,
    client::Client,
    show::{self, Show},
    subject,
};

/// Reflection v1alpha lists the service.
pub async fn reflected_v1alpha(c: &Client, service: &str) -> Result<(), Broken> {
    let answer = subject::reflect_v1alpha(c.subject().channel()).await;
    listed("v1alpha", service, answer)
}

/// Reflection v1 lists the service.
pub async fn reflected_v1(c: &Client, service: &str) -> Result<(), Broken> {
    let answer = subject::reflect_v1(c.subject().channel()).await;
    listed("v1", service, answer)
}

/// The answer of one version of reflection lists the service.
pub fn listed(
    version: &str,
    service: &str,
    answer: Result<Vec<String>, Status>,
) -> Result<(), Broken> {
    let answer = match answer {
        Ok(services) if services.iter().any(|listed| listed == service) => return Ok(()),
        Ok(services) => format!("{services:?}"),
        Err(status) => show::text(&status),
    };
    Err(Broken {
        request: format!("ServerReflectionInfo ({version}) list_services"),
        answer,
        expected: format!("a list with {service}"),
        before: Vec::new(),
    })
}

/// Ping answers before an Init and after it.
pub async fn pings(c: &Client) -> Result<(), Broken> {
    c.on_new_instance().ping().await.ok()?;
    c.ping().await.ok()?;
    Ok(())
}

/// The answer of an instance that had no Init says so.
pub fn before_init<A: Show>(stranger: &Client, answer: Answer<A>) -> Result<(), Broken> {
    let mut names = vec![stranger.instance()];
    names.extend(stranger.subject().name());
    let expected = format!("FAILED_PRECONDITION with a message that names {names:?}");
    answer.fails_if(expected, |status| {
        status.code() == Code::FailedPrecondition
            && names.iter().all(|name| status.message().contains(name))
    })?;
    Ok(())
}

/// The features are of those that daprd knows, in its spelling.
pub async fn features_among(c: &Client, known: &[&str]) -> Result<(), Broken> {
    let expected = format!("features among {known:?}");
    let good = |named: &String| known.contains(&&**named);
    let answer = c.ask_features().await;
    answer.ok_if(expected, |it| it.features.iter().all(good))?;
    Ok(())
}
