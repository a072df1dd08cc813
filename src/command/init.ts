import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { builtin } from "../builtin.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { readText } from "../config/read-text.ts";
import { draft } from "../init/draft.ts";
import { type Gathered, gather } from "../init/gather.ts";
import { groupId } from "../init/group-id.ts";
import { InitError, refuse } from "../init/interview.ts";
import { layDown } from "../init/lay-down.ts";
import { folderPlacement, type Placement, servicePlacement } from "../init/placement.ts";
import type { Answers } from "../init/question.ts";
import { unseen } from "../init/service-sight.ts";
import { terminalInterviewer } from "../init/terminal-interviewer.ts";
import { unitLines, wrongWith } from "../init/unit-lines.ts";
import { scrubber } from "../secret/scrub.ts";
import { Secret } from "../secret/secret.ts";
import { printable } from "../text/printable.ts";
import { check } from "./check.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { usualConfig } from "./config-path.ts";

const { existsSync } = builtin("node:fs");

/** What is asked of `init`. */
export interface InitOptions {
  readonly config: string;
  /** What options answer, by the names of the questions. */
  readonly given: Answers;
  /** Files that hold a secret each. */
  readonly secretFiles: { readonly wandb: string | undefined; readonly siem: string | undefined };
  /** Nothing is tried afterwards. */
  readonly noCheck: boolean;
  readonly timeoutMs: number;
}

/** Asks for what it is not told, writes a configuration with its secrets beside it, and tries it. */
export const init: Command<InitOptions> = async (options, terminal) => {
  const config = resolve(options.config);
  const placement = config === usualConfig ? servicePlacement(config) : folderPlacement(config);
  try {
    if (existsSync(config))
      refuse(
        `${config} is there, and nothing is overwritten: change it by hand and try it with check, or name another file with -c`,
      );
    const gathered = await interviewed(options, placement, terminal);
    terminal.useScrub(scrubber([...gathered.secrets.values()].map((secret) => new Secret(secret))));
    const written = write(gathered, placement, options.given);
    for (const path of written) terminal.stdout.write(`written: ${printable(path)}\n`);
    const code = options.noCheck ? exitCodes.done : await tried(config, placement, options, terminal);
    terminal.stdout.write(next(gathered, placement, code));
    return code;
  } catch (error) {
    const why = error instanceof InitError ? error.message : systemWords(error);
    if (why === undefined) throw error;
    terminal.stderr.write(`wandb-audit-forwarder: ${printable(why)}\n`);
    return error instanceof InitError ? exitCodes.usage : exitCodes.io;
  }
};

async function interviewed({ given, secretFiles }: InitOptions, placement: Placement, terminal: Terminal) {
  const interviewer = seated(terminal);
  const secretGiven = (whose: "wandb" | "siem") => secretIn(secretFiles[whose]);
  const isThere = (file: string) => existsSync(join(placement.credentials, file));
  try {
    return await gather({ given, interviewer, secretGiven, isThere });
  } finally {
    interviewer?.close();
  }
}

/** Who may be asked, where a person sits at both ends. */
function seated({ stdin, stderr, stderrIsTTY }: Terminal) {
  const isAsked = stderrIsTTY && "isTTY" in stdin && stdin.isTTY === true;
  return isAsked ? terminalInterviewer({ input: stdin as Readable, output: stderr }) : undefined;
}

function write(
  { deployment, siem, answers, secrets, siemSecret }: Gathered,
  placement: Placement,
  given: Answers,
) {
  const text = draft({
    ...{ deployment, siem, answers, siemSecret, placement },
    ...{ wandbCa: given["wandb-ca"], siemCa: given["siem-ca"] },
  });
  const group = serviceGroup(placement);
  const names = siemSecret === undefined ? [] : [siemSecret];
  const unit = unitLines({ credentials: placement.credentials, names, folder: siem.folder?.(answers) });
  if (placement.dropIn !== undefined) mustServe(placement.dropIn);
  mustLoad(text, placement);
  return layDown({ placement, text, secrets, unit, group });

  /** What the service could not use, though root can, is not written. Throws InitError. */
  function mustServe(dropIn: string): void {
    for (const name of ["wandb-ca", "siem-ca"]) {
      const why = given[name] === undefined ? undefined : unseen(given[name], group);
      if (why !== undefined) refuse(`--${name} ${given[name]}: ${why}`);
    }
    if (!existsSync(dropIn)) return;
    const coming = new Set([...secrets.keys()].map((name) => join(placement.credentials, name)));
    const why = wrongWith(readText(dropIn).text, unit, (file) => coming.has(file) || existsSync(file));
    if (why !== undefined)
      refuse(`${dropIn} is there, and nothing is overwritten, but ${why}; mend or remove it`);
  }
}

/** What could not be used is not written: some mistakes only the whole shows. Throws InitError. */
function mustLoad(text: string, { config, credentials, environment }: Placement): void {
  const readFile = (path: string) => {
    if (path === config) return { text, mode: 0o600 };
    return path.startsWith(`${credentials}/`) ? { text: "not-looked-at", mode: 0o600 } : readText(path);
  };
  try {
    loadConfig(config, { environment, readFile });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const why = error.problems.map(
      ({ path, message, hint }) => `  ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
    );
    refuse(`nothing was written, as this could not be used:\n${why.join("\n")}`);
  }
}

/** Of a service, so that it may read its configuration. */
function serviceGroup({ dropIn }: Placement): number | undefined {
  if (dropIn === undefined) return undefined;
  try {
    return groupId("wandb-audit-forwarder", readText("/etc/group").text);
  } catch {
    return undefined;
  }
}

async function tried(
  config: string,
  placement: Placement,
  { timeoutMs }: InitOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  terminal.stdout.write("\nTrying it:\n");
  const environment = { ...terminal.environment, ...placement.environment };
  const how = { config, offline: false, json: false, testEvent: false, proveLock: false, timeoutMs };
  return check(how, { ...terminal, environment });
}

function next(
  { siem, answers }: Gathered,
  { config, dropIn, environment }: Placement,
  code: ExitCode,
): string {
  const variables = Object.entries(environment)
    .map(([name, value]) => `${name}=${value} `)
    .join("");
  const where = config === usualConfig ? "" : ` -c ${config}`;
  const again = `${variables}wandb-audit-forwarder check${where}`;
  const start =
    dropIn === undefined
      ? `wandb-audit-forwarder run${where}`
      : "systemctl daemon-reload && systemctl enable --now wandb-audit-forwarder";
  const folder = dropIn === undefined ? undefined : siem.folder?.(answers);
  const own =
    folder === undefined
      ? ""
      : `\nThe service has to own the folder: install -d -m 0750 -o wandb-audit-forwarder -g wandb-audit-forwarder ${folder}\n`;
  return code === exitCodes.done
    ? `${own}\nNext: ${start}\nThe other side, and a first alert: ${siem.page}\n`
    : `${own}\nThe files are written. Mend what is wrong, then: ${again}\nNext: ${start}\nThe other side: ${siem.page}\n`;
}

/** Without the newline at its end. Throws InitError. */
function secretIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const secret = readText(file).text.trim();
    return secret === "" ? refuse(`${file} is empty`) : secret;
  } catch (error) {
    if (error instanceof InitError) throw error;
    return refuse(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What the system refused, with what to do; undefined: it was something else. */
function systemWords(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return `cannot write: ${error.message}; use sudo, or name a file of your own with -c`;
}
