/** What all building blocks share. */

/**
 * Names and values. Names are compared as they are, in their case; their order means nothing.
 *
 * What the host passes has no prototype, so that `metadata["constructor"]` is a name like any other. A value that is
 * `undefined` counts as absent where a guest answers metadata.
 */
export interface Metadata {
  readonly [name: string]: string | undefined;
}

/** Functions may answer at once, or later: the host waits, and calls nothing else meanwhile. */
export type Awaitable<T> = T | Promise<T>;

/** What became of something that the application was given: done, or not, and why, in words. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };
