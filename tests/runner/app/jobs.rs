//! Jobs whose time has come, by the name that their method has and by the earlier one.

use crate::support::{
    App, Setup,
    app::{any, job},
};
use plugbox::proto::runtime::v1::JobEventRequest;
use serde_json::json;
use tonic::{Code, Status};

/// Has a job done by one of the methods.
async fn done(app: &mut App, is_stable: bool, job: JobEventRequest) -> Result<(), Status> {
    match is_stable {
        true => app.callback.on_job_event(job).await.map(drop),
        false => app.alpha.on_job_event_alpha1(job).await.map(drop),
    }
}

#[tokio::test]
async fn a_job_reaches_the_guest_with_its_name_and_data() {
    let runner = Setup::app("hostile-probe-app").arg("--instances=1").start();
    let mut app = runner.app("app").await;
    for is_stable in [true, false] {
        let type_url = "a.example/Sweep";
        let typed = JobEventRequest {
            data: Some(any(type_url, "tea")),
            ..job("")
        };
        let bare = JobEventRequest {
            data: None,
            ..job("")
        };
        for job in [typed, bare] {
            done(&mut app, is_stable, job).await.unwrap();
        }
        let expected = json!([
            { "job": { "name": "sweep", "data": b"tea", "type_url": type_url } },
            { "job": { "name": "sweep", "data": [], "type_url": null } },
        ]);
        assert_eq!(json!(app.heard().await), expected);
    }
}

#[tokio::test]
async fn a_job_that_fails_says_how() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let status = json!({ "code": "ResourceExhausted", "message": "later", "details": [] });
    for is_stable in [true, false] {
        let failed = done(&mut app, is_stable, job(format!("status:{status}"))).await;
        let failed = failed.unwrap_err();
        assert_eq!(
            (failed.code(), failed.message()),
            (Code::ResourceExhausted, "later")
        );
        let trapped = done(&mut app, is_stable, job("trap")).await.unwrap_err();
        assert_eq!(trapped.code(), Code::Internal, "{trapped}");
    }
}

/// daprd takes that of the method's own name to mean that there is only the earlier one, and would have the job done again.
#[tokio::test]
async fn a_job_that_the_guest_does_not_know_is_not_tried_by_the_earlier_name() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let status = json!({ "code": "Unimplemented", "message": "no such job", "details": [] });
    let job = job(format!("status:{status}"));
    let failed = done(&mut app, true, job).await.unwrap_err();
    assert_ne!(failed.code(), Code::Unimplemented, "{failed}");
    assert!(failed.message().contains("no such job"), "{failed}");
}
