//! Jobs, which Dapr's scheduler has a sidecar bring to a guest when their time has come.

use super::Probe;
use crate::process::{Process, program, until};
use serde_json::{Value, json};
use std::process::Command;

/// Dapr's scheduler on its own, and where sidecars ask it.
async fn scheduler() -> Option<(Process, String)> {
    let program = program("scheduler")?;
    let prepare = |[port, health, client, peer]: [u16; 4]| {
        let mut command = Command::new(&program);
        command
            .arg("--listen-address=127.0.0.1")
            .arg(format!("--port={port}"))
            .arg(format!("--override-broadcast-host-port=127.0.0.1:{port}"))
            .arg("--healthz-listen-address=127.0.0.1")
            .arg(format!("--healthz-port={health}"))
            .arg("--etcd-client-listen-address=127.0.0.1")
            .arg(format!("--etcd-client-port={client}"))
            .arg(format!(
                "--etcd-initial-cluster=dapr-scheduler-server-0=http://127.0.0.1:{peer}"
            ))
            .arg("--enable-metrics=false");
        command
    };
    let (process, [port, ..]) = Process::start("scheduler", prepare, (1, "/healthz")).await;
    Some((process, format!("127.0.0.1:{port}")))
}

/// Schedules a job that is due at once.
async fn schedule(probe: &Probe, name: &str, mut job: Value) {
    job["dueTime"] = json!("0s");
    let path = format!("/v1.0-alpha1/jobs/{name}");
    until("the job is taken", async || {
        // The sidecar is there before it has found the scheduler.
        let answer = probe.stand.daprd.post(&path, &job).await;
        (answer.status == 204).then_some(())
    })
    .await;
}

/// The jobs that the application has heard of, once one of this name is among them.
async fn heard(probe: &mut Probe, name: &str) -> Vec<Value> {
    let mut heard = Vec::new();
    until(&format!("the job {name} is heard"), async || {
        let more = probe.app.heard().await;
        heard.extend(more.into_iter().map(|mut it| it["job"].take()));
        heard.iter().any(|job| job["name"] == name).then_some(())
    })
    .await;
    heard
}

fn named(heard: &[Value], name: &str) -> usize {
    heard.iter().filter(|job| job["name"] == name).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_done_when_its_time_has_come_and_again_as_its_failure_policy_says() {
    let Some((_scheduler, address)) = scheduler().await else {
        return;
    };
    let flag = format!("--scheduler-host-address={address}");
    let probe = Probe::start("instances = 1", "", |daprd| daprd.flag(flag)).await;
    let mut probe = probe.unwrap();
    let data = json!({ "what": "tea", "cups": 2 });
    schedule(&probe, "sweep", json!({ "data": data })).await;
    let [job] = &heard(&mut probe, "sweep").await[..] else {
        panic!("it came more than once");
    };
    let bytes: Vec<u8> = serde_json::from_value(job["data"].clone()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), data);
    assert_eq!(job["type_url"], Value::Null);

    let fails = |code: &str| {
        let status = json!({ "code": code, "message": "no", "details": [] });
        let policy = json!({ "constant": { "interval": "0.1s", "maxRetries": 2 } });
        json!({ "data": format!("status:{status}"), "failurePolicy": policy })
    };
    schedule(&probe, "later", fails("Unavailable")).await;
    let mut all = Vec::new();
    until("it has been tried three times", async || {
        all.extend(heard(&mut probe, "later").await);
        (named(&all, "later") == 3).then_some(())
    })
    .await;
    // It would come again before the last one, if it came again.
    for code in ["Unimplemented", "NotFound"] {
        schedule(&probe, code, fails(code)).await;
    }
    schedule(&probe, "last", fails("Unavailable")).await;
    until("the last one has been tried three times", async || {
        all.extend(heard(&mut probe, "last").await);
        (named(&all, "last") == 3).then_some(())
    })
    .await;
    for (name, times) in [("Unimplemented", 1), ("NotFound", 1), ("later", 3)] {
        assert_eq!(named(&all, name), times, "{name}: {all:?}");
    }
}
