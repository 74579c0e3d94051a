/** JSON without loss: `JSON.parse` makes of 9007199254740993 another number. */

/** A value of JSON. An integer that `number` cannot hold exactly is a `bigint`; the two compare with `<` and `==` exactly. */
export type JsonValue =
  null | boolean | number | bigint | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

const DIGITS = /\d{16}/;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Parses JSON, text or its bytes in UTF-8. Throws a `SyntaxError` where it is not JSON. */
export function parseJson(json: string | Uint8Array): JsonValue {
  const text = typeof json === "string" ? json : decode(json);
  const value = JSON.parse(text) as JsonValue;
  // Numbers of fewer digits are exact already, and nearly all JSON has no others.
  return DIGITS.test(text) ? exact(text) : value;
}

function decode(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch (cause) {
    throw new SyntaxError("JSON is text in UTF-8, and this is not", { cause });
  }
}

/** Parses JSON that is known to be well formed: every text gets a mark, and every number becomes a text with another. */
function exact(text: string): JsonValue {
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') ? `"t${token.slice(1)}` : `"n${token}"`));
  return unmark(JSON.parse(marked) as JsonValue);
}

function unmark(value: JsonValue): JsonValue {
  if (typeof value === "string") {
    return value.startsWith("t") ? value.slice(1) : number(value.slice(1));
  }
  if (Array.isArray(value)) {
    return value.map(unmark);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.slice(1), unmark(field)]));
  }
  return value;
}

function number(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text);
}
