import type { ServerResponse } from "node:http";
import type { LoopbackServer } from "./loopback-server.ts";
import {
  answerObject,
  type ObjectStore,
  type StoredObject,
  type StoreFault,
  type StoreRequest,
  startStore,
  xmlText,
} from "./object-store.ts";
import { conditionOf, type ObjectWrite, takeWrite } from "./object-writes.ts";

const refusals: Partial<Record<StoreFault, readonly [status: number, code: string]>> = {
  list_denied: [403, "AuthorizationPermissionMismatch"],
  read_denied: [403, "AuthorizationPermissionMismatch"],
  decrypt_denied: [403, "KeyVaultEncryptionKeyNotFound"],
  unauthorized: [403, "AuthenticationFailed"],
  no_bucket: [404, "ContainerNotFound"],
  slow_down: [503, "ServerBusy"],
  server_error: [500, "InternalError"],
};
const ofObjects: readonly StoreFault[] = ["read_denied", "decrypt_denied"];

/**
 * A stand-in for Azure Blob Storage. The path begins with account and container; no signature is
 * looked at.
 */
export function startAzureServer(store: ObjectStore): Promise<LoopbackServer> {
  return startStore(store, (_, request, response) => {
    const { path, query, headers } = request;
    const name = path.split("/").slice(2).join("/");
    const { fault } = store;
    const refusal = fault && refusals[fault];
    const concerns = ofObjects.includes(fault as StoreFault) ? name !== "" : true;
    if (refusal !== undefined && concerns && !(fault === "list_denied" && name !== ""))
      return refuse(response, ...refusal);
    if (name === "" && query.get("comp") !== "list") return answerProperties(response);
    if (name === "") return answerXml(response, listOf(store, query));
    if (request.method === "PUT" || request.method === "DELETE")
      return change(store, name, request, response);
    const object = store.get(name);
    if (object === undefined) return refuse(response, 404, "BlobNotFound");
    const etag = `"0x${object.version.toString(16)}"`;
    if ((headers["if-match"] ?? etag) !== etag) return refuse(response, 412, "ConditionNotMet");
    const range = headers["x-ms-range"] ?? headers.range;
    answerObject(store, object, { etag, range: range?.toString(), more: keptAs(object) }, response);
  });
}

function keptAs({ version, until, mode, held }: StoredObject): Record<string, string> {
  return {
    "x-ms-version-id": String(version),
    ...(mode !== undefined && { "x-ms-immutability-policy-mode": mode.toLowerCase() }),
    ...(until !== undefined && { "x-ms-immutability-policy-until-date": new Date(until).toUTCString() }),
    ...(held === true && { "x-ms-legal-hold": "true" }),
  };
}

/** Stores, keeps or removes a blob. */
function change(
  store: ObjectStore,
  name: string,
  { method, query, headers, body }: StoreRequest,
  response: ServerResponse,
): void {
  const header = (key: string) => headers[key]?.toString();
  const done = (status: number) =>
    void response.writeHead(status, { etag: '"0x1"', "last-modified": new Date().toUTCString() }).end();
  if (method === "DELETE") {
    // Without a version it makes the current one a previous one, and removes nothing.
    if (!query.has("versionid") || store.removeUnlocked(name)) done(202);
    else refuse(response, 409, "BlobImmutableDueToPolicy");
    return;
  }
  const until = header("x-ms-immutability-policy-until-date");
  const policy = until !== undefined && {
    ...{ until: Date.parse(until), mode: header("x-ms-immutability-policy-mode") },
  };
  const hold = header("x-ms-legal-hold");
  const keeping = { ...policy, ...(hold !== undefined && { held: hold === "true" }) };
  if (query.has("comp")) {
    store.keep(name, keeping);
    done(200);
    return;
  }
  const write: ObjectWrite = {
    ...{ name, body, keeping, only: conditionOf(header("if-none-match"), header("if-match")) },
    checksums: { md5: header("content-md5"), sha256: undefined },
  };
  const answers = {
    stored: () => done(201),
    refused: () =>
      write.only === "new"
        ? refuse(response, 409, "BlobAlreadyExists")
        : refuse(response, 412, "ConditionNotMet"),
    denied: () => refuse(response, 403, "AuthorizationPermissionMismatch"),
    damaged: () => refuse(response, 400, "Md5Mismatch"),
  };
  takeWrite(store, write, answers, response);
}

function listOf(store: ObjectStore, query: URLSearchParams): string {
  const after = Buffer.from(query.get("marker") ?? "", "base64url").toString();
  const { objects, more } = store.page(query.get("prefix") ?? "", after);
  const next = more ? Buffer.from(objects.at(-1)?.name ?? "").toString("base64url") : "";
  const blobs = objects.map(
    ({ name, body, version, modified }) =>
      `<Blob><Name>${xmlText(name)}</Name><Properties><Last-Modified>${new Date(modified).toUTCString()}</Last-Modified><Etag>0x${version.toString(16)}</Etag><Content-Length>${body.length}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`,
  );
  return `<EnumerationResults ServiceEndpoint="http://loopback/" ContainerName="c"><Blobs>${blobs.join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
}

function answerProperties(response: ServerResponse): void {
  response.writeHead(200, {
    etag: '"0x1"',
    "last-modified": new Date(0).toUTCString(),
    "x-ms-has-immutability-policy": "false",
    "x-ms-has-legal-hold": "true",
  });
  response.end();
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.setHeader("x-ms-error-code", code);
  answerXml(response, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`, status);
}

function answerXml(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="utf-8"?>${text}`);
}
