import { type RelpCommand, relpAnswer } from "./relp-frames.ts";

/** What the receiver can be told to do. */
export const relpBehaviors = [
  /** Takes and answers each message. */
  "accept",
  /** Takes the connection and answers nothing, as a port for plain syslog does. */
  "hang",
  /** Opens sessions and answers no message. */
  "no_answer",
  /** Resets the connection as soon as a message comes. */
  "reset",
  /** Takes a few messages, answers the first of them, and resets the connection. */
  "cut",
  /** Opens no session. */
  "refuse_open",
  /** Opens sessions, and takes no syslog in them. */
  "no_syslog",
  /** Refuses each message. */
  "refuse_all",
  /** Refuses messages that hold the text it was told. */
  "refuse_one",
  /** Refuses the first message of each connection once. */
  "short_of_memory",
  /** Answers what was not asked. */
  "wrong_transaction",
  /** Says that it ends, in the middle. */
  "serverclose",
  /** Speaks something else. */
  "stranger",
] as const;
/** One of them. */
export type RelpBehavior = (typeof relpBehaviors)[number];

/** So many are taken before `cut` cuts. */
const takenBeforeCut = 3;

/** What happened on one connection so far. */
export interface RelpVisit {
  messages: number;
  refused: boolean;
}

/** What the receiver does about a command. */
export interface RelpReply {
  readonly says: string;
  readonly takes?: boolean;
  readonly unanswered?: boolean;
  readonly ends?: "reset" | "end";
}

/** How the receiver behaves now. */
export interface RelpMood {
  behavior: RelpBehavior;
  match: string;
}

const offers = (commands: string) =>
  `200 OK\nrelp_version=0\nrelp_software=stand-in,1,of-this-project\ncommands=${commands}`;

/** What a command is answered. */
export function relpReply(
  { transaction, command, data }: RelpCommand,
  mood: RelpMood,
  visit: RelpVisit,
): RelpReply {
  const answer = (text: string) => relpAnswer(transaction, "rsp", text);
  const { behavior } = mood;
  if (behavior === "hang") return { says: "" };
  if (behavior === "stranger") return { says: "+OK POP3 ready\r\n" };
  if (command === "open") {
    if (behavior === "refuse_open") return { says: answer("500 no more sessions"), ends: "end" };
    return { says: answer(offers(behavior === "no_syslog" ? "eventlog" : "syslog")) };
  }
  if (command === "close")
    return { says: answer("200 OK") + relpAnswer("0", "serverclose", ""), ends: "end" };
  visit.messages += 1;
  return toMessage(answer, { data, transaction }, mood, visit);
}

function toMessage(
  answer: (text: string) => string,
  { data, transaction }: Pick<RelpCommand, "data" | "transaction">,
  { behavior, match }: RelpMood,
  visit: RelpVisit,
): RelpReply {
  const ok: RelpReply = { says: answer("200 OK"), takes: true };
  const refusal: RelpReply = { says: answer("500 cannot take it") };
  switch (behavior) {
    case "no_answer":
      return { says: "" };
    case "reset":
      return { says: "", ends: "reset" };
    case "cut":
      if (visit.messages === 1) return ok;
      if (visit.messages > takenBeforeCut) return { says: "" };
      return visit.messages === takenBeforeCut
        ? { says: "", takes: true, unanswered: true, ends: "reset" }
        : { says: "", takes: true, unanswered: true };
    case "refuse_all":
      return refusal;
    case "refuse_one":
      return data.includes(match) ? refusal : ok;
    case "short_of_memory": {
      if (visit.refused) return ok;
      visit.refused = true;
      return refusal;
    }
    case "wrong_transaction":
      return { says: relpAnswer(`${Number(transaction) + 7_000}`, "rsp", "200 OK") };
    case "serverclose":
      return { says: relpAnswer("0", "serverclose", ""), ends: "end" };
    default:
      return ok;
  }
}
