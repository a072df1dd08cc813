import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { ObjectKeeping, ObjectStore } from "./object-store.ts";

/** A write, as each store's own speech says it. */
export interface ObjectWrite {
  readonly name: string;
  readonly body: Buffer;
  readonly keeping: ObjectKeeping;
  /** Whether there must be none of that name. */
  readonly onlyNew: boolean;
  /** Base64, by the algorithm's name; absent ones are not verified. */
  readonly checksums: Readonly<Record<"sha256" | "md5", string | undefined>>;
}

/** How a store says how a write went. */
export interface WriteAnswers {
  stored(): void;
  exists(): void;
  damaged(): void;
}

/** Stores an object as a store does, but for the fault that is set. */
export function takeWrite(
  store: ObjectStore,
  write: ObjectWrite,
  answers: WriteAnswers,
  response: ServerResponse,
): void {
  const { name, body, onlyNew, checksums } = write;
  const damaged = Object.entries(checksums).some(
    ([algorithm, wanted]) =>
      wanted !== undefined && createHash(algorithm).update(body).digest("base64") !== wanted,
  );
  if (damaged) {
    answers.damaged();
    return;
  }
  const fault = store.writeFaults.shift();
  const keeping = fault === "drop_lock" ? {} : write.keeping;
  const put = () => !(onlyNew && store.get(name) !== undefined) && store.add(name, body, keeping);
  if (fault === "late") store.later.push(() => void put());
  const made = fault !== "late" && fault !== "lost" && put();
  if (fault !== undefined && fault !== "drop_lock") response.destroy();
  else if (made) answers.stored();
  else answers.exists();
}
