/** Placing orders, and looking at them. */

import { jsonBody, StatusError } from "@plugbox/guest";
import type { World } from "./dapr.js";
import { asking, missing, ofOrder } from "./failure.js";
import { isId, isSameOrder, readOrder } from "./order.js";
import { signer, type Receipt } from "./receipt.js";
import { Shelf, type Kept } from "./shelf.js";

/** The type of the event that tells of an order. */
export const PLACED = "order.placed";

/**
 * Takes an order. One that comes again with the same id is answered as the first was, and told of again if it must be: so whoever got an
 * error may send it again.
 */
export async function place(world: World, data: Uint8Array): Promise<Receipt> {
  const order = readOrder(data);
  // First of all: an order without a receipt is not to be kept.
  const sign = await signer(world);
  const kept = new Shelf(world).insert(order);
  if (!isSameOrder(kept.order, order)) {
    throw ofOrder("already-exists", "ORDER_EXISTS", order.id, "there is another under this id");
  }
  if (!kept.confirmed) {
    publish(world, order.id);
  }
  return sign(order);
}

/** An order as it is now. */
export function find(world: World, id: string): Kept {
  const found = isId(id) ? new Shelf(world).find(id) : undefined;
  if (found === undefined) {
    throw missing(id);
  }
  return found.kept;
}

function publish({ dapr, settings: { pubsub, placed } }: World, id: string): void {
  // daprd makes the event's attribute of the metadata.
  const message = { ...jsonBody({ id }), metadata: { "cloudevent.type": PLACED } };
  try {
    asking("broker", pubsub, () => dapr.pubsub.publish(pubsub, placed, message));
  } catch (thrown) {
    throw thrown instanceof StatusError ? untold(thrown, id) : thrown;
  }
}

/** Its id may be one that nobody else knows. */
function untold({ code, message, details }: StatusError, id: string): StatusError {
  const what = "it is kept, but nobody was told of it: place it again, under this id";
  const order = ofOrder(code, "ORDER_UNTOLD", id, what);
  return new StatusError(code, `${message}. ${order.message}`, [...order.details, ...details]);
}
