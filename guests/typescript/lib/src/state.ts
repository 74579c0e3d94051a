/** State stores. */

import type { JsonValue } from "./json.js";
import type { Awaitable, Metadata } from "./metadata.js";

/** What only the store itself knows of itself. `TRANSACTIONAL` and `QUERY_API` follow from what it implements. */
export type StateFeature = "ETAG" | "TTL" | "PARTITION_KEY";

/**
 * How writes to one key by several writers are settled. `first-write` without an etag succeeds only where the key is not there;
 * `unspecified` is as `last-write`. An etag that is given must match whatever this says.
 */
export type Concurrency = "unspecified" | "first-write" | "last-write";

/** How fresh a read, or how durable a write, is to be. A store that knows only one kind ignores it. */
export type Consistency = "unspecified" | "eventual" | "strong";

export interface GetRequest {
  /** The key as the runtime sends it; daprd puts the application's id before it (`app||key`). */
  readonly key: string;
  readonly consistency: Consistency;
  readonly metadata: Metadata;
}

export interface SetRequest {
  readonly key: string;
  /** The request's own: a store may keep it, and need not copy it. */
  readonly value: Uint8Array;
  readonly contentType?: string | undefined;
  /** The write happens only if the item's etag is this one. Never an empty string. */
  readonly etag?: string | undefined;
  readonly concurrency: Concurrency;
  readonly consistency: Consistency;
  /** In a store with the feature `TTL`, `ttlInSeconds` is the item's life. */
  readonly metadata: Metadata;
}

export interface DeleteRequest {
  readonly key: string;
  readonly etag?: string | undefined;
  readonly concurrency: Concurrency;
  readonly consistency: Consistency;
  readonly metadata: Metadata;
}

/** What is stored under a key. */
export interface Item {
  readonly value: Uint8Array;
  /** Changes at each write. Never empty. */
  readonly etag?: string | undefined;
  readonly contentType?: string | undefined;
  /** `ttlExpireTime`, in RFC 3339, while an expiry is set. */
  readonly metadata?: Metadata;
}

/** All that a guest needs to be a state store. The host answers bulk calls by looping over these functions. */
export interface StateStore {
  /**
   * Called before anything else, with the Component resource's metadata; again when that is changed, and after the host had to
   * start a new instance. What it throws is shown to whoever runs the component.
   */
  init(properties: Metadata): Awaitable<readonly StateFeature[]>;
  /** The item under a key, `undefined` where there is none, or it has expired. */
  get(request: GetRequest): Awaitable<Item | undefined>;
  /** Writes a value. Throws `EtagMismatch` or `EtagInvalid` where an etag, or `first-write`, forbids it. */
  set(request: SetRequest): Awaitable<void>;
  /** Deletes a key. A missing one is no error, unless an etag was given: then it is an `EtagMismatch`. */
  delete(request: DeleteRequest): Awaitable<void>;
}

/** For a store that does bulk calls better than one by one. Not atomic: what can be done is done. */
export interface BulkStateStore {
  /** One answer for each request, in their order. An `Error` in the place of an item says why that one failed. */
  bulkGet(requests: readonly GetRequest[]): Awaitable<readonly (Item | undefined | Error)[]>;
  /** Writes what it can; then throws the first failure, if any. */
  bulkSet(requests: readonly SetRequest[]): Awaitable<void>;
  /** Deletes what it can; then throws the first failure, if any. */
  bulkDelete(requests: readonly DeleteRequest[]): Awaitable<void>;
}

/** One step of a transaction. */
export type Operation = ({ readonly kind: "set" } & SetRequest) | ({ readonly kind: "delete" } & DeleteRequest);

/** For a store with transactions, which Dapr's actors need. */
export interface TransactionalStateStore {
  /** The most operations of one transaction. Asked once, after `init`; without it there is no limit. */
  readonly maxOperations?: number | undefined;
  /** Does all operations, in their order, or none. A later one sees what an earlier one wrote. */
  transact(operations: readonly Operation[], metadata: Metadata): Awaitable<void>;
}

/** How two values are compared. Values of different kinds are not equal, and neither is before the other. */
export type Comparison = "eq" | "neq" | "gt" | "gte" | "lt" | "lte";

/** Names of fields from the outside in. */
export type Path = readonly string[];

/** Which items a query wants. Never deeper than some dozens of levels. */
export type Filter =
  /** True where all are; never without any. */
  | { readonly kind: "all"; readonly of: readonly Filter[] }
  /** True where at least one is; never without any. */
  | { readonly kind: "any"; readonly of: readonly Filter[] }
  /** True where the field compares so with the value. Where there is no such field, only `neq` is true. */
  | { readonly kind: "compare"; readonly path: Path; readonly comparison: Comparison; readonly value: JsonValue }
  /** True where the field equals one of the values. */
  | { readonly kind: "one-of"; readonly path: Path; readonly values: readonly JsonValue[] };

/** One key to sort by. Items without the field come last, also when descending. */
export interface SortKey {
  readonly path: Path;
  readonly descending: boolean;
}

export interface QueryRequest {
  /** Without it: every item whose value is JSON. */
  readonly filter?: Filter | undefined;
  /** The first key decides, the next where those before are equal. */
  readonly sort: readonly SortKey[];
  /** The most items of one page, at least 1. */
  readonly limit?: number | undefined;
  /** From the page before. */
  readonly token?: string | undefined;
  readonly metadata: Metadata;
}

/** One item that was found. */
export interface Found {
  readonly key: string;
  readonly value: Uint8Array;
  readonly etag?: string | undefined;
  readonly contentType?: string | undefined;
}

export interface Page {
  readonly items: readonly Found[];
  /** Asks for the next page; none when this is the last. */
  readonly token?: string | undefined;
  readonly metadata?: Metadata;
}

/** For a store that looks into the JSON values that it holds. */
export interface QueriableStateStore {
  /** The items whose values are JSON and match. Throws `InvalidArgument` for a token that this store did not make. */
  query(request: QueryRequest): Awaitable<Page>;
}
