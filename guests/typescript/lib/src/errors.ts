/** The errors that a guest throws. Whatever else it throws is an internal error, and a line on standard error. */

/** What an error means, in the status codes of gRPC. */
export type Code =
  | "invalid-argument"
  | "not-found"
  | "already-exists"
  | "failed-precondition"
  | "aborted"
  | "out-of-range"
  | "permission-denied"
  | "unauthenticated"
  | "resource-exhausted"
  | "unimplemented"
  | "unavailable"
  | "deadline-exceeded"
  | "data-loss"
  | "cancelled"
  | "internal"
  | "unknown";

/** A call that failed, and why. The message reaches the client and the log: put no secret in it. */
export class GuestError extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A kind of error whose code is always the same. */
function withCode(code: Code) {
  return class extends GuestError {
    constructor(message: string, options?: ErrorOptions) {
      super(code, message, options);
    }
  };
}

/** The request is wrong and would be wrong at any time. */
export class InvalidArgument extends withCode("invalid-argument") {}
/** The thing asked for is not there. (A missing key of a state store is no error: `get` answers `undefined`.) */
export class NotFound extends withCode("not-found") {}
/** The thing to be made is there already. */
export class AlreadyExists extends withCode("already-exists") {}
/** The system is not in the state that the call needs. */
export class FailedPrecondition extends withCode("failed-precondition") {}
/** A conflict with a concurrent call. */
export class Aborted extends withCode("aborted") {}
/** Past the end of what is valid. */
export class OutOfRange extends withCode("out-of-range") {}
/** The caller is known and may not do this. */
export class PermissionDenied extends withCode("permission-denied") {}
/** The caller is not known, or its credentials are wrong. */
export class Unauthenticated extends withCode("unauthenticated") {}
/** A quota, a limit or a disk is full. */
export class ResourceExhausted extends withCode("resource-exhausted") {}
/** The component does not do this. */
export class Unimplemented extends withCode("unimplemented") {}
/** Not now: the same call may work in a moment. */
export class Unavailable extends withCode("unavailable") {}
/** Out of time. */
export class DeadlineExceeded extends withCode("deadline-exceeded") {}
/** Data is lost or broken beyond repair. */
export class DataLoss extends withCode("data-loss") {}

/** A state store's: the etag is well formed, and not the item's now. The application gets 409. */
export class EtagMismatch extends withCode("aborted") {}
/** A state store's: this could never be an etag of this store. The application gets 400. */
export class EtagInvalid extends withCode("invalid-argument") {}

/** A state store's: a bulk delete touched fewer rows than it should. */
export class RowMismatch extends withCode("aborted") {
  readonly expected: number;
  readonly affected: number;

  constructor(expected: number, affected: number, options?: ErrorOptions) {
    super(`${affected} of ${expected} rows were deleted`, options);
    this.expected = expected;
    this.affected = affected;
  }
}

/** What the application is told by an {@link AppError}. */
export interface AppErrorDetails {
  /** For an application that speaks gRPC. */
  readonly code: Code;
  /** For an application that speaks HTTP: 400 to 599. */
  readonly httpStatus: number;
  /** A short name for programs, like `ERR_STATE_QUOTA`. */
  readonly tag: string;
  /** A finer name, in upper snake case, like `DAPR_STATE_QUOTA_EXCEEDED`. */
  readonly reason: string;
  /** Who defines the reason, like `dapr.io` or the store's own domain. */
  readonly domain: string;
}

/** A state store's: an error for the application itself, which reaches it as it is. */
export class AppError extends GuestError {
  readonly details: AppErrorDetails;

  constructor(message: string, details: AppErrorDetails, options?: ErrorOptions) {
    super(details.code, message, options);
    this.details = details;
  }
}
