import { guardFindings } from "../../bucket/guards.ts";
import type { Finding } from "../../finding.ts";
import { type FoundFile, StoreError } from "../archive-store.ts";
import { lockProbes } from "../names.ts";
import { type AskedBucket, createdAnew } from "./asked-bucket.ts";
import { keepingFrom, type Retention } from "./retention.ts";

/** A larger file is not read only to try whether one can be stored. */
const trialBytes = 1_048_576;

/** With these a store refuses to store over what is not there. */
const refusals = new Set([404, 412]);

/** What is looked at, and how files of it are to be kept. */
interface BucketLook {
  readonly asked: AskedBucket;
  readonly prefix: string;
  readonly retention: Retention;
  readonly now: () => number;
}

/** Whether files can be listed and stored, and what keeps them. Leaves nothing. Never rejects. */
export async function bucketFindings(look: BucketLook, stop: AbortSignal): Promise<readonly Finding[]> {
  try {
    const file = await firstFile(look, stop);
    return [...(await trial(look, file, stop)), ...(await keepingFindings(look, stop))];
  } catch (error) {
    if (error instanceof StoreError) return [{ level: "problem", text: error.message, fix: error.fix }];
    return [
      {
        level: "problem",
        text: "the bucket did not answer in time",
        fix: "look at the network between and at endpoint, or give it longer with --timeout",
      },
    ];
  }
}

async function firstFile({ asked, prefix }: BucketLook, stop: AbortSignal): Promise<FoundFile | undefined> {
  return asked.ask("list", stop, async (bucket) => {
    for await (const file of bucket.list(prefix, stop)) if (file.size <= trialBytes) return file;
    return undefined;
  });
}

/**
 * Stores a file that is there once more, which must be refused: a probe of its own would stay for years in a
 * bucket with a lock. Its own bytes, because a store that takes no notice of conditions overwrites.
 */
async function trial(look: BucketLook, file: FoundFile | undefined, stop: AbortSignal): Promise<Finding[]> {
  const { asked } = look;
  const { where } = await asked.ask("list", stop, async ({ words }) => words);
  if (file === undefined) return [await trialWithoutFile(look, where, stop)];
  const { name } = file;
  const bytes = await asked.ask("read", stop, (bucket) => bucket.read(name, stop));
  return (await overwritten(look, name, bytes, stop))
    ? [overwrites(where, `${name} was stored again, with its own bytes`)]
    : [{ level: "ok", text: `files can be listed, read and stored in ${where}, and are never overwritten` }];
}

function overwritten({ asked, retention, now }: BucketLook, name: string, bytes: Buffer, stop: AbortSignal) {
  return asked.ask("write", stop, (bucket) =>
    createdAnew(bucket, () => bucket.create(name, bytes, keepingFrom(retention, now()), stop)),
  );
}

function overwrites(where: string, how: string): Finding {
  return {
    level: "problem",
    text: `${where} overwrites files although it is told not to (${how})`,
    fix: "use a store that heeds If-None-Match (S3, Azure) or ifGenerationMatch (Google Cloud Storage), or a newer version of this one",
  };
}

const probe = Buffer.from("probe");

/** Where there is none to store again, one is to replace what is not there, which must be refused. */
async function trialWithoutFile(look: BucketLook, where: string, stop: AbortSignal): Promise<Finding> {
  const { asked, prefix } = look;
  const name = `${prefix}${lockProbes}check`;
  const isStored = await asked.ask("write", stop, async (bucket) => {
    try {
      await bucket.replaceNone(name, probe, stop);
      return true;
    } catch (error) {
      if (!refusals.has(bucket.refusalOf(error).status ?? 0)) throw error;
      return false;
    }
  });
  if (!isStored)
    return {
      level: "ok",
      text: `files can be listed and stored in ${where}; that none is overwritten is tried once there is one of at most 1 MiB`,
    };
  // This condition it does not know, and perhaps the one that matters.
  const again = await overwritten(look, name, probe, stop);
  const stays = await asked.ask("write", stop, async (bucket) =>
    bucket
      .look(name, stop)
      .then(({ version }) => bucket.remove(name, version, stop))
      .then(
        () => "",
        () => `; ${name} stays there, and is no record`,
      ),
  );
  return again
    ? overwrites(where, `${name} was stored twice${stays}`)
    : { level: "ok", text: `files can be listed and stored in ${where}, and are never overwritten${stays}` };
}

async function keepingFindings({ asked, retention }: BucketLook, stop: AbortSignal): Promise<Finding[]> {
  const words = await asked.ask("list", stop, async (bucket) => bucket.words);
  const guards = await asked
    .ask("keep", stop, (bucket) => bucket.guards(stop))
    .catch((error: unknown) => {
      if (error instanceof StoreError) return undefined;
      throw error;
    });
  if (guards === undefined)
    return [...(await guardFindings(() => Promise.reject(new Error("not shown")), words.guards))];
  const found = await guardFindings(async () => guards, words.guards);
  if (retention.retain === undefined || guards.lockable) return [...found];
  return [
    ...found,
    {
      level: "problem",
      text: `retain is set, and ${words.where} can keep no file`,
      fix: `${words.enable}; until then no file counts as stored`,
    },
  ];
}
