import type { Readable, Writable } from "node:stream";
import type { Agent } from "../agent.ts";
import type { CarriedFolder } from "../carried.ts";
import type { SearchLanguage } from "../evidence/searches.ts";
import type { Random } from "../random.ts";
import type { Scrub } from "../secret/scrub.ts";
import type { LetterFilter } from "../spool/spool.ts";
import type { ActivityPeriod } from "../status/activity-period.ts";
import type { RangeName } from "../status/ranges.ts";
import type { StartThread } from "../thread/start-thread.ts";
import type { Clock } from "../time/clock.ts";

/** What a command sees of its process: `main.ts` makes it of the real one, tests make their own. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output is a terminal: people read it, lines may be redrawn. */
  readonly isTTY: boolean;
  /** Standard output takes colours: a terminal, and NO_COLOR is not set. */
  readonly colors: boolean;
  /** The same of standard error. */
  readonly stderrIsTTY: boolean;
  readonly stderrColors: boolean;
  /** Width of the terminal as it is now; 80 when unknown. */
  readonly columns: number;
  /** Its height as it is now; undefined when unknown. */
  readonly rows?: number | undefined;
  /** Name and version of this program. */
  readonly agent: Agent;
  readonly clock: Clock;
  readonly random: Random;
  /** The folder with what is installed in a SIEM, which comes with this program. */
  readonly content: CarriedFolder;
  readonly pid?: number;
  /** The user this process runs as; undefined where there are none. */
  readonly uid?: number | undefined;
  /**
   * Calls `then` on each such signal, in place of what the system does
   * by default, until the returned function is called. Ctrl-C is SIGINT.
   */
  onSignal(signal: Signal, then: () => void): () => void;
  /**
   * From now on the line about an unexpected exception goes
   * through this. Call it as soon as secrets are known.
   */
  useScrub(scrubber: Scrub): void;
  /** Starts this program once more in a thread of its own. Absent: everything is done in one. */
  readonly startThread?: StartThread;
  /**
   * From now on the process goes on when nobody reads its output
   * any more: events are worth more than lines about them.
   */
  outliveReader?(): void;
}

/** The signals that commands listen to. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Stable: service managers and scripts rely on them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The state in `state_dir` cannot be used. */
  state: 3,
  /** A bug: an exception nobody expected. */
  crash: 70,
  /** Input or output failed: the disk, or whoever read our output went away. */
  io: 74,
} as const;
/** One of them. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * A command: what was asked in, exit code out. It may throw ConfigError and SpoolError, which `program.ts`
 * prints and turns into exit codes; it never ends the process itself. A command lives in the file of its
 * name and exports the function of its name.
 */
export type Command<Options> = (options: Options, terminal: Terminal) => Promise<ExitCode>;

/** `run.ts`: `export const run: Command<RunOptions>`. */
export interface RunOptions {
  /** Path of the configuration; read again on SIGHUP. */
  readonly config: string;
  /** Read every source to now, deliver everything, end. */
  readonly once: boolean;
  /** With `once`: how long everything may take, milliseconds. */
  readonly timeoutMs: number;
  /** Start afresh when the state is lost and cannot be saved. */
  readonly acceptStateLoss: boolean;
}

/** `check.ts` */
export interface CheckOptions {
  readonly config: string;
  /** Looks at the configuration and this machine only. */
  readonly offline: boolean;
  readonly json: boolean;
  /** Sends one marked event through every output. */
  readonly testEvent: boolean;
  /** Store a locked probe in every archive that locks its files, and try to remove it. */
  readonly proveLock: boolean;
  /** How long each attempt may take, milliseconds. */
  readonly timeoutMs: number;
}

/** `map.ts` */
export interface MapOptions {
  /**
   * Absent when none was named and the default file does not exist: everything then comes from the options.
   */
  readonly config: string | undefined;
  /** It was named with -c: then it has to be usable. */
  readonly configNamed: boolean;
  /** A FormatName; default: that of `output`, else `ecs`. */
  readonly format: string | undefined;
  /** Name of a configured source, or any name when there is no configuration. */
  readonly source: string | undefined;
  /** W&B instance to assume when there is no configured source. */
  readonly instance: string | undefined;
  /** Name of a configured output: its filter, redaction, and with `frame` its envelope are used. */
  readonly output: string | undefined;
  /** Adds the syslog header or the HEC envelope. */
  readonly frame: boolean;
  /** NDJSON files; `-` is standard input. */
  readonly files: readonly string[];
}

/** `reload.ts` */
export interface ReloadOptions {
  readonly config: string;
  readonly json: boolean;
  readonly timeoutMs: number;
}

/** `status.ts` */
export interface StatusOptions {
  readonly config: string;
  readonly range?: RangeName | undefined;
  readonly json: boolean;
  /** Shows it again every two seconds until interrupted. */
  readonly watch: boolean;
}

/** `dead-letters.ts` */
export interface DeadLettersOptions {
  readonly config: string;
  readonly action: "list" | "show" | "retry" | "drop" | "export";
  readonly filter: LetterFilter;
  /** Every one there is: no filter is needed. */
  readonly all: boolean;
  /** How many a list shows. */
  readonly limit: number;
  readonly json: boolean;
}

/** `backfill.ts`; days since 1970-01-01 UTC. */
export interface BackfillOptions {
  readonly config: string;
  readonly action: "begin" | "list" | "cancel";
  /** Of the source; absent only for `list`. */
  readonly source: string | undefined;
  /** For `begin`: the first day, and the first that is not wanted. */
  readonly first: number | undefined;
  readonly end: number | undefined;
  /** Records a second at most. */
  readonly perSecond: number;
  /** What is known goes to this output again, so many events a second at most. */
  readonly again: { readonly output: string; readonly perSecond: number } | undefined;
  /** Nothing is asked. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** `explain.ts` */
export interface ExplainOptions {
  readonly config: string;
  /** A uid, a line, or `-` for lines on standard input. */
  readonly event: string;
  /** Name of a configured source: only the log of its instance is meant. */
  readonly source: string | undefined;
  /** Payloads with the syslog header or the HEC envelope. */
  readonly frame: boolean;
  readonly json: boolean;
}

/** `verify.ts` */
export interface VerifyOptions {
  readonly config: string;
  readonly source: string;
  /** UTC day, days since 1970-01-01. */
  readonly day: number;
  /** Name or type of another source of the instance. */
  readonly against: string | undefined;
  /** A file with uids that were exported, or `-`. */
  readonly siemUids: string | undefined;
  /** The search for it is printed, and nothing read. */
  readonly query: SearchLanguage | undefined;
  readonly json: boolean;
}

/** `activity.ts` */
export interface ActivityOptions {
  readonly config: string;
  readonly period: ActivityPeriod;
  /** Name of a configured source: only its instance is meant. */
  readonly source: string | undefined;
  /** How many of the most active users are shown. */
  readonly top: number;
  readonly csv: boolean;
  readonly json: boolean;
  /** The CSV that W&B's Users page exports. */
  readonly users: string | undefined;
  /** Where a lookup for a SIEM is written. */
  readonly lookup: string | undefined;
}

/** What may be said of a changed destination or instance. */
export const placeAnswers = {
  outputs: ["adopt", "start_over", "from_now"],
  sources: ["start_over"],
} as const;

/** `places.ts` */
export interface PlacesOptions {
  readonly config: string;
  readonly kind: keyof typeof placeAnswers;
  /** Of the output or source. */
  readonly name: string;
  readonly answer: (typeof placeAnswers)[keyof typeof placeAnswers][number];
}

/** `demo.ts` */
export interface DemoOptions {
  /** Port of `/metrics`, `/status` and the status page; 0 takes a free one. */
  readonly port: number;
  /** Ends by itself after this time as if Ctrl-C had been pressed; absent: runs until interrupted. */
  readonly durationMs: number | undefined;
  /** New records per minute. */
  readonly rate: number;
}

/** `healthcheck.ts` */
export interface HealthcheckOptions {
  readonly config: string;
  readonly timeoutMs: number;
}
