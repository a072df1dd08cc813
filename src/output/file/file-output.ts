import type { Agent } from "../../agent.ts";
import { type FormatName, formats } from "../../format/all.ts";
import { before, late } from "../../time/before.ts";
import type { Output, RetryResult, SendResult } from "../output.ts";
import { fileFailure } from "./file-result.ts";
import { FileWriter, type FileWriterOptions } from "./file-writer.ts";
import { probeFile } from "./probe.ts";

/** What a file output is made with. */
export interface FileOutputOptions extends FileWriterOptions {
  readonly format: FormatName;
  readonly agent: Agent;
}

const newline = 0x0a;

/** A file with a line per event. Delivered means that it is on disk. Opens nothing before the first batch. */
export function fileOutput(options: FileOutputOptions): Output {
  const { path, format, agent } = options;
  const write = formats[format](agent);
  const writer = new FileWriter(options);
  /** A write that the disk has not ended in time. It cannot be called back. */
  let under: Promise<SendResult> | undefined;

  async function append(batch: Buffer, inDoubt: boolean): Promise<SendResult> {
    try {
      if (inDoubt) await writer.forget();
      return await writer.append(batch);
    } catch (error) {
      return fileFailure(path, error);
    }
  }

  return {
    encode(event, into) {
      write(event, into);
      into.byte(newline);
    },

    async send(batch, deadline) {
      if (deadline.aborted) return tooSlow(path);
      const last = under;
      if (last !== undefined && (await before(deadline, last)) === late) return tooSlow(path);
      under = append(batch.whole(), last !== undefined);
      const result = await before(deadline, under);
      if (result === late) return tooSlow(path);
      under = undefined;
      return result;
    },

    probe: () => probeFile(options),

    async close() {
      // A disk that hangs keeps no program from ending.
      if (under === undefined) await writer.forget();
      else void under.then(() => writer.forget());
    },
  };
}

/** The batch may be there or not: the next send looks. */
function tooSlow(path: string): RetryResult {
  return {
    status: "retry",
    reason: "timeout",
    detail: `${path}: the disk did not take the batch in time`,
    fix: "the disk or the network file system is too slow or hangs: look at it (dmesg, iostat), or raise `timeout`",
  };
}
