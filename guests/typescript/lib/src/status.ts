/** Errors that say more than a code and words: those of applications, and those of Dapr. */

import { GuestError, type Code } from "./errors.js";
import type { Metadata } from "./metadata.js";

/** What a status says for programs. Those that are usual need no protobuf. */
export type Detail =
  | { readonly errorInfo: ErrorInfo }
  | { readonly badRequest: readonly FieldViolation[] }
  | { readonly resourceInfo: ResourceInfo }
  | { readonly other: Packed };

/** `google.rpc.ErrorInfo`: the error's name. */
export interface ErrorInfo {
  /** In upper snake case, like `ORDER_CLOSED`. */
  readonly reason: string;
  /** Who defines the reason, like `dapr.io` or a domain of your own. */
  readonly domain: string;
  readonly metadata?: Metadata;
}

/** One of `google.rpc.BadRequest`: what is wrong with one field of a request. */
export interface FieldViolation {
  /** Names of fields from the outside in, with dots between: `order.lines.count`. */
  readonly field: string;
  /** For people. */
  readonly description: string;
}

/** `google.rpc.ResourceInfo`: what a call was about. */
export interface ResourceInfo {
  /** Its kind, like `state`. */
  readonly kind: string;
  readonly name: string;
  readonly owner?: string | undefined;
  /** What went wrong with it, for people. */
  readonly description?: string | undefined;
}

/** Any other message of protobuf, with its type. */
export interface Packed {
  /** Like `type.googleapis.com/google.rpc.RetryInfo`. */
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** A call that failed, and why, with details for programs. An application's caller gets them all. */
export class StatusError extends GuestError {
  readonly details: readonly Detail[];

  constructor(code: Code, message: string, details: readonly Detail[] = [], options?: ErrorOptions) {
    super(code, message, options);
    this.details = details;
  }
}

/** Dapr has answered so, or has not: `unavailable` when it is not there, `deadline-exceeded` when it took too long. */
export class DaprError extends StatusError {}

/** The operator has not granted this. The operator is told so, too. */
export class Denied extends GuestError {
  /** What would grant it, like `state:orders`. */
  readonly grant: string;

  constructor(grant: string, options?: ErrorOptions) {
    super("permission-denied", `this is not granted; what would grant it is ${grant}`, options);
    this.grant = grant;
  }
}
