/** The contract's interfaces, and the world that a guest has: what it exports, and what it imports. */

const VERSION = "0.1.0";

/** One interface of the contract. */
export interface Interface {
  /** The adapter's name, which is also the export's. */
  readonly name: string;
  readonly id: string;
  /** The block of a guest's default export that has it. */
  readonly block: string;
  /** The methods of the block that it is made of. */
  readonly functions: readonly string[];
  /** Whether the block can be without it. */
  readonly optional: boolean;
}

const dapr = (id: string) => `dapr:components/${id}@${VERSION}`;
const app = (id: string) => `dapr:app/${id}@${VERSION}`;

export const INTERFACES: readonly Interface[] = [
  required("stateStore", dapr("state-store"), ["init", "get", "set", "delete"]),
  optional("stateStore", "bulkStateStore", dapr("bulk-state-store"), ["bulkGet", "bulkSet", "bulkDelete"]),
  optional("stateStore", "transactionalStateStore", dapr("transactional-state-store"), ["transact"]),
  optional("stateStore", "queriableStateStore", dapr("queriable-state-store"), ["query"]),
  required("pubSub", dapr("pub-sub"), ["init", "publish", "subscribe", "unsubscribe", "pull", "ack"]),
  optional("pubSub", "bulkPublish", dapr("bulk-publish"), ["bulkPublish"]),
  required("inputBinding", dapr("input-binding"), ["init", "open", "close", "pull", "answer"]),
  required("outputBinding", dapr("output-binding"), ["init", "invoke"]),
  required("secretStore", dapr("secret-store"), ["init", "get"]),
  optional("secretStore", "bulkSecretStore", dapr("bulk-secret-store"), ["bulkGet"]),
  required("hello", `layotto:components/hello@${VERSION}`, ["init", "sayHello"]),
  optional("app", "invoke", app("invoke"), ["onInvoke"]),
  optional("app", "subscriber", app("subscriber"), ["subscriptions", "onMessage"]),
  optional("app", "bulkSubscriber", app("bulk-subscriber"), ["onMessages"]),
  optional("app", "bindingHandler", app("binding-handler"), ["bindings", "onEvent"]),
  optional("app", "jobs", app("jobs"), ["onJob"]),
  optional("app", "health", app("health"), ["checkHealth"]),
];

function required(name: string, id: string, functions: readonly string[]): Interface {
  return { name, id, block: name, functions, optional: false };
}

function optional(block: string, name: string, id: string, functions: readonly string[]): Interface {
  return { name, id, block, functions, optional: true };
}

/** The environment, which is WASI's: of that, the contract alone has nothing. */
export const ENVIRONMENT = {
  id: "wasi:cli/environment@0.2.12",
  wit: "package wasi:cli@0.2.12;\n\ninterface environment {\n  get-environment: func() -> list<tuple<string, string>>;\n}\n",
};

/** A world for a guest that has none of its own. `imports` are what it asks of the host, by their ids. */
export function world(interfaces: readonly Interface[], imports: readonly string[] = []): string {
  const lines = [...imports.map((id) => `import ${id}`), ...interfaces.map(({ id }) => `export ${id}`)];
  return `package plugbox:guest;\n\nworld guest {\n${lines.map((line) => `  ${line};\n`).join("")}}\n`;
}

/** In which a world, as its author wrote it, and a guest differ, if they do. */
export function difference(
  wit: string,
  interfaces: readonly Interface[],
  imports: readonly string[] = [],
): string | undefined {
  // What a world includes may import anything, and the compiler of the component looks there.
  const granted = new Set(wit.match(/(?<=^\s*import\s+)[^\s;]+(?=\s*;)/gm));
  const unnamed = /^\s*include\s/m.test(wit) ? undefined : imports.find((id) => !granted.has(id));
  if (unnamed !== undefined) {
    return `the guest imports what its world does not; add there: import ${unnamed};`;
  }
  const told = new Set(wit.match(/(?<=^\s*export\s+)[^\s;]+(?=\s*;)/gm));
  const unsaid = interfaces.find(({ id }) => !told.delete(id));
  if (unsaid !== undefined) {
    return `the guest has a ${unsaid.name} that its world does not export; add there: export ${unsaid.id};`;
  }
  const [undone] = told;
  return undone && `the world exports ${undone}, and the guest does not implement it`;
}
