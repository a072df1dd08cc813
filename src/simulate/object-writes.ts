import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { ObjectKeeping, ObjectStore } from "./object-store.ts";

/** A write, as each store's own speech says it. */
export interface ObjectWrite {
  readonly name: string;
  readonly body: Buffer;
  readonly keeping: ObjectKeeping;
  /** Whether there must be none of that name, or a certain one: none is the one that anybody names. */
  readonly only: "new" | "over" | undefined;
  /** Base64, by the algorithm's name; absent ones are not verified. */
  readonly checksums: Readonly<Record<"sha256" | "md5", string | undefined>>;
}

/** The condition of a write, as HTTP says it: `If-None-Match: *`, or `If-Match` with whatever. */
export function conditionOf(
  ifNoneMatch: string | undefined,
  ifMatch: string | null | undefined,
): ObjectWrite["only"] {
  if (ifNoneMatch === "*") return "new";
  return ifMatch === undefined || ifMatch === null ? undefined : "over";
}

/** How a store says how a write went. */
export interface WriteAnswers {
  stored(): void;
  /** A condition does not hold. */
  refused(): void;
  damaged(): void;
  denied(): void;
}

/** Stores an object as a store does, but for the fault that is set. */
export function takeWrite(
  store: ObjectStore,
  write: ObjectWrite,
  answers: WriteAnswers,
  response: ServerResponse,
): void {
  const { name, body, only, checksums } = write;
  const damaged = Object.entries(checksums).some(
    ([algorithm, wanted]) =>
      wanted !== undefined && createHash(algorithm).update(body).digest("base64") !== wanted,
  );
  if (damaged) {
    answers.damaged();
    return;
  }
  const fault = store.writeFaults.shift();
  if (fault === "denied") {
    answers.denied();
    return;
  }
  const keeping = fault === "drop_lock" ? {} : write.keeping;
  const may = () => only === undefined || (only === "new" && store.get(name) === undefined);
  const bytes = fault === "garble" ? Buffer.alloc(body.length) : body;
  const put = () => (fault === "unconditional" || may()) && store.add(name, bytes, keeping);
  if (fault === "late") store.later.push(() => void put());
  const made = fault !== "late" && fault !== "lost" && put();
  if (fault === "late" || fault === "lost" || fault === "cut") response.destroy();
  else if (made) answers.stored();
  else answers.refused();
}
