/** The items and the rules of writing them: etags, first writes, expiry, and transactions. */

import { EtagInvalid, EtagMismatch } from "@plugbox/guest";
import type { DeleteRequest, Item, Operation, SetRequest } from "@plugbox/guest";
import sorted from "sorted-btree";
import { firstEtag, parseEtag } from "./etag.js";
import { requestedExpiry } from "./expiry.js";

/**
 * How many expired items one write clears away. More than the one that it may add, so that they never pile up; few enough that no
 * write has to wait for the clearing of a million.
 */
const CLEARED_PER_WRITE = 32;

/** What is stored under one key. It may have expired: then it is as good as missing. */
export interface Entry {
  readonly value: Uint8Array;
  readonly contentType: string | undefined;
  readonly etag: number;
  readonly expires: number | undefined;
}

/** When an entry expires. The etag tells apart those that expire at one moment. */
type Expiry = Pick<Entry, "etag"> & { readonly expires: number };

/** All that is stored. */
export class Store {
  readonly #entries = new Map<string, Entry>();
  /** The keys of the entries that expire, the next to do so first. */
  readonly #expiring = new sorted.default<Expiry, string>(
    undefined,
    (a, b) => a.expires - b.expires || a.etag - b.etag,
  );
  readonly #now: () => number;
  #lastEtag: number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#lastEtag = firstEtag(now());
  }

  get(key: string): Item | undefined {
    const entry = this.#live(key);
    if (entry === undefined) {
      return undefined;
    }
    const { value, contentType, etag, expires } = entry;
    const metadata = expires === undefined ? {} : { ttlExpireTime: new Date(expires).toISOString() };
    return { value, contentType, etag: String(etag), metadata };
  }

  set(request: SetRequest): void {
    this.#clearExpired(1);
    this.#write(request);
  }

  delete(request: DeleteRequest): void {
    this.#clearExpired(1);
    this.#remove(request);
  }

  /** Does all operations or none: what those before a failure did is undone, the last of them first. */
  transact(operations: readonly Operation[]): void {
    this.#clearExpired(operations.length);
    const done: [string, Entry | undefined][] = [];
    try {
      for (const operation of operations) {
        const before = operation.kind === "set" ? this.#write(operation) : this.#remove(operation);
        done.push([operation.key, before]);
      }
    } catch (failure) {
      for (const [key, before] of done.reverse()) {
        this.#replace(key, before);
      }
      throw failure;
    }
  }

  /** All entries that have not expired, in no order. */
  *entries(): Generator<[string, Entry]> {
    const now = this.#now();
    for (const [key, entry] of this.#entries) {
      if (!hasExpired(entry, now)) {
        yield [key, entry];
      }
    }
  }

  /** How many entries take memory, those that have expired among them, and how many of them expire. */
  get held(): [number, number] {
    return [this.#entries.size, this.#expiring.size];
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    // The clock is asked only for entries that expire: it costs a call out of the guest.
    return entry?.expires !== undefined && hasExpired(entry, this.#now()) ? undefined : entry;
  }

  /** Answers what was there before. */
  #write({ key, value, contentType, etag, concurrency, metadata }: SetRequest): Entry | undefined {
    this.#check(key, etag, concurrency === "first-write");
    const expires = requestedExpiry(metadata, key, this.#now);
    this.#lastEtag += 1;
    return this.#replace(key, { value, contentType, etag: this.#lastEtag, expires });
  }

  /** Answers what was there before. */
  #remove({ key, etag }: DeleteRequest): Entry | undefined {
    this.#check(key, etag, false);
    return this.#replace(key, undefined);
  }

  /** Throws where a write with this etag may not go on. `firstOnly` speaks where there is no etag. */
  #check(key: string, text: string | undefined, firstOnly: boolean): void {
    const name = JSON.stringify(key);
    const entry = text || firstOnly ? this.#live(key) : undefined;
    if (!text) {
      if (firstOnly && entry !== undefined) {
        throw new EtagMismatch(`key ${name} is there already, and only its first write can succeed`);
      }
      return;
    }
    const etag = parseEtag(text);
    if (etag === undefined) {
      const given = JSON.stringify(text);
      throw new EtagInvalid(`${given}, given for key ${name}, is not an etag of this store: those are decimal numbers`);
    }
    if (entry === undefined) {
      throw new EtagMismatch(`key ${name} is not there, so no etag matches`);
    }
    if (entry.etag !== etag) {
      throw new EtagMismatch(`key ${name} has the etag ${entry.etag} now, not ${etag}`);
    }
  }

  /**
   * Puts an entry, or none, in the place of what is there, and answers that. All changes go through here, so that `#expiring` is
   * never out of step.
   */
  #replace(key: string, entry: Entry | undefined): Entry | undefined {
    const before = this.#entries.get(key);
    if (before !== undefined && expires(before)) {
      this.#expiring.delete(before);
    }
    if (entry === undefined) {
      this.#entries.delete(key);
    } else {
      this.#entries.set(key, entry);
      if (expires(entry)) {
        this.#expiring.set(entry, key);
      }
    }
    return before;
  }

  /** Gives back the memory of items that have expired, some for each write to come. */
  #clearExpired(writes: number): void {
    if (this.#expiring.isEmpty) {
      return;
    }
    const now = this.#now();
    for (let left = writes * CLEARED_PER_WRITE; left > 0; left -= 1) {
      const first = this.#expiring.minKey();
      if (first === undefined || first.expires > now) {
        return;
      }
      const key = this.#expiring.get(first);
      this.#expiring.delete(first);
      if (key !== undefined) {
        this.#entries.delete(key);
      }
    }
  }
}

function expires(entry: Entry): entry is Entry & Expiry {
  return entry.expires !== undefined;
}

function hasExpired(entry: Entry, now: number): boolean {
  return entry.expires !== undefined && entry.expires <= now;
}
