/** When items expire: what `ttlInSeconds` asks for. Moments are in milliseconds since 1970. */

import { InvalidArgument, type Metadata } from "@plugbox/guest";

/** The end of the year 9999: RFC 3339 can write nothing later. */
const LAST = 253_402_300_799_999;

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/**
 * When an item expires that is written with this metadata; `undefined` for never.
 *
 * -1 asks for no expiry, and so does 0. Less than that, and what is no integer at all, is refused, and so is a life that lasts
 * past the year 9999.
 */
export function requestedExpiry(metadata: Metadata, key: string, now: () => number): number | undefined {
  const text = metadata["ttlInSeconds"];
  if (text === undefined) {
    return undefined;
  }
  const refused = (why: string) =>
    new InvalidArgument(
      `the metadata ttlInSeconds of key ${JSON.stringify(key)} is ${JSON.stringify(text)}, and ${why}`,
    );
  const seconds = /^[-+]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
  if (seconds === undefined || seconds < MIN || seconds > MAX) {
    throw refused("that is not an integer of 64 bits");
  }
  if (seconds === -1n || seconds === 0n) {
    return undefined;
  }
  if (seconds < 0n) {
    throw refused("a life cannot be negative; -1 stands for no expiry");
  }
  const moment = now() + Number(seconds) * 1000;
  if (moment > LAST) {
    throw refused("that is past the year 9999; -1 stands for no expiry");
  }
  return moment;
}
