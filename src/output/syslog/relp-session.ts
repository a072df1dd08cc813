import type { Agent } from "../../agent.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { Connection } from "./connection.ts";
import {
  greatestTransaction,
  mostAroundData,
  NotRelp,
  type RelpFrame,
  relpFrames,
  writeRelpFrame,
} from "./relp-frame.ts";

/** What is brought to the receiver, counted from 0. */
export interface Messages {
  readonly count: number;
  at(index: number): Buffer;
}

/** The receiver's answer to a message: its words where it did not take it. */
export type OnAnswer = (index: number, refusal: string | undefined) => void;

/** A session of RELP over one connection. */
export interface RelpSession {
  readonly connection: Connection;
  /** What the receiver calls itself. Absent: it does not say. */
  readonly software: string | undefined;
  /**
   * Sends messages in their order, so many at most unanswered at a time, and resolves when all are answered.
   * Rejects when the session is over before: what was not answered may or may not have arrived.
   */
  transfer(messages: Messages, window: number, answered: OnAnswer): Promise<void>;
  /** Ends the session in good order: resolves when the receiver has agreed. */
  close(): Promise<void>;
}

/** The receiver refuses a session, or cannot speak of syslog in it. A person has to look. */
export class RelpRefused extends Error {
  override readonly name = "RelpRefused";
  readonly fix = "look at the receiver's RELP input (rsyslog: imrelp) and at what it logs";
}

/** The receiver says that it ends the session. */
class RelpEnds extends Error {
  override readonly name = "RelpEnds";
}

/** librelp speaks version 0, the specification is of version 1; the words are the same. */
const version = "0";
const good = "200";

/**
 * Opens a session: offers what we speak and takes what the receiver does. Rejects with NotRelp,
 * RelpRefused, or with what ended the connection.
 */
export async function openRelp(connection: Connection, agent: Agent): Promise<RelpSession> {
  const { send, ask, heard } = dialogue(connection);
  const offers = [
    `relp_version=${version}`,
    `relp_software=${agent.name},${agent.version}`,
    "commands=syslog",
  ];
  const answer = answerOf(await ask("open", Buffer.from(offers.join("\n"))));
  if (answer.code !== good) throw new RelpRefused(`the receiver opens no session: ${answer.words}`);
  const offered = offersOf(answer.rest);
  if (!(offered.get("commands") ?? "").split(",").includes("syslog"))
    throw new RelpRefused("the receiver speaks RELP, but takes no syslog messages over it");
  return {
    connection,
    software: offered.get("relp_software"),
    transfer: (messages, window, answered) =>
      connection.step((done) => {
        if (messages.count === 0) return done();
        let next = 0;
        let open = 0;
        const onAnswer = (index: number) => (frame: RelpFrame) => {
          const { code, words } = answerOf(frame);
          open -= 1;
          answered(index, code === good ? undefined : words);
          if (open === 0 && next === messages.count) done();
        };
        function fill(): void {
          const to = Math.min(messages.count, next + window - open);
          const batch = [];
          for (; next < to; next += 1) {
            batch.push({ data: messages.at(next), onAnswer: onAnswer(next) });
            open += 1;
          }
          send("syslog", batch);
        }
        // Not only when there is much room: a receiver's answers wait for a sign that the ones before
        // arrived, which comes with what is sent, and otherwise after 40 ms.
        heard(() => next < messages.count && fill());
        fill();
      }),
    async close() {
      await ask("close", Buffer.alloc(0));
    },
  };
}

interface Spoken {
  readonly data: Buffer;
  readonly onAnswer: (frame: RelpFrame) => void;
}

/** Numbers what is said and brings each answer to where it is waited for. */
function dialogue(connection: Connection) {
  const waiting = new Map<number, Spoken["onAnswer"]>();
  let last = 0;
  let onHeard = () => {};

  const frames = relpFrames((frame) => {
    if (frame.transaction === 0 && frame.command === "serverclose")
      return connection.destroy(new RelpEnds("the receiver ends the session: it shuts down"));
    const onAnswer = waiting.get(frame.transaction);
    if (frame.command !== "rsp" || onAnswer === undefined)
      throw new NotRelp(`the receiver answers what was not asked: ${frame.transaction} ${frame.command}`);
    waiting.delete(frame.transaction);
    onAnswer(frame);
  });
  connection.socket.on("data", (piece: Buffer) => {
    try {
      frames.push(piece);
      onHeard();
    } catch (error) {
      connection.destroy(error as Error);
    }
  });

  /** All of them in one write. */
  function send(command: string, spoken: readonly Spoken[]): void {
    const room = spoken.reduce((sum, { data }) => sum + data.length + mostAroundData, 0);
    const bytes = Buffer.allocUnsafe(room);
    let to = 0;
    for (const { data, onAnswer } of spoken) {
      last = last === greatestTransaction ? 1 : last + 1;
      waiting.set(last, onAnswer);
      to = writeRelpFrame(bytes, to, { transaction: last, command, data });
    }
    connection.socket.write(bytes.subarray(0, to));
  }

  return {
    send,
    ask: (command: string, data: Buffer) =>
      connection.step<RelpFrame>((done) => send(command, [{ data, onAnswer: done }])),
    /** What is done from now on when something was heard. */
    heard(what: () => void): void {
      onHeard = what;
    },
  };
}

/** `200 OK`, and lines behind it. */
function answerOf({ data }: RelpFrame): { readonly code: string; readonly words: string; rest: string } {
  const text = data.toString();
  const match = /^(\d{3})(?: ([^\n]*))?(?:\n([\s\S]*))?$/.exec(text);
  if (match === null) throw new NotRelp(`the receiver answers without a code: ${excerpt(text, 100)}`);
  const [, code = "", words = "", rest = ""] = match;
  return { code, words: excerpt(`${code} ${words}`, 300), rest };
}

function offersOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
}
