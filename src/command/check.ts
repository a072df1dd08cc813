import type { Config } from "../config/config.ts";
import { loadNamed } from "../config/load-named.ts";
import { ConfigError, type Problem } from "../config/problem.ts";
import type { Finding } from "../finding.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import { type Scrub, scrubber } from "../secret/scrub.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { type CheckOptions, type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { asJson, asLines, type Subject } from "./findings.ts";
import { latenessFindings } from "./lateness-findings.ts";
import { adminFinding, daemonRuns, stateFindings } from "./machine.ts";
import { sendTestEvent } from "./send-test-event.ts";

/** A probe that does not keep its deadline is given up this much later. */
const graceMs = 2_000;

/**
 * Looks at the configuration and this machine, and really tries every source and output. Changes nothing;
 * leaves an event or a locked probe behind only where it is asked to.
 */
export const check: Command<CheckOptions> = async (options, terminal) => {
  let config: Config;
  try {
    config = await loadNamed(options.config, terminal);
  } catch (error) {
    if (!(error instanceof ConfigError) || !options.json) throw error;
    const findings = error.problems.map((problem) => asFinding("problem", problem));
    terminal.stdout.write(asJson(error.file, [{ name: "configuration", findings }]));
    return exitCodes.usage;
  }
  const scrub = scrubber(config.secrets.map(({ secret }) => secret));
  terminal.useScrub(scrub);
  const running = await daemonRuns(config, options.timeoutMs);
  const lateness = latenessFindings(config, { running, timeoutMs: options.timeoutMs });
  const subjects = await Promise.all([
    { name: "configuration", findings: configFindings(config) },
    {
      name: "state",
      findings: stateFindings(config, { running, uid: terminal.uid, environment: terminal.environment }),
    },
    adminFinding(config, running).then((finding) => ({ name: "admin", findings: [finding] })),
    ...parts(config, options, terminal),
  ]);
  return print(
    config.file,
    [...subjects, ...(await lateness)]
      .filter(({ findings }) => findings.length > 0)
      .map((subject) => scrubbed(subject, scrub)),
    options,
    terminal,
  );
};

function print(
  file: string,
  subjects: readonly Subject[],
  { json, offline }: CheckOptions,
  terminal: Terminal,
): ExitCode {
  const lines = json ? asJson(file, subjects) : asLines(subjects, terminal.colors);
  terminal.stdout.write(lines);
  if (offline && !json) terminal.stdout.write("Sources and outputs were not tried (--offline).\n");
  const bad = subjects.some(({ findings }) => findings.some(({ level }) => level === "problem"));
  return bad ? exitCodes.failed : exitCodes.done;
}

function configFindings({ file, sources, outputs, warnings }: Config): Finding[] {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return [
    { level: "ok", text: `${file}: ${count(sources.length, "source")}, ${count(outputs.length, "output")}` },
    ...warnings.map((warning) => asFinding("warning", warning)),
  ];
}

function asFinding(level: Finding["level"], { path, line, column, message, hint }: Problem): Finding {
  const place = line === 0 ? "" : `line ${line}:${column} `;
  const text = `${place}${path === "" ? "" : `${path}: `}${message}`;
  return hint === undefined ? { level, text } : { level, text, fix: hint };
}

/**
 * Every source and output at the same time, each with its own deadline;
 * offline they are built as at a start, and nothing is asked.
 */
function parts(config: Config, options: CheckOptions, terminal: Terminal): Promise<Subject>[] {
  const { offline, timeoutMs } = options;
  const { clock, agent, environment } = terminal;
  const sources = config.sources.map((configured) => ({
    name: `source ${configured.config.name}`,
    about: roleFindings(configured, config),
    // Nothing is polled, so nothing has to be spread over time.
    create: () => configured.create({ clock, agent, environment, random: () => 0.5 }),
  }));
  const outputs = config.outputs.map((configured) => ({
    name: `output ${configured.config.name}`,
    about: [],
    create: () => outputPart(configured, config, options, terminal),
  }));
  return [...sources, ...outputs].map(async ({ name, about, create }) => ({
    name,
    findings: [...about, ...(offline ? await built(create) : await tried(create, timeoutMs, clock))],
  }));
}

/** What a witness is for. */
function roleFindings({ config, origin }: ConfiguredSource, { sources }: Config): Finding[] {
  if (config.role !== "verify") return [];
  const primaries = sources.filter((each) => each.config.role !== "verify");
  const ofInstance = primaries.filter((each) => each.origin.instance === origin.instance);
  const names = ofInstance.map((each) => each.config.name).join(", ");
  return [
    {
      level: "ok",
      text: `a witness of ${names}: what it shows of a day is compared, and nothing of it is delivered`,
    },
  ];
}

interface Probed {
  probe(deadline: AbortSignal): Promise<readonly Finding[]>;
  /** Sends what proves more than was `found`, and gives back all findings. In a time of its own. */
  prove?(found: readonly Finding[], deadline: AbortSignal): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** An output, to which a test event is sent where that is asked for and nothing was found wrong. */
function outputPart(
  configured: ConfiguredOutput,
  { sources }: Config,
  { json, proveLock, testEvent }: CheckOptions,
  { clock, agent, environment, random, stdout, uid }: Terminal,
): Probed {
  const output = configured.create({ clock, agent, environment, guid: random.uuid, stdout, uid });
  if (proveLock && output.proveLock !== undefined) {
    const proof = output.proveLock;
    return {
      close: () => output.close(),
      probe: (deadline) => output.probe(deadline),
      prove: async (found, deadline) => [...found, ...(await proof(deadline))],
    };
  }
  if (!testEvent) return output;
  const origin = (sources[0] as Config["sources"][number]).origin;
  return {
    close: () => output.close(),
    probe: (deadline) => output.probe(deadline),
    async prove(found, deadline) {
      if (found.some(({ level }) => level === "problem")) return [...found, notSent];
      if (json && configured.writesToStdout) return [...found, takenByJson];
      const test = { configured, output, origin, guid: random.uuid(), clock };
      const sent = await sendTestEvent(test, deadline);
      const taken = sent.every(({ level }) => level !== "problem");
      return [...(taken ? found.filter(({ open }) => open !== true) : found), ...sent];
    },
  };
}

const notSent: Finding = {
  level: "warning",
  text: "no test event was sent",
  fix: "repair the problem first, then run this again",
};

const takenByJson: Finding = {
  level: "warning",
  text: "no test event was written: standard output carries this JSON document",
  fix: "run this without --json",
};

async function built(create: () => Probed): Promise<readonly Finding[]> {
  try {
    await create().close();
    return [];
  } catch (error) {
    return [cannotBuild(error)];
  }
}

/** A certificate file that cannot be read, for one. */
function cannotBuild(error: unknown): Finding {
  return {
    level: "problem",
    text: error instanceof Error ? error.message : String(error),
    fix: "correct this where it is set, in the configuration or the environment, or put the file there: the daemon does not start without",
  };
}

async function tried(
  create: () => Probed,
  timeoutMs: number,
  clock: Terminal["clock"],
): Promise<readonly Finding[]> {
  const closed = new AbortController();
  try {
    const part = create();
    let findings = await limited((deadline) => part.probe(deadline), timeoutMs, clock);
    const { prove } = part;
    if (prove !== undefined)
      findings = await limited((deadline) => prove(findings, deadline), timeoutMs, clock);
    await Promise.race([part.close(), clock.sleep(graceMs, closed.signal)]);
    return findings;
  } catch (error) {
    return [cannotBuild(error)];
  } finally {
    closed.abort();
  }
}

async function limited(
  ask: (deadline: AbortSignal) => Promise<readonly Finding[]>,
  timeoutMs: number,
  clock: Terminal["clock"],
): Promise<readonly Finding[]> {
  const deadline = deadlineAfter(clock, timeoutMs, new AbortController().signal);
  const answered = new AbortController();
  const silence = clock.sleep(timeoutMs + graceMs, answered.signal).then((): Finding[] => [
    {
      level: "problem",
      text: `no answer within ${timeoutMs / 1000} s`,
      fix: "see whether a firewall drops what is sent, or give it longer with --timeout",
    },
  ]);
  try {
    return await Promise.race([ask(deadline.signal), silence]);
  } finally {
    answered.abort();
    deadline.clear();
  }
}

function scrubbed({ name, findings }: Subject, scrub: Scrub): Subject {
  return {
    name,
    findings: findings.map(({ text, fix, ...rest }) =>
      fix === undefined ? { ...rest, text: scrub(text) } : { ...rest, text: scrub(text), fix: scrub(fix) },
    ),
  };
}
