/** An input binding: an event at an interval, which the property `interval` says, like `250ms` or `5m`. */

import { InvalidArgument } from "@plugbox/guest";
import type { Answer, BindingEvent, EventDemand, InputBinding, Metadata, PulledEvents, ReaderId } from "@plugbox/guest";

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

interface Reader {
  /** When its next event comes. */
  due: number;
  events: number;
}

export class MyInputBinding implements InputBinding {
  readonly #readers = new Map<ReaderId, Reader>();
  readonly #now: () => number;
  #interval = 1000;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  init({ interval = "1s" }: Metadata): void {
    const [, number, unit = ""] = /^(\d+)(ms|s|m|h)$/.exec(interval) ?? [];
    this.#interval = Number(number) * (UNITS[unit] ?? NaN);
    if (!(this.#interval > 0)) {
      throw new InvalidArgument(`the interval ${JSON.stringify(interval)} is no time like 250ms or 5m`);
    }
  }

  /** An application has one event at once. */
  open(id: ReaderId): number {
    this.#readers.set(id, { due: this.#now() + this.#interval, events: 0 });
    return 1;
  }

  close(id: ReaderId): void {
    this.#readers.delete(id);
  }

  pull(wanted: readonly EventDemand[]): PulledEvents {
    const now = this.#now();
    const events: BindingEvent[] = [];
    let next = Infinity;
    for (const { id } of wanted) {
      const reader = this.#readers.get(id);
      if (reader === undefined) {
        continue;
      }
      if (reader.due <= now) {
        reader.due = now + this.#interval;
        reader.events += 1;
        const data = JSON.stringify({ event: reader.events, time: new Date().toISOString() });
        events.push({
          id,
          eventId: String(reader.events),
          data: new TextEncoder().encode(data),
          contentType: "application/json",
        });
      }
      next = Math.min(next, reader.due);
    }
    return { events, againAfter: Math.max(next - now, 0) };
  }

  /** The next event comes in any case. */
  answer(_id: ReaderId, eventId: string, answer: Answer): void {
    if (!answer.ok) {
      console.error(`the application failed at event ${eventId}: ${answer.reason}`);
    }
  }
}
