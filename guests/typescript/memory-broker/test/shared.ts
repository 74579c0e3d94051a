/** What the tests share: a broker with a clock of its own, and the applications that it serves. */

import assert from "node:assert/strict";
import type { Delivery, GuestError, Metadata, OutgoingMessage } from "@plugbox/guest";
import { Broker } from "../src/broker.js";
import { readSettings } from "../src/settings.js";

export class Clocked extends Broker {
  readonly #time: { now: number };

  constructor(properties: Metadata = {}) {
    const time = { now: 5 };
    super(() => time.now);
    this.#time = time;
    this.configure(readSettings(properties));
  }

  wait(milliseconds: number): void {
    this.#time.now += milliseconds;
  }

  send(topic: string, ...texts: string[]): void {
    for (const text of texts) {
      this.publish(message(topic, text));
    }
  }

  listen(id: number, topic: string, consumerID?: string): void {
    this.subscribe(id, topic, { consumerID });
  }

  /** What one subscription gets that can take so many messages. */
  take(id: number, messages: number): readonly Delivery[] {
    const { deliveries } = this.pull([{ id, messages }]);
    assert.ok(deliveries.every((delivery) => delivery.id === id));
    return deliveries;
  }

  /** The one message that a subscription gets which can take two. */
  takeOne(id: number): Delivery {
    const [delivery, ...more] = this.take(id, 2);
    assert.ok(delivery && more.length === 0);
    return delivery;
  }

  /** The texts that one subscription gets. */
  texts(id: number, messages: number): string[] {
    return this.take(id, messages).map(({ data }) => new TextDecoder().decode(data));
  }

  /** How long to wait for a subscription that gets nothing now. */
  waitOf(id: number): number | undefined {
    const { deliveries, againAfter } = this.pull([{ id, messages: 1 }]);
    assert.deepEqual(deliveries, []);
    return againAfter;
  }

  accept({ id, messageId }: Delivery): void {
    this.ack(id, messageId, { ok: true });
  }

  fail({ id, messageId }: Delivery): void {
    this.ack(id, messageId, { ok: false, reason: "the test says so" });
  }
}

export function message(topic: string, text: string, metadata: Metadata = {}): OutgoingMessage {
  return { topic, data: new TextEncoder().encode(text), contentType: "text/plain", metadata };
}

/** The error of one class, whose message says all of these. */
export function refused(action: () => unknown, kind: new (message: string) => GuestError, ...words: string[]): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof kind, `${String(error)} is no ${kind.name}`);
    for (const word of words) {
      assert.ok(error.message.includes(word), error.message);
    }
    return true;
  });
}
