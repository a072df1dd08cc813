import { guardFindings } from "../../bucket/guards.ts";
import type { Finding } from "../../finding.ts";
import { type FoundFile, StoreError } from "../archive-store.ts";
import { type AskedBucket, createdAnew } from "./asked-bucket.ts";
import { keepingFrom, type Retention } from "./retention.ts";

/** A larger file is not read only to try whether one can be stored. */
const trialBytes = 1_048_576;

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
async function trial(
  { asked, retention, now }: BucketLook,
  file: FoundFile | undefined,
  stop: AbortSignal,
): Promise<Finding[]> {
  const where = await asked.ask("list", stop, async ({ words }) => words.where);
  if (file === undefined)
    return [
      {
        level: "ok",
        text: `${where} can be listed; whether files can be stored was not tried: there is none yet, and one for trial might stay for years`,
      },
    ];
  const { name } = file;
  const bytes = await asked.ask("read", stop, (bucket) => bucket.read(name, stop));
  const overwritten = await asked.ask("write", stop, (bucket) =>
    createdAnew(bucket, () => bucket.create(name, bytes, keepingFrom(retention, now()), stop)),
  );
  return overwritten
    ? [
        {
          level: "problem",
          text: `${where} overwrites files although it is told not to (${name} was stored again, with its own bytes)`,
          fix: "use a store that heeds If-None-Match (S3, Azure) or ifGenerationMatch (Google Cloud Storage), or a newer version of this one",
        },
      ]
    : [{ level: "ok", text: `files can be listed, read and stored in ${where}, and are never overwritten` }];
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
