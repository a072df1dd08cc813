import type { ArchiveStore } from "../../archive/archive-store.ts";
import { openArchive } from "../../archive/open-archive.ts";
import { bucketSecrets } from "../../bucket/bucket-keys.ts";
import type { Origin } from "../../record/origin.ts";
import { scrubber } from "../../secret/scrub.ts";
import type { Clock } from "../../time/clock.ts";
import type { Source, SourceContext } from "../source.ts";
import type { ShelfReaderOptions } from "../stored-log/read-told.ts";
import { readShelfDay } from "../stored-log/shelf-day.ts";
import { probeShelf } from "../stored-log/shelf-probe.ts";
import { ShelfReader } from "../stored-log/shelf-reader.ts";
import { storedOrigin } from "../stored-log/stored-keys.ts";
import { archiveShelf } from "./archive-shelf.ts";
import type { ArchiveSourceConfig } from "./config.ts";

/** Reads what an archive has of an instance. */
export function archiveSource(config: ArchiveSourceConfig, { clock, environment }: SourceContext): Source {
  const { url, start, lookback, read } = config;
  const scrub = scrubber(url.store === "file" ? [] : bucketSecrets({ ...config, url }));
  const store = openArchive(url, {
    ...{ now: () => clock.now(), environment, access: config },
    guid: () => "read",
  });
  const limits = { clock, start, scrub, maxLine: read.max_line, lookback };
  return sourceOf(store, storedOrigin(config), { ...limits, acceptMalformed: read.accept_malformed });
}

/** The same of an archive that is open, to read days of it; closes it in the end. */
export function openArchiveSource(store: ArchiveStore, origin: Origin, clock: Clock): Source {
  const whole = { start: { at: 0 }, lookback: 0, maxLine: wholeLine, acceptMalformed: [] };
  return sourceOf(store, origin, { ...whole, clock, scrub: scrubber([]) });
}

/** As long as any source takes a record, bytes. */
const wholeLine = 64 * 1024 * 1024;

function sourceOf(
  store: ArchiveStore,
  origin: Origin,
  options: Omit<ShelfReaderOptions, "shelf" | "archive">,
): Source {
  const shelf = archiveShelf({ store, instance: origin.instance });
  const reading: ShelfReaderOptions = { ...options, shelf, archive: true };
  const reader = new ShelfReader(reading);
  return {
    origin,
    read: (cursor, stop, owed, passages) => reader.read(cursor, stop, owed, passages),
    readDay: (request, stop, passages) => readShelfDay(reading, request, stop, passages),
    probe: (deadline) => probeShelf({ ...reading, deadline, whenEmpty }),
    reload: () => false,
    close: () => store.close(),
  };
}

const whenEmpty = "an output of type archive stores there: correct url, or wait for its first file (roll)";
