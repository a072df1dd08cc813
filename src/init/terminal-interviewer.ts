import { createInterface } from "node:readline";
import { type Readable, Writable } from "node:stream";
import { InitError, type Interviewer } from "./interview.ts";

/** Where a person sits. */
export interface Seat {
  readonly input: Readable;
  readonly output: Writable;
}

/** One who asks at a terminal, until it is closed. */
export interface TerminalInterviewer extends Interviewer {
  close(): void;
}

/**
 * Asks at a terminal, with its line editing; what is typed ahead answers the questions to come. Only what is
 * typed for the question that waits is echoed, and nothing of a secret: of what is pasted nobody knows yet
 * which line will be one. Ctrl-C and the end of input reject with InitError.
 */
export function terminalInterviewer({ input, output }: Seat): TerminalInterviewer {
  let silent = false;
  let waiting: PromiseWithResolvers<string> | undefined;
  const echo = new Writable({
    write(piece, _encoding, done) {
      if (!silent && waiting !== undefined) output.write(piece);
      done();
    },
  });
  const reading = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const ahead: string[] = [];
  let ended = false;
  reading.on("line", (line) => {
    if (waiting === undefined) ahead.push(line);
    else waiting.resolve(line);
    waiting = undefined;
  });
  reading.on("SIGINT", () => reading.close());
  reading.on("close", () => {
    ended = true;
    waiting?.reject(over());
  });

  async function answer(text: string): Promise<string> {
    const typed = ahead.shift();
    if (typed !== undefined) {
      if (!silent) output.write(`${text}(typed ahead)\n`);
      return typed.trim();
    }
    if (ended) throw over();
    waiting = Promise.withResolvers();
    const { promise } = waiting;
    reading.setPrompt(text);
    reading.prompt(true);
    return (await promise).trim();
  }

  return {
    ask: answer,
    async askSecret(text) {
      output.write(text);
      silent = true;
      try {
        return await answer("");
      } finally {
        silent = false;
        output.write("\n");
      }
    },
    say: (text) => void output.write(`${text}\n`),
    wrong(text) {
      ahead.length = 0;
      reading.write(null, { ctrl: true, name: "e" });
      reading.write(null, { ctrl: true, name: "u" });
      output.write(`${text}\n`);
    },
    close: () => reading.close(),
  };
}

function over(): InitError {
  return new InitError("ended before everything was answered; nothing was written");
}
