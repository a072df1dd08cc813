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

const refusals: Partial<Record<StoreFault, readonly [status: number, code: string, message: string]>> = {
  list_denied: [403, "AccessDenied", "not authorized to perform: s3:ListBucket"],
  read_denied: [403, "AccessDenied", "not authorized to perform: s3:GetObject"],
  decrypt_denied: [403, "AccessDenied", "not authorized to perform: kms:Decrypt on this key"],
  unauthorized: [403, "InvalidAccessKeyId", "The key does not exist in our records."],
  no_bucket: [404, "NoSuchBucket", "The specified bucket does not exist"],
  slow_down: [503, "SlowDown", "Please reduce your request rate."],
  server_error: [500, "InternalError", "We encountered an internal error."],
};
const ofObjects: readonly StoreFault[] = ["read_denied", "decrypt_denied"];

/**
 * A stand-in for S3: lists, reads and stores, and looks at no signature. The bucket is the first part of the
 * path.
 */
export function startS3Server(store: ObjectStore): Promise<LoopbackServer> {
  return startStore(store, (_, request, response) => {
    const { path, query, headers } = request;
    const [bucket = "", ...rest] = path.split("/");
    const name = rest.join("/");
    const { fault } = store;
    const refusal = fault && refusals[fault];
    const refused = refusal !== undefined && (name !== "" || !ofObjects.includes(fault as StoreFault));
    if (refused && !(fault === "list_denied" && name !== "")) return refuse(response, ...refusal);
    if (name === "" && query.has("versioning")) return answerXml(response, "<VersioningConfiguration/>");
    if (name === "" && query.has("object-lock"))
      return refuse(response, 404, "ObjectLockConfigurationNotFoundError", "none");
    if (name === "" && query.has("lifecycle"))
      return refuse(response, 404, "NoSuchLifecycleConfiguration", "none");
    if (name === "") return answerXml(response, listOf(store, bucket, query));
    if (request.method === "PUT" || request.method === "DELETE")
      return change(store, name, request, response);
    const object = store.get(name);
    if (object === undefined) return refuse(response, 404, "NoSuchKey", "The specified key does not exist.");
    const etag = `"${object.version}"`;
    if ((headers["if-match"] ?? etag) !== etag)
      return refuse(response, 412, "PreconditionFailed", "a condition did not hold");
    answerObject(store, object, { etag, range: headers.range, more: keptAs(object) }, response);
  });
}

function keptAs({ version, until, mode, held }: StoredObject): Record<string, string> {
  return {
    "x-amz-version-id": String(version),
    ...(mode !== undefined && { "x-amz-object-lock-mode": mode }),
    ...(until !== undefined && { "x-amz-object-lock-retain-until-date": new Date(until).toISOString() }),
    ...(held === true && { "x-amz-object-lock-legal-hold": "ON" }),
  };
}

/** Stores, keeps or removes an object. */
function change(
  store: ObjectStore,
  name: string,
  { method, query, headers, body }: StoreRequest,
  response: ServerResponse,
): void {
  const header = (key: string) => headers[key]?.toString();
  const inBody = (tag: string) => body.toString().split(`<${tag}>`)[1]?.split("<")[0];
  if (method === "DELETE") {
    // Without a version it is a marker, which hides and removes nothing.
    if (query.has("versionId") && !store.removeUnlocked(name))
      return void refuse(
        response,
        403,
        "AccessDenied",
        "Access Denied because object protected by object lock.",
      );
    response.writeHead(204).end();
    return;
  }
  const done = () => void response.writeHead(200).end();
  if (query.has("retention")) {
    store.keep(name, { mode: inBody("Mode"), until: Date.parse(inBody("RetainUntilDate") ?? "") });
    done();
    return;
  }
  if (query.has("legal-hold")) {
    store.keep(name, { held: inBody("Status") === "ON" });
    done();
    return;
  }
  const until = header("x-amz-object-lock-retain-until-date");
  const write: ObjectWrite = {
    ...{ name, body, only: conditionOf(header("if-none-match"), header("if-match")) },
    checksums: { sha256: header("x-amz-checksum-sha256"), md5: header("content-md5") },
    keeping: {
      ...(until !== undefined && { until: Date.parse(until), mode: header("x-amz-object-lock-mode") }),
      held: header("x-amz-object-lock-legal-hold") === "ON",
    },
  };
  const answers = {
    stored: done,
    refused: () => refuse(response, 412, "PreconditionFailed", "a condition did not hold"),
    denied: () => refuse(response, 403, "AccessDenied", "Access Denied"),
    damaged: () => refuse(response, 400, "BadDigest", "The checksum did not match."),
  };
  takeWrite(store, write, answers, response);
}

function listOf(store: ObjectStore, bucket: string, query: URLSearchParams): string {
  const token = query.get("continuation-token") ?? "";
  const after = Buffer.from(token, "base64url").toString();
  const { objects, more } = store.page(query.get("prefix") ?? "", after);
  const next = Buffer.from(objects.at(-1)?.name ?? "").toString("base64url");
  const contents = objects.map(
    ({ name, body, version, modified }) =>
      `<Contents><Key>${xmlText(name)}</Key><LastModified>${new Date(modified).toISOString()}</LastModified><ETag>&quot;${version}&quot;</ETag><Size>${body.length}</Size></Contents>`,
  );
  return `<ListBucketResult><Name>${bucket}</Name><KeyCount>${objects.length}</KeyCount><IsTruncated>${more}</IsTruncated>${more && store.fault !== "list_unnamed" ? `<NextContinuationToken>${next}</NextContinuationToken>` : ""}${contents.join("")}</ListBucketResult>`;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  answerXml(response, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`, status);
}

function answerXml(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}
