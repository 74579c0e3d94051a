/** The contract's interfaces, and the world that exports those that a guest has. */

const VERSION = "0.1.0";

/** One interface of the contract. */
export interface Interface {
  /** The adapter's name, which is also the export's. */
  readonly name: string;
  readonly id: string;
  /** The block of a guest's default export that has it. */
  readonly block: string;
  readonly functions: readonly string[];
  /** Whether the block can be without it. */
  readonly optional: boolean;
}

const dapr = (id: string) => `dapr:components/${id}@${VERSION}`;

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
];

function required(name: string, id: string, functions: readonly string[]): Interface {
  return { name, id, block: name, functions, optional: false };
}

function optional(block: string, name: string, id: string, functions: readonly string[]): Interface {
  return { name, id, block, functions, optional: true };
}

/** A world for a guest that has none of its own. */
export function world(interfaces: readonly Interface[]): string {
  const exports = interfaces.map(({ id }) => `  export ${id};\n`);
  return `package plugbox:guest;\n\nworld guest {\n${exports.join("")}}\n`;
}

/** In which a world, as its author wrote it, and a guest differ, if they do. */
export function difference(wit: string, interfaces: readonly Interface[]): string | undefined {
  const told = new Set(wit.match(/(?<=^\s*export\s+)[^\s;]+(?=\s*;)/gm));
  const unsaid = interfaces.find(({ id }) => !told.delete(id));
  if (unsaid !== undefined) {
    return `the guest has a ${unsaid.name} that its world does not export; add there: export ${unsaid.id};`;
  }
  const [undone] = told;
  return undone && `the world exports ${undone}, and the guest does not implement it`;
}
