import { bucketSecrets } from "../../bucket/bucket-keys.ts";
import { bucketText, type StoreName } from "../../bucket/bucket-place.ts";
import { CurrentClient } from "../../bucket/current-client.ts";
import { UnusableKeyFile } from "../../bucket/key-file.ts";
import { MissingSdk } from "../../bucket/load-sdk.ts";
import { scrubber } from "../../secret/scrub.ts";
import { type Source, type SourceContext, SourceError } from "../source.ts";
import type { ShelfReaderOptions } from "../stored-log/read-told.ts";
import { readShelfDay } from "../stored-log/shelf-day.ts";
import { probeShelf } from "../stored-log/shelf-probe.ts";
import { ShelfReader } from "../stored-log/shelf-reader.ts";
import { storedOrigin } from "../stored-log/stored-keys.ts";
import { azureStore } from "./azure.ts";
import { bucketShelf } from "./bucket-shelf.ts";
import type { BucketConfig } from "./config.ts";
import { gcsStore } from "./gcs.ts";
import { s3Store } from "./s3.ts";
import type { NewStoreClient } from "./store-client.ts";

const stores: Readonly<Record<StoreName, NewStoreClient>> = { s3: s3Store, gs: gcsStore, az: azureStore };

/** Reads the audit log that W&B writes to a bucket. Loads the vendor's package with the first read. */
export function bucketSource(config: BucketConfig, { clock, environment }: SourceContext): Source {
  const { start, lookback, read } = config;
  const scrub = scrubber(bucketSecrets(config));
  const clients = new CurrentClient(config, () => stores[config.url.store](config, environment));
  const client = () => clients.current().catch(noClient);
  const limits = { clock, start, scrub, maxLine: read.max_line };
  const shelf = bucketShelf({ clock, scrub, client });
  const reading: ShelfReaderOptions = {
    ...{ ...limits, shelf, lookback, acceptMalformed: read.accept_malformed, archive: true },
    place: `${config.endpoint?.href ?? ""} ${bucketText(config.url)}`,
  };
  const reader = new ShelfReader(reading);
  return {
    origin: storedOrigin(config),
    read: (cursor, stop, owed, passages) => reader.read(cursor, stop, owed, passages),
    readDay: (request, stop, passages) => readShelfDay(reading, request, stop, passages),
    async probe(deadline) {
      const findings = await probeShelf({ ...limits, shelf, deadline, whenEmpty });
      if (findings.some(({ level }) => level === "problem")) return findings;
      return [...findings, ...(await (await client()).guards(deadline))];
    },
    // A changed secret or key file makes another client with the next read.
    reload: () => false,
    close: async () => clients.close(),
  };
}

const whenEmpty =
  "W&B syncs every ten minutes: check url (the bucket's path stands before wandb-audit-logs), that the instance has its own bucket, and that the server collects audit logs (GORILLA_COLLECT_AUDIT_LOGS)";

function noClient(error: unknown): never {
  if (error instanceof UnusableKeyFile) throw new SourceError("unauthorized", error.message, error.fix);
  if (!(error instanceof MissingSdk)) throw error;
  const { package: name, fix } = error;
  throw new SourceError("missing_package", `${name}, with which this bucket is read, is not installed`, fix);
}
