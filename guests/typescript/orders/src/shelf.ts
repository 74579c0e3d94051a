/**
 * Orders in the state store, and how two who change one at the same time come to terms: each write names the etag of what it was made
 * of.
 */

import { DaprError, jsonBody, readJson, type Item, type Write } from "@plugbox/guest";
import type { World } from "./dapr.js";
import { asking, missing, ofOrder } from "./failure.js";
import type { Order } from "./order.js";

/** How often a change is begun anew because somebody else was quicker. */
const ATTEMPTS = 10;

/** An order as it is kept. */
export interface Kept {
  readonly order: Order;
  /** The customer was told. */
  readonly confirmed: boolean;
  /** It has left the house. */
  readonly shipped: boolean;
}

/** An order in the store, and what its next write has to name. */
export interface Found {
  readonly kept: Kept;
  readonly etag: string | undefined;
}

export class Shelf {
  readonly #state;
  readonly #store;

  constructor({ dapr, settings }: World) {
    this.#state = dapr.state;
    this.#store = settings.store;
  }

  find(id: string): Found | undefined {
    // What another instance has just written is to be seen.
    const item = this.#ask(() => this.#state.get(this.#store, id, { consistency: "strong" }));
    return item && readFound(id, item);
  }

  /** Each order by itself; an `Error` in its place says why it could not be read. */
  findAll(ids: readonly string[]): readonly (Item | undefined | Error)[] {
    return this.#ask(() => this.#state.bulkGet(this.#store, ids));
  }

  /** Keeps an order that is new, or answers the one that is there under its id. */
  insert(order: Order): Kept {
    const kept = { order, confirmed: false, shipped: false };
    if (this.saves([write(kept, undefined)])) {
      return kept;
    }
    const found = this.find(order.id);
    if (found === undefined) {
      throw contended(order.id);
    }
    return found.kept;
  }

  /**
   * Changes an order. `edit` answers what it is to be; nothing, where it is that already. It is called again where somebody else was
   * quicker.
   */
  change(id: string, edit: (kept: Kept) => Kept | undefined): void {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = this.find(id);
      if (found === undefined) {
        throw missing(id);
      }
      const changed = edit(found.kept);
      if (changed === undefined || this.saves([write(changed, found.etag)])) {
        return;
      }
    }
    throw contended(id);
  }

  /** Whether that went well; not, where somebody else has written since. */
  saves(writes: readonly Write[]): boolean {
    try {
      this.#ask(() => this.#state.save(this.#store, writes), isConflict);
      return true;
    } catch (thrown) {
      if (isConflict(thrown)) {
        return false;
      }
      throw thrown;
    }
  }

  #ask<T>(ask: () => T, expected?: (thrown: unknown) => boolean): T {
    return asking("state store", this.#store, ask, expected);
  }
}

export function readFound(id: string, { value, etag }: Item): Found {
  const broken = (why: string) =>
    ofOrder("data-loss", "ORDER_BROKEN", id, `what the store has of it is no order: ${why}`);
  let json;
  try {
    json = readJson(value, "it");
  } catch (cause) {
    throw broken((cause as Error).message);
  }
  if (typeof json !== "object" || json === null || !("order" in json)) {
    throw broken("it has no order");
  }
  return { kept: json as unknown as Kept, etag };
}

/** A write over what had this etag; none for the first. */
export function write(kept: Kept, etag: string | undefined): Write {
  const { data, contentType } = jsonBody(kept);
  return { key: kept.order.id, value: data, contentType, etag, concurrency: "first-write", consistency: "strong" };
}

function isConflict(thrown: unknown): boolean {
  return thrown instanceof DaprError && thrown.code === "aborted";
}

function contended(id: string): Error {
  return ofOrder("aborted", "ORDER_CONTENDED", id, "too many write it at the same time");
}
