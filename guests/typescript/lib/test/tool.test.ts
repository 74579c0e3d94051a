/** What the tool sees in a guest, and says of it. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { difference, INTERFACES, world } from "../tool/contract.js";
import { probe } from "../tool/probe.js";

const nothing = () => {};
const STORE = { init: nothing, get: nothing, set: nothing, delete: nothing };

/** The names of the interfaces of a guest. */
function names(guest: unknown): string[] {
  return probe(guest).map(({ name }) => name);
}

test("the interfaces of a guest are those that it implements", () => {
  assert.deepEqual(names({ stateStore: () => STORE }), ["stateStore"]);
  const whole = {
    ...STORE,
    bulkGet: nothing,
    bulkSet: nothing,
    bulkDelete: nothing,
    transact: nothing,
    query: nothing,
  };
  assert.deepEqual(names({ stateStore: () => whole }), [
    "stateStore",
    "bulkStateStore",
    "transactionalStateStore",
    "queriableStateStore",
  ]);
  class Inherited {
    init(): void {}
    get(): void {}
    bulkGet(): void {}
  }
  assert.deepEqual(
    names({ secretStore: () => new Inherited(), outputBinding: () => ({ init: nothing, invoke: nothing }) }),
    ["outputBinding", "secretStore", "bulkSecretStore"],
  );
});

test("the interfaces of an application are those whose methods it has", () => {
  assert.deepEqual(names({ app: () => ({ onInvoke: nothing }) }), ["invoke"]);
  const whole = {
    onInvoke: nothing,
    subscriptions: nothing,
    onMessage: nothing,
    onMessages: nothing,
    bindings: nothing,
    onEvent: nothing,
    onJob: nothing,
    checkHealth: nothing,
  };
  assert.deepEqual(names({ app: () => whole }), [
    "invoke",
    "subscriber",
    "bulkSubscriber",
    "bindingHandler",
    "jobs",
    "health",
  ]);
  assert.throws(() => probe({ app: () => ({ onMessage: nothing }) }), /no subscriptions.*all of them or none/);
  assert.throws(() => probe({ app: () => ({}) }), /none of the blocks/);
});

test("what is wrong with a guest is named", () => {
  for (const [guest, why] of [
    [undefined, /no default export/],
    [{}, /none of the blocks/],
    [{ store: () => STORE }, /a block "store"/],
    [{ stateStore: STORE }, /must be a function/],
    [{ stateStore: () => undefined }, /answers no object/],
    [{ stateStore: () => ({ ...STORE, delete: 1 }) }, /stateStore has no delete/],
    [{ stateStore: () => ({ ...STORE, bulkGet: nothing }) }, /no bulkSet, bulkDelete.*all of them or none/],
    [
      {
        stateStore: () => {
          throw new Error("no clock");
        },
      },
      /belongs into init: Error: no clock/,
    ],
  ] as const) {
    assert.throws(() => probe(guest), why);
  }
});

test("a world exports what the guest implements, no less and no more", () => {
  const [store, bulk] = INTERFACES.filter(({ block }) => block === "stateStore");
  assert.ok(store !== undefined && bulk !== undefined);
  assert.match(world([store]), /^  export dapr:components\/state-store@0\.1\.0;$/m);
  const own = `import wasi:cli/environment@0.2.12; ${world([store])}`;
  assert.equal(difference(own, [store]), undefined);
  assert.match(difference(own, [store, bulk]) ?? "", /add there: export dapr:components\/bulk-state-store@0\.1\.0;/);
  assert.match(difference(world([store, bulk]), [store]) ?? "", /exports .*bulk-state-store.* does not implement/);
  assert.match(difference(world([store]).replace("  export", "  // export"), [store]) ?? "", /does not export/);
  const asked = ["dapr:client/state@0.1.0"];
  assert.match(world([store], asked), /^  import dapr:client\/state@0\.1\.0;$/m);
  assert.equal(difference(world([store], asked), [store], asked), undefined);
  assert.match(difference(world([store]), [store], asked) ?? "", /add there: import dapr:client\/state@0\.1\.0;/);
  const including = world([store]).replace("{", "{\n  include plugbox:runner/dapr-client@0.1.0;");
  assert.equal(difference(including, [store], asked), undefined);
});

test("the interfaces are those of the contract, with their functions", () => {
  const deps = fileURLToPath(new URL("../../../../../wit/deps", import.meta.url));
  const files = ["dapr", "dapr-app", "layotto"].flatMap((name) =>
    readdirSync(join(deps, name)).map((file) => join(deps, name, file)),
  );
  const wit = files.map((file) => readFileSync(file, "utf8"));
  const known = new Map(INTERFACES.map(({ id, functions }) => [id.replace(/.*\/(.*)@.*/, "$1"), functions]));
  // An application is one block, whose methods need names of their own.
  known.set("invoke", ["handle"]);
  known.set("subscriber", ["subscriptions", "handle"]);
  known.set("bulk-subscriber", ["handleBulk"]);
  known.set("binding-handler", ["bindings", "handle"]);
  known.set("jobs", ["handle"]);
  known.set("health", ["check"]);
  const told = new Map<string, string[]>();
  for (const [, name = "", body = ""] of wit.join("\n").matchAll(/^interface ([\w-]+) \{\n([^]*?)^\}/gm)) {
    const functions = [...body.matchAll(/^  ([\w-]+): func/gm)].map(([, name = ""]) => name);
    if (functions.length > 0) {
      told.set(
        name,
        functions.map((name) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())),
      );
    }
  }
  // It is a property of the store, and may be missing.
  told.set("transactional-state-store", ["transact"]);
  assert.deepEqual(new Map([...told].sort()), new Map([...known].sort()));
  for (const version of [
    "package dapr:components@0.1.0;",
    "package dapr:app@0.1.0;",
    "package layotto:components@0.1.0;",
  ]) {
    assert.ok(
      wit.some((text) => text.includes(version)),
      version,
    );
  }
});

const HELLO = "export default { hello: () => ({ init() {}, sayHello() {} }) };";

function run(...words: string[]) {
  const program = fileURLToPath(new URL("../../bin/plugbox-guest.js", import.meta.url));
  return spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
}

test("wrong words end with 2 and say how it goes", () => {
  for (const words of [[], ["make"], ["build"], ["build", "a", "b", "--out", "c"], ["build", "--in", "a"]]) {
    const { status, stderr } = run(...words);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /Usage: plugbox-guest build/);
  }
});

test("a guest that cannot be built ends with 1 and leaves nothing behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "plugbox-test-"));
  try {
    const entry = join(folder, "guest.ts");
    const out = join(folder, "guest.wasm");
    for (const [source, why] of [
      ["export default {", /found end of file/],
      [
        'import { readFileSync } from "node:fs"; export default { a: readFileSync };',
        /node:fs[^]*runs without Node\.js/,
      ],
      ["export default {};", /^error: the guest has none of the blocks/],
      ["throw new Error('no');", /^error: .* cannot be evaluated: Error: no/],
      [
        'import { getEnvironment as ask } from "wasi:cli/environment@0.2.12"; ask(); export default {};',
        /cannot be evaluated: Error: wasi:cli\/environment@0\.2\.12 is asked while the guest is built/,
      ],
      [HELLO, /is no folder with the contract: "plugbox wit /],
    ] as const) {
      writeFileSync(entry, source);
      const { status, stderr } = run("build", entry, "--wit", join(folder, "wit"), "--out", out);
      assert.equal(status, 1, stderr);
      assert.match(stderr, why);
      assert.deepEqual(readdirSync(folder), ["guest.ts"]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a world that is not the guest's ends the build with 1", () => {
  const folder = mkdtempSync(join(tmpdir(), "plugbox-test-"));
  try {
    const entry = join(folder, "guest.ts");
    writeFileSync(entry, HELLO);
    writeFileSync(join(folder, "guest.wit"), "package local:test;\n\nworld guest {\n}\n");
    const { status, stderr } = run("build", entry, "--wit", folder, "--out", join(folder, "guest.wasm"));
    assert.equal(status, 1, stderr);
    assert.match(stderr, /guest\.wit: .* add there: export layotto:components\/hello@0\.1\.0;/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
