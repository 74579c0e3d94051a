/** How JSON values are found by path and compared. */

import type { JsonValue, Path } from "@plugbox/guest";

/** The field at a path; `undefined` where there is none. Arrays have no fields. */
export function find(document: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const name of path) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

/**
 * How two values stand to each other: below, at or above 0; `undefined` where neither is equal to, before or after the other.
 *
 * Numbers compare by value, texts by their characters' code points, and false is before true. Arrays, and objects, can be equal
 * and have no order. Values of different kinds have nothing to do with each other.
 */
export function compare(a: JsonValue, b: JsonValue): number | undefined {
  if (a === null && b === null) {
    return 0;
  }
  if (typeof a === "boolean" && typeof b === "boolean") {
    return Number(a) - Number(b);
  }
  if (isNumber(a) && isNumber(b)) {
    return compareNumbers(a, b);
  }
  if (typeof a === "string" && typeof b === "string") {
    return compareTexts(a, b);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, place) => equal(item, b[place])) ? 0 : undefined;
  }
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    const same = names.length === Object.keys(b).length;
    return same && names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name])) ? 0 : undefined;
  }
  return undefined;
}

/** Whether two values are the same: `1` and `1.0` are. */
export function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a !== undefined && b !== undefined && compare(a, b) === 0;
}

/** A `number` and a `bigint` compare exactly, without one becoming the other. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By code points. JavaScript's own `<` goes by units of UTF-16, in which what comes after U+FFFF stands before U+E000. */
export function compareTexts(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let place = 0; place < shorter; place += 1) {
    const [left, right] = [a.charCodeAt(place), b.charCodeAt(place)];
    if (left !== right) {
      return rank(left) - rank(right);
    }
  }
  return a.length - b.length;
}

/** Puts surrogates, of which the characters after U+FFFF are made, after all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export function isNumber(value: JsonValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
