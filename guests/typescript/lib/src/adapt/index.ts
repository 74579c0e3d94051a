/**
 * What a guest exports, in the contract's terms. The entry that `plugbox-guest build` writes is all that calls this.
 *
 * @module
 */

import type { BindingHandler, BulkSubscriber, HealthReporter, Invocable, JobHandler, Subscriber } from "../app.js";
import type { Guest } from "../guest.js";
import type { BulkPublish } from "../pub-sub.js";
import type { BulkSecretStore } from "../secrets.js";
import type { BulkStateStore, QueriableStateStore, TransactionalStateStore } from "../state.js";
import { bindingHandler, bulkSubscriber, health, invoke, jobs, subscriber } from "./app.js";
import { inputBinding, outputBinding } from "./bindings.js";
import { hello } from "./hello.js";
import { once } from "./once.js";
import { bulkPublish, pubSub } from "./pub-sub.js";
import { bulkSecretStore, secretStore } from "./secrets.js";
import { bulkStateStore, queriableStateStore, stateStore, transactionalStateStore } from "./state.js";

/**
 * An adapter for each interface. Whether the guest has the interface is not looked at here: nothing of the guest may be made
 * before it is called for the first time, and the build has seen already which of these it can export.
 */
export function adapt(guest: Guest) {
  const store = made(guest.stateStore, "stateStore");
  const broker = made(guest.pubSub, "pubSub");
  const secrets = made(guest.secretStore, "secretStore");
  const app = made<object>(guest.app, "app");
  return {
    stateStore: stateStore(store),
    bulkStateStore: bulkStateStore(store as () => BulkStateStore),
    transactionalStateStore: transactionalStateStore(store as () => TransactionalStateStore),
    queriableStateStore: queriableStateStore(store as () => QueriableStateStore),
    pubSub: pubSub(broker),
    bulkPublish: bulkPublish(broker as () => BulkPublish),
    inputBinding: inputBinding(made(guest.inputBinding, "inputBinding")),
    outputBinding: outputBinding(made(guest.outputBinding, "outputBinding")),
    secretStore: secretStore(secrets),
    bulkSecretStore: bulkSecretStore(secrets as () => BulkSecretStore),
    hello: hello(made(guest.hello, "hello")),
    invoke: invoke(app as () => Invocable),
    subscriber: subscriber(app as () => Subscriber),
    bulkSubscriber: bulkSubscriber(app as () => BulkSubscriber),
    bindingHandler: bindingHandler(app as () => BindingHandler),
    jobs: jobs(app as () => JobHandler),
    health: health(app as () => HealthReporter),
  };
}

function made<T extends object>(make: (() => T) | undefined, block: string): () => T {
  return once(() => {
    if (make === undefined) {
      throw new TypeError(`the guest has no ${block}`);
    }
    return make();
  });
}
