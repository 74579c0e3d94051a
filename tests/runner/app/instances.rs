//! How many guests serve an application: as many as calls need at once, up to the limit, each with a memory of its own.

use crate::{
    operator::usage,
    support::{
        PATIENCE, Runner, Setup,
        app::{hold, probe},
        dapr::Daprd,
        eventually,
    },
};
use std::time::Instant;
use tonic::Code;

fn guests(runner: &Runner) -> u64 {
    usage(runner)["guests"].as_u64().unwrap()
}

#[tokio::test]
async fn as_many_calls_as_there_may_be_instances_are_served_at_once() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).arg("--instances=4").start();
    let app = runner.app("app").await;
    let calls: Vec<_> = (0..4).map(|_| hold(&app)).collect();
    // All of them have come this far, and none has been answered.
    daprd.was_asked(4).await;
    assert_eq!(guests(&runner), 4);
    daprd.release(4);
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn there_are_at_least_two_instances_where_nothing_is_said() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).start();
    let app = runner.app("app").await;
    let calls = [hold(&app), hold(&app)];
    daprd.was_asked(2).await;
    daprd.release(2);
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_beyond_the_instances_waits_for_one() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).arg("--instances=2").start();
    let app = runner.app("app").await;
    let calls: Vec<_> = (0..3).map(|_| hold(&app)).collect();
    daprd.was_asked(2).await;
    eventually("the third waits", || {
        (usage(&runner)["queue"] == 1).then_some(())
    });
    assert_eq!(daprd.asked().len(), 2);
    daprd.release(1);
    daprd.was_asked(3).await;
    daprd.release(2);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(guests(&runner), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_runner_has_no_room_for_more_calls_wait_for_the_instances_that_there_are() {
    let daprd = Daprd::start();
    let runner = probe(&daprd)
        .args(["--instances=4", "--max-total-instances=2"])
        .start();
    let app = runner.app("app").await;
    let calls: Vec<_> = (0..4).map(|_| hold(&app)).collect();
    daprd.was_asked(2).await;
    eventually("the others wait", || {
        (usage(&runner)["queue"] == 2).then_some(())
    });
    daprd.release(4);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    runner.logs(&["calls wait", "--max-total-instances"]);
    assert_eq!(usage(&runner)["errors"], 0);
}

#[tokio::test]
async fn a_call_whose_client_goes_away_costs_no_instance_its_memory() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).arg("--instances=1").start();
    let mut app = runner.app("app").await;
    assert_eq!(app.text("remember", "kept").await, "");
    let call = hold(&runner.app("app").await);
    daprd.was_asked(1).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    daprd.release(1);
    assert_eq!(app.text("remember", "").await, "kept");
}

#[tokio::test]
async fn calls_one_after_the_other_are_served_by_one_guest_that_stays_warm() {
    let runner = Setup::app("hostile-probe-app").arg("--instances=4").start();
    let mut app = runner.app("app").await;
    for call in 1..=20 {
        assert_eq!(app.text("served", "").await, call.to_string());
    }
    assert_eq!(guests(&runner), 1);
    assert_eq!(usage(&runner)["calls"], 20);
}

#[tokio::test]
async fn each_instance_has_a_memory_of_its_own_and_keeps_it() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).arg("--instances=2").start();
    let mut app = runner.app("app").await;
    assert_eq!(app.text("remember", "of the first").await, "");
    let call = hold(&app);
    daprd.was_asked(1).await;
    assert_eq!(app.text("remember", "of the second").await, "");
    assert_eq!(app.text("remember", "of the second").await, "of the second");
    daprd.release(1);
    call.await.unwrap().unwrap();
    let call = hold(&app);
    daprd.was_asked(2).await;
    // Whichever of them is busy with that, the other has what it had.
    let other = app.text("remember", "").await;
    assert!(
        ["of the first", "of the second"].contains(&&*other),
        "{other}"
    );
    daprd.release(1);
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_trap_costs_no_other_instance_its_call() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).arg("--instances=2").start();
    let mut app = runner.app("app").await;
    let call = hold(&app);
    daprd.was_asked(1).await;
    assert_eq!(
        app.call("trap", "").await.unwrap_err().code(),
        Code::Internal
    );
    assert_eq!(app.text("echo", "tea").await, "tea");
    daprd.release(1);
    call.await.unwrap().unwrap();
    let usage = usage(&runner);
    assert_eq!(usage["errors"], 1);
    assert!(usage["last_failure"].as_str().unwrap().contains("trapped"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_is_resource_exhausted_and_names_the_setting() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).args(["--instances=1", "--queue=1"]).start();
    let mut app = runner.app("app").await;
    let held = hold(&app);
    daprd.was_asked(1).await;
    let waiting = hold(&app);
    eventually("it waits", || (usage(&runner)["queue"] == 1).then_some(()));
    let refused = app.call("echo", "tea").await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
    for words in ["app 'app'", "--queue", "--instances"] {
        assert!(refused.message().contains(words), "{refused}");
    }
    daprd.release(2);
    held.await.unwrap().unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(app.text("echo", "tea").await, "tea");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_isolation_by_call_nothing_of_a_call_is_left_for_the_next() {
    let daprd = Daprd::start();
    let runner = probe(&daprd)
        .args(["--isolation=call", "--instances=2"])
        .start();
    let mut app = runner.app("app").await;
    for _ in 0..20 {
        assert_eq!(app.text("remember", "mine").await, "");
        assert_eq!(app.text("served", "").await, "1");
        assert_eq!(app.text("served", "").await, "1");
    }
    // Nor are there more at once than there may be.
    let calls: Vec<_> = (0..3).map(|_| hold(&app)).collect();
    daprd.was_asked(2).await;
    eventually("the third waits", || {
        (usage(&runner)["queue"] == 1).then_some(())
    });
    daprd.release(3);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(
        app.call("trap", "").await.unwrap_err().code(),
        Code::Internal
    );
    assert_eq!(app.text("served", "").await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_isolation_by_call_as_many_calls_as_there_may_be_instances_are_served_at_once() {
    let daprd = Daprd::start();
    let runner = probe(&daprd)
        .args(["--isolation=call", "--instances=50"])
        .start();
    let mut app = runner.app("app").await;
    for round in 1..=2 {
        let calls: Vec<_> = (0..50).map(|_| hold(&app)).collect();
        daprd.was_asked(round * 50).await;
        daprd.release(50);
        for call in calls {
            call.await.unwrap().unwrap();
        }
    }
    assert_eq!(app.text("served", "").await, "1");
    assert_eq!(usage(&runner)["errors"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_with_isolation_by_call_are_all_answered() {
    let runner = Setup::app("hostile-probe-app")
        .arg("--isolation=call")
        .start();
    let app = runner.app("app").await;
    let callers = (0..8).map(|caller| {
        let mut app = app.clone();
        tokio::spawn(async move {
            for round in 0..50 {
                let own = format!("{caller}/{round}");
                assert_eq!(app.text("echo", &own).await, own);
                assert_eq!(app.text("served", "").await, "1");
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    assert_eq!(usage(&runner)["errors"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_at_once_are_all_answered() {
    let runner = Setup::app("hostile-probe-app").arg("--instances=3").start();
    let mut callers = Vec::new();
    for connection in 0..4 {
        let app = runner.app("app").await;
        for caller in 0..4 {
            let mut app = app.clone();
            callers.push(tokio::spawn(async move {
                for round in 0..50 {
                    let own = format!("{connection}/{caller}/{round}");
                    assert_eq!(app.text("echo", &own).await, own);
                }
            }));
        }
    }
    for caller in callers {
        caller.await.unwrap();
    }
    assert!((1..=3).contains(&guests(&runner)));
    assert_eq!(usage(&runner)["calls"], 4 * 4 * 50);
}

#[tokio::test]
async fn an_instance_that_has_served_enough_gives_its_place_to_another() {
    let runner = Setup::app("hostile-probe-app")
        .args(["--recycle-calls=5", "--instances=1"])
        .start();
    let mut app = runner.app("app").await;
    let mut before = 0;
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE, "it has served {before}");
        let served: u64 = app.text("served", "").await.parse().unwrap();
        if served <= before {
            break;
        }
        before = served;
    }
    assert!(before >= 5, "{before}");
    let usage = usage(&runner);
    assert!(usage["recycled"].as_u64().unwrap() >= 1, "{usage}");
    assert_eq!(
        (&usage["errors"], &usage["restarts"]),
        (&0.into(), &0.into())
    );
}

#[tokio::test]
async fn an_app_that_is_silent_costs_nothing() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    app.text("echo", "tea").await;
    runner.rests();
    assert_eq!(app.text("served", "").await, "2");
}
