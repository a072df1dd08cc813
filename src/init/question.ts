import { isLoopback } from "../net/loopback.ts";

/** What is asked of a person who sets the forwarder up, once, or answered by an option. */
export interface InitQuestion {
  /** Of the answer; the option is `--` and this. */
  readonly name: string;
  readonly text: string;
  /** What an answer looks like. */
  readonly example: string;
  /** Taken where nothing is answered; absent: there has to be an answer. */
  readonly usual?: string;
  /** What is wrong with an answer, in a few words with the right form; undefined: nothing. */
  readonly wrong: (answer: string) => string | undefined;
}

/** A value that stands in a file of its own, and is never shown. */
export interface SecretQuestion {
  /** Of the file, such as `wandb-api-key`. */
  readonly name: string;
  readonly text: string;
  /** May be left out: then the configuration goes without it. */
  readonly optional?: boolean;
  /** It is a file of lines, which is copied: the configuration names the copy, and a person the file. */
  readonly isFile?: boolean;
  /** Whether there is one, where answers tell; absent: always. */
  readonly wanted?: (answers: Answers) => boolean;
}

/** Answers by the names of their questions. */
export type Answers = Readonly<Record<string, string>>;

/** Where a SIEM is: every one of them has such a question. */
export function target(
  text: string,
  example: string,
  wrong: InitQuestion["wrong"],
  usual?: string,
): InitQuestion {
  return { name: "siem-address", text, example, wrong, ...(usual === undefined ? {} : { usual }) };
}

/** An address that begins with one of these schemes, and names a host. */
function address(schemes: readonly string[]): (answer: string) => string | undefined {
  const shown = schemes.map((scheme) => `${scheme}://`).join(" or ");
  return (answer) => {
    const url = URL.canParse(answer) ? new URL(answer) : undefined;
    if (url === undefined || !schemes.includes(url.protocol.slice(0, -1)) || url.hostname === "")
      return `not an address: begin with ${shown}`;
    if (url.username !== "" || url.password !== "")
      return "leave out user and password: secrets are asked for";
    if (url.search !== "" || url.hash !== "") return "leave out what begins with ? or #";
    return url.port === "0" ? "0 is no port" : undefined;
  };
}

/** An address of one of these schemes, with nothing behind host and port. */
export function hostAddress(schemes: readonly string[]): (answer: string) => string | undefined {
  const wrong = address(schemes);
  return (answer) =>
    wrong(answer) ?? (/^[^:]+:\/\/[^/]+$/.test(answer) ? undefined : "host and port alone, without a path");
}

/** An address of HTTP that nobody on the way can read along: over TLS, or on this machine. */
export function httpAddress(answer: string): string | undefined {
  const why = address(["https", "http"])(answer);
  if (why !== undefined || answer.toLowerCase().startsWith("https:") || isLoopback(new URL(answer).hostname))
    return why;
  return "http:// would send the secret unprotected: https://";
}

/** One of these words. */
export function either(...words: readonly string[]): (answer: string) => string | undefined {
  return (answer) => (words.includes(answer) ? undefined : `one of ${words.join(", ")}`);
}

/** One word of these characters, as names of indexes, topics and organizations are. */
export function word(answer: string): string | undefined {
  return /^[\w.-]{1,200}$/.test(answer) ? undefined : "one word of letters, digits, . _ and -";
}

/** A name of an index as Splunk has them. */
export function indexName(answer: string): string | undefined {
  return /^[a-z0-9_][a-z0-9_-]{0,199}$/.test(answer) ? undefined : "one word of a to z, digits, _ and -";
}

/** A path from the root. */
export function absolutePath(answer: string): string | undefined {
  return answer.startsWith("/") ? undefined : "not a path: begin with /";
}

/** The path of a file, written straight. */
export function filePath(answer: string): string | undefined {
  const names = answer.split("/").slice(1);
  const straight = names.every((name) => !["", ".", ".."].includes(name)) && !answer.includes("${");
  return absolutePath(answer) ?? (straight ? undefined : "not a file: without . and .. and // and ${");
}

/** `host:port`, several with commas. */
export function hostsWithPorts(answer: string): string | undefined {
  const each = answer.split(",").map((one) => one.trim());
  return each.every((one) => {
    const port = /^(?:\[[0-9a-f:.]+\]|[\w.-]+):([1-9]\d{0,4})$/i.exec(one)?.[1];
    return port !== undefined && Number(port) <= 65_535;
  })
    ? undefined
    : "not host:port, several with commas";
}
