/** What one group has still to get of one topic. */

import type { OutgoingMessage } from "@plugbox/guest";
import sorted from "sorted-btree";
import type { TopicFilter } from "./topic.js";

/** A message as it was published. All queues that have it share it. */
export interface Message extends OutgoingMessage {
  /** Counts up in the order of publishing. */
  readonly number: number;
  /** Always later than when it was published. */
  readonly expires: number | undefined;
}

/** A message in one queue, or out from it. */
export interface Held {
  readonly message: Message;
  readonly deliveries: number;
}

type Due = readonly [due: number, number: number];

export class Queue {
  readonly group: string;
  readonly filter: TopicFilter;
  /** What can be delivered, by its number: what comes back stands where it stood. */
  readonly #ready = new sorted.default<number, Held>();
  /** What has failed, by when it is ready again. */
  readonly #failed = new sorted.default<Due, Held>(undefined, (a, b) => a[0] - b[0] || a[1] - b[1]);
  /** How many messages are out with subscriptions. */
  #out = 0;

  constructor(group: string, filter: TopicFilter) {
    this.group = group;
    this.filter = filter;
  }

  /** How many messages take memory. */
  get size(): number {
    return this.#ready.size + this.#failed.size + this.#out;
  }

  /** When the next of those that have failed is ready again. */
  get due(): number | undefined {
    return this.#failed.minKey()?.[0];
  }

  push(message: Message): void {
    this.#ready.set(message.number, { message, deliveries: 0 });
  }

  /** The oldest message that can be delivered. It is out until it is `settled`, `returned` or `postponed`. */
  next(now: number): Held | undefined {
    for (let first = this.#failed.minKey(); first !== undefined && first[0] <= now; first = this.#failed.minKey()) {
      const held = this.#failed.get(first);
      this.#failed.delete(first);
      if (held !== undefined && !hasExpired(held.message, now)) {
        this.#ready.set(held.message.number, held);
      }
    }
    const oldest = this.#ready.minKey();
    const held = oldest === undefined ? undefined : this.#ready.get(oldest);
    if (oldest === undefined || held === undefined) {
      return undefined;
    }
    this.#ready.delete(oldest);
    this.#out += 1;
    return { ...held, deliveries: held.deliveries + 1 };
  }

  /** A message that was out is done with. */
  settled(): void {
    this.#out -= 1;
  }

  /** A message that was out counts as not delivered. */
  returned({ message, deliveries }: Held): void {
    this.settled();
    this.#ready.set(message.number, { message, deliveries: deliveries - 1 });
  }

  /** A message that was out has failed. */
  postponed(held: Held, due: number): void {
    this.settled();
    this.#failed.set([due, held.message.number], held);
  }

  /**
   * Forgets a message that can be delivered. One that has failed is looked at when it is ready again, and one that is out when it
   * comes back.
   */
  expired(number: number): void {
    this.#ready.delete(number);
  }
}

export function hasExpired({ expires }: Message, now: number): boolean {
  return expires !== undefined && expires <= now;
}
