/** Errors with details, both ways. */

import { DaprError, Denied, StatusError, type Detail } from "../status.js";
import { error, report, type WireError } from "./call.js";
import { bytes, list, metadata, optionalText, ownBytes, record, text, wireMetadata } from "./wire.js";
import type { Tagged, WireMetadata } from "./wire.js";

export interface WireStatus extends WireError {
  details: WireDetail[];
}

export type WireDetail =
  | Tagged<"error-info", { reason: string; domain: string; metadata: WireMetadata }>
  | Tagged<"bad-request", { field: string; description: string }[]>
  | Tagged<"resource-info", { kind: string; name: string; owner?: string | undefined; description: string }>
  | Tagged<"other", { typeUrl: string; value: Uint8Array }>;

/** Why Dapr did not do something. */
export type WireRefusal = Tagged<"denied", string> | Tagged<"failed", WireStatus>;

/** What an application says of an error. */
export function status(thrown: unknown): WireStatus {
  return { ...error(thrown), details: thrown instanceof StatusError ? details(thrown) : [] };
}

/** Asks Dapr; a refusal is thrown as an error of this library. */
export function askDapr<T>(question: () => T): T {
  try {
    return question();
  } catch (thrown) {
    throw refusal(thrown);
  }
}

/** The engine throws an error whose payload is the contract's. */
function refusal(thrown: unknown): unknown {
  const payload = (thrown as { payload?: WireRefusal } | undefined)?.payload;
  switch (payload?.tag) {
    case "denied":
      return new Denied(payload.val);
    case "failed": {
      const { code, message, details } = payload.val;
      return new DaprError(code, message, Array.from(details, ownDetail));
    }
    default:
      return thrown;
  }
}

/** Details that cannot be sent are left out, for the status matters more. */
function details(thrown: StatusError): WireDetail[] {
  try {
    return list(thrown.details, "the details").map(wireDetail);
  } catch (wrong) {
    report(wrong);
    return [];
  }
}

function wireDetail(detail: Detail): WireDetail {
  record(detail, "a detail");
  if ("errorInfo" in detail) {
    const { reason, domain, metadata } = detail.errorInfo;
    return {
      tag: "error-info",
      val: {
        reason: text(reason, "the reason"),
        domain: text(domain, "the domain"),
        metadata: wireMetadata(metadata, "the detail"),
      },
    };
  }
  if ("badRequest" in detail) {
    return {
      tag: "bad-request",
      val: list(detail.badRequest, "the violations").map(({ field, description }) => ({
        field: text(field, "the field"),
        description: text(description, "the field's description"),
      })),
    };
  }
  if ("resourceInfo" in detail) {
    const { kind, name, owner, description = "" } = detail.resourceInfo;
    return {
      tag: "resource-info",
      val: {
        kind: text(kind, "the resource's kind"),
        name: text(name, "the resource's name"),
        owner: optionalText(owner, "the resource's owner"),
        description: text(description, "the resource's description"),
      },
    };
  }
  const { typeUrl, value } = detail.other;
  return {
    tag: "other",
    val: { typeUrl: text(typeUrl, "the detail's type"), value: bytes(value, "the detail's value") },
  };
}

function ownDetail(wire: WireDetail): Detail {
  switch (wire.tag) {
    case "error-info":
      return { errorInfo: { ...wire.val, metadata: metadata(wire.val.metadata) } };
    case "bad-request":
      return { badRequest: Array.from(wire.val, (violation) => ({ ...violation })) };
    case "resource-info":
      return { resourceInfo: { ...wire.val } };
    case "other":
      return { other: { ...wire.val, value: ownBytes(wire.val.value) } };
  }
}
