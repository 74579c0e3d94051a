/** What the Component resource says of the broker, and what the metadata of a message or a subscription says. */

import { InvalidArgument, type Metadata } from "@plugbox/guest";

export interface Settings {
  /** The group of a subscription that does not name its own. */
  readonly group: string;
  /** The window of a subscription that does not name its own. */
  readonly window: number;
  /** In milliseconds. */
  readonly redeliverAfter: number;
  readonly maxDeliveries: number;
  readonly maxMessages: number;
}

export const DEFAULTS: Settings = {
  group: "",
  window: 1,
  redeliverAfter: 100,
  maxDeliveries: Infinity,
  maxMessages: 100_000,
};

const MAX_32 = 2n ** 32n - 1n;
const MAX_64 = 2n ** 64n - 1n;

/** Longer than anybody waits for a second attempt. */
const LONGEST_INTERVAL = 24 * 60 * 60 * 1000;

/** In milliseconds. */
const UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 1e-3, µs: 1e-3, ns: 1e-6 };

const PART = /(?<amount>\d+(?:\.\d+)?)(?<unit>h|ms|m|s|us|µs|ns)/g;
const DURATION = new RegExp(`^(?:${PART.source.replaceAll(/\?<\w+>/g, "?:")})+$`);

export function readSettings(properties: Metadata): Settings {
  return {
    group: groupOf(properties) ?? DEFAULTS.group,
    window: windowOf(properties) ?? DEFAULTS.window,
    redeliverAfter: interval(properties) ?? DEFAULTS.redeliverAfter,
    maxDeliveries: integer(properties, "maxDeliveries", MAX_32) ?? DEFAULTS.maxDeliveries,
    maxMessages: integer(properties, "maxMessages", MAX_32) ?? DEFAULTS.maxMessages,
  };
}

/** The group that a Component resource or a subscription names. */
export function groupOf(metadata: Metadata): string | undefined {
  return metadata["consumerID"];
}

/** The window that a Component resource or a subscription names. */
export function windowOf(metadata: Metadata): number | undefined {
  return integer(metadata, "maxInFlight", MAX_32);
}

/** The life that a message asks for, in milliseconds. */
export function lifeOf(metadata: Metadata): number | undefined {
  const seconds = integer(metadata, "ttlInSeconds", MAX_64);
  return seconds === undefined ? undefined : seconds * 1000;
}

function interval(properties: Metadata): number | undefined {
  const text = properties["redeliverInterval"];
  if (text === undefined) {
    return undefined;
  }
  const interval = DURATION.test(text) ? milliseconds(text) : NaN;
  if (interval <= LONGEST_INTERVAL) {
    return interval;
  }
  throw new InvalidArgument(
    `redeliverInterval is ${JSON.stringify(text)}, and that is not a duration of at most a day, like 100ms or 1m30s`,
  );
}

function milliseconds(duration: string): number {
  let sum = 0;
  for (const { groups } of duration.matchAll(PART)) {
    sum += Number(groups?.["amount"]) * UNITS[groups?.["unit"] as keyof typeof UNITS];
  }
  return sum;
}

function integer(metadata: Metadata, name: string, most: bigint): number | undefined {
  const text = metadata[name];
  if (text === undefined) {
    return undefined;
  }
  const value = /^\+?\d+$/.test(text) ? BigInt(text.replace("+", "")) : 0n;
  if (value < 1n || value > most) {
    throw new InvalidArgument(`${name} is ${JSON.stringify(text)}, and that is not an integer from 1 on, or too large`);
  }
  return Number(value);
}
