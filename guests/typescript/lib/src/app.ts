/** Applications behind Dapr. A guest implements what it wants of this; daprd is told of the rest that it does not want it. */

import type { JsonValue } from "./json.js";
import type { Awaitable, Metadata } from "./metadata.js";

/**
 * Names and values beside a body: the metadata of gRPC, the headers of HTTP. Names are in lower case, and may come more than once;
 * `new Headers(…)` takes them.
 */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The methods of HTTP. */
export type Verb = "get" | "head" | "post" | "put" | "delete" | "connect" | "options" | "trace" | "patch";

/** A call of an application's method. */
export interface InvokeRequest {
  /** The name, or the path without the `/` it began with. */
  readonly method: string;
  readonly data: Uint8Array;
  readonly contentType?: string | undefined;
  /** The type of the data, where it is a message of protobuf that was packed with its type. */
  readonly typeUrl?: string | undefined;
  /** What HTTP says beyond: its method, and what stands behind the `?`. None for a call that has nothing of HTTP. */
  readonly http?: { readonly verb: Verb; readonly query?: string | undefined } | undefined;
  readonly headers: HeaderList;
}

/** What a method answers. */
export interface InvokeResponse {
  /** Nothing without it. */
  readonly data?: Uint8Array | undefined;
  readonly contentType?: string | undefined;
  readonly typeUrl?: string | undefined;
  readonly headers?: HeaderList | undefined;
}

/** Calls by other applications, or by Dapr's own API. */
export interface Invocable {
  /**
   * Serves a call. What it throws reaches the caller as a gRPC status, a `StatusError` with its details. For a method that the
   * application does not have, throw `Unimplemented` or `NotFound`.
   */
  onInvoke(request: InvokeRequest): Awaitable<InvokeResponse | void>;
}

/** Messages that an application wants. */
export interface Subscription {
  /** The broker: the name of its Component resource. */
  readonly pubsub: string;
  readonly topic: string;
  /** The first that matches names the path; none for no difference between messages. */
  readonly routes?: readonly Route[] | undefined;
  /** The path of messages that no route matches. */
  readonly defaultPath?: string | undefined;
  /** Where messages go that are dropped, or were delivered as often as they may. */
  readonly deadLetterTopic?: string | undefined;
  /** Many messages at once. */
  readonly bulk?: Bulk | undefined;
  /** For the broker; and for daprd, `rawPayload`, which is `true` where messages are no CloudEvents. */
  readonly metadata?: Metadata;
}

/** A path for some messages. */
export interface Route {
  /** An expression of the Common Expression Language, like `event.type == "order.placed"`. */
  readonly matches: string;
  readonly path: string;
}

/** Many messages at once. What is left out is daprd's to choose. */
export interface Bulk {
  /** At least 1. */
  readonly maxMessages?: number | undefined;
  /** The most milliseconds that a message waits for others, at least 1. */
  readonly maxWait?: number | undefined;
}

/** What was published, or what Dapr has put around it: a CloudEvent of version 1.0. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  /** What has happened. */
  readonly type: string;
  readonly specVersion: string;
  readonly contentType?: string | undefined;
  readonly data: Uint8Array;
  readonly subject?: string | undefined;
  /** In RFC 3339. */
  readonly time?: string | undefined;
  readonly dataSchema?: string | undefined;
  /** All other attributes. */
  readonly extensions: { readonly [name: string]: JsonValue | undefined };
}

/** A message. */
export interface Message {
  readonly event: CloudEvent;
  readonly pubsub: string;
  readonly topic: string;
  /** Where the subscription's routes lead it; none without routes. */
  readonly path?: string | undefined;
  /** What the broker says of it. daprd writes the names in lower case. */
  readonly metadata: Metadata;
}

/**
 * What becomes of a message: it is done with, it is to come again, or it is not to come again and goes to the subscription's topic for
 * dead letters.
 */
export type MessageOutcome = "success" | "retry" | "drop";

/** Messages of brokers. */
export interface Subscriber {
  /**
   * What the application wants. Asked when the guest is loaded: the answer may depend on the environment, and on nothing else.
   * What it throws ends that.
   */
  subscriptions(): readonly Subscription[];
  /** Takes a message; `undefined` is a success. One for which it throws comes again. */
  onMessage(message: Message): Awaitable<MessageOutcome | void>;
}

/** Messages of one topic that come together. */
export interface Messages {
  /** Names this delivery. */
  readonly id: string;
  readonly pubsub: string;
  readonly topic: string;
  readonly path?: string | undefined;
  /** Never empty. */
  readonly entries: readonly MessageEntry[];
  readonly metadata: Metadata;
}

/** One message of many. */
export interface MessageEntry {
  readonly entryId: string;
  /** The event's data, or what was published as it is. */
  readonly data: Uint8Array;
  /** None for what was published as it is, of a subscription with `rawPayload`. */
  readonly event?: CloudEvent | undefined;
  readonly contentType?: string | undefined;
  readonly metadata: Metadata;
}

/** For an application that does better with many messages at once than one by one. */
export interface BulkSubscriber {
  /** Takes messages. One outcome for each entry, in their order; what has none comes again, and all do where this throws. */
  onMessages(messages: Messages): Awaitable<readonly MessageOutcome[]>;
}

/** An event of an input binding. */
export interface InputEvent {
  /** The name of the binding's Component resource. */
  readonly binding: string;
  readonly data: Uint8Array;
  readonly metadata: Metadata;
}

export interface InputAnswer {
  /** What the binding gets; nothing without it. */
  readonly data?: Uint8Array | undefined;
  /** Output bindings that daprd is to call with the same data, with the operation `create`. */
  readonly forwardTo?: readonly string[] | undefined;
  /** All of those at once, and not one after the other. */
  readonly inParallel?: boolean | undefined;
}

/** Events of input bindings. */
export interface BindingHandler {
  /** The bindings that do not say their direction themselves. Asked as `subscriptions` is. */
  bindings(): readonly string[];
  /** Takes an event. What becomes of one for which it throws is the binding's affair. */
  onEvent(event: InputEvent): Awaitable<InputAnswer | void>;
}

/** A job whose time has come. */
export interface Job {
  readonly name: string;
  /** What it was scheduled with. */
  readonly data: Uint8Array;
  /** The type of the data: `type.googleapis.com/google.protobuf.Value` for what came as JSON. */
  readonly typeUrl?: string | undefined;
}

/** Jobs whose time has come. */
export interface JobHandler {
  /** Does a job. Whether one for which it throws is tried again is its own failure policy's to say. */
  onJob(job: Job): Awaitable<void>;
}

/** For an application that knows more of its health than that it lives. */
export interface HealthReporter {
  /** While it throws, the application gets neither calls nor messages, where daprd is to watch it. */
  checkHealth(): Awaitable<void>;
}
