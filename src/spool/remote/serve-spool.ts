import type { SpooledRecord } from "../../record/record.ts";
import type { EncodedChunk } from "../chunk/chunk-codec.ts";
import { chunkMemory } from "../chunk/chunk-memory.ts";
import type { DeliverySpool, SideEntry } from "../spool.ts";
import { SpoolError } from "../spool-error.ts";
import type { AnsweringLine, Question, Reply, SpoolTrouble } from "./question.ts";

/**
 * Answers what `remoteSpool` asks at the other end of `line`. Never throws: what a call rejects with is told
 * there, and ends the loop that asked.
 */
export function serveSpool(spool: DeliverySpool, line: AnsweringLine): void {
  line.take((question) => {
    if ("memory" in question) chunkMemory.giveBack(question.memory);
    else void answer(spool, question).then(({ reply, moves }) => line.send(reply, moves));
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
    if (method === "chunk") {
      const chunk = found as EncodedChunk | undefined;
      return { reply: { id, answer: chunk }, moves: chunk === undefined ? [] : [chunk.bytes.buffer] };
    }
    if (method === "readAgain" || method === "shown")
      return { reply: { id, answer: (found as readonly SpooledRecord[]).map(alone) }, moves: [] };
    if (method === "side") {
      const entries = found as readonly SideEntry[];
      return {
        reply: { id, answer: entries.map((entry) => ({ ...entry, record: alone(entry.record) })) },
        moves: [],
      };
    }
    return { reply: { id, answer: found }, moves: [] };
  } catch (error) {
    return { reply: { id, trouble: troubleOf(error) }, moves: [] };
  }
}

/** Its bytes are a part of what a whole chunk came in, all of which would go along. */
function alone(record: SpooledRecord): SpooledRecord {
  return { ...record, bytes: Uint8Array.from(record.bytes) };
}

function troubleOf(error: unknown): SpoolTrouble {
  if (error instanceof SpoolError) return { failure: error.failure, message: error.message, fix: error.fix };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), fix: "" };
}
