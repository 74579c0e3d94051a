/** Many messages at once: the orders that have left the house are read in one call, and written in one. */

import type { Item, MessageOutcome, Messages, Write } from "@plugbox/guest";
import type { World } from "./dapr.js";
import { mayPass, missing, outcome } from "./failure.js";
import { readId, receive, ship } from "./receive.js";
import { readFound, Shelf, write } from "./shelf.js";

/** What was thrown for an order; nothing, where all went well. */
type Shipped = Map<string, unknown>;

/** Takes messages: one outcome for each, in their order. */
export function receiveAll(world: World, { topic, path, entries }: Messages): MessageOutcome[] {
  if (topic !== world.settings.shipped) {
    return entries.map(({ data }) => receive(world, topic, path, data));
  }
  const told = entries.map(({ data }) => attempt(() => readId(data)));
  // One that is named more than once is written once.
  const ids = new Set(told.flatMap(({ value }) => (value === undefined ? [] : [value])));
  const shipped = ids.size > 0 ? shipAll(world, [...ids]) : new Map();
  return told.map(({ value, thrown }) => {
    const why = value === undefined ? thrown : shipped.get(value);
    return why === undefined ? "success" : outcome(why);
  });
}

function shipAll(world: World, ids: readonly string[]): Shipped {
  const shelf = new Shelf(world);
  const shipped: Shipped = new Map();
  const { value: items, thrown } = attempt(() => shelf.findAll(ids));
  if (items === undefined) {
    return new Map(ids.map((id) => [id, thrown]));
  }
  const together: Write[] = [];
  const alone: string[] = [];
  ids.forEach((id, place) => {
    const item = items[place];
    if (item instanceof Error) {
      // Words alone do not say whether it may go well later: a read of its own does.
      alone.push(id);
      return;
    }
    const { value, thrown } = attempt(() => prepare(id, item));
    if (value !== undefined) {
      together.push(value);
    }
    shipped.set(id, thrown);
  });
  if (together.length > 0 && attempt(() => shelf.saves(together)).value !== true) {
    // Nobody says which of them failed, and those that are written already need nothing more.
    alone.push(...together.map(({ key }) => key));
  }
  shipEach(world, alone, shipped);
  return shipped;
}

/** The write that an order needs, if it does. */
function prepare(id: string, item: Item | undefined): Write | undefined {
  if (item === undefined) {
    throw missing(id);
  }
  const { kept, etag } = readFound(id, item);
  return kept.shipped ? undefined : write({ ...kept, shipped: true }, etag);
}

/** One by one, until the store is away: then so it is for all that follow. */
function shipEach(world: World, ids: readonly string[], shipped: Shipped): void {
  let away: unknown;
  for (const id of ids) {
    const thrown = away ?? attempt(() => ship(world, id)).thrown;
    if (thrown !== undefined && mayPass(thrown)) {
      away = thrown;
    }
    shipped.set(id, thrown);
  }
}

/** What came of something, or what it threw. */
function attempt<T>(action: () => T): { value?: T; thrown?: unknown } {
  try {
    return { value: action() };
  } catch (thrown) {
    return { thrown };
  }
}
