import assert from "node:assert/strict";
import { test } from "node:test";
import { MySecretStore } from "../src/secret-store.js";

test("the secrets are those of the last init", () => {
  const store = new MySecretStore();
  store.init({ "secret.password": "oak", direction: "west" });
  assert.deepEqual(store.get("password"), { password: "oak" });
  assert.equal(store.get("direction"), undefined);
  store.init({});
  assert.equal(store.get("password"), undefined);
});
