/** The queues, the subscriptions, and what happens between them. */

import { InvalidArgument, ResourceExhausted } from "@plugbox/guest";
import type {
  Delivery,
  MessageDemand,
  Metadata,
  Outcome,
  OutgoingMessage,
  PulledMessages,
  SubscriptionId,
} from "@plugbox/guest";
import sorted from "sorted-btree";
import { hasExpired, Queue, type Held, type Message } from "./queue.js";
import { DEFAULTS, groupOf, lifeOf, windowOf, type Settings } from "./settings.js";
import { checkTopic, TopicFilter } from "./topic.js";

interface Subscription {
  readonly queue: Queue;
  /** What is not acknowledged, by the id that it was delivered under. */
  readonly out: Map<string, Held>;
}

type Expiry = readonly [expires: number, number: number];

export class Broker {
  #settings = DEFAULTS;
  readonly #queues: Queue[] = [];
  readonly #subscriptions = new Map<SubscriptionId, Subscription>();
  /** The messages that expire, by when and number, and the queues that have them; until they have, or are done with. */
  readonly #expiring = new sorted.default<Expiry, Set<Queue>>(undefined, (a, b) => a[0] - b[0] || a[1] - b[1]);
  readonly #now: () => number;
  #lastMessage = 0;
  #lastDelivery = 0;

  /** The clock is one that never goes back, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  configure(settings: Settings): void {
    this.#settings = settings;
  }

  /** The message reaches all queues that are for its topic, or none. */
  publish(outgoing: OutgoingMessage): void {
    checkTopic(outgoing.topic);
    const life = lifeOf(outgoing.metadata);
    this.#clearExpired();
    const most = this.#settings.maxMessages;
    const queues = this.#queues.filter((queue) => queue.filter.matches(outgoing.topic));
    const full = queues.find((queue) => queue.size >= most);
    if (full !== undefined) {
      const [group, topic] = [JSON.stringify(full.group), JSON.stringify(outgoing.topic)];
      throw new ResourceExhausted(
        `the group ${group} has ${full.size} messages of the topic ${topic} to take first; maxMessages allows ${most}`,
      );
    }
    this.#lastMessage += 1;
    const expires = life === undefined ? undefined : this.#now() + life;
    const message: Message = { ...outgoing, number: this.#lastMessage, expires };
    for (const queue of queues) {
      queue.push(message);
    }
    if (expires !== undefined && queues.length > 0) {
      this.#expiring.set([expires, message.number], new Set(queues));
    }
  }

  /** Answers the subscription's window. */
  subscribe(id: SubscriptionId, topic: string, metadata: Metadata): number {
    const window = windowOf(metadata) ?? this.#settings.window;
    const filter = new TopicFilter(topic);
    const group = groupOf(metadata) ?? this.#settings.group;
    if (this.#subscriptions.has(id)) {
      throw new InvalidArgument(`there is a subscription ${id} already`);
    }
    let queue = this.#queues.find((queue) => queue.filter.topic === topic && queue.group === group);
    if (queue === undefined) {
      queue = new Queue(group, filter);
      this.#queues.push(queue);
    }
    this.#subscriptions.set(id, { queue, out: new Map() });
    return window;
  }

  unsubscribe(id: SubscriptionId): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) {
      return;
    }
    this.#subscriptions.delete(id);
    const { queue, out } = subscription;
    for (const held of out.values()) {
      if (hasExpired(held.message, this.#now())) {
        this.#forget(queue, held);
      } else {
        queue.returned(held);
      }
    }
  }

  /**
   * What there is, by turns where subscriptions share a queue; and how long it takes until there may be more, if time alone can
   * bring it.
   */
  pull(wanted: readonly MessageDemand[]): PulledMessages {
    this.#clearExpired();
    const now = this.#now();
    const deliveries: Delivery[] = [];
    let due = Infinity;
    let left = wanted.map(({ id, messages }) => ({ id, messages })).filter(({ messages }) => messages > 0);
    while (left.length > 0) {
      left = left.filter((demand) => {
        const queue = this.#subscriptions.get(demand.id)?.queue;
        const delivery = this.#deliver(demand.id, now);
        if (delivery === undefined) {
          due = Math.min(due, queue?.due ?? Infinity);
          return false;
        }
        deliveries.push(delivery);
        demand.messages -= 1;
        return demand.messages > 0;
      });
    }
    return { deliveries, againAfter: due === Infinity ? undefined : Math.max(due - now, 0) };
  }

  ack(id: SubscriptionId, messageId: string, outcome: Outcome): void {
    const subscription = this.#subscriptions.get(id);
    const held = subscription?.out.get(messageId);
    if (subscription === undefined || held === undefined) {
      return;
    }
    const { queue, out } = subscription;
    out.delete(messageId);
    if (outcome.ok || hasExpired(held.message, this.#now())) {
      this.#forget(queue, held);
    } else if (held.deliveries >= this.#settings.maxDeliveries) {
      const topic = JSON.stringify(held.message.topic);
      console.error(
        `a message of the topic ${topic} is dropped after ${held.deliveries} failed deliveries, the last one because: ${outcome.reason}`,
      );
      this.#forget(queue, held);
    } else {
      queue.postponed(held, this.#now() + this.#settings.redeliverAfter);
    }
  }

  /** How many messages take memory, and how many of them expire. */
  get held(): [number, number] {
    const expiring = [...this.#expiring.values()].map((queues) => queues.size);
    return [sum(this.#queues.map(({ size }) => size)), sum(expiring)];
  }

  /** The next message for a subscription. */
  #deliver(id: SubscriptionId, now: number): Delivery | undefined {
    const subscription = this.#subscriptions.get(id);
    const held = subscription?.queue.next(now);
    if (subscription === undefined || held === undefined) {
      return undefined;
    }
    // Each delivery has an id of its own, so that no answer to one is taken for the answer to another.
    this.#lastDelivery += 1;
    const messageId = String(this.#lastDelivery);
    subscription.out.set(messageId, held);
    const { topic, data, contentType, metadata } = held.message;
    const again = held.deliveries > 1 ? { deliveryCount: String(held.deliveries) } : {};
    return { id, messageId, topic, data, contentType, metadata: { ...metadata, ...again } };
  }

  /** Is done with a message that was out. */
  #forget(queue: Queue, { message: { expires, number } }: Held): void {
    queue.settled();
    if (expires === undefined) {
      return;
    }
    const queues = this.#expiring.get([expires, number]);
    queues?.delete(queue);
    if (queues?.size === 0) {
      this.#expiring.delete([expires, number]);
    }
  }

  /** Gives back the memory of the messages that have expired. */
  #clearExpired(): void {
    // The clock is asked only where it can matter: it costs a call out of the guest.
    if (this.#expiring.isEmpty) {
      return;
    }
    const now = this.#now();
    for (let first = this.#expiring.minKey(); first !== undefined && first[0] <= now; first = this.#expiring.minKey()) {
      for (const queue of this.#expiring.get(first) ?? []) {
        queue.expired(first[1]);
      }
      this.#expiring.delete(first);
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
