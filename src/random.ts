import { builtin } from "./builtin.ts";

/** The only source of chance; tests inject their own. */
export interface Random {
  /** From 0 up to but not 1, for jitter. */
  number(): number;
  /** So many bytes that nobody can guess. */
  bytes(count: number): Buffer;
  /** A random UUID (RFC 9562 §5.4). */
  uuid(): string;
}

/** The machine's own chance, fit for secrets but for `number`. */
export const systemRandom: Random = {
  number: () => Math.random(),
  bytes: (count) => builtin("node:crypto").randomBytes(count),
  uuid: () => builtin("node:crypto").randomUUID(),
};
