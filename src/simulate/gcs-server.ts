import type { ServerResponse } from "node:http";
import type { LoopbackServer } from "./loopback-server.ts";
import { answerObject, type ObjectStore, type StoreFault, startStore } from "./object-store.ts";

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
 * A stand-in for Google Cloud Storage, as its JSON API has it. Lists and reads, and asks nobody who
 * they are.
 */
export function startGcsServer(store: ObjectStore): Promise<LoopbackServer> {
  return startStore(store, (_, { path, query, headers }, response) => {
    const [, name] = /\/o\/(.*)$/s.exec(path) ?? [];
    const { fault } = store;
    const refusal = fault && refusals[fault];
    const concerns = ofObjects.includes(fault as StoreFault) ? name !== undefined : true;
    if (refusal !== undefined && concerns && !(fault === "list_denied" && name !== undefined))
      return refuse(response, ...refusal);
    if (/\/b\/[^/]+$/.test(path)) return answerJson(response, { versioning: { enabled: true } });
    if (name === undefined) return answerJson(response, listOf(store, query));
    const object = store.get(name);
    const generation = query.get("generation") ?? String(object?.version);
    if (object === undefined || String(object.version) !== generation)
      return refuse(response, 404, "notFound", "No such object");
    answerObject(store, object, { etag: String(object.version), range: headers.range }, response);
  });
}

function listOf(store: ObjectStore, query: URLSearchParams): unknown {
  const after = Buffer.from(query.get("pageToken") ?? "", "base64url").toString();
  const { objects, more } = store.page(query.get("prefix") ?? "", after);
  const items = objects.map(({ name, body, version, modified }) => ({
    ...{ kind: "storage#object", name, generation: String(version), size: String(body.length) },
    updated: new Date(modified).toISOString(),
  }));
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
