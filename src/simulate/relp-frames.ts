/** A command as a sender of RELP writes it: `TXNR SP COMMAND SP DATALEN [SP DATA] LF`. */
export interface RelpCommand {
  readonly transaction: string;
  readonly command: string;
  readonly data: Buffer;
}

const head = /^(\d{1,9}) ([a-z]{1,32}) (\d{1,9})[ \n]/;

/**
 * Takes a byte stream apart into commands, and gives each to `take` as soon as it is whole. Throws at what is
 * none.
 */
export function relpCommands(take: (command: RelpCommand) => void): { push(piece: Buffer): void } {
  let held: Buffer = Buffer.alloc(0);

  function first(): { readonly command: RelpCommand; readonly next: number } | undefined {
    const match = head.exec(held.toString("latin1", 0, 64));
    if (match === null) {
      if (held.length >= 64) throw new Error("no command of RELP");
      return undefined;
    }
    const [begin, transaction = "", command = "", length] = match;
    const count = Number(length);
    const from = count === 0 ? begin.length - 1 : begin.length;
    if (held.length <= from + count) return undefined;
    if (held[from + count] !== 0x0a) throw new Error("a command of RELP that is longer than it says");
    return {
      command: { transaction, command, data: Buffer.from(held.subarray(from, from + count)) },
      next: from + count + 1,
    };
  }

  return {
    push(piece) {
      held = held.length === 0 ? piece : Buffer.concat([held, piece]);
      for (let found = first(); found !== undefined; found = first()) {
        held = held.subarray(found.next);
        take(found.command);
      }
    },
  };
}

/** An answer, or the hint `serverclose`. */
export function relpAnswer(transaction: string, command: string, text: string): string {
  return text === ""
    ? `${transaction} ${command} 0\n`
    : `${transaction} ${command} ${Buffer.byteLength(text)} ${text}\n`;
}
