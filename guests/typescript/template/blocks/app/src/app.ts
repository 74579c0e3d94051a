/** An application with one method: `greet` answers a greeting for the name that it is sent. */

import { InvalidArgument, Unimplemented } from "@plugbox/guest";
import type { Invocable, InvokeRequest, InvokeResponse } from "@plugbox/guest";

export class MyApp implements Invocable {
  onInvoke({ method, data }: InvokeRequest): InvokeResponse {
    if (method !== "greet") {
      throw new Unimplemented(`there is no method ${method}, only greet`);
    }
    const name = new TextDecoder().decode(data).trim();
    if (name === "") {
      throw new InvalidArgument("the body must be a name");
    }
    return { data: new TextEncoder().encode(`Hello, ${name}!\n`), contentType: "text/plain" };
  }
}
