import type { BucketAccess } from "../../bucket/bucket-keys.ts";
import type { Finding } from "../../finding.ts";
import type { Environment } from "../../net/http/proxy.ts";
import { StoreError } from "../archive-store.ts";
import { lockProbes } from "../names.ts";
import { type AskedBucket, askedBucket } from "./asked-bucket.ts";
import { isKept, type Keeping, type Retention } from "./retention.ts";

/** So long a probe cannot be removed. */
const probeMs = 60_000;
/** A refusal in which the store says that the lock is why; without it the right may be what is missing. */
const byLock = /lock|retention|retain|immutab|hold\b|legalhold|worm/i;

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
 * Stores a probe that is locked for a minute and tries to remove that version of it: a marker over it would
 * prove nothing. The probe stays. Never rejects.
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
  await writer.ask("write", stop, (bucket) => bucket.create(name, Buffer.from("probe"), keeping, stop));
  const found = await writer.ask("read", stop, (bucket) => bucket.look(name, stop));
  const enable = await writer.ask("read", stop, async ({ words }) => words.enable);
  if (!isKept(found, keeping) || (found.until ?? 0) <= now())
    return { level: "problem", text: `${name} was stored and has no lock`, fix: enable };
  const refusal = await removing.ask("write", stop, async (bucket) => {
    try {
      await bucket.remove(name, found.version, stop);
      return undefined;
    } catch (error) {
      stop.throwIfAborted();
      return bucket.refusalOf(error);
    }
  });
  const whose = remover === undefined ? "the writer's own credentials" : "credentials given for that";
  if (refusal === undefined)
    return {
      level: "problem",
      text: `${name} could be removed with ${whose} although it is locked: the lock keeps nothing`,
      fix: `${enable}; if that is done, this store does not enforce it`,
    };
  const { status, code, message } = refusal;
  if (byLock.test(`${code} ${message}`))
    return {
      level: "ok",
      text: `a locked file cannot be removed, with ${whose}: ${code || status} (${name} stays; it can be removed after a minute)`,
    };
  return {
    level: "warning",
    text: `${name} was not removed, with ${whose}, and the store does not say that the lock is why (${code || status})`,
    fix: "give credentials for this trial that may remove versions: otherwise the right to remove may be what is missing",
  };
}
