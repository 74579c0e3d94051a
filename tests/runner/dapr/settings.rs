//! What is said of daprd and makes no sense.

use super::*;

#[test]
fn settings_of_daprd_that_make_no_sense_are_told() {
    let table = [
        (
            "--allow-dapr=files:x",
            "'files' is none of state, publish, invoke, binding and secret",
        ),
        (
            "--allow-dapr=state:a*b",
            "'a*b' has a * in the middle: it may only end a name",
        ),
        (
            "--allow-dapr=state",
            "a grant of Dapr is CLASS:NAME or CLASS:NAME/PART, like state:orders",
        ),
        (
            "--dapr-endpoint=ftp://x",
            "'ftp://x' is no address of daprd",
        ),
        (
            "--dapr-token-env=A=B",
            "a variable's name cannot have a '=' or a NUL",
        ),
    ];
    for (arg, expected) in table {
        let setup = Setup::new().guest("store", "hostile-prober").arg(arg);
        let (code, _, error) = setup.fail();
        assert_eq!(code, 2, "{error}");
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_environment_that_makes_no_sense_matters_where_dapr_is_granted() {
    let table = [
        (
            "DAPR_GRPC_PORT",
            "x",
            "DAPR_GRPC_PORT is 'x', and must be a port: 1 to 65535",
        ),
        (
            "DAPR_GRPC_ENDPOINT",
            "ftp://x",
            "DAPR_GRPC_ENDPOINT: 'ftp://x' is no address of daprd",
        ),
        (
            "DAPR_API_TOKEN",
            "hunter2\n",
            "the token in DAPR_API_TOKEN has what no header can have",
        ),
    ];
    for (name, value, expected) in table {
        let setup = || {
            let setup = Setup::new().guest("store", "hostile-prober");
            setup.env(name, value)
        };
        let (code, _, error) = setup().arg("--allow-dapr=state:x").fail();
        assert_eq!(code, 2, "{error}");
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        setup().start();
    }
}
