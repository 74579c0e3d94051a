/** What a guest may ask of Dapr, as far as it is granted (`--allow-dapr`). All of it throws `Denied` or `DaprError`. */

import type { InvokeRequest, InvokeResponse } from "./app.js";
import type { Metadata } from "./metadata.js";
import type { BulkFailure } from "./pub-sub.js";
import type { Secret } from "./secrets.js";
import type { Concurrency, Consistency, Item } from "./state.js";

/** What is to be read how. */
export interface ReadOptions {
  readonly consistency?: Consistency | undefined;
  readonly metadata?: Metadata;
}

/** A key that is to be deleted. */
export interface Removal extends ReadOptions {
  /** The application's own: daprd puts its id before it. */
  readonly key: string;
  /** It happens only if the item's etag is this one. */
  readonly etag?: string | undefined;
  readonly concurrency?: Concurrency | undefined;
}

/** A value that is to be written. */
export interface Write extends Removal {
  readonly value: Uint8Array;
  /** daprd parses what is `application/json`, and refuses what is none. */
  readonly contentType?: string | undefined;
}

/** One step of a transaction. */
export type Step = ({ readonly kind: "set" } & Write) | ({ readonly kind: "delete" } & Removal);

/** One item that a query found. */
export interface QueryResult {
  readonly key: string;
  /** An `Error` says why it cannot be shown. */
  readonly value: Uint8Array | Error;
  readonly etag?: string | undefined;
}

export interface QueryPage {
  readonly items: readonly QueryResult[];
  /** Asks for the next page, as the query's `page.token`; none when this is the last. */
  readonly token?: string | undefined;
  readonly metadata: Metadata;
}

/** State stores, by the names of their Component resources. */
export interface StateClient {
  /** The item under a key, `undefined` where there is none. */
  get(store: string, key: string, options?: ReadOptions): Item | undefined;
  /** One answer for each key, in their order. An `Error` in the place of an item says why that one failed. */
  bulkGet(
    store: string,
    keys: readonly string[],
    options?: { readonly parallelism?: number | undefined; readonly metadata?: Metadata },
  ): (Item | undefined | Error)[];
  /**
   * Writes values. An etag that is not the item's is a `DaprError` with the code `aborted`. Of several, good ones are written even when
   * others fail: use `transact` for all or none.
   */
  save(store: string, items: readonly Write[]): void;
  /** Deletes keys, as `save` writes. A missing key is deleted already. */
  delete(store: string, items: readonly Removal[]): void;
  /** Does all the steps, in their order, or none. For stores that have transactions. */
  transact(store: string, steps: readonly Step[], metadata?: Metadata): void;
  /** The items that a query finds, which is JSON as Dapr's documentation of state queries has it. Needs the whole store granted. */
  query(store: string, query: string, metadata?: Metadata): QueryPage;
}

/** A message to be published. */
export interface Publication {
  readonly data: Uint8Array;
  /** Without one it is text. Of what is `application/cloudevents+json`, the data is the whole event. */
  readonly contentType?: string | undefined;
  /** Like `ttlInSeconds`; `rawPayload` is `true` for what daprd is to make no CloudEvent of. */
  readonly metadata?: Metadata;
}

/** One message of many. */
export interface PublicationEntry extends Publication {
  /** Another for each. */
  readonly entryId: string;
}

/** Brokers. */
export interface PublishClient {
  /** Publishes a message. Once this returns, it is the broker's. */
  publish(pubsub: string, topic: string, message: Publication): void;
  /** Publishes what can be published, and answers which messages could not be. */
  bulkPublish(pubsub: string, topic: string, entries: readonly PublicationEntry[], metadata?: Metadata): BulkFailure[];
}

/** What is asked of another application: only the method is needed. */
export type AppCall = Pick<InvokeRequest, "method"> & Partial<InvokeRequest>;

/** What another application answers. */
export interface AppAnswer extends InvokeResponse {
  readonly data: Uint8Array;
}

/** Other applications, by their ids. */
export interface InvokeClient {
  /** Calls a method. An application that speaks HTTP needs `http` in the request. */
  invoke(app: string, request: AppCall): AppAnswer;
}

/** What is asked of an output binding. */
export interface BindingCall {
  /** One of those that the binding has, like `create`. */
  readonly operation: string;
  readonly data?: Uint8Array | undefined;
  readonly metadata?: Metadata;
}

/** Output bindings. */
export interface BindingClient {
  /** Does an operation. */
  invoke(binding: string, request: BindingCall): { readonly data: Uint8Array; readonly metadata: Metadata };
}

/** Secret stores. */
export interface SecretClient {
  /** One secret: its values by their names. */
  get(store: string, name: string, metadata?: Metadata): Secret;
  /** Every secret by its name. Needs the whole store granted. */
  bulkGet(store: string, metadata?: Metadata): { readonly [name: string]: Secret };
}
