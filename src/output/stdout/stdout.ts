import type { Writable } from "node:stream";
import type { Agent } from "../../agent.ts";
import { type FormatName, formats } from "../../format/all.ts";
import { hasNoRoom, systemCode } from "../../system-code.ts";
import { excerpt } from "../../text/excerpt.ts";
import { before, late } from "../../time/before.ts";
import type { Output, SendResult } from "../output.ts";

/** What the output is made with; without a stream every send fails. */
export interface StdoutOptions {
  readonly format: FormatName;
  readonly agent: Agent;
  readonly stream: Writable | undefined;
}

/** A write the reader of the stream has not taken yet. It cannot be called back. */
interface Pending {
  readonly bytes: Buffer;
  readonly done: Promise<Error | undefined>;
}

/**
 * Standard output, a line per event. Waits until the operating system has taken a batch, so a slow reader
 * slows this output and fills no memory.
 */
export function stdout({ format, agent, stream }: StdoutOptions): Output {
  const write = formats[format](agent);
  let pending: Pending | undefined;
  // Without a listener a reader that goes away would end the process; the write itself reports it.
  const ignore = () => {};
  stream?.on("error", ignore);

  function begin(bytes: Buffer): Pending {
    const done = new Promise<Error | undefined>((resolve) => {
      if (stream === undefined) resolve(new Error("there is no standard output"));
      else stream.write(bytes, (error) => resolve(error ?? undefined));
    });
    return { bytes, done };
  }

  return {
    encode(event, into) {
      write(event, into);
      into.byte(newline);
    },

    async send(batch, deadline) {
      if (deadline.aborted) return unread;
      const bytes = batch.whole();
      if (pending !== undefined && !pending.bytes.equals(bytes)) {
        const outcome = await before(deadline, pending.done);
        if (outcome === late) return unread;
        pending = undefined;
      }
      // After a timeout the same batch comes again: its first write still counts.
      pending ??= begin(bytes);
      const outcome = await before(deadline, pending.done);
      if (outcome === late) return unread;
      pending = undefined;
      return outcome === undefined ? { status: "delivered", rejected: [] } : failed(outcome);
    },

    async probe() {
      if (stream === undefined || stream.destroyed || stream.writableEnded)
        return [{ level: "problem", text: "standard output is closed", fix: "start the program with one" }];
      return [{ level: "ok", text: "standard output is open: delivered means sent" }];
    },

    /**
     * The stream is the process's: it stays open. A write still under way may yet fail, so its listener stays
     * too.
     */
    async close() {
      if (pending === undefined) stream?.off("error", ignore);
    },
  };
}

const newline = 0x0a;

const unread: SendResult = {
  status: "retry",
  reason: "timeout",
  detail: "standard output: not read in time",
  fix: "whoever reads the pipe is too slow or hangs",
};

function failed(error: Error): SendResult {
  const detail = excerpt(`standard output: ${error.message}`, 300);
  const isFull = hasNoRoom(error) || systemCode(error) === "EFBIG";
  const what = isFull ? full : gone;
  return { status: "retry", hold: true, ...what, detail };
}

/** Of a file that takes no more. */
const full = {
  reason: "disk_full",
  fix: "make room on the disk of the file that standard output goes to, or raise its quota or the limit on the size of files (ulimit -f)",
} as const;

const gone = {
  reason: "connection_lost",
  fix: "whoever read the pipe has gone: start the program again with a reader",
} as const;
