import { chunkMemory } from "../chunk/chunk-memory.ts";
import type { DeadLetter, DeliverySpool } from "../spool.ts";
import { SpoolError } from "../spool-error.ts";
import { type ChunkReader, chunkReader } from "./chunk-reader.ts";
import type { AskingLine, SpoolTrouble } from "./question.ts";

/** A spool of which this thread keeps what it has asked for, until it rests. */
export interface RemoteSpool extends DeliverySpool, Pick<ChunkReader, "rest"> {}

/** The spool as the delivery loops see it from another thread: asked over `line`, see `serveSpool`. */
export function remoteSpool(line: AskingLine): RemoteSpool {
  const free = (memory: ArrayBuffer) =>
    chunkMemory.goesRound(memory) ? line.send({ memory }, [memory]) : void memory.transfer(0);
  const { read, rest } = chunkReader((after) => ask("chunk", after), free);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;

  line.take((reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("trouble" in reply) asked?.reject(errorOf(reply.trouble));
    else asked?.resolve(reply.answer);
  });

  function ask<Answer>(method: keyof DeliverySpool, ...args: unknown[]): Promise<Answer> {
    const id = ++lastId;
    const asked = Promise.withResolvers<unknown>();
    waiting.set(id, asked);
    line.send({ id, method, args });
    return asked.promise as Promise<Answer>;
  }

  return {
    standing: (output) => ask("standing", output),
    read,
    rest,
    chunk: (after) => ask("chunk", after),
    readAgain: (output, after, limit, part) => ask("readAgain", output, after, limit, part),
    replay: (output) => ask("replay", output),
    shown: (output, after, limit) => ask("shown", output, after, limit),
    side: (output, cause, after, limit) => ask("side", output, cause, after, limit),
    settle: (output, { dead, suspects, ...settlement }) =>
      ask("settle", output, { ...settlement, dead: dead.map(alone), suspects: suspects.map(alone) }),
    plan: (output, planned) => ask("plan", output, planned),
    stored: (output, day) => ask("stored", output, day),
    hold: (output, reason) => ask("hold", output, reason),
    resend: (output, since) => ask("resend", output, since),
  };
}

/** Its bytes are a part of what a whole batch came in, all of which would go along. */
function alone(letter: DeadLetter): DeadLetter {
  return { ...letter, record: { ...letter.record, bytes: Uint8Array.from(letter.record.bytes) } };
}

function errorOf({ failure, message, fix }: SpoolTrouble): Error {
  return failure === undefined ? new Error(message) : new SpoolError(failure, message, fix);
}
