/** Message brokers. Messages are pulled, and waiting is the host's work. */

import type { Awaitable, Metadata, Outcome } from "./metadata.js";

/**
 * What only the broker itself knows of itself. `BULK_PUBSUB` follows from what it implements. `BULK_SUBSCRIBE_IMMEDIATE`: daprd is
 * not to hold back a message until there are more for a bulk subscription.
 */
export type PubSubFeature = "MESSAGE_TTL" | "SUBSCRIBE_WILDCARDS" | "BULK_SUBSCRIBE_IMMEDIATE";

/** Names a subscription. The host chooses it, and uses it once in one instance. */
export type SubscriptionId = number;

/** A message that an application publishes. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly data: Uint8Array;
  readonly contentType?: string | undefined;
  /** In a broker with the feature `MESSAGE_TTL`, `ttlInSeconds` is the message's life, in whole seconds. */
  readonly metadata: Metadata;
}

/** How many messages a subscription can take now, at least 1. */
export interface MessageDemand {
  readonly id: SubscriptionId;
  readonly messages: number;
}

/** A message for a subscription. */
export interface Delivery {
  readonly id: SubscriptionId;
  /** Names the message among those of this subscription that are not acknowledged. Never empty. */
  readonly messageId: string;
  /** The topic that it was published to. */
  readonly topic: string;
  readonly data: Uint8Array;
  readonly contentType?: string | undefined;
  readonly metadata?: Metadata;
}

export interface PulledMessages {
  /** No more for each subscription than it asked for. */
  readonly deliveries: readonly Delivery[];
  /** The host pulls again after so many milliseconds; in any case after the next call to this instance. */
  readonly againAfter?: number | undefined;
}

/** A message broker. */
export interface PubSub {
  /** As a state store's. `consumerID` among the properties is the application's name, which stands for its consumer group. */
  init(properties: Metadata): Awaitable<readonly PubSubFeature[]>;
  /** Publishes a message. Once this returns, it is the broker's. */
  publish(message: OutgoingMessage): Awaitable<void>;
  /**
   * Opens a subscription: what is published from now on is for it. Answers how many messages it may have out and not
   * acknowledged at once, at least 1. `consumerID` in the metadata is its group.
   */
  subscribe(id: SubscriptionId, topic: string, metadata: Metadata): Awaitable<number>;
  /** Closes a subscription. What it was given and did not acknowledge counts as not delivered. */
  unsubscribe(id: SubscriptionId): Awaitable<void>;
  /** Answers at once with what there is for these subscriptions. What it throws closes nothing: the host asks again later. */
  pull(wanted: readonly MessageDemand[]): Awaitable<PulledMessages>;
  /** The application is done with a message, and has taken it or not. Unknown ids are to be ignored. */
  ack(id: SubscriptionId, messageId: string, outcome: Outcome): Awaitable<void>;
}

/** One message of many. */
export interface BulkEntry {
  /** Names the message in the answer. */
  readonly entryId: string;
  readonly data: Uint8Array;
  readonly contentType?: string | undefined;
  readonly metadata: Metadata;
}

/** A message that could not be published, and why, in words. */
export interface BulkFailure {
  readonly entryId: string;
  readonly reason: string;
}

/** For a broker that takes many messages at once better than one by one. */
export interface BulkPublish {
  /** Publishes what it can, and answers which it could not. What it throws means that it published none. */
  bulkPublish(topic: string, entries: readonly BulkEntry[], metadata: Metadata): Awaitable<readonly BulkFailure[]>;
}
