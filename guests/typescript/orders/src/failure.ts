/** What went wrong: as a status for whoever called, and as what becomes of a message. */

import { DaprError, Denied, StatusError } from "@plugbox/guest";
import type { Code, Detail, FieldViolation, MessageOutcome } from "@plugbox/guest";

/** Who defines the names of the errors below. */
const DOMAIN = "orders.plugbox.dev";

/** The codes that say when to try again. */
const PASSING: readonly Code[] = ["unavailable", "deadline-exceeded", "resource-exhausted", "aborted"];

/** What would be wrong at any time. What Dapr failed has other codes than these. */
const LASTING: readonly Code[] = ["invalid-argument", "not-found", "data-loss", "unimplemented"];

/** A failure with a name, for programs. */
export function failure(code: Code, reason: string, message: string, more: readonly Detail[] = []): StatusError {
  return new StatusError(code, message, [{ errorInfo: { reason, domain: DOMAIN } }, ...more]);
}

/** The answer to an order that breaks rules, with each of them. */
export function invalid(badRequest: readonly FieldViolation[]): StatusError {
  const told = badRequest.map(({ field, description }) => (field === "" ? description : `${field}: ${description}`));
  const message = `the order cannot be taken: ${told.join("; ")}`;
  return failure("invalid-argument", "ORDER_INVALID", message, [{ badRequest }]);
}

/** A failure that is about one order. */
export function ofOrder(code: Code, reason: string, id: string, what: string): StatusError {
  const about = { kind: "order", name: id, description: what };
  return failure(code, reason, `order ${JSON.stringify(id)}: ${what}`, [{ resourceInfo: about }]);
}

export function missing(id: string): StatusError {
  return ofOrder("not-found", "ORDER_UNKNOWN", id, "there is none");
}

/**
 * Asks Dapr for something of the resource of this kind and name.
 *
 * What it does not do is for the caller to know; but codes that do not say when to try again are about resources, and so for whoever
 * runs this. `expected` says which errors are no failures, and are thrown as they are.
 */
export function asking<T>(kind: string, name: string, ask: () => T, expected = (_: unknown) => false): T {
  try {
    return ask();
  } catch (thrown) {
    throw expected(thrown) ? thrown : ofDapr(thrown, kind, name);
  }
}

function ofDapr(thrown: unknown, kind: string, name: string): unknown {
  let [code, reason, what]: [Code, string, string] = ["internal", "DAPR_FAILED", ""];
  if (thrown instanceof Denied) {
    [code, reason, what] = ["permission-denied", "NOT_GRANTED", `the application needs the grant ${thrown.grant}`];
  } else if (thrown instanceof DaprError) {
    what = thrown.message;
    code = PASSING.includes(thrown.code) ? thrown.code : code;
  } else {
    return thrown;
  }
  const about = { kind, name, description: what };
  return failure(code, reason, `the ${kind} ${JSON.stringify(name)}: ${what}`, [{ resourceInfo: about }]);
}

/** Whether the same may go well later. */
export function mayPass(thrown: unknown): boolean {
  return !(thrown instanceof StatusError && LASTING.includes(thrown.code));
}

/** What becomes of a message that something was thrown for. */
export function outcome(thrown: unknown): MessageOutcome {
  const [outcome, what] = mayPass(thrown)
    ? (["retry", "is to come again"] as const)
    : (["drop", "is dropped"] as const);
  console.error(`a message ${what}: ${String(thrown)}`);
  return outcome;
}
