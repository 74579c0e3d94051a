/**
 * A state store in memory with all that Dapr knows of state: etags, first writes, expiry, bulk calls, transactions, queries.
 *
 * This file is the border: each function that the host calls is one line here. The rules behind it are plain TypeScript, which
 * `npm test` runs without WebAssembly.
 *
 * Nothing bounds what is stored but the memory that the host grants to the instance, and nothing outlives the instance.
 */

import type {
  BulkStateStore,
  DeleteRequest,
  GetRequest,
  Guest,
  Item,
  Operation,
  Page,
  QueriableStateStore,
  QueryRequest,
  SetRequest,
  StateFeature,
  StateStore,
  TransactionalStateStore,
} from "@plugbox/guest";
import { query } from "./query.js";
import { Store } from "./store.js";

export class MemoryState implements StateStore, BulkStateStore, TransactionalStateStore, QueriableStateStore {
  readonly #store = new Store();

  /**
   * Needs no properties. Whoever calls it again finds the items still there: Dapr does so when the Component resource has
   * changed, and its applications do not expect to lose their state by that.
   */
  init(): StateFeature[] {
    return ["ETAG", "TTL"];
  }

  get(request: GetRequest): Item | undefined {
    return this.#store.get(request.key);
  }

  set(request: SetRequest): void {
    this.#store.set(request);
  }

  delete(request: DeleteRequest): void {
    this.#store.delete(request);
  }

  bulkGet(requests: readonly GetRequest[]): (Item | undefined)[] {
    return requests.map((request) => this.#store.get(request.key));
  }

  bulkSet(requests: readonly SetRequest[]): void {
    each(requests, (request) => this.#store.set(request));
  }

  bulkDelete(requests: readonly DeleteRequest[]): void {
    each(requests, (request) => this.#store.delete(request));
  }

  /** The transaction's own metadata is for stores that are spread over partitions; an item's expiry comes with its operation. */
  transact(operations: readonly Operation[]): void {
    this.#store.transact(operations);
  }

  query(request: QueryRequest): Page {
    return query(this.#store, request);
  }
}

/** Does what can be done of all requests, then throws the first failure. */
function each<R>(requests: readonly R[], write: (request: R) => void): void {
  const failures: unknown[] = [];
  for (const request of requests) {
    try {
      write(request);
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) {
    throw failures[0];
  }
}

export default { stateStore: () => new MemoryState() } satisfies Guest;
