import { scrubber } from "../../secret/scrub.ts";
import type { Source, SourceContext } from "../source.ts";
import type { ShelfReaderOptions } from "../stored-log/read-told.ts";
import { readShelfDay } from "../stored-log/shelf-day.ts";
import { probeShelf } from "../stored-log/shelf-probe.ts";
import { ShelfReader } from "../stored-log/shelf-reader.ts";
import { storedOrigin } from "../stored-log/stored-keys.ts";
import type { FileSourceConfig } from "./config.ts";
import { fileShelf } from "./file-shelf.ts";
import { StandardInput } from "./standard-input.ts";

/** Reads audit logs from files, or from standard input. */
export function fileSource(config: FileSourceConfig, { clock, stdin }: SourceContext): Source {
  const { path, start, lookback, read } = config;
  const scrub = scrubber([]);
  const limits = { clock, start, scrub, maxLine: read.max_line };
  const common = { origin: storedOrigin(config), reload: () => false, close: async () => {} };
  if (path === "-") {
    const input = new StandardInput({ ...limits, stream: () => stdin?.() ?? nothing() });
    return {
      ...common,
      read: (cursor, stop, owed) => input.read(cursor, stop, owed),
      readDay: () => input.readDay(),
      probe: async () => [{ level: "ok", text: "standard input is read by run, to its end" }],
    };
  }
  const shelf = fileShelf(path);
  const reading: ShelfReaderOptions = {
    ...{ ...limits, shelf, lookback, acceptMalformed: read.accept_malformed, archive: false },
    place: path,
  };
  const reader = new ShelfReader(reading);
  return {
    ...common,
    read: (cursor, stop, owed, passages) => reader.read(cursor, stop, owed, passages),
    readDay: (request, stop, passages) => readShelfDay(reading, request, stop, passages),
    probe: (deadline) => probeShelf({ ...limits, shelf, deadline, whenEmpty }),
  };
}

const whenEmpty = "it is looked for with every poll: put files there, or correct path";

async function* nothing(): AsyncGenerator<Buffer> {}
