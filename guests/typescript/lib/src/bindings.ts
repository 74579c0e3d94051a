/** Bindings: events from outside, and operations on something outside. */

import type { Awaitable, Metadata } from "./metadata.js";

/** Names a reader: one stream of events to one application. The host chooses it, and uses it once in one instance. */
export type ReaderId = number;

/** How many events a reader can take now, at least 1. */
export interface EventDemand {
  readonly id: ReaderId;
  readonly events: number;
}

/** An event for a reader. */
export interface BindingEvent {
  readonly id: ReaderId;
  /** Names the event among those of this reader that are not answered. Never empty. */
  readonly eventId: string;
  readonly data: Uint8Array;
  readonly contentType?: string | undefined;
  readonly metadata?: Metadata;
}

export interface PulledEvents {
  /** No more for each reader than it asked for. */
  readonly events: readonly BindingEvent[];
  /** The host pulls again after so many milliseconds; in any case after the next call to this instance. */
  readonly againAfter?: number | undefined;
}

/** What an application returned for an event, or why it failed, in words. */
export type Answer = { readonly ok: true; readonly data: Uint8Array } | { readonly ok: false; readonly reason: string };

/** Events from outside that reach an application. They are pulled, and waiting is the host's work. */
export interface InputBinding {
  /** As a state store's, without features. */
  init(properties: Metadata): Awaitable<void>;
  /** An application begins to listen. Answers how many events it may have and not have answered at once, at least 1. */
  open(id: ReaderId): Awaitable<number>;
  /** The application has gone. What it has not answered counts as not delivered. */
  close(id: ReaderId): Awaitable<void>;
  /** Answers at once with what there is for these readers. */
  pull(wanted: readonly EventDemand[]): Awaitable<PulledEvents>;
  /** The application's answer to an event. Unknown ids are to be ignored. */
  answer(id: ReaderId, eventId: string, answer: Answer): Awaitable<void>;
}

/** What an application asks for. */
export interface Invocation {
  /** One of those that `init` answered. */
  readonly operation: string;
  readonly data: Uint8Array;
  readonly metadata: Metadata;
}

export interface BindingResponse {
  readonly data: Uint8Array;
  readonly contentType?: string | undefined;
  readonly metadata?: Metadata;
}

/** Operations on something outside. */
export interface OutputBinding {
  /** As a state store's, but answers the operations. Dapr's own names for the usual ones are `create`, `get`, `delete`, `list`. */
  init(properties: Metadata): Awaitable<readonly string[]>;
  /** Does an operation. */
  invoke(request: Invocation): Awaitable<BindingResponse>;
}
