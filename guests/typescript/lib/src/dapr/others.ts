/** Brokers, applications, bindings and secret stores, between TypeScript's shapes and the contract's. */

import type { Verb } from "../app.js";
import type {
  BindingClient,
  InvokeClient,
  Publication,
  PublicationEntry,
  PublishClient,
  SecretClient,
} from "../client.js";
import { ownResponse, wireHeaders, type WireRequest, type WireResponse } from "../adapt/invocation.js";
import type { WireMessage } from "../adapt/pub-sub.js";
import type { WireInvocation } from "../adapt/bindings.js";
import type { WireSecret } from "../adapt/secrets.js";
import { askDapr } from "../adapt/status.js";
import { bytes, list, metadata, oneOf, optionalText, ownBytes, record, text, wireMetadata } from "../adapt/wire.js";
import type { WireMetadata } from "../adapt/wire.js";
import type { Secret } from "../secrets.js";

const VERBS: readonly Verb[] = ["get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"];

/** What the host has. */
export interface HostPublish {
  publish(pubsub: string, topic: string, message: WireMessage): void;
  bulkPublish(
    pubsub: string,
    topic: string,
    entries: { entryId: string; message: WireMessage }[],
    metadata: WireMetadata,
  ): { entryId: string; reason: string }[];
}

export interface HostInvoke {
  invoke(app: string, request: WireRequest): WireResponse;
}

export interface HostBindings {
  invoke(binding: string, request: WireInvocation): { data: Uint8Array; metadata: WireMetadata };
}

export interface HostSecrets {
  get(store: string, name: string, metadata: WireMetadata): WireSecret;
  bulkGet(store: string, metadata: WireMetadata): [string, WireSecret][];
}

export function publishClient(host: HostPublish): PublishClient {
  return {
    publish: (pubsub, topic, message) =>
      askDapr(() => host.publish(text(pubsub, "the broker"), text(topic, "the topic"), wirePublication(message))),
    bulkPublish: (pubsub, topic, entries, metadata) =>
      askDapr(() =>
        Array.from(
          host.bulkPublish(
            text(pubsub, "the broker"),
            text(topic, "the topic"),
            list(entries, "the entries").map(wireEntry),
            wireMetadata(metadata, "the request"),
          ),
          (failure) => ({ ...failure }),
        ),
      ),
  };
}

export function invokeClient(host: HostInvoke): InvokeClient {
  return {
    invoke: (app, { method, data, contentType, typeUrl, http, headers }) =>
      askDapr(() =>
        ownResponse(
          host.invoke(text(app, "the application"), {
            method: text(method, "the method"),
            data: wireData(data),
            contentType: optionalText(contentType, "the request's content type"),
            typeUrl: optionalText(typeUrl, "the request's type"),
            http: http && { verb: oneOf(VERBS, http.verb, "the verb"), query: optionalText(http.query, "the query") },
            headers: wireHeaders(headers, "the request's headers"),
          }),
        ),
      ),
  };
}

export function bindingClient(host: HostBindings): BindingClient {
  return {
    invoke: (binding, request) =>
      askDapr(() => {
        const { operation, data, metadata: about } = record(request, "the request");
        const answer = host.invoke(text(binding, "the binding"), {
          operation: text(operation, "the operation"),
          data: wireData(data),
          metadata: wireMetadata(about, "the request"),
        });
        return { data: ownBytes(answer.data), metadata: metadata(answer.metadata) };
      }),
  };
}

export function secretClient(host: HostSecrets): SecretClient {
  return {
    get: (store, name, about) =>
      askDapr(() =>
        ownSecret(host.get(text(store, "the store"), text(name, "the name"), wireMetadata(about, "the request"))),
      ),
    bulkGet: (store, about) =>
      askDapr(() => {
        const secrets: Record<string, Secret> = Object.create(null);
        for (const [name, secret] of host.bulkGet(text(store, "the store"), wireMetadata(about, "the request"))) {
          secrets[name] = ownSecret(secret);
        }
        return secrets;
      }),
  };
}

function wireEntry(entry: PublicationEntry) {
  return { entryId: text(record(entry, "an entry").entryId, "the entry's id"), message: wirePublication(entry) };
}

function wirePublication(message: Publication): WireMessage {
  const { data, contentType, metadata: about } = record(message, "the message");
  const kind = optionalText(contentType, "the message's content type");
  return {
    data: bytes(data, "the message's data"),
    ...(kind === undefined ? {} : { contentType: kind }),
    metadata: wireMetadata(about, "the message"),
  };
}

function wireData(data: Uint8Array | undefined): Uint8Array {
  return data === undefined ? new Uint8Array() : bytes(data, "the data");
}

/** A metadata's shape is a secret's, too. */
function ownSecret(secret: WireSecret): Secret {
  return metadata(secret) as Secret;
}
