/** Messages one by one: an order that was placed is confirmed by mail, one that has left the house is marked. */

import { readJson, type MessageOutcome, type Subscription } from "@plugbox/guest";
import type { World } from "./dapr.js";
import { asking, failure, outcome } from "./failure.js";
import { totalOf, type Order } from "./order.js";
import { PLACED } from "./place.js";
import type { Settings } from "./settings.js";
import { Shelf } from "./shelf.js";

/** Where the route leads that knows the type of the event. */
const CONFIRM = "/confirm";
/** Where all others lead. */
const OTHERS = "/others";

export function subscriptions({ pubsub, placed, shipped, deadLetters }: Settings): Subscription[] {
  return [
    {
      pubsub,
      topic: placed,
      routes: [{ matches: `event.type == ${JSON.stringify(PLACED)}`, path: CONFIRM }],
      defaultPath: OTHERS,
      deadLetterTopic: deadLetters,
    },
    { pubsub, topic: shipped, deadLetterTopic: deadLetters, bulk: { maxMessages: 100, maxWait: 200 } },
  ];
}

/** Takes a message. */
export function receive(world: World, topic: string, path: string | undefined, data: Uint8Array): MessageOutcome {
  try {
    const id = readId(data);
    if (topic === world.settings.shipped) {
      ship(world, id);
    } else if (path === CONFIRM) {
      confirm(world, id);
    } else {
      const what = `it means nothing on ${JSON.stringify(topic)} by ${JSON.stringify(path ?? "no path")}`;
      throw failure("unimplemented", "MESSAGE_UNKNOWN", what);
    }
    return "success";
  } catch (thrown) {
    return outcome(thrown);
  }
}

/** The id in a message: the rest of it means nothing here. */
export function readId(data: Uint8Array): string {
  let json;
  try {
    json = readJson(data, "it");
  } catch (cause) {
    throw failure("invalid-argument", "MESSAGE_INVALID", (cause as Error).message);
  }
  const id = typeof json === "object" && json !== null && "id" in json ? json.id : undefined;
  if (typeof id !== "string") {
    throw failure("invalid-argument", "MESSAGE_INVALID", "it does not name an order");
  }
  return id;
}

/** Tells the customer, and notes it down. Who cannot note it down tells again: rather twice than never. */
function confirm(world: World, id: string): void {
  let isTold = false;
  new Shelf(world).change(id, (kept) => {
    if (kept.confirmed) {
      return undefined;
    }
    if (!isTold) {
      mail(world, kept.order);
      isTold = true;
    }
    return { ...kept, confirmed: true };
  });
}

/** Notes that an order has left the house. */
export function ship(world: World, id: string): void {
  new Shelf(world).change(id, (kept) => (kept.shipped ? undefined : { ...kept, shipped: true }));
}

function mail({ dapr, settings }: World, order: Order): void {
  const { id, customer, lines } = order;
  const total = totalOf(order);
  const sum = `${Math.floor(total / 100)}.${String(total % 100).padStart(2, "0")}`;
  const list = lines.map(({ count, item }) => `${count} x ${item}\n`).join("");
  const request = {
    operation: "create",
    data: new TextEncoder().encode(`Thank you for your order ${id}:\n\n${list}\nTotal: ${sum}\n`),
    // `emailTo` and `subject` are what bindings for mail call it, `key` is for a binding that keeps what it is given by names.
    metadata: { emailTo: customer, subject: `Your order ${id}`, key: `mail-${id}` },
  };
  asking("binding", settings.mail, () => dapr.bindings.invoke(settings.mail, request));
}
