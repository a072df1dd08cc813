import type { Readable, Writable } from "node:stream";
import { decode } from "../event/decode.ts";
import type { AuditEvent } from "../event/event.ts";
import { Unfinished } from "../ingest/allowance.ts";
import { deduplicator } from "../ingest/deduplicate.ts";
import { uidText } from "../ingest/identity.ts";
import { ledger } from "../ingest/ledger.ts";
import type { Origin } from "../record/origin.ts";
import type { RawRecord } from "../record/record.ts";
import type { RecordSink } from "../source/wandb-log/assembly.ts";
import { Decoder } from "../source/wandb-log/decoder.ts";
import { Lines } from "../source/wandb-log/lines.ts";
import { readRecord } from "../source/wandb-log/read-record.ts";
import { type Clock, instantOfMs, utcDayOfMs } from "../time/clock.ts";

/** What is mapped, and where to. */
export interface LineMapperOptions {
  readonly output: Writable;
  readonly origin: Origin;
  readonly clock: Clock;
  /** A longer record is cut, as the source cuts it. */
  readonly maxRecordBytes: number;
  /** Undefined: the event is left out. */
  readonly payloadOf: (event: AuditEvent) => string | undefined;
}

/** Maps one input after the other. */
export interface LineMapper {
  /**
   * Maps one input to its end, in memory that does not grow with it
   * but for some 30 bytes a record. False: whoever read the output is gone.
   */
  map(input: Readable): Promise<boolean>;
  close(): void;
}

/**
 * Turns records (NDJSON, or a whole answer of W&B's API) into payloads, one a
 * line. Twins are counted over all inputs, so uids are those of one complete read.
 */
export function lineMapper(options: LineMapperOptions): LineMapper {
  const { output, origin, clock, maxRecordBytes, payloadOf } = options;
  const read = ledger({ load: () => [] }).read(new Unfinished());
  const own = { read, instance: origin.instance, stateId: "", watermark: undefined };
  const records = deduplicator(own);
  let lines = "";
  /** Ends the wait for the write that is under way. */
  let written = (_taken: boolean) => {};
  const gone = () => written(false);
  // Without a listener an error would end the process.
  output.on("error", gone).on("close", gone);

  function take(raw: RawRecord): void {
    const now = clock.now();
    const record = records.newRecordOf(raw, utcDayOfMs(now));
    // Nothing was known before, so everything is new.
    if (record === undefined) return;
    const kept = {
      ...record,
      uid: uidText(record.uid),
      seq: 0,
      source: origin.source,
      observed: instantOfMs(now),
    };
    const payload = payloadOf(decode(kept, origin));
    if (payload !== undefined) lines += `${payload}\n`;
  }

  /**
   * False when the output takes no more. Waits until it has
   * taken these lines, so that a slow reader slows the input.
   */
  async function flush(): Promise<boolean> {
    records.takeCounts();
    read.takeDelta();
    if (lines === "") return true;
    const text = lines;
    lines = "";
    return new Promise((resolve) => {
      written = resolve;
      output.write(text, (error) => resolve(error == null));
    });
  }

  return {
    async map(input) {
      const sink: RecordSink = {
        record(bytes) {
          take({ bytes, ...readRecord(bytes) });
          return "whole";
        },
        tooLong: (bytes) => take({ bytes, fault: "line_too_long" }),
      };
      const reader = recordReader(sink, maxRecordBytes);
      for await (const chunk of input) {
        reader.push(chunk);
        if (!(await flush())) return false;
      }
      reader.end();
      return flush();
    },
    close: () => void output.off("error", gone).off("close", gone),
  };
}

/** Like a source's decoder, but what begins as no log does is taken line by line all the same. */
function recordReader(sink: RecordSink, maxRecordBytes: number): { push(chunk: Buffer): void; end(): void } {
  let reader: Decoder | Lines = new Decoder(sink, maxRecordBytes);
  return {
    push(chunk) {
      reader.push(chunk);
      if (!(reader instanceof Decoder) || reader.form !== "foreign") return;
      reader = new Lines(sink, maxRecordBytes);
      reader.push(chunk);
    },
    end: () => void reader.end(),
  };
}
