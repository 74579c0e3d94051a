/** What the tests of the adapters share. */

import type { StateStore } from "@plugbox/guest";

/** A state store that does nothing but what a test says. */
export function store<T extends object>(own: T): StateStore & T {
  const nothing = () => undefined;
  return { init: () => [], get: nothing, set: nothing, delete: nothing, ...own };
}

/** Requests as they come from the host. */
export function get(key: string) {
  return { key, consistency: "unspecified" as const, metadata: [] as [string, string][] };
}

export function remove(key: string) {
  return { ...get(key), concurrency: "unspecified" as const };
}

export function set(key: string, value = "") {
  return { ...remove(key), value: new TextEncoder().encode(value) };
}

/** What a call throws, later or at once. */
export async function thrown(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Standard error, while something runs. */
export async function complaints(action: () => unknown): Promise<string[]> {
  const lines: string[] = [];
  const before = console.error;
  console.error = (line: string) => lines.push(line);
  try {
    await action();
  } finally {
    console.error = before;
  }
  return lines;
}
