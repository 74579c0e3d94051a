/** The state store's interfaces. */

import { InvalidArgument } from "../errors.js";
import { parseJson, type JsonValue } from "../json.js";
import type {
  BulkStateStore,
  Comparison,
  Concurrency,
  Consistency,
  DeleteRequest,
  Filter,
  Found,
  GetRequest,
  Item,
  Operation,
  Page,
  QueriableStateStore,
  QueryRequest,
  SetRequest,
  StateStore,
  TransactionalStateStore,
} from "../state.js";
import { ask, call, nothing, stateError } from "./call.js";
import { bytes, count, list, metadata, names, optionalText, ownBytes, record, text, wireMetadata } from "./wire.js";
import type { Tagged, WireMetadata, WireResult } from "./wire.js";

export interface WireGetRequest {
  key: string;
  consistency: Consistency;
  metadata: WireMetadata;
}

export interface WireDeleteRequest extends WireGetRequest {
  etag?: string;
  concurrency: Concurrency;
}

export interface WireSetRequest extends WireDeleteRequest {
  value: Uint8Array;
  contentType?: string;
}

export interface WireFound {
  key: string;
  value: Uint8Array;
  etag: string | undefined;
  contentType: string | undefined;
}

export interface WireItem extends Omit<WireFound, "key"> {
  metadata: WireMetadata;
}

export type WireOperation = Tagged<"set", WireSetRequest> | Tagged<"delete", WireDeleteRequest>;

export type WireValue =
  | { tag: "null" }
  | Tagged<"boolean", boolean>
  | Tagged<"integer", bigint>
  | Tagged<"number", number>
  | Tagged<"text" | "json", string>;

export type WireNode =
  | Tagged<"all-of" | "any-of", Uint32Array | number[]>
  | Tagged<"compare", { path: string; comparison: Comparison; value: WireValue }>
  | Tagged<"one-of", { path: string; values: WireValue[] }>;

export interface WireQueryRequest {
  filter: WireNode[];
  sort: { path: string; descending: boolean }[];
  limit?: number;
  token?: string;
  metadata: WireMetadata;
}

export function stateStore(store: () => StateStore) {
  return {
    init: (properties: WireMetadata) =>
      call(
        () => store().init(metadata(properties)),
        (features) => names(features, "the features"),
      ),
    get: (request: WireGetRequest) => call(() => store().get(getRequest(request)), optionalItem, stateError),
    set: (request: WireSetRequest) => call(() => store().set(setRequest(request)), nothing, stateError),
    delete: (request: WireDeleteRequest) => call(() => store().delete(deleteRequest(request)), nothing, stateError),
  };
}

export function bulkStateStore(store: () => BulkStateStore) {
  return {
    bulkGet: (requests: WireGetRequest[]) =>
      call(
        () => store().bulkGet(Array.from(requests, getRequest)),
        (answers) => list(answers, "the items").map(bulkAnswer),
        stateError,
      ),
    bulkSet: (requests: WireSetRequest[]) =>
      call(() => store().bulkSet(Array.from(requests, setRequest)), nothing, stateError),
    bulkDelete: (requests: WireDeleteRequest[]) =>
      call(() => store().bulkDelete(Array.from(requests, deleteRequest)), nothing, stateError),
  };
}

export function transactionalStateStore(store: () => TransactionalStateStore) {
  return {
    transact: (operations: WireOperation[], about: WireMetadata) =>
      call(() => store().transact(Array.from(operations, operation), metadata(about)), nothing, stateError),
    maxOperations: (): number | undefined =>
      ask(() => {
        const most = store().maxOperations;
        return most === undefined ? undefined : count(most, "maxOperations");
      }),
  };
}

export function queriableStateStore(store: () => QueriableStateStore) {
  return {
    query: (request: WireQueryRequest) => call(() => store().query(queryRequest(request)), page, stateError),
  };
}

function getRequest(wire: WireGetRequest): GetRequest {
  return { ...wire, metadata: metadata(wire.metadata) };
}

function setRequest(wire: WireSetRequest): SetRequest {
  return { ...wire, value: ownBytes(wire.value), metadata: metadata(wire.metadata) };
}

function deleteRequest(wire: WireDeleteRequest): DeleteRequest {
  return { ...wire, metadata: metadata(wire.metadata) };
}

function operation(wire: WireOperation): Operation {
  return wire.tag === "set" ? { kind: "set", ...setRequest(wire.val) } : { kind: "delete", ...deleteRequest(wire.val) };
}

function optionalItem(item: Item | undefined): WireItem | undefined {
  return item === undefined || item === null ? undefined : wireItem(item);
}

function wireItem(item: Item): WireItem {
  record(item, "the item");
  return {
    value: bytes(item.value, "the item's value"),
    etag: optionalText(item.etag, "the item's etag"),
    contentType: optionalText(item.contentType, "the item's content type"),
    metadata: wireMetadata(item.metadata, "the item"),
  };
}

function bulkAnswer(answer: Item | undefined | Error): WireResult<WireItem | undefined, string> {
  return answer instanceof Error ? { tag: "err", val: answer.message } : { tag: "ok", val: optionalItem(answer) };
}

function queryRequest(wire: WireQueryRequest): QueryRequest {
  return {
    filter: filter(wire.filter),
    sort: Array.from(wire.sort, ({ path, descending }) => ({ path: path.split("."), descending })),
    limit: wire.limit,
    token: wire.token,
    metadata: metadata(wire.metadata),
  };
}

/**
 * The tree that a list of nodes stands for. A node names its children by their places, which are later than its own: so from the
 * end of the list on, they are always there already.
 */
export function filter(nodes: readonly WireNode[]): Filter | undefined {
  const trees: Filter[] = [];
  for (const [place, node] of [...nodes.entries()].reverse()) {
    trees[place] = tree(node, (child) => {
      const found = trees[child];
      if (found === undefined) {
        throw new InvalidArgument(`node ${place} of the filter names node ${child} of ${nodes.length} as its child`);
      }
      return found;
    });
  }
  return trees[0];
}

function tree(node: WireNode, find: (child: number) => Filter): Filter {
  switch (node.tag) {
    case "all-of":
      return { kind: "all", of: Array.from(node.val, find) };
    case "any-of":
      return { kind: "any", of: Array.from(node.val, find) };
    case "compare": {
      const { path, comparison, value } = node.val;
      return { kind: "compare", path: path.split("."), comparison, value: json(value) };
    }
    case "one-of":
      return { kind: "one-of", path: node.val.path.split("."), values: Array.from(node.val.values, json) };
  }
}

function json(value: WireValue): JsonValue {
  switch (value.tag) {
    case "null":
      return null;
    case "integer": {
      const number = Number(value.val);
      return Number.isSafeInteger(number) ? number : value.val;
    }
    case "json":
      try {
        return parseJson(value.val);
      } catch (cause) {
        throw new InvalidArgument(`a value of the filter is not JSON: ${String(cause)}`, { cause });
      }
    default:
      return value.val;
  }
}

function page(page: Page) {
  record(page, "the page");
  return {
    items: list(page.items, "the page's items").map(wireFound),
    token: optionalText(page.token, "the page's token"),
    metadata: wireMetadata(page.metadata, "the page"),
  };
}

function wireFound(found: Found): WireFound {
  record(found, "the item");
  return {
    key: text(found.key, "the item's key"),
    value: bytes(found.value, "the item's value"),
    etag: optionalText(found.etag, "the item's etag"),
    contentType: optionalText(found.contentType, "the item's content type"),
  };
}
