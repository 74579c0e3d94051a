import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument, NotFound } from "@plugbox/guest";
import { MyOutputBinding } from "../src/output-binding.js";

const request = { data: new TextEncoder().encode("hello"), metadata: { key: "greeting" } };

test("what is created can be got until it is deleted", () => {
  const binding = new MyOutputBinding();
  binding.invoke({ operation: "create", ...request });
  assert.deepEqual(binding.invoke({ operation: "get", ...request }).data, request.data);
  binding.invoke({ operation: "delete", ...request });
  assert.throws(() => binding.invoke({ operation: "get", ...request }), NotFound);
});

test("what cannot be done is said", () => {
  const binding = new MyOutputBinding();
  assert.throws(() => binding.invoke({ operation: "paint", ...request }), InvalidArgument);
  assert.throws(() => binding.invoke({ operation: "get", ...request, metadata: {} }), InvalidArgument);
});
