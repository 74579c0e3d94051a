/**
 * Dapr components and applications in TypeScript: the interfaces that a guest implements, and the errors that it throws.
 *
 * @module
 */

export type * from "./app.js";
export type * from "./bindings.js";
export type * from "./client.js";
export type * from "./guest.js";
export type * from "./hello.js";
export type * from "./metadata.js";
export type * from "./pub-sub.js";
export type * from "./secrets.js";
export type * from "./state.js";
export type { JsonValue } from "./json.js";
export { parseJson } from "./json.js";
export * from "./body.js";
export * from "./errors.js";
export * from "./status.js";
