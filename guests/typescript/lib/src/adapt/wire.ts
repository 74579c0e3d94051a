/** What crosses the guest's border, in the shapes that ComponentizeJS gives to the contract, and the parts that all blocks share. */

import type { Metadata, Outcome } from "../metadata.js";

export type WireMetadata = [string, string][];

export type Tagged<T extends string, V> = { tag: T; val: V };

export type WireResult<T, E> = Tagged<"ok", T> | Tagged<"err", E>;

// What the host passes is made in another realm than that of the guest's modules: an array or a Uint8Array as it comes is not an
// `instanceof` its own class, and many a package asks for that. So all of it is made anew here; bytes are not copied.

export function ownBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function metadata(pairs: WireMetadata): Metadata {
  const metadata: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) {
    metadata[name] = value;
  }
  return metadata;
}

export function outcome(wire: { tag: string; val?: string }): Outcome {
  return wire.tag === "accepted" ? { ok: true } : { ok: false, reason: wire.val ?? "" };
}

export function wireMetadata(metadata: Metadata | undefined, what: string): WireMetadata {
  const pairs: WireMetadata = [];
  for (const [name, value] of Object.entries(metadata ?? {})) {
    if (value !== undefined) {
      pairs.push([name, text(value, `${what}'s metadata ${JSON.stringify(name)}`)]);
    }
  }
  return pairs;
}

/** When the host is to ask again, in nanoseconds. Nothing here waits for more than time. */
export function waiting(milliseconds: number | undefined): { againIn: bigint | undefined; waits: [] } {
  if (milliseconds === undefined || milliseconds === Infinity) {
    return { againIn: undefined, waits: [] };
  }
  if (!(milliseconds >= 0)) {
    throw new TypeError(`againAfter is ${milliseconds}, not a time in milliseconds`);
  }
  // The contract counts in 64 bits.
  const nanoseconds = Math.min(Math.ceil(milliseconds * 1e6), 2 ** 63);
  return { againIn: BigInt(nanoseconds), waits: [] };
}

// What a guest answers is checked here: a value of another type would end the instance with all its memory, where an error
// is only an error.

export function text(value: unknown, what: string): string {
  if (typeof value !== "string") {
    throw new TypeError(`${what} is ${kind(value)}, not a string`);
  }
  return value;
}

export function optionalText(value: unknown, what: string): string | undefined {
  return value === undefined || value === null ? undefined : text(value, what);
}

export function bytes(value: unknown, what: string): Uint8Array {
  // The tag is the same for what comes from another realm, and for classes that extend it.
  if (Object.prototype.toString.call(value) !== "[object Uint8Array]") {
    throw new TypeError(`${what} is ${kind(value)}, not a Uint8Array`);
  }
  return value as Uint8Array;
}

export function count(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new TypeError(
      `${what} is ${typeof value === "number" ? value : kind(value)}, not an integer from 0 to 2^32-1`,
    );
  }
  return value;
}

export function list<T>(value: readonly T[], what: string): readonly T[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`${what} are ${kind(value)}, not an array`);
  }
  return value;
}

/** One of the words that the contract has for something. */
export function oneOf<T extends string>(words: readonly T[], value: T, what: string): T {
  if (!words.includes(value)) {
    throw new TypeError(`${what} is ${JSON.stringify(value) ?? kind(value)}, not one of ${words.join(", ")}`);
  }
  return value;
}

/** Features, or operations. */
export function names(value: readonly string[], what: string): string[] {
  return list(value, what).map((name) => text(name, `one of ${what}`));
}

/** An object that a guest answers, before its fields are read. */
export function record<T extends object>(value: T, what: string): T {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${what} is ${kind(value)}, not an object`);
  }
  return value;
}

function kind(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
