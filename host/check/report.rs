//! What came of a check: lines for a person, JSON for a program, JUnit's XML for a CI.

use crate::rules::{Outcome, Rule};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};
use std::{fmt, time::Duration};

/// How a guest stands to one rule.
#[derive(Debug)]
pub struct Verdict {
    /// The rule.
    pub rule: &'static Rule,
    /// What came of it.
    pub outcome: Outcome,
    /// How long that took.
    pub took: Duration,
}

/// How a guest stands to all rules that it was held against.
#[derive(Debug)]
pub struct Report {
    /// One for each rule, in the table's order.
    pub verdicts: Vec<Verdict>,
    /// From the guest's load to the last verdict.
    pub took: Duration,
}

/// How many passed, failed and were skipped.
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// A line, and for a broken rule all that is needed to repeat it.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule {
            id,
            promise,
            source,
            ..
        } = self.rule;
        match &self.outcome {
            Outcome::Passed => write!(f, "ok       {id}"),
            Outcome::Skipped(why) => write!(f, "skipped  {id}: {why}"),
            Outcome::Failed(broken) => {
                write!(f, "FAILED   {id}: {promise} ({source})\n{broken}")
            }
        }
    }
}

/// The summary.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            passed,
            failed,
            skipped,
        } = self.counts();
        write!(
            f,
            "{} rules: {passed} passed, {failed} failed, {skipped} skipped, in {:.1} s",
            self.verdicts.len(),
            self.took.as_secs_f32()
        )
    }
}

impl Report {
    fn counts(&self) -> Counts {
        let mut counts = Counts {
            passed: 0,
            failed: 0,
            skipped: 0,
        };
        for verdict in &self.verdicts {
            *match verdict.outcome {
                Outcome::Passed => &mut counts.passed,
                Outcome::Failed(_) => &mut counts.failed,
                Outcome::Skipped(_) => &mut counts.skipped,
            } += 1;
        }
        counts
    }

    /// One object: the counts, and each rule with what came of it.
    pub fn json(&self, guest: &str) -> Value {
        let counts = self.counts();
        let rules: Vec<_> = self.verdicts.iter().map(Verdict::json).collect();
        json!({
            "guest": guest,
            "passed": counts.passed,
            "failed": counts.failed,
            "skipped": counts.skipped,
            "seconds": self.took.as_secs_f32(),
            "rules": rules,
        })
    }

    /// The XML that CI systems read: a test suite for the guest, a test case for each rule.
    ///
    /// # Errors
    /// When there is text that XML has no place for.
    pub fn junit(&self, guest: &str) -> Result<String, quick_junit::SerializeError> {
        let mut suite = TestSuite::new(guest);
        suite.set_time(self.took);
        suite.add_test_cases(self.verdicts.iter().map(Verdict::junit));
        let mut report = Junit::new("plugbox check");
        report.set_time(self.took);
        report.add_test_suite(suite);
        report.to_string()
    }
}

impl Verdict {
    fn json(&self) -> Value {
        let mut object = json!({
            "rule": self.rule.id,
            "promise": self.rule.promise,
            "source": self.rule.source.to_string(),
            "seconds": self.took.as_secs_f32(),
        });
        let more = match &self.outcome {
            Outcome::Passed => json!({"outcome": "passed"}),
            Outcome::Skipped(why) => json!({"outcome": "skipped", "reason": why}),
            Outcome::Failed(broken) => json!({
                "outcome": "failed",
                "before": broken.before,
                "request": broken.request,
                "answer": broken.answer,
                "expected": broken.expected,
            }),
        };
        if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
            object.extend(more);
        }
        object
    }

    fn junit(&self) -> TestCase {
        let status = match &self.outcome {
            Outcome::Passed => TestCaseStatus::success(),
            Outcome::Skipped(why) => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(why.as_str());
                status
            }
            Outcome::Failed(broken) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status
                    .set_message(self.rule.promise)
                    .set_description(broken.to_string());
                status
            }
        };
        let mut case = TestCase::new(self.rule.id, status);
        case.set_time(self.took);
        case
    }
}
