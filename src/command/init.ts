import { dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { builtin } from "../builtin.ts";
import { loadNamed } from "../config/load-named.ts";
import { ConfigError } from "../config/problem.ts";
import { readText } from "../config/read-text.ts";
import { accountId } from "../init/account-id.ts";
import { draft } from "../init/draft.ts";
import { mustBeOurs, mustBeWritable } from "../init/folder.ts";
import { type Gathered, gather } from "../init/gather.ts";
import { InitError, refuse } from "../init/interview.ts";
import { type LayDownOptions, layDown } from "../init/lay-down.ts";
import { nextSteps } from "../init/next-steps.ts";
import { folderPlacement, type Placement, servicePlacement } from "../init/placement.ts";
import type { Answers } from "../init/question.ts";
import { closedOf, isHidden, type ServiceAccount, unseen } from "../init/service-sight.ts";
import { terminalInterviewer } from "../init/terminal-interviewer.ts";
import { unitLines } from "../init/unit-lines.ts";
import { scrubber } from "../secret/scrub.ts";
import { Secret } from "../secret/secret.ts";
import { printable } from "../text/printable.ts";
import { check } from "./check.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { usualConfig } from "./config-path.ts";

const { lstatSync } = builtin("node:fs");

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
    mayLay(placement, terminal.uid);
    const gathered = await interviewed(options, placement, terminal);
    terminal.useScrub(scrubber([...gathered.secrets.values()].map((secret) => new Secret(secret))));
    const service = serviceAccount(placement);
    const lines = unitLines({ ...gathered, placement });
    const about = { given: options.given, service, unitLines: lines, user: terminal.uid };
    const log = gathered.deployment.reads?.(gathered.answers);
    const written = await write(gathered, placement, about);
    for (const path of written) terminal.stdout.write(`written: ${printable(path)}\n`);
    const code = options.noCheck ? exitCodes.done : await tried(config, placement, options, terminal);
    terminal.stdout.write(
      printable(
        nextSteps({
          ...gathered,
          unitLines: lines,
          placement,
          group: service.group,
          closed: log === undefined ? undefined : closedOf(log, service),
          isFine: code === exitCodes.done,
        }),
      ),
    );
    return code;
  } catch (error) {
    const why = error instanceof InitError ? error.message : systemWords(error);
    if (why === undefined) throw error;
    terminal.stderr.write(`wandb-audit-forwarder: ${printable(why)}\n`);
    return error instanceof InitError ? exitCodes.usage : exitCodes.io;
  }
};

/** Before anybody is asked. Throws InitError, or what the system says. */
function mayLay({ config, credentials, dropIn }: Placement, user: number | undefined): void {
  if (isThere(config))
    refuse(
      `${config} is there, and nothing is overwritten: change it by hand and try it with check, or name another file with -c`,
    );
  for (const folder of [dirname(config), credentials]) mustBeOurs(folder, user);
  for (const path of [config, join(credentials, "secret"), ...(dropIn === undefined ? [] : [dropIn])])
    mustBeWritable(dirname(path));
}

/** A link that leads nowhere is something, too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function interviewed({ given, secretFiles }: InitOptions, placement: Placement, terminal: Terminal) {
  const inFile = (file: string | undefined) => (file === undefined ? undefined : heldBy(file));
  const ofFiles = { wandb: inFile(secretFiles.wandb), siem: inFile(secretFiles.siem) };
  const interviewer = seated(terminal);
  try {
    return await gather({
      ...{ given, interviewer, secretGiven: (whose) => ofFiles[whose], secretIn: heldBy },
      isThere(file) {
        const path = join(placement.credentials, file);
        if (!isThere(path)) return false;
        mustBeOurs(path, terminal.uid);
        return true;
      },
    });
  } finally {
    interviewer?.close();
  }
}

/** Who may be asked, where a person sits at both ends. */
function seated({ stdin, stderr, stderrIsTTY }: Terminal) {
  const isAsked = stderrIsTTY && "isTTY" in stdin && stdin.isTTY === true;
  return isAsked ? terminalInterviewer({ input: stdin as Readable, output: stderr }) : undefined;
}

/** What is laid down besides the configuration, and for whom. */
type About = Pick<LayDownOptions, "unitLines" | "user"> & {
  readonly given: Answers;
  readonly service: ServiceAccount;
};

async function write(
  { deployment, siem, answers, secrets, held }: Gathered,
  placement: Placement,
  { given, service, ...about }: About,
) {
  const text = draft({
    ...{ deployment, siem, answers, held, placement },
    ...{ wandbCa: given["wandb-ca"], siemCa: given["siem-ca"] },
  });
  if (placement.dropIn !== undefined) mustBeSeen(given, deployment.reads?.(answers), service);
  await mustLoad(text, placement, secrets);
  return layDown({ placement, text, secrets, group: service.group, ...about });
}

/** What the service could not read, though root can, is not written down. Throws InitError. */
function mustBeSeen(given: Answers, log: string | undefined, service: ServiceAccount): void {
  for (const name of ["wandb-ca", "siem-ca"]) {
    const why = given[name] === undefined ? undefined : unseen(given[name], service);
    if (why !== undefined) refuse(`--${name} ${given[name]}: ${why}`);
  }
  if (log !== undefined && isHidden(log))
    refuse(`--log-path ${log}: the service does not see that folder: keep the log elsewhere`);
}

/** What could not be used is not written: some mistakes only the whole shows. Rejects with InitError. */
async function mustLoad(
  text: string,
  { config, credentials, environment }: Placement,
  secrets: ReadonlyMap<string, string>,
): Promise<void> {
  const fresh = new Map([...secrets].map(([name, secret]) => [join(credentials, name), `${secret}\n`]));
  const readFile = (path: string) => {
    const written = path === config ? text : fresh.get(path);
    return written === undefined ? readText(path) : { text: written, mode: 0o600 };
  };
  try {
    await loadNamed(config, { environment, readFile });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const why = error.problems.map(
      ({ path, message, hint }) => `  ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
    );
    refuse(`nothing was written, as this could not be used:\n${why.join("\n")}`);
  }
}

/** Of a service, so that it may read its configuration; nobody's where it is none. */
function serviceAccount({ dropIn }: Placement): ServiceAccount {
  const idIn = (file: string) => {
    if (dropIn === undefined) return undefined;
    try {
      return accountId("wandb-audit-forwarder", readText(file).text);
    } catch {
      return undefined;
    }
  };
  return { user: idIn("/etc/passwd"), group: idIn("/etc/group") };
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

/** Without white space around it. Throws InitError. */
function heldBy(file: string): string {
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
  const instead = error.code === "EEXIST" ? "remove it" : "use sudo";
  return `cannot write: ${error.message}; ${instead}, or name a file of your own with -c`;
}
