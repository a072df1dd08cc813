import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

/** What a stand-in store does in place of answering. */
export type StoreFault =
  /** Whoever asks may not list, or not read. */
  | "list_denied"
  | "read_denied"
  /** The key that the objects are encrypted with may not be used. */
  | "decrypt_denied"
  | "unauthorized"
  | "no_bucket"
  | "slow_down"
  | "server_error"
  /** The connection ends in the middle of an object. */
  | "cut";

/** An object as a stand-in store has it. */
export interface StoredObject {
  readonly name: string;
  readonly body: Buffer;
  /** Another number with each writing: the generation, or what the ETag is made of. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly modified: number;
}

/** The objects of a stand-in store, which all speak of in their own way. */
export class ObjectStore {
  fault: StoreFault | undefined;
  /** Objects on one page of a list. */
  pageSize = 1000;
  /** What was asked for, as `list` or `read NAME FROM-TO`. */
  readonly asked: string[] = [];
  readonly #objects = new Map<string, StoredObject>();
  #version = 0;

  put(name: string, body: string | Buffer, modified: number): void {
    this.#objects.set(name, { name, body: Buffer.from(body as string), version: ++this.#version, modified });
  }

  remove(name: string): void {
    this.#objects.delete(name);
  }

  get(name: string): StoredObject | undefined {
    return this.#objects.get(name);
  }

  /** One page behind the name `after`, in the order of the names' bytes. */
  page(prefix: string, after: string): { readonly objects: readonly StoredObject[]; readonly more: boolean } {
    this.asked.push("list");
    const behind = [...this.#objects.values()]
      .filter(
        ({ name }) => name.startsWith(prefix) && Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0,
      )
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    return { objects: behind.slice(0, this.pageSize), more: behind.length > this.pageSize };
  }
}

/** How a store speaks: what it answers to each request. */
export type StoreSpeech = (store: ObjectStore, request: StoreRequest, response: ServerResponse) => void;

/** A request, taken apart. */
export interface StoreRequest {
  /** Decoded, without the first slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** Starts a stand-in store on a free port of loopback. */
export function startStore(store: ObjectStore, speak: StoreSpeech): Promise<LoopbackServer> {
  const listener: RequestListener = ({ url = "/", headers }, response) => {
    const { pathname, searchParams } = new URL(url, "http://loopback");
    speak(store, { path: decodeURIComponent(pathname.slice(1)), query: searchParams, headers }, response);
  };
  return startLoopbackServer(listener, {});
}

/** Answers with an object, or the part of it that `range` (`bytes=FROM-TO`) asks for. */
export function answerObject(
  store: ObjectStore,
  { name, body, modified }: StoredObject,
  { etag, range }: { readonly etag: string; readonly range: string | undefined },
  response: ServerResponse,
): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  const from = Number(first ?? 0);
  const to = last === undefined || last === "" ? body.length : Math.min(Number(last) + 1, body.length);
  store.asked.push(`read ${name} ${from}-${to}`);
  response.writeHead(first === undefined ? 200 : 206, {
    "content-length": to - from,
    "content-type": "application/octet-stream",
    "last-modified": new Date(modified).toUTCString(),
    etag,
    ...(first !== undefined && { "content-range": `bytes ${from}-${to - 1}/${body.length}` }),
    "x-ms-blob-type": "BlockBlob",
  });
  const part = body.subarray(from, to);
  if (store.fault !== "cut") {
    response.end(part);
    return;
  }
  store.fault = undefined;
  response.write(part.subarray(0, Math.floor(part.length / 2)), () => response.destroy());
}

/** Text as XML has it. */
export function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
