//! The token that an application's calls must bring, where there is one.

use super::each_method;
use crate::{
    operator::operate,
    support::{App, Setup, app},
};
use tonic::{Code, Status};

const TOKEN: &str = "correct-horse";

/// The methods that daprd calls without a token, whether it has one or not.
const OPEN: [&str; 3] = [
    "health_check",
    "list_input_bindings",
    "list_topic_subscriptions",
];

/// What comes of each method there is.
async fn each(app: &mut App) -> Vec<(&'static str, Result<(), Status>)> {
    let mut all = each_method(app).await;
    all.push(("health_check", app.healthy().await));
    all
}

async fn demands_it(app: &mut App, set_by: &str) {
    for (method, answer) in each(&mut app.bringing(TOKEN)).await {
        answer.unwrap_or_else(|status| panic!("{method}: {status}"));
    }
    for wrong in ["", "correct-hors", "correct-horse ", "Correct-horse"] {
        let mut app = match wrong {
            "" => app.clone(),
            _ => app.bringing(wrong),
        };
        let mut open = Vec::new();
        for (method, answer) in each(&mut app).await {
            let Err(status) = answer else {
                open.push(method);
                continue;
            };
            assert_eq!(status.code(), Code::Unauthenticated, "{method}: {status}");
            for words in ["app 'app'", "dapr-api-token", set_by] {
                assert!(status.message().contains(words), "{method}: {status}");
            }
        }
        open.sort_unstable();
        assert_eq!(open, OPEN, "with {wrong:?}");
    }
}

#[tokio::test]
async fn a_token_is_demanded_of_each_call_but_those_that_daprd_makes_without() {
    let runner = Setup::app("hostile-probe-app")
        .env("APP_API_TOKEN", TOKEN)
        .arg("-vv")
        .start();
    let mut app = runner.app("app").await;
    demands_it(&mut app, "APP_API_TOKEN").await;
    let announced = &runner.announced[0];
    assert!(announced.contains("APP_API_TOKEN"), "{announced}");
    let (_, words, _) = operate(&runner, &["status"]);
    let (_, json, _) = operate(&runner, &["status", "--json"]);
    for shown in [&runner.log(), announced, &words, &json] {
        assert!(!shown.contains(TOKEN), "{shown}");
    }
}

#[tokio::test]
async fn the_variable_that_has_the_token_can_be_named() {
    let runner = Setup::app("hostile-probe-app")
        .env("APP_API_TOKEN", "another")
        .env("ORDERS_TOKEN", TOKEN)
        .arg("--app-token-env=ORDERS_TOKEN")
        .start();
    let mut app = runner.app("app").await;
    demands_it(&mut app, "ORDERS_TOKEN").await;
}

#[tokio::test]
async fn each_app_of_a_manifest_has_a_token_of_its_own() {
    let port = app::port();
    let other = app::port();
    let manifest = [
        app::section(
            "app",
            "hostile-probe-app",
            port,
            "app_token_env = 'ORDERS_TOKEN'",
        ),
        app::section("other", "hostile-probe-app", other, ""),
    ];
    let runner = Setup::new()
        .manifest(&manifest.concat(), 2)
        .env("ORDERS_TOKEN", TOKEN)
        .env("APP_API_TOKEN", "another")
        .start();
    assert_eq!(runner.address("app").port(), port);
    let mut app = runner.app("app").await;
    demands_it(&mut app, "ORDERS_TOKEN").await;
    let other = runner.app("other").await;
    other.bringing("another").text("echo", "tea").await;
    let refused = other.bringing(TOKEN).call("echo", "tea").await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn without_a_token_none_is_demanded_and_one_that_comes_does_not_matter() {
    let runner = Setup::app("hostile-probe-app").start();
    let app = runner.app("app").await;
    for mut app in [app.bringing("any"), app] {
        for (method, answer) in each(&mut app).await {
            answer.unwrap_or_else(|status| panic!("{method}: {status}"));
        }
    }
}

#[test]
fn a_variable_that_was_named_and_has_no_token_is_an_error() {
    let setup = || Setup::app("hostile-probe-app").arg("--app-token-env=ORDERS_TOKEN");
    for setup in [setup(), setup().env("ORDERS_TOKEN", "")] {
        let (code, _, error) = setup.fail();
        assert_eq!(code, 2, "{error}");
        assert!(error.contains("ORDERS_TOKEN"), "{error}");
    }
}

#[test]
fn a_token_that_no_header_can_have_is_an_error_that_does_not_show_it() {
    let setup = Setup::app("hostile-probe-app").env("APP_API_TOKEN", "correct\nhorse");
    let (code, _, error) = setup.fail();
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("APP_API_TOKEN"), "{error}");
    assert!(!error.contains("horse"), "{error}");
}
