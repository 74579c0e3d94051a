/** The bindings' interfaces. */

import type { BindingEvent, BindingResponse, InputBinding, Invocation, OutputBinding } from "../bindings.js";
import { call, nothing, tell } from "./call.js";
import {
  bytes,
  count,
  list,
  metadata,
  names,
  optionalText,
  ownBytes,
  record,
  text,
  waiting,
  wireMetadata,
} from "./wire.js";
import type { WireMetadata, WireResult } from "./wire.js";

export interface WireInvocation {
  operation: string;
  data: Uint8Array;
  metadata: WireMetadata;
}

export function inputBinding(binding: () => InputBinding) {
  return {
    init: (properties: WireMetadata) => call(() => binding().init(metadata(properties)), nothing),
    open: (id: bigint) =>
      call(
        () => binding().open(Number(id)),
        (window) => count(window, "the window"),
      ),
    close: (id: bigint) => tell(() => binding().close(Number(id))),
    pull: (wanted: { id: bigint; events: number }[]) =>
      call(
        () => binding().pull(Array.from(wanted, ({ id, events }) => ({ id: Number(id), events }))),
        (pulled) => {
          const { events, againAfter } = record(pulled, "what was pulled");
          return { events: list(events, "the events").map(wireEvent), ...waiting(againAfter) };
        },
      ),
    answer: (id: bigint, eventId: string, wire: WireResult<Uint8Array, string>) =>
      tell(() =>
        binding().answer(
          Number(id),
          eventId,
          wire.tag === "ok" ? { ok: true, data: ownBytes(wire.val) } : { ok: false, reason: wire.val },
        ),
      ),
  };
}

export function outputBinding(binding: () => OutputBinding) {
  return {
    init: (properties: WireMetadata) =>
      call(
        () => binding().init(metadata(properties)),
        (operations) => names(operations, "the operations"),
      ),
    invoke: (request: WireInvocation) => call(() => binding().invoke(invocation(request)), wireResponse),
  };
}

function invocation(wire: WireInvocation): Invocation {
  return { ...wire, data: ownBytes(wire.data), metadata: metadata(wire.metadata) };
}

function wireEvent(event: BindingEvent) {
  record(event, "the event");
  return {
    id: BigInt(event.id),
    eventId: text(event.eventId, "the event's id"),
    data: bytes(event.data, "the event's data"),
    contentType: optionalText(event.contentType, "the event's content type"),
    metadata: wireMetadata(event.metadata, "the event"),
  };
}

function wireResponse(response: BindingResponse) {
  record(response, "the response");
  return {
    data: bytes(response.data, "the response's data"),
    contentType: optionalText(response.contentType, "the response's content type"),
    metadata: wireMetadata(response.metadata, "the response"),
  };
}
