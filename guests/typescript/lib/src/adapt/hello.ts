/** Layotto's greeting. */

import type { Hello, HelloConfig } from "../hello.js";
import { call, nothing } from "./call.js";
import { metadata, text } from "./wire.js";
import type { WireMetadata } from "./wire.js";

export interface WireConfig extends Omit<HelloConfig, "properties"> {
  properties: WireMetadata;
}

function ownConfig(wire: WireConfig): HelloConfig {
  return { ...wire, properties: metadata(wire.properties), secrets: Array.from(wire.secrets) };
}

export function hello(greeter: () => Hello) {
  return {
    init: (config: WireConfig) => call(() => greeter().init(ownConfig(config)), nothing),
    sayHello: (name: string) =>
      call(
        () => greeter().sayHello(name),
        (greeting) => text(greeting, "the greeting"),
      ),
  };
}
