import { loadNamed } from "../config/load-named.ts";
import { loadToLook } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import { tapsOf } from "../daemon/taps.ts";
import type { Tap, TappedEvent } from "../deliver/output-tap.ts";
import { spoolOfStore } from "../spool/spool-of-store.ts";
import { printable } from "../text/printable.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { stateAccess } from "./state-access.ts";
import { withState } from "./with-state.ts";

/** How often it is looked for new events, milliseconds. */
const lookEveryMs = 1_000;

const tooMany =
  "wandb-audit-forwarder: more was sent than is shown at a time: some before the next line are left out\n";

/** Of the command line. */
export interface TapCommandOptions {
  readonly config: string;
  readonly output: string;
  /** How many are shown that are there already. */
  readonly last: number;
  /** Does not wait for the next ones. */
  readonly once: boolean;
  readonly json: boolean;
}

/** Shows what an output got last, and then what it gets, until a signal. */
export const tap: Command<TapCommandOptions> = async (options, terminal) => {
  const { config, output } = options;
  const names = (await loadToLook(config, terminal)).outputs.map((each) => each.config.name);
  if (!names.includes(output)) {
    const close = nearest(output, names);
    const hint = close === undefined ? `known: ${names.join(", ")}` : `did you mean ${close}?`;
    terminal.stderr.write(
      `wandb-audit-forwarder: ${printable(`there is no output ${JSON.stringify(output)} (${hint})`)}\n`,
    );
    return exitCodes.usage;
  }
  return withState(tapAccess(options, terminal), (access) => follow(access, options, terminal), terminal);
};

interface TapAccess {
  readonly tap: Tap;
  /** A daemon delivers meanwhile. */
  readonly live: boolean;
  close(): void;
}

/** The daemon's, or one over the state where none runs, by the configuration as it is now. */
async function tapAccess({ config, output }: TapCommandOptions, terminal: Terminal): Promise<TapAccess> {
  const access = await stateAccess(config, terminal);
  if (access.by === "daemon") {
    const tap: Tap = async (after = 0) => {
      const query = new URLSearchParams({ output, after: String(after) });
      return (await access.ask("GET", "/tap.json", query)) as Awaited<ReturnType<Tap>>;
    };
    return { tap, live: true, close() {} };
  }
  const { store } = access;
  try {
    // With the key of its pseudonyms: others would be shown otherwise.
    const found = tapsOf(await loadNamed(config, terminal), terminal.agent, spoolOfStore(store))(output);
    return { tap: found as Tap, live: false, close: () => store.close() };
  } catch (error) {
    store.close();
    throw error;
  }
}

async function follow(
  { tap, live }: TapAccess,
  { json, last, once }: TapCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { stdout, stderr, clock, onSignal } = terminal;
  const stop = new AbortController();
  const forget = (["SIGTERM", "SIGINT"] as const).map((signal) => onSignal(signal, () => stop.abort()));
  stdout.on("error", () => stop.abort());
  const show = (event: TappedEvent) =>
    stdout.write(`${json ? printable(JSON.stringify(event)) : lineOf(event)}\n`);
  try {
    let { position, events } = await tap();
    for (const event of last === 0 ? [] : events.slice(-last)) show(event);
    if (!live) stderr.write("wandb-audit-forwarder: no daemon runs: this is what was delivered last\n");
    while (live && !once && !stop.signal.aborted) {
      await clock.sleep(lookEveryMs, stop.signal);
      if (stop.signal.aborted) break;
      const looked = await tap(position);
      ({ position, events } = looked);
      if (looked.more) stderr.write(tooMany);
      for (const event of events) show(event);
    }
    return exitCodes.done;
  } finally {
    for (const off of forget) off();
  }
}

function lineOf({ text, cut }: TappedEvent): string {
  return `${printable(text)}${cut > 0 ? ` … ${cut} more` : ""}`;
}
