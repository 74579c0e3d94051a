/** A call into the guest's own code: what it answers, later or at once, and what becomes of what it throws. */

import { AppError, EtagInvalid, EtagMismatch, GuestError, RowMismatch, type Code } from "../errors.js";
import type { Awaitable } from "../metadata.js";
import type { Tagged } from "./wire.js";

export interface WireError {
  code: Code;
  message: string;
}

export type WireStateError =
  | Tagged<"etag-mismatch" | "etag-invalid", string>
  | Tagged<"row-mismatch", { expected: bigint; affected: bigint }>
  | Tagged<"app-error", WireAppError>
  | Tagged<"other", WireError>;

export interface WireAppError extends WireError {
  httpStatus: number;
  tag: string;
  reason: string;
  domain: string;
}

/** What an export throws: a value of the contract's. */
export type WireFailure = WireError | WireStateError;

/**
 * Calls, and passes what comes of it through `answer`. What is thrown, there too, is thrown again as what `failure` makes of
 * it: whatever else leaves an export as an exception would end the instance with all its memory.
 */
export function call<T, W>(
  action: () => Awaitable<T>,
  answer: (value: T) => W,
  failure: (thrown: unknown) => WireFailure = error,
): Awaitable<W> {
  try {
    const value = action();
    if (value instanceof Promise) {
      return value.then(answer).catch((thrown: unknown) => {
        throw failure(thrown);
      });
    }
    return answer(value);
  } catch (thrown) {
    throw failure(thrown);
  }
}

/** Calls what has no way to fail: the host does not ask how it went. */
export function tell(action: () => Awaitable<void>): Awaitable<void> {
  try {
    const done = action();
    return done instanceof Promise ? done.catch(report) : undefined;
  } catch (thrown) {
    report(thrown);
  }
}

/** Asks for what has no way to fail; where it does, there is no answer. */
export function ask<T>(question: () => T): T | undefined {
  try {
    return question();
  } catch (thrown) {
    report(thrown);
    return undefined;
  }
}

export function nothing(): void {}

/** What a block says of an error that has no cases for it. */
export function error(thrown: unknown): WireError {
  if (thrown instanceof GuestError) {
    return { code: thrown.code, message: thrown.message };
  }
  report(thrown);
  // The engine throws this text, and no object: for one, there would be no memory.
  const code = thrown === "out of memory" ? "resource-exhausted" : "internal";
  return { code, message: String(thrown) };
}

/** What a state store says of an error. */
export function stateError(thrown: unknown): WireStateError {
  if (thrown instanceof EtagMismatch) {
    return { tag: "etag-mismatch", val: thrown.message };
  }
  if (thrown instanceof EtagInvalid) {
    return { tag: "etag-invalid", val: thrown.message };
  }
  if (thrown instanceof RowMismatch) {
    return { tag: "row-mismatch", val: { expected: BigInt(thrown.expected), affected: BigInt(thrown.affected) } };
  }
  if (thrown instanceof AppError) {
    const { code, httpStatus, tag, reason, domain } = thrown.details;
    return { tag: "app-error", val: { code, httpStatus, tag, reason, domain, message: thrown.message } };
  }
  return { tag: "other", val: error(thrown) };
}

/** Where the code went wrong is for standard error; a client gets the message alone. */
export function report(thrown: unknown): void {
  const stack = thrown instanceof Error && thrown.stack ? `\n${thrown.stack}` : "";
  console.error(`${String(thrown)}${stack}`);
}
