import { openArchive } from "../../archive/open-archive.ts";
import { placeText } from "../../archive/place.ts";
import { bucketSecrets } from "../../bucket/bucket-keys.ts";
import { scrubber } from "../../secret/scrub.ts";
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
  const { url, start, lookback, read, instance } = config;
  const scrub = scrubber(url.store === "file" ? [] : bucketSecrets({ ...config, url }));
  const store = openArchive(url, {
    ...{ now: () => clock.now(), environment, access: config },
    guid: () => "read",
  });
  const limits = { clock, start, scrub, maxLine: read.max_line };
  const shelf = archiveShelf({ store, instance });
  const reading: ShelfReaderOptions = {
    ...{ ...limits, shelf, lookback, acceptMalformed: read.accept_malformed, archive: true },
    place: `${config.endpoint?.href ?? ""} ${placeText(url)}`,
  };
  const reader = new ShelfReader(reading);
  return {
    origin: storedOrigin(config),
    read: (cursor, stop, owed, passages) => reader.read(cursor, stop, owed, passages),
    readDay: (request, stop, passages) => readShelfDay(reading, request, stop, passages),
    probe: (deadline) => probeShelf({ ...limits, shelf, deadline, whenEmpty }),
    reload: () => false,
    close: () => store.close(),
  };
}

const whenEmpty = "an output of type archive stores there: correct url, or wait for its first file (roll)";
