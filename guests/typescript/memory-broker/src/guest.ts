/**
 * A message broker in memory with all that Dapr knows of messages: consumer groups, wildcards, expiry, bulk publishing.
 *
 * **Groups.** A subscription belongs to the group `consumerID` of its own metadata; without that, to the `consumerID` of the last
 * `init`, which daprd sets to the application's name. A group has one queue for each topic that it subscribed to, in that
 * spelling: each queue gets every message of its topic once, in the order of publishing, and hands it to one of the queue's
 * subscriptions. So applications each see all messages, and the copies of one application share them.
 *
 * A queue is there from its first subscription on: what was published before is not for it. It stays when its subscriptions
 * close, and keeps what comes. When it holds `maxMessages`, publishing to it fails with a `ResourceExhausted`.
 *
 * **Deliveries.** A message that the application has failed comes again after `redeliverInterval`, before all later ones that
 * still wait; those are delivered meanwhile. What a subscription had out when it closes is delivered again at once, and counts as
 * not delivered. From the second delivery on the metadata `deliveryCount` says how many there were.
 *
 * **Wildcards** are those of MQTT: in the topic of a subscription, whose levels `/` parts, the level `+` stands for any one
 * level, and `#` at the end for all that follow, none included: `a/#` has `a` too. In the midst of a level both are ordinary.
 *
 * **Expiry.** The metadata `ttlInSeconds` of a message, an integer from 1 on, is how long it can be delivered. For a bulk publish,
 * the request's own metadata holds for each entry that does not say otherwise.
 *
 * | property | meaning | without it |
 * |---|---|---|
 * | `consumerID` | the group of the subscriptions from now on; also in a subscription's metadata | one group without a name |
 * | `maxInFlight` | messages out and not acknowledged, for each subscription; also in a subscription's metadata | 1 |
 * | `redeliverInterval` | like `1.5s`, `250ms`, `1h30m`; at most a day | `100ms` |
 * | `maxDeliveries` | after so many failed deliveries a message is dropped, with a line on standard error | no end |
 * | `maxMessages` | how many messages a queue holds, those that are out included | 100000 |
 *
 * This file is the border: each function that the host calls is a line or two here. The rules behind it are plain TypeScript,
 * which `npm test` runs without WebAssembly. Nothing outlives the instance.
 */

import type {
  BulkEntry,
  BulkFailure,
  BulkPublish,
  Guest,
  MessageDemand,
  Metadata,
  Outcome,
  OutgoingMessage,
  PubSub,
  PubSubFeature,
  PulledMessages,
  SubscriptionId,
} from "@plugbox/guest";
import { Broker } from "./broker.js";
import { bulkPublish } from "./bulk.js";
import { readSettings } from "./settings.js";

export class MemoryBroker implements PubSub, BulkPublish {
  readonly #broker = new Broker();

  /**
   * Whoever calls it again finds all messages and subscriptions still there, under the new settings; the group and the window of
   * a subscription are those from when it was opened.
   */
  init(properties: Metadata): PubSubFeature[] {
    this.#broker.configure(readSettings(properties));
    return ["MESSAGE_TTL", "SUBSCRIBE_WILDCARDS", "BULK_SUBSCRIBE_IMMEDIATE"];
  }

  publish(message: OutgoingMessage): void {
    this.#broker.publish(message);
  }

  subscribe(id: SubscriptionId, topic: string, metadata: Metadata): number {
    return this.#broker.subscribe(id, topic, metadata);
  }

  unsubscribe(id: SubscriptionId): void {
    this.#broker.unsubscribe(id);
  }

  pull(wanted: readonly MessageDemand[]): PulledMessages {
    return this.#broker.pull(wanted);
  }

  ack(id: SubscriptionId, messageId: string, outcome: Outcome): void {
    this.#broker.ack(id, messageId, outcome);
  }

  bulkPublish(topic: string, entries: readonly BulkEntry[], metadata: Metadata): BulkFailure[] {
    return bulkPublish(this.#broker, topic, entries, metadata);
  }
}

export default { pubSub: () => new MemoryBroker() } satisfies Guest;
