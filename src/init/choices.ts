import type { Answers, InitQuestion, SecretQuestion } from "./question.ts";

/** A kind of W&B, or of place where its log is stored: what has to be known to read it there. */
export interface Deployment {
  /** As it is named on the command line. */
  readonly name: string;
  readonly title: string;
  readonly questions: readonly InitQuestion[];
  readonly secret?: SecretQuestion;
  /** The source of the configuration; `secret` refers to the secret, undefined where there is none. */
  readonly source: (answers: Answers, secret: string | undefined) => object;
  /** What it reads on this machine. */
  readonly reads?: (answers: Answers) => string;
}

/** A place where the log goes: what has to be known to send there. */
export interface Siem {
  /** As it is named on the command line. */
  readonly name: string;
  readonly title: string;
  readonly questions: readonly InitQuestion[];
  readonly secret?: SecretQuestion;
  /** The output of the configuration; `secret` refers to the secret, undefined where there is none. */
  readonly output: (answers: Answers, secret: string | undefined) => object;
  /** The folder that it writes into on this machine. */
  readonly writes?: (answers: Answers) => string;
  /** How far back it takes events, where that is less than what is read otherwise. */
  readonly reach?: string;
  /** What to read, and to do there. */
  readonly page: string;
}
