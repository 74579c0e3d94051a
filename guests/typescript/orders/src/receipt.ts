/** What somebody has in hand who has placed an order. */

import type { World } from "./dapr.js";
import { asking, failure } from "./failure.js";
import { totalOf, type Order } from "./order.js";

export interface Receipt {
  readonly id: string;
  /** In cents. */
  readonly total: number;
  /** HMAC-SHA256 of the id, a space and the total, in hexadecimal digits. */
  readonly signature: string;
}

/** Signs the receipt of an order. */
export type Signer = (order: Order) => Promise<Receipt>;

/** Made anew for each order, so that a key that was replaced is not used again. */
export async function signer({ dapr, settings: { secretStore, secret } }: World): Promise<Signer> {
  const values = asking("secret store", secretStore, () => dapr.secrets.get(secretStore, secret));
  const value = values[secret] || undefined;
  if (value === undefined) {
    const message = `the secret ${JSON.stringify(secret)} has no value of its own name`;
    throw failure("failed-precondition", "SECRET_MISSING", message);
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(value), algorithm, false, ["sign"]);
  return async (order) => {
    const [id, total] = [order.id, totalOf(order)];
    const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${id} ${total}`));
    const digits = Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0"));
    return { id, total, signature: digits.join("") };
  };
}
