import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument, Unimplemented } from "@plugbox/guest";
import { MyApp } from "../src/app.js";

function call(method: string, body: string): string {
  const data = new TextEncoder().encode(body);
  return new TextDecoder().decode(new MyApp().onInvoke({ method, data, headers: [] }).data);
}

test("who is named is greeted", () => {
  assert.equal(call("greet", "Ada"), "Hello, Ada!\n");
  assert.throws(() => call("greet", " "), InvalidArgument);
});

test("there is no other method", () => {
  assert.throws(() => call("fly", "Ada"), Unimplemented);
});
