/**
 * A message broker in memory: each consumer group gets every message of its topics once, and gets it again after a while when its
 * application fails.
 */

import { ResourceExhausted } from "@plugbox/guest";
import type {
  Delivery,
  MessageDemand,
  Metadata,
  Outcome,
  OutgoingMessage,
  PubSub,
  PubSubFeature,
  PulledMessages,
  SubscriptionId,
} from "@plugbox/guest";

/** How many messages an application may have at once. */
const WINDOW = 10;
/** How long a message that failed waits, in milliseconds. */
const REDELIVER_AFTER = 100;
/** The most messages that wait for one group. */
const MOST = 10_000;

/** What is for one consumer group of one topic. */
interface Queue {
  readonly topic: string;
  readonly group: string | undefined;
  /** What can be delivered, in its order. */
  readonly ready: OutgoingMessage[];
  /** What failed, and when it can be delivered again; the earliest first. */
  readonly failed: { readonly message: OutgoingMessage; readonly due: number }[];
}

interface Subscription {
  readonly queue: Queue;
  /** What the application has, and has not answered, by the ids of the deliveries. */
  readonly out: Map<string, OutgoingMessage>;
}

export class MyPubSub implements PubSub {
  readonly #queues: Queue[] = [];
  readonly #subscriptions = new Map<SubscriptionId, Subscription>();
  readonly #now: () => number;
  #lastDelivery = 0;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  init(): PubSubFeature[] {
    return [];
  }

  publish(message: OutgoingMessage): void {
    const queues = this.#queues.filter(({ topic }) => topic === message.topic);
    if (queues.some(({ ready }) => ready.length >= MOST)) {
      throw new ResourceExhausted(`${MOST} messages of the topic ${message.topic} wait already`);
    }
    for (const { ready } of queues) {
      ready.push(message);
    }
  }

  subscribe(id: SubscriptionId, topic: string, { consumerID: group }: Metadata): number {
    let queue = this.#queues.find((queue) => queue.topic === topic && queue.group === group);
    if (queue === undefined) {
      queue = { topic, group, ready: [], failed: [] };
      this.#queues.push(queue);
    }
    this.#subscriptions.set(id, { queue, out: new Map() });
    return WINDOW;
  }

  unsubscribe(id: SubscriptionId): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription !== undefined) {
      this.#subscriptions.delete(id);
      subscription.queue.ready.unshift(...subscription.out.values());
    }
  }

  pull(wanted: readonly MessageDemand[]): PulledMessages {
    const now = this.#now();
    const deliveries: Delivery[] = [];
    let next = Infinity;
    for (const { id, messages } of wanted) {
      const subscription = this.#subscriptions.get(id);
      if (subscription === undefined) {
        continue;
      }
      const { ready, failed } = subscription.queue;
      const due = failed.filter(({ due }) => due <= now);
      failed.splice(0, due.length);
      ready.unshift(...due.map(({ message }) => message));
      for (const message of ready.splice(0, messages)) {
        this.#lastDelivery += 1;
        const messageId = String(this.#lastDelivery);
        subscription.out.set(messageId, message);
        deliveries.push({ ...message, id, messageId });
      }
      next = Math.min(next, failed[0]?.due ?? Infinity);
    }
    return { deliveries, againAfter: Math.max(next - now, 0) };
  }

  ack(id: SubscriptionId, messageId: string, outcome: Outcome): void {
    const subscription = this.#subscriptions.get(id);
    const message = subscription?.out.get(messageId);
    if (subscription !== undefined && message !== undefined) {
      subscription.out.delete(messageId);
      if (!outcome.ok) {
        subscription.queue.failed.push({ message, due: this.#now() + REDELIVER_AFTER });
      }
    }
  }
}
