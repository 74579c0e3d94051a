/** State stores, between TypeScript's shapes and the contract's. */

import type { QueryPage, ReadOptions, Removal, StateClient, Step, Write } from "../client.js";
import { askDapr } from "../adapt/status.js";
import {
  bytes,
  count,
  list,
  metadata,
  oneOf,
  optionalText,
  ownBytes,
  record,
  text,
  wireMetadata,
} from "../adapt/wire.js";
import type { WireDeleteRequest, WireGetRequest, WireItem, WireOperation, WireSetRequest } from "../adapt/state.js";
import type { WireMetadata, WireResult } from "../adapt/wire.js";
import type { Concurrency, Consistency, Item } from "../state.js";

const CONSISTENCIES: readonly Consistency[] = ["unspecified", "eventual", "strong"];
const CONCURRENCIES: readonly Concurrency[] = ["unspecified", "first-write", "last-write"];

/** What the host has. */
export interface HostState {
  get(store: string, request: WireGetRequest): WireItem | undefined;
  bulkGet(
    store: string,
    keys: string[],
    parallelism: number | undefined,
    metadata: WireMetadata,
  ): WireResult<WireItem | undefined, string>[];
  save(store: string, items: WireSetRequest[]): void;
  delete(store: string, items: WireDeleteRequest[]): void;
  transact(store: string, operations: WireOperation[], metadata: WireMetadata): void;
  query(store: string, query: string, metadata: WireMetadata): WirePage;
}

interface WirePage {
  items: { key: string; value: WireResult<Uint8Array, string>; etag?: string }[];
  token?: string;
  metadata: WireMetadata;
}

export function stateClient(host: HostState): StateClient {
  return {
    get: (store, key, options = {}) =>
      askDapr(() =>
        ownItem(host.get(text(store, "the store"), { key: text(key, "the key"), ...wireOptions(options) })),
      ),
    bulkGet: (store, keys, { parallelism, metadata } = {}) =>
      askDapr(() => {
        const most = parallelism === undefined ? undefined : count(parallelism, "parallelism");
        const wanted = list(keys, "the keys").map((key) => text(key, "a key"));
        const answers = host.bulkGet(text(store, "the store"), wanted, most, wireMetadata(metadata, "the request"));
        return Array.from(answers, (answer) => (answer.tag === "ok" ? ownItem(answer.val) : new Error(answer.val)));
      }),
    save: (store, items) => askDapr(() => host.save(text(store, "the store"), list(items, "the items").map(wireWrite))),
    delete: (store, items) =>
      askDapr(() => host.delete(text(store, "the store"), list(items, "the items").map(wireRemoval))),
    transact: (store, steps, metadata) =>
      askDapr(() =>
        host.transact(
          text(store, "the store"),
          list(steps, "the steps").map(wireStep),
          wireMetadata(metadata, "the request"),
        ),
      ),
    query: (store, query, metadata) =>
      askDapr(() =>
        ownPage(host.query(text(store, "the store"), text(query, "the query"), wireMetadata(metadata, "the request"))),
      ),
  };
}

function wireOptions({ consistency = "unspecified", metadata }: ReadOptions) {
  return {
    consistency: oneOf(CONSISTENCIES, consistency, "the consistency"),
    metadata: wireMetadata(metadata, "the request"),
  };
}

function wireRemoval(removal: Removal): WireDeleteRequest {
  const { key, etag, concurrency = "unspecified" } = record(removal, "an item");
  const named = optionalText(etag, "the item's etag");
  return {
    key: text(key, "the item's key"),
    ...(named === undefined ? {} : { etag: named }),
    concurrency: oneOf(CONCURRENCIES, concurrency, "the concurrency"),
    ...wireOptions(removal),
  };
}

function wireWrite(write: Write): WireSetRequest {
  const contentType = optionalText(write.contentType, "the item's content type");
  return {
    ...wireRemoval(write),
    value: bytes(write.value, "the item's value"),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

function wireStep(step: Step): WireOperation {
  return step.kind === "set" ? { tag: "set", val: wireWrite(step) } : { tag: "delete", val: wireRemoval(step) };
}

function ownItem(wire: WireItem | undefined): Item | undefined {
  return wire && { ...wire, value: ownBytes(wire.value), metadata: metadata(wire.metadata) };
}

function ownPage({ items, token, metadata: about }: WirePage): QueryPage {
  return {
    items: Array.from(items, ({ key, value, etag }) => ({
      key,
      value: value.tag === "ok" ? ownBytes(value.val) : new Error(value.val),
      etag,
    })),
    token,
    metadata: metadata(about),
  };
}
