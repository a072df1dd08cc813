import type { Config } from "../config/config.ts";
import { loadNamed } from "../config/load-named.ts";
import { nearest } from "../config/nearest.ts";
import { shapeOf } from "../deliver/shape.ts";
import { personalKeys } from "../event/decode.ts";
import { rehearsalLabel, rehearsalRecord } from "../event/test-event.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import type { Output, SendResult } from "../output/output.ts";
import { Payloads } from "../output/payloads.ts";
import { ownPrefix } from "../own/own-fact.ts";
import { ownOrigin } from "../own/own-origin.ts";
import { scrubber } from "../secret/scrub.ts";
import {
  type Attack,
  type AttackEvent,
  aboutNobody,
  attackEvents,
  attacksIn,
  movedTo,
} from "../simulate/attack.ts";
import { counted } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";

/** Which detection is rehearsed, and through what. */
export interface SimulateAttackOptions {
  readonly config: string;
  /** Its name, or `list`. */
  readonly attack: string;
  readonly output: string | undefined;
  readonly timeoutMs: number;
}

/** Sends the events of a detection to an output of the configuration, marked as a test. Keeps nothing. */
export const simulateAttack: Command<SimulateAttackOptions> = async (options, terminal) => {
  const attacks = attacksIn(terminal.content);
  if (options.attack === "list") return list(attacks, terminal);
  const attack = attacks.find(({ name }) => name === options.attack);
  if (attack === undefined) return refused(unknown(options.attack, attacks), terminal);
  if (attack.unsent !== undefined)
    return refused(`${attack.name} cannot be rehearsed so: ${attack.unsent}`, terminal);
  const config = await loadNamed(options.config, terminal);
  terminal.useScrub(scrubber(config.secrets.map(({ secret }) => secret)));
  const configured = outputOf(config, options.output);
  if (typeof configured === "string") return refused(configured, terminal);
  const { clock, agent, environment, random, stdout, uid } = terminal;
  const output = configured.create({ clock, agent, environment, guid: random.uuid, stdout, uid });
  try {
    if (output.plan !== undefined)
      return refused(`what ${configured.config.name} stores stays, and is part of the evidence`, terminal);
    return await rehearsed({ attack, config, configured, output, timeoutMs: options.timeoutMs }, terminal);
  } finally {
    await output.close();
  }
};

function list(attacks: readonly Attack[], { stdout }: Terminal): ExitCode {
  const width = Math.max(...attacks.map(({ name }) => name.length));
  const lines = attacks.map(
    ({ name, title, unsent }) =>
      `${name.padEnd(width)}  ${title}${unsent === undefined ? "" : " (nothing can be sent for it)"}\n`,
  );
  stdout.write(lines.join(""));
  return exitCodes.done;
}

function unknown(asked: string, attacks: readonly Attack[]): string {
  const names = attacks.map(({ name }) => name);
  const close = nearest(asked, names);
  const hint = close === undefined ? "--attack list names all" : `did you mean ${close}?`;
  return `there is no detection ${printable(asked)} (${hint})`;
}

function outputOf({ outputs }: Config, asked: string | undefined): ConfiguredOutput | string {
  const names = outputs.map(({ config: { name } }) => name);
  if (asked === undefined && outputs.length === 1) return outputs[0] as ConfiguredOutput;
  if (asked === undefined) return `say to which output: --output ${names.join(" or --output ")}`;
  return (
    outputs.find(({ config: { name } }) => name === asked) ??
    `there is no output ${printable(asked)}; there are: ${names.join(", ")}`
  );
}

interface Rehearsal {
  readonly attack: Attack;
  readonly config: Config;
  readonly configured: ConfiguredOutput;
  readonly output: Output;
  readonly timeoutMs: number;
}

/** What became of events. */
interface Sent {
  readonly taken: number;
  readonly filtered: number;
  readonly fault?: string;
}

async function rehearsed(rehearsal: Rehearsal, terminal: Terminal): Promise<ExitCode> {
  const { attack, configured, timeoutMs } = rehearsal;
  const { clock, stdout, content } = terminal;
  const { name } = configured.config;
  const events = movedTo(aboutNobody(attackEvents(content, attack.name)), clock.now(), attack.byHour);
  const stop = new AbortController();
  const forget = terminal.onSignal("SIGINT", () => stop.abort(new Error("interrupted")));
  const deadline = deadlineAfter(clock, timeoutMs, stop.signal);
  try {
    const { taken, filtered, fault } = await sendAll(events, rehearsal, terminal, deadline.signal);
    const scenarios = new Set(events.map(({ scenario }) => scenario));
    const say = (line: string) => stdout.write(`${printable(line)}\n`);
    say(`${attack.name}: ${counted(taken, "event")} sent to ${name}, ${[...scenarios].join("; ")}`);
    for (const line of remarksOn(rehearsal, events, filtered)) say(`  ${line}`);
    if (fault !== undefined && stop.signal.aborted)
      return failed("interrupted: what was on its way may have arrived", terminal);
    if (fault !== undefined) return failed(fault, terminal);
    if (taken > 0) say(`  wait for the alert "${attack.title}": rules look every few minutes`);
    return taken > 0 ? exitCodes.done : exitCodes.failed;
  } finally {
    deadline.clear();
    forget();
  }
}

function remarksOn(rehearsal: Rehearsal, events: readonly AttackEvent[], filtered: number): string[] {
  const { attack, configured } = rehearsal;
  const { format } = configured.config as { readonly format?: string };
  const blind = format === undefined ? undefined : attack.blindFormats[format];
  const hidden = hiddenKeys(rehearsal, events);
  return [
    `each has the label ${rehearsalLabel}=${attack.name} and a uid that begins with test-${format === "raw" ? ", where the output adds one to the record" : ""}`,
    ...(filtered > 0
      ? [
          `${counted(filtered, "event")} not sent: the output's filter leaves them out, so nobody sees them there`,
        ]
      : []),
    ...(hidden.length > 0
      ? [`the rule asks for ${hidden.join(", ")}, which redact or anonymize hides: it may stay silent`]
      : []),
    ...(blind === undefined ? [] : [`nothing is seen of it in ${format}: ${blind}`]),
    ...(attack.byHour ? ["the hours stayed as they were, and the days were moved"] : []),
  ];
}

/** What the rule asks for, and neither the source nor the output shows as W&B wrote it. */
function hiddenKeys({ attack, config, configured }: Rehearsal, events: readonly AttackEvent[]): string[] {
  const { drop = [], pseudonymize = [] } = configured.config.redact ?? {};
  const personal = config.sources[0]?.origin.anonymize === true ? personalKeys : [];
  const hidden = new Set([...drop, ...pseudonymize, ...personal]);
  const keys = new Set(events.flatMap(({ record }) => Object.keys(record)));
  return [...keys].filter((key) => hidden.has(key) && attack.asksFor(key));
}

/** So many at once: less than any receiver takes. */
const mostAtOnce = 50;

async function sendAll(
  events: readonly AttackEvent[],
  { attack, config, configured, output }: Rehearsal,
  { clock, random }: Terminal,
  deadline: AbortSignal,
): Promise<Sent> {
  const origin = (config.sources[0] as Config["sources"][number]).origin;
  const { labels = [] } = configured.config;
  const marked = [...labels, [rehearsalLabel, attack.name] as [string, string]].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const shape = shapeOf({ ...configured.config, labels: marked }, [origin], (event, into) =>
    output.encode(event, into),
  );
  let payloads = new Payloads();
  let taken = 0;
  let filtered = 0;
  for (const [index, { record }] of events.entries()) {
    const ofOurs = String(record.action).startsWith(ownPrefix);
    const event = shape.decode(
      rehearsalRecord(ofOurs ? ownOrigin : origin, record, { guid: random.uuid(), nowMs: clock.now() }),
    );
    if (shape.wanted(event)) payloads.add(event, shape.encode);
    else filtered++;
    if (payloads.count === 0 || (payloads.count < mostAtOnce && index + 1 < events.length)) continue;
    const result = await output.send(payloads, deadline);
    taken += result.status === "delivered" ? payloads.count - result.rejected.length : 0;
    const fault = faultOf(result);
    if (fault !== undefined) return { taken, filtered, fault };
    payloads = new Payloads();
  }
  return { taken, filtered };
}

function faultOf(result: SendResult): string | undefined {
  if (result.status === "delivered") return result.rejected[0] && `refused: ${result.rejected[0].detail}`;
  if (result.status === "refused") return `refused: ${result.detail}`;
  return `${result.detail}${result.fix === undefined ? "" : `. Fix: ${result.fix}`}`;
}

function failed(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.failed;
}

function refused(text: string, terminal: Terminal): ExitCode {
  failed(text, terminal);
  return exitCodes.usage;
}
