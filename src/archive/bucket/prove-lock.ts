import type { BucketAccess } from "../../bucket/bucket-keys.ts";
import type { Finding } from "../../finding.ts";
import type { Environment } from "../../net/http/proxy.ts";
import { StoreError } from "../archive-store.ts";
import { lockProbes } from "../names.ts";
import { type AskedBucket, askedBucket } from "./asked-bucket.ts";
import { isKept, type Keeping, type Retention } from "./retention.ts";

/** With these a store refuses to remove a file; with any other it gave no answer to that. */
const refusals = new Set([400, 403, 409, 412]);
/** So long a probe cannot be removed. */
const probeMs = 60_000;
/** What a lock is tried with. */
export interface ProveLockOptions {
  readonly access: BucketAccess;
  /** With credentials that may remove versions; absent: those of `access`. */
  readonly remover: BucketAccess | undefined;
  readonly retention: Retention;
  readonly environment: Environment;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Makes random GUIDs. */
  readonly guid: () => string;
}

/**
 * Stores a probe that is locked for a minute and one that is not, and tries to remove both, each by its
 * version: a marker over it would prove nothing. That the locked one stays proves the lock only where the
 * other one went: the right to remove may be missing. The locked one stays. Never rejects.
 */
export async function proveLock(options: ProveLockOptions, stop: AbortSignal): Promise<readonly Finding[]> {
  const { access, remover, environment } = options;
  const writer = askedBucket(access, environment);
  const removing = remover === undefined ? writer : askedBucket(remover, environment);
  try {
    return [await tried(writer, removing, options, stop)];
  } catch (error) {
    if (error instanceof StoreError) return [{ level: "problem", text: error.message, fix: error.fix }];
    return [
      { level: "problem", text: "the lock was not tried in time", fix: "give it longer with --timeout" },
    ];
  } finally {
    writer.close();
    removing.close();
  }
}

async function tried(
  writer: AskedBucket,
  removing: AskedBucket,
  { access, remover, retention, now, guid }: ProveLockOptions,
  stop: AbortSignal,
): Promise<Finding> {
  const name = `${access.url.prefix}${lockProbes}${guid()}`;
  const keeping: Keeping = { until: now() + probeMs, lock: retention.lock, held: false };
  const found = await stored(writer, name, keeping, stop);
  const enable = await writer.ask("read", stop, async ({ words }) => words.enable);
  if (!isKept(found, keeping) || (found.until ?? 0) <= now())
    return { level: "problem", text: `${name} was stored and has no lock`, fix: enable };
  const whose = remover === undefined ? "the writer's own credentials" : "credentials given for that";
  const refused = await refusalOf(removing, name, found.version, stop);
  if (refused === undefined)
    return {
      level: "problem",
      text: `${name} could be removed with ${whose} although it is locked: the lock keeps nothing`,
      fix: `${enable}; if that is done, this store does not enforce it`,
    };
  const twin = `${name}-unlocked`;
  const free = await stored(writer, twin, { until: undefined, lock: retention.lock, held: false }, stop);
  const freeRefused = await refusalOf(removing, twin, free.version, stop);
  if (freeRefused === undefined)
    return {
      level: "ok",
      text: `a locked file cannot be removed, and one without a lock can, with ${whose}: ${refused} (${name} stays; it can be removed after a minute)`,
    };
  const byDefault = (free.until ?? 0) > now() || free.held;
  return {
    level: "warning",
    text: `${name} was not removed, with ${whose}, and ${byDefault ? "the store locks every file by itself, so that there was none without a lock to compare with" : "neither was one without a lock"} (${freeRefused}): nothing is proven`,
    fix: byDefault
      ? `remove ${name} by its version with credentials that may: the store must refuse, and name the lock`
      : "give credentials for this trial that may remove versions: the right to remove is what is missing",
  };
}

async function stored(writer: AskedBucket, name: string, keeping: Keeping, stop: AbortSignal) {
  await writer.ask("write", stop, (bucket) => bucket.create(name, Buffer.from("probe"), keeping, stop));
  return writer.ask("read", stop, (bucket) => bucket.look(name, stop));
}

/** What the store calls its refusal; undefined if it removed the file. Rejects where it gave no answer. */
function refusalOf(removing: AskedBucket, name: string, version: string | undefined, stop: AbortSignal) {
  return removing.ask("write", stop, async (bucket) => {
    try {
      await bucket.remove(name, version, stop);
      return undefined;
    } catch (error) {
      const { status = 0, code } = bucket.refusalOf(error);
      if (!refusals.has(status)) throw error;
      return code || String(status);
    }
  });
}
