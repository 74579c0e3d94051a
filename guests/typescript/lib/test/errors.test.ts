/** What becomes of what a guest throws. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as errors from "@plugbox/guest";
import { adapt } from "@plugbox/guest/adapt";
import { AppError, DaprError, EtagInvalid, EtagMismatch, GuestError, NotFound } from "@plugbox/guest";
import { RowMismatch, StatusError, Unavailable } from "@plugbox/guest";
import { complaints, get, store, thrown } from "./shared.js";

/** What a state store's get answers that throws this. */
function got(failure: unknown): Promise<unknown> {
  const { stateStore } = adapt({
    stateStore: () =>
      store({
        get: () => {
          throw failure;
        },
      }),
  });
  return thrown(() => stateStore.get(get("k")));
}

test("a state store's own errors have cases of their own", async () => {
  assert.deepEqual(await got(new EtagMismatch("why")), { tag: "etag-mismatch", val: "why" });
  assert.deepEqual(await got(new EtagInvalid("why")), { tag: "etag-invalid", val: "why" });
  assert.deepEqual(await got(new RowMismatch(3, 1)), { tag: "row-mismatch", val: { expected: 3n, affected: 1n } });
  const details = { code: "resource-exhausted", httpStatus: 429, tag: "T", reason: "R", domain: "d" } as const;
  assert.deepEqual(await got(new AppError("too much", details)), {
    tag: "app-error",
    val: { ...details, message: "too much" },
  });
});

test("any other error of this library is its code and its message", async () => {
  assert.deepEqual(await got(new NotFound("gone")), { tag: "other", val: { code: "not-found", message: "gone" } });
  assert.deepEqual(await got(new GuestError("cancelled", "m")), {
    tag: "other",
    val: { code: "cancelled", message: "m" },
  });
});

test("each class has its code", () => {
  const codes: Record<string, string> = {};
  // Whoever throws these chooses the code; but for the one with numbers in the place of a message.
  const others: unknown[] = [AppError, StatusError, DaprError, RowMismatch];
  for (const [name, made] of Object.entries(errors)) {
    if (Object.prototype.isPrototypeOf.call(GuestError, made) && !others.includes(made)) {
      codes[name] = (Reflect.construct(made, ["m"]) as GuestError).code;
    }
  }
  assert.deepEqual(codes, {
    InvalidArgument: "invalid-argument",
    NotFound: "not-found",
    AlreadyExists: "already-exists",
    FailedPrecondition: "failed-precondition",
    Aborted: "aborted",
    OutOfRange: "out-of-range",
    PermissionDenied: "permission-denied",
    Unauthenticated: "unauthenticated",
    ResourceExhausted: "resource-exhausted",
    Unimplemented: "unimplemented",
    Unavailable: "unavailable",
    DeadlineExceeded: "deadline-exceeded",
    DataLoss: "data-loss",
    EtagMismatch: "aborted",
    EtagInvalid: "invalid-argument",
    Denied: "permission-denied",
  });
});

test("an error says its class, its message and its cause", () => {
  const cause = new Error("below");
  const error = new Unavailable("later", { cause });
  assert.equal(String(error), "Unavailable: later");
  assert.equal(error.cause, cause);
  assert.ok(error instanceof Error);
});

test("what else is thrown is an internal error, and its stack goes to standard error", async () => {
  const bug = new TypeError("x is not a function");
  let answer: unknown;
  const lines = await complaints(async () => (answer = await got(bug)));
  assert.deepEqual(answer, { tag: "other", val: { code: "internal", message: "TypeError: x is not a function" } });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /errors\.test/);
});

test("no more memory is a resource that is exhausted", async () => {
  const lines = await complaints(async () => {
    const answer = await got("out of memory");
    assert.deepEqual(answer, { tag: "other", val: { code: "resource-exhausted", message: "out of memory" } });
  });
  assert.equal(lines.length, 1);
});

test("a block other than a state store answers code and message alone", async () => {
  const { secretStore } = adapt({
    secretStore: () => ({
      init: () => {
        throw new EtagMismatch("odd");
      },
      get: () => undefined,
    }),
  });
  assert.deepEqual(await thrown(() => secretStore.init([])), { code: "aborted", message: "odd" });
});

test("what fails later is an error as what fails at once", async () => {
  const { stateStore } = adapt({
    stateStore: () => store({ get: () => Promise.reject(new NotFound("later")) }),
  });
  assert.deepEqual(await thrown(() => stateStore.get(get("k"))), {
    tag: "other",
    val: { code: "not-found", message: "later" },
  });
});
