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
 * Asks at a terminal, with its line editing; what is typed ahead answers the questions to come. What is typed
 * for a secret is not echoed. Ctrl-C and the end of input reject with InitError.
 */
export function terminalInterviewer({ input, output }: Seat): TerminalInterviewer {
  let silent = false;
  const echo = new Writable({
    write(piece, _encoding, done) {
      if (!silent) output.write(piece);
      done();
    },
  });
  const reading = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const ahead: string[] = [];
  let waiting: PromiseWithResolvers<string> | undefined;
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

  function line(): Promise<string> {
    const typed = ahead.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    waiting = Promise.withResolvers();
    return waiting.promise;
  }

  async function answer(text: string): Promise<string> {
    if (ended && ahead.length === 0) throw over();
    reading.setPrompt(text);
    reading.prompt();
    return (await line()).trim();
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
    close: () => reading.close(),
  };
}

function over(): InitError {
  return new InitError("ended before everything was answered; nothing was written");
}
