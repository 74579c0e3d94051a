/** What a guest is. */

import type { BindingHandler, BulkSubscriber, HealthReporter, Invocable, JobHandler, Subscriber } from "./app.js";
import type { InputBinding, OutputBinding } from "./bindings.js";
import type { Hello } from "./hello.js";
import type { BulkPublish, PubSub } from "./pub-sub.js";
import type { BulkSecretStore, SecretStore } from "./secrets.js";
import type { BulkStateStore, QueriableStateStore, StateStore, TransactionalStateStore } from "./state.js";

/** All of an interface, or nothing of it. */
type Maybe<T> = T | { readonly [name in keyof T]?: undefined };

/**
 * What the default export of a guest's entry is: for each block that it serves, a function that makes what serves it.
 *
 * It is a function because a guest's modules are evaluated when it is built, and what they have made then is what every instance
 * begins with. The function is called when an instance is used for the first time: what it makes may look at the clock, and is
 * each instance's own. (It is also called once by the build, to see which of the interfaces there are.)
 */
export interface Guest {
  readonly stateStore?: () => StateStore &
    Maybe<BulkStateStore> &
    Maybe<TransactionalStateStore> &
    Maybe<QueriableStateStore>;
  readonly pubSub?: () => PubSub & Maybe<BulkPublish>;
  readonly inputBinding?: () => InputBinding;
  readonly outputBinding?: () => OutputBinding;
  readonly secretStore?: () => SecretStore & Maybe<BulkSecretStore>;
  readonly hello?: () => Hello;
  /** An application behind Dapr, with what it implements. */
  readonly app?: () => Maybe<Invocable> &
    Maybe<Subscriber> &
    Maybe<BulkSubscriber> &
    Maybe<BindingHandler> &
    Maybe<JobHandler> &
    Maybe<HealthReporter>;
}
