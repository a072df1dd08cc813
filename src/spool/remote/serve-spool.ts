import type { SpooledRecord } from "../../record/record.ts";
import type { DeliverySpool, SideEntry } from "../spool.ts";
import { SpoolError } from "../spool-error.ts";
import { memoryOf, packRecords } from "./packed-records.ts";
import type { AnsweringLine, Question, Reply, SpoolTrouble } from "./question.ts";

/**
 * Answers what `remoteSpool` asks at the other end of `line`. Never throws: what a call rejects with is told
 * there, and ends the loop that asked.
 */
export function serveSpool(spool: DeliverySpool, line: AnsweringLine): void {
  line.take((question) => {
    void answer(spool, question).then(({ reply, moves }) => line.send(reply, moves));
  });
}

interface Answered {
  readonly reply: Reply;
  /** Memory that moves to the other thread. */
  readonly moves: readonly ArrayBuffer[];
}

async function answer(spool: DeliverySpool, { id, method, args }: Question): Promise<Answered> {
  try {
    const found = await (spool[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
    if (method === "read" || method === "readAgain") {
      const packed = packRecords(found as readonly SpooledRecord[]);
      return { reply: { id, answer: packed }, moves: memoryOf(packed) };
    }
    if (method === "side")
      return { reply: { id, answer: (found as readonly SideEntry[]).map(alone) }, moves: [] };
    return { reply: { id, answer: found }, moves: [] };
  } catch (error) {
    return { reply: { id, trouble: troubleOf(error) }, moves: [] };
  }
}

function alone(entry: SideEntry): SideEntry {
  return { ...entry, record: { ...entry.record, bytes: Uint8Array.from(entry.record.bytes) } };
}

function troubleOf(error: unknown): SpoolTrouble {
  if (error instanceof SpoolError) return { failure: error.failure, message: error.message, fix: error.fix };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), fix: "" };
}
