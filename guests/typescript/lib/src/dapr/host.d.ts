/** What the host has: its types are those of the adapters. */

declare module "dapr:client/state@0.1.0";
declare module "dapr:client/publish@0.1.0";
declare module "dapr:client/invoke@0.1.0";
declare module "dapr:client/bindings@0.1.0";
declare module "dapr:client/secrets@0.1.0";
declare module "wasi:cli/environment@0.2.12";
