/** An output binding: data in memory, by the metadata `key`. */

import { InvalidArgument, NotFound } from "@plugbox/guest";
import type { BindingResponse, Invocation, OutputBinding } from "@plugbox/guest";

const NOTHING = new Uint8Array();

export class MyOutputBinding implements OutputBinding {
  readonly #data = new Map<string, Uint8Array>();

  init(): string[] {
    return ["create", "get", "delete"];
  }

  invoke({ operation, data, metadata: { key } }: Invocation): BindingResponse {
    if (!key) {
      throw new InvalidArgument(`${operation} needs the metadata key`);
    }
    switch (operation) {
      case "create":
        this.#data.set(key, data);
        return { data: NOTHING };
      case "get":
        return { data: this.#get(key) };
      case "delete":
        this.#data.delete(key);
        return { data: NOTHING };
      default:
        throw new InvalidArgument(`there is no operation ${operation}`);
    }
  }

  #get(key: string): Uint8Array {
    const data = this.#data.get(key);
    if (data === undefined) {
      throw new NotFound(`there is no key ${key}`);
    }
    return data;
  }
}
