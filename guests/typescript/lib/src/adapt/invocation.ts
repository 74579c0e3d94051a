/** Requests and responses of invocation, of both sides. */

import type { HeaderList, InvokeRequest, InvokeResponse, Verb } from "../app.js";
import { bytes, list, optionalText, ownBytes, record, text } from "./wire.js";

export interface WireRequest {
  method: string;
  data: Uint8Array;
  contentType?: string | undefined;
  typeUrl?: string | undefined;
  http?: { verb: Verb; query?: string | undefined } | undefined;
  headers: [string, string][];
}

export interface WireResponse {
  data: Uint8Array;
  contentType?: string | undefined;
  typeUrl?: string | undefined;
  headers: [string, string][];
}

export function ownRequest({ data, http, headers, ...request }: WireRequest): InvokeRequest {
  return { ...request, data: ownBytes(data), http: http && { ...http }, headers: ownHeaders(headers) };
}

export function ownResponse({ data, headers, ...response }: WireResponse): InvokeResponse & { data: Uint8Array } {
  return { ...response, data: ownBytes(data), headers: ownHeaders(headers) };
}

export function wireResponse(response: InvokeResponse | void): WireResponse {
  const { data, contentType, typeUrl, headers } = record(response ?? {}, "the response");
  return {
    data: data === undefined ? new Uint8Array() : bytes(data, "the response's data"),
    contentType: optionalText(contentType, "the response's content type"),
    typeUrl: optionalText(typeUrl, "the response's type"),
    headers: wireHeaders(headers, "the response's headers"),
  };
}

export function wireHeaders(headers: HeaderList | undefined, what: string): [string, string][] {
  return list(headers ?? [], what).map((pair) => {
    const [name, value] = list(pair, `one of ${what}`);
    return [text(name, `a name of ${what}`), text(value, `a value of ${what}`)];
  });
}

function ownHeaders(headers: [string, string][]): HeaderList {
  return Array.from(headers, ([name, value]): [string, string] => [name, value]);
}
