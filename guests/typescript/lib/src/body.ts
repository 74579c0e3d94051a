/** Bodies of JSON. */

import { InvalidArgument } from "./errors.js";
import { parseJson, type JsonValue } from "./json.js";

/** A body and its type, as responses, messages and items of state have them. */
export interface Body {
  readonly data: Uint8Array;
  readonly contentType: string;
}

/** Reads JSON, without rounding integers. Throws `InvalidArgument`, with what it is that is none, where it is none. */
export function readJson(data: Uint8Array, what = "the body"): JsonValue {
  try {
    return parseJson(data);
  } catch (cause) {
    throw new InvalidArgument(`${what} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

/** A value as JSON. */
export function jsonBody(value: unknown): Body {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) {
    throw new TypeError(`there is no JSON for ${typeof value}`);
  }
  return { data: new TextEncoder().encode(text), contentType: "application/json" };
}
