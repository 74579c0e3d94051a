/** The application's interfaces. */

import type {
  BindingHandler,
  BulkSubscriber,
  CloudEvent,
  HealthReporter,
  InputAnswer,
  Invocable,
  JobHandler,
  MessageEntry,
  MessageOutcome,
  Subscriber,
  Subscription,
} from "../app.js";
import { parseJson, type JsonValue } from "../json.js";
import type { Awaitable } from "../metadata.js";
import { call, nothing, report } from "./call.js";
import { ownRequest, wireResponse, type WireRequest } from "./invocation.js";
import { status } from "./status.js";
import {
  bytes,
  count,
  list,
  metadata,
  names,
  oneOf,
  optionalText,
  ownBytes,
  record,
  text,
  wireMetadata,
} from "./wire.js";
import type { Tagged, WireMetadata } from "./wire.js";

export type WireAttribute =
  Tagged<"boolean", boolean> | Tagged<"number", number> | Tagged<"text", string> | Tagged<"json", string>;

export interface WireEvent extends Omit<CloudEvent, "type" | "extensions"> {
  kind: string;
  extensions: [string, WireAttribute][];
}

export interface WireMessage {
  event: WireEvent;
  pubsub: string;
  topic: string;
  path?: string;
  metadata: WireMetadata;
}

export interface WireMessages extends Omit<WireMessage, "event"> {
  id: string;
  entries: WireEntry[];
}

export interface WireEntry {
  entryId: string;
  payload: Tagged<"event", WireEvent> | Tagged<"raw", Uint8Array>;
  contentType?: string;
  metadata: WireMetadata;
}

export interface WireInput {
  binding: string;
  data: Uint8Array;
  metadata: WireMetadata;
}

export interface WireJob {
  name: string;
  data: Uint8Array;
  typeUrl?: string;
}

const OUTCOMES: readonly MessageOutcome[] = ["success", "retry", "drop"];

export function invoke(app: () => Invocable) {
  return {
    handle: (request: WireRequest) => call(() => app().onInvoke(ownRequest(request)), wireResponse, status),
  };
}

export function subscriber(app: () => Subscriber) {
  return {
    subscriptions: () =>
      loud(() => list(app().subscriptions(), "the subscriptions").map((wanted) => wireSubscription(wanted))),
    handle: (message: WireMessage) =>
      sure(
        () => app().onMessage({ ...message, event: ownEvent(message.event), metadata: metadata(message.metadata) }),
        wireOutcome,
        "retry" as const,
      ),
  };
}

export function bulkSubscriber(app: () => BulkSubscriber) {
  return {
    handleBulk: (messages: WireMessages) =>
      sure(
        () =>
          app().onMessages({
            ...messages,
            entries: Array.from(messages.entries, ownEntry),
            metadata: metadata(messages.metadata),
          }),
        (outcomes) => list(outcomes, "the outcomes").map(wireOutcome),
        // What has no outcome comes again.
        [],
      ),
  };
}

export function bindingHandler(app: () => BindingHandler) {
  return {
    bindings: () => loud(() => names(app().bindings(), "the bindings")),
    handle: ({ binding, data, metadata: about }: WireInput) =>
      call(() => app().onEvent({ binding, data: ownBytes(data), metadata: metadata(about) }), wireAnswer, status),
  };
}

export function jobs(app: () => JobHandler) {
  return {
    handle: (job: WireJob) => call(() => app().onJob({ ...job, data: ownBytes(job.data) }), nothing, status),
  };
}

export function health(app: () => HealthReporter) {
  return { check: () => call(() => app().checkHealth(), nothing, status) };
}

/** Asks what has no way to fail, and without which there is no application: a failure ends the instance, with a word about why. */
function loud<T>(question: () => T): T {
  try {
    return question();
  } catch (thrown) {
    report(thrown);
    throw thrown;
  }
}

/** Calls what has no way to fail: `failed` is the answer where it does. */
function sure<T, W>(action: () => Awaitable<T>, answer: (value: T) => W, failed: W): Awaitable<W> {
  const otherwise = (thrown: unknown) => {
    report(thrown);
    return failed;
  };
  try {
    const value = action();
    return value instanceof Promise ? value.then(answer).catch(otherwise) : answer(value);
  } catch (thrown) {
    return otherwise(thrown);
  }
}

function wireSubscription(wanted: Subscription) {
  const { pubsub, topic, routes = [], defaultPath, deadLetterTopic, bulk, metadata } = record(wanted, "a subscription");
  return {
    pubsub: text(pubsub, "the subscription's pubsub"),
    topic: text(topic, "the subscription's topic"),
    routes: list(routes, "the subscription's routes").map(({ matches, path }) => ({
      matches: text(matches, "what a route matches"),
      path: text(path, "a route's path"),
    })),
    defaultPath: optionalText(defaultPath, "the subscription's default path"),
    deadLetterTopic: optionalText(deadLetterTopic, "the subscription's topic for dead letters"),
    bulk: bulk && {
      maxMessages: bulk.maxMessages === undefined ? undefined : count(bulk.maxMessages, "maxMessages"),
      maxWait: bulk.maxWait === undefined ? undefined : count(bulk.maxWait, "maxWait"),
    },
    metadata: wireMetadata(metadata, "the subscription"),
  };
}

function ownEvent({ kind, data, extensions, ...event }: WireEvent): CloudEvent {
  const own: Record<string, JsonValue> = Object.create(null);
  for (const [name, attribute] of extensions) {
    own[name] = ownAttribute(attribute);
  }
  return { ...event, type: kind, data: ownBytes(data), extensions: own };
}

/** What the host calls JSON and is none is still a text. */
function ownAttribute({ tag, val }: WireAttribute): JsonValue {
  if (tag !== "json") {
    return val;
  }
  try {
    return parseJson(val);
  } catch {
    return val;
  }
}

function ownEntry({ entryId, payload, contentType, metadata: about }: WireEntry): MessageEntry {
  const common = { entryId, contentType, metadata: metadata(about) };
  if (payload.tag === "raw") {
    return { ...common, data: ownBytes(payload.val) };
  }
  const event = ownEvent(payload.val);
  return { ...common, data: event.data, event };
}

function wireOutcome(outcome: MessageOutcome | void): MessageOutcome {
  if (outcome === undefined) {
    return "success";
  }
  return oneOf(OUTCOMES, outcome, "the outcome");
}

function wireAnswer(answer: InputAnswer | void) {
  const { data, forwardTo = [], inParallel = false } = record(answer ?? {}, "the answer");
  return {
    data: data === undefined ? new Uint8Array() : bytes(data, "the answer's data"),
    forwardTo: names(forwardTo, "the bindings"),
    inParallel: Boolean(inParallel),
  };
}
