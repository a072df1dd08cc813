import type { ServerResponse } from "node:http";
import type { LoopbackServer } from "./loopback-server.ts";
import {
  answerObject,
  type ObjectKeeping,
  type ObjectStore,
  type StoredObject,
  type StoreFault,
  type StoreRequest,
  startStore,
} from "./object-store.ts";
import { conditionOf, type ObjectWrite, takeWrite } from "./object-writes.ts";

const refusals: Partial<Record<StoreFault, readonly [status: number, reason: string, message: string]>> = {
  list_denied: [403, "forbidden", "reader does not have storage.objects.list access"],
  read_denied: [403, "forbidden", "reader does not have storage.objects.get access"],
  decrypt_denied: [403, "forbidden", "permission denied on Cloud KMS key"],
  unauthorized: [401, "authError", "Invalid Credentials"],
  no_bucket: [404, "notFound", "The specified bucket does not exist."],
  slow_down: [429, "rateLimitExceeded", "The object exceeded the rate limit."],
  server_error: [500, "backendError", "We encountered an internal error."],
};
const ofObjects: readonly StoreFault[] = ["read_denied", "decrypt_denied"];

/**
 * A stand-in for Google Cloud Storage, as its JSON API has it. Lists, reads and stores, and asks nobody who
 * they are.
 */
export function startGcsServer(store: ObjectStore): Promise<LoopbackServer> {
  return startStore(store, (_, request, response) => {
    const { path, query, headers, method } = request;
    const [, name] = /\/o\/(.*)$/s.exec(path) ?? [];
    const { fault } = store;
    const refusal = fault && refusals[fault];
    const concerns = ofObjects.includes(fault as StoreFault) ? name !== undefined : true;
    if (refusal !== undefined && concerns && !(fault === "list_denied" && name !== undefined))
      return refuse(response, ...refusal);
    if (/\/b\/[^/]+$/.test(path)) return answerJson(response, { versioning: { enabled: true } });
    if (method === "POST") return insert(store, request, response);
    if (name !== undefined && method === "PATCH")
      store.keep(name, keepingOf(JSON.parse(request.body.toString())));
    if (name !== undefined && method === "DELETE") {
      if (!store.removeUnlocked(name))
        return refuse(response, 403, "retentionPolicyNotMet", "under retention");
      response.writeHead(204).end();
      return;
    }
    if (name === undefined) return answerJson(response, listOf(store, query));
    const object = store.get(name);
    const generation = query.get("generation") ?? String(object?.version);
    if (object === undefined || String(object.version) !== generation)
      return refuse(response, 404, "notFound", "No such object");
    if (query.get("alt") !== "media") return answerJson(response, shown(object));
    answerObject(store, object, { etag: String(object.version), range: headers.range }, response);
  });
}

/** An object as the JSON API shows it. */
function shown({ name, body, version, modified, until, mode, held }: StoredObject): unknown {
  const at = new Date(modified).toISOString();
  return {
    ...{ kind: "storage#object", name, generation: String(version), size: String(body.length) },
    ...{ updated: at, timeCreated: at, temporaryHold: held === true },
    ...(until !== undefined && { retention: { mode, retainUntilTime: new Date(until).toISOString() } }),
  };
}

interface GivenMetadata {
  readonly name?: string;
  readonly md5Hash?: string;
  readonly temporaryHold?: boolean;
  readonly retention?: { readonly mode?: string; readonly retainUntilTime?: string };
}

function keepingOf({ retention, temporaryHold }: GivenMetadata): ObjectKeeping {
  return {
    ...(retention !== undefined && {
      ...{ mode: retention.mode, until: Date.parse(retention.retainUntilTime ?? "") },
    }),
    ...(temporaryHold !== undefined && { held: temporaryHold }),
  };
}

/** A body of two parts: what is said of the object, and the object. */
function insert(store: ObjectStore, { query, headers, body }: StoreRequest, response: ServerResponse): void {
  const [, boundary = ""] = /boundary="?([^";]+)/.exec(headers["content-type"] ?? "") ?? [];
  const text = body.toString("latin1");
  const parts = text.split(`--${boundary}`).slice(1, 3);
  const [given = "", content = ""] = parts.map((part) =>
    part.slice(part.indexOf("\r\n\r\n") + 4, part.lastIndexOf("\r\n")),
  );
  const metadata = JSON.parse(Buffer.from(given, "latin1").toString()) as GivenMetadata;
  const name = query.get("name") ?? metadata.name ?? "";
  const write: ObjectWrite = {
    ...{ name, body: Buffer.from(content, "latin1"), keeping: keepingOf(metadata) },
    only: conditionOf(
      query.get("ifGenerationMatch") === "0" ? "*" : undefined,
      query.get("ifGenerationMatch"),
    ),
    checksums: { md5: metadata.md5Hash, sha256: undefined },
  };
  const answers = {
    stored: () => answerJson(response, shown(store.get(name) as StoredObject)),
    refused: () =>
      refuse(response, 412, "conditionNotMet", "At least one of the pre-conditions did not hold."),
    denied: () => refuse(response, 403, "forbidden", "no storage.objects.create access"),
    damaged: () => refuse(response, 400, "invalid", "Provided MD5 hash does not match."),
  };
  takeWrite(store, write, answers, response);
}

function listOf(store: ObjectStore, query: URLSearchParams): unknown {
  const after = Buffer.from(query.get("pageToken") ?? "", "base64url").toString();
  const { objects, more } = store.page(query.get("prefix") ?? "", after);
  const items = objects.map(shown);
  const nextPageToken = Buffer.from(objects.at(-1)?.name ?? "").toString("base64url");
  return { kind: "storage#objects", items, ...(more && { nextPageToken }) };
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  answerJson(response, { error: { code, message, errors: [{ message, domain: "global", reason }] } }, code);
}

function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
