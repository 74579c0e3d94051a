/** Etags: numbers that only ever go up, so that none comes twice, whatever is deleted and written again. */

/**
 * Where a new store begins to count. A store that was ended with all its items may have a successor, whose etags must not match
 * those that clients still hold: so it counts from the time of its start, in microseconds, which no store outruns.
 */
export function firstEtag(now: number): number {
  return now * 1000;
}

/** Reads an etag that a client sends; `undefined` for a text that no store of this kind could have made. */
export function parseEtag(text: string): number | undefined {
  // `+7` and `007` are numbers too, but this store writes neither.
  const etag = /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(etag) ? etag : undefined;
}
