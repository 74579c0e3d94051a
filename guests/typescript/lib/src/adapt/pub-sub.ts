/** The message broker's interfaces. */

import type { Metadata } from "../metadata.js";
import type { BulkFailure, BulkPublish, Delivery, PubSub } from "../pub-sub.js";
import { call, nothing, tell } from "./call.js";
import {
  bytes,
  count,
  list,
  metadata,
  names,
  optionalText,
  outcome,
  ownBytes,
  record,
  text,
  waiting,
  wireMetadata,
} from "./wire.js";
import type { WireMetadata } from "./wire.js";

export interface WireMessage {
  data: Uint8Array;
  contentType?: string;
  metadata: WireMetadata;
}

export interface WireOutgoing extends WireMessage {
  topic: string;
}

export interface WireEntry extends WireMessage {
  entryId: string;
}

export function pubSub(broker: () => PubSub) {
  return {
    init: (properties: WireMetadata) =>
      call(
        () => broker().init(metadata(properties)),
        (features) => names(features, "the features"),
      ),
    publish: (message: WireOutgoing) => call(() => broker().publish(own(message)), nothing),
    subscribe: (id: bigint, topic: string, about: WireMetadata) =>
      call(
        () => broker().subscribe(Number(id), topic, metadata(about)),
        (window) => count(window, "the window"),
      ),
    unsubscribe: (id: bigint) => tell(() => broker().unsubscribe(Number(id))),
    pull: (wanted: { id: bigint; messages: number }[]) =>
      call(
        () => broker().pull(Array.from(wanted, ({ id, messages }) => ({ id: Number(id), messages }))),
        (pulled) => {
          const { deliveries, againAfter } = record(pulled, "what was pulled");
          return { deliveries: list(deliveries, "the deliveries").map(wireDelivery), ...waiting(againAfter) };
        },
      ),
    ack: (id: bigint, messageId: string, wire: { tag: string; val?: string }) =>
      tell(() => broker().ack(Number(id), messageId, outcome(wire))),
  };
}

export function bulkPublish(broker: () => BulkPublish) {
  return {
    bulkPublish: (topic: string, entries: WireEntry[], about: WireMetadata) =>
      call(
        () => broker().bulkPublish(topic, Array.from(entries, own), metadata(about)),
        (failures) => list(failures, "the failures").map(wireFailure),
      ),
  };
}

function own<T extends WireMessage>(message: T): Omit<T, "metadata"> & { metadata: Metadata } {
  return { ...message, data: ownBytes(message.data), metadata: metadata(message.metadata) };
}

function wireDelivery(delivery: Delivery) {
  record(delivery, "the delivery");
  return {
    id: BigInt(delivery.id),
    messageId: text(delivery.messageId, "the delivery's message id"),
    topic: text(delivery.topic, "the delivery's topic"),
    data: bytes(delivery.data, "the delivery's data"),
    contentType: optionalText(delivery.contentType, "the delivery's content type"),
    metadata: wireMetadata(delivery.metadata, "the delivery"),
  };
}

function wireFailure({ entryId, reason }: BulkFailure) {
  return { entryId: text(entryId, "the failure's entry id"), reason: text(reason, "the failure's reason") };
}
