/** A state store: items in memory, with etags. */

import { EtagInvalid, EtagMismatch } from "@plugbox/guest";
import type { DeleteRequest, GetRequest, Item, SetRequest, StateFeature, StateStore } from "@plugbox/guest";

export class MyStateStore implements StateStore {
  readonly #items = new Map<string, Item>();
  #lastEtag = 0;

  init(): StateFeature[] {
    return ["ETAG"];
  }

  get({ key }: GetRequest): Item | undefined {
    return this.#items.get(key);
  }

  set({ key, value, contentType, etag, concurrency }: SetRequest): void {
    if (etag === undefined && concurrency === "first-write" && this.#items.has(key)) {
      throw new EtagMismatch(`key ${key} is there already, and only its first write can succeed`);
    }
    this.#check(key, etag);
    this.#lastEtag += 1;
    this.#items.set(key, { value, contentType, etag: String(this.#lastEtag) });
  }

  delete({ key, etag }: DeleteRequest): void {
    this.#check(key, etag);
    this.#items.delete(key);
  }

  /** A write with an etag is for the item that has it. */
  #check(key: string, etag: string | undefined): void {
    if (etag === undefined) {
      return;
    }
    if (!/^[1-9]\d*$/.test(etag)) {
      throw new EtagInvalid(`${JSON.stringify(etag)} is not an etag of this store: those are decimal numbers`);
    }
    const now = this.#items.get(key)?.etag;
    if (etag !== now) {
      throw new EtagMismatch(`key ${key} has ${now === undefined ? "no etag" : `the etag ${now}`} now, not ${etag}`);
    }
  }
}
