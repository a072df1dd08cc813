import type { ThreadLine } from "../../thread/line.ts";
import type { DeliverySpool } from "../spool.ts";
import type { SpoolFailure } from "../spool-error.ts";

/** A call of the spool in the other thread. */
export interface Question {
  readonly id: number;
  readonly method: keyof DeliverySpool;
  readonly args: readonly unknown[];
}

/** Memory of a chunk that was asked for, to be written anew. */
export interface FreeMemory {
  readonly memory: ArrayBuffer;
}

/** What came of it. */
export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly trouble: SpoolTrouble };

/** Why it rejected. Without `failure` it is a bug. */
export interface SpoolTrouble {
  readonly failure?: SpoolFailure;
  readonly message: string;
  readonly fix: string;
}

/** From who asks the spool, and to where it is. */
export type AskingLine = ThreadLine<Question | FreeMemory, Reply>;
/** From where the spool is, and to who asks. */
export type AnsweringLine = ThreadLine<Reply, Question | FreeMemory>;
