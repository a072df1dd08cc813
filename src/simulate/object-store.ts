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
  /** A list takes no notice of where it is to go on, or does not say where. */
  | "list_circles"
  | "list_unnamed"
  /** The connection ends in the middle of an object. */
  | "cut";

/** What a stand-in store does to the next write, one after the other. */
export type WriteFault =
  /** Takes the object and, without a word, not the retention and the hold. */
  | "drop_lock"
  /** Whoever asks may not write. */
  | "denied"
  /** Stores it whatever its conditions say. */
  | "unconditional"
  /** Stores other bytes, as many. */
  | "garble"
  /** Stores it and ends the connection. */
  | "cut"
  /** Ends the connection, and stores it when `land` is called. */
  | "late"
  /** Ends the connection and stores nothing. */
  | "lost";

/** What keeps an object. */
export interface ObjectKeeping {
  /** Epoch milliseconds. */
  readonly until?: number | undefined;
  /** As the store calls it. */
  readonly mode?: string | undefined;
  readonly held?: boolean | undefined;
}

/** An object as a stand-in store has it. */
export interface StoredObject extends ObjectKeeping {
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
  /** What becomes of the next writes. */
  readonly writeFaults: WriteFault[] = [];
  /** Writes that have not come yet. */
  readonly later: (() => void)[] = [];
  /** How often an object was made or written over, by name. */
  readonly written = new Map<string, number>();
  readonly #objects = new Map<string, StoredObject>();
  #version = 0;

  put(name: string, body: string | Buffer, modified: number): void {
    this.#objects.set(name, { name, body: Buffer.from(body as string), version: ++this.#version, modified });
  }

  /** As a client does it; true. */
  add(name: string, body: Buffer, keeping: ObjectKeeping): boolean {
    this.written.set(name, (this.written.get(name) ?? 0) + 1);
    const modified = Date.now();
    this.#objects.set(name, { name, body, version: ++this.#version, modified, ...keeping });
    return true;
  }

  /** What is late arrives. */
  land(): void {
    for (const arrive of this.later.splice(0)) arrive();
  }

  /** Gives an object more to keep it. */
  keep(name: string, keeping: ObjectKeeping): void {
    const object = this.#objects.get(name);
    if (object !== undefined && this.writeFaults.shift() !== "drop_lock")
      this.#objects.set(name, { ...object, ...keeping });
  }

  /** Whether it is gone; a lock keeps it. */
  removeUnlocked(name: string): boolean {
    const { until = 0, held = false } = this.#objects.get(name) ?? {};
    if (held || until > Date.now()) return false;
    this.#objects.delete(name);
    return true;
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
    const from = Buffer.from(this.fault === "list_circles" ? "" : after);
    const behind = [...this.#objects.values()]
      .filter(({ name }) => name.startsWith(prefix) && Buffer.compare(Buffer.from(name), from) > 0)
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
  readonly method: string;
  readonly body: Buffer;
}

/** Starts a stand-in store on a free port of loopback. */
export function startStore(store: ObjectStore, speak: StoreSpeech): Promise<LoopbackServer> {
  const listener: RequestListener = async (request, response) => {
    const { url = "/", headers, method = "GET" } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams: query } = new URL(url, "http://loopback");
    const path = decodeURIComponent(pathname.slice(1));
    speak(store, { path, query, headers, method, body: Buffer.concat(chunks) }, response);
  };
  return startLoopbackServer(listener, {});
}

interface ObjectAnswer {
  readonly etag: string;
  readonly range: string | undefined;
  /** Headers of this store alone; none may be undefined. */
  readonly more?: Readonly<Record<string, string>>;
}

/** Answers with an object, or the part of it that `range` (`bytes=FROM-TO`) asks for. */
export function answerObject(
  store: ObjectStore,
  { name, body, modified }: StoredObject,
  { etag, range, more }: ObjectAnswer,
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
    ...more,
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
