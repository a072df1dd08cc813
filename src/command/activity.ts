import { loadToLook } from "../config/look.ts";
import { nearest } from "../config/nearest.ts";
import { type ActivityDocument, activityDocument } from "../status/activity-report.ts";
import { printable } from "../text/printable.ts";
import { utcDayOfMs } from "../time/clock.ts";
import { activityCsv, type JoinedReport, lookupCsv } from "./activity-csv.ts";
import { readMembers, UnusableFile, writeLookup } from "./activity-files.ts";
import { activityText } from "./activity-text.ts";
import { type ActivityOptions, type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { joined, type Member } from "./members.ts";
import { NoStateAccess, stateAccess } from "./state-access.ts";

/** Shows who was active, as W&B's organization dashboard does, from the audit log. */
export const activity: Command<ActivityOptions> = async (options, terminal) => {
  if (options.lookup !== undefined && options.users === undefined)
    return refused("--lookup needs --users: roles and seats are in W&B's export of members", terminal);
  try {
    const members = options.users === undefined ? undefined : membersIn(options.users, terminal);
    const document = await documentOf(options, terminal);
    if (!document.counted)
      return refused("nobody is counted: activity is false in the configuration", terminal);
    const wanted = await wantedInstances(document, options, terminal);
    if (typeof wanted === "string") return refused(wanted, terminal);
    if (members !== undefined && wanted.instances.length > 1) return refused(severalText(wanted), terminal);
    return show(wanted, members, options, terminal);
  } catch (error) {
    if (!(error instanceof NoStateAccess || error instanceof UnusableFile)) throw error;
    return failed(error.message, terminal);
  }
};

/** From the daemon, or from the state itself where none runs. */
async function documentOf(
  { config, period }: ActivityOptions,
  terminal: Terminal,
): Promise<ActivityDocument> {
  const access = await stateAccess(config, terminal);
  if (access.by === "daemon")
    return (await access.ask("GET", "/activity.json", new URLSearchParams({ period }))) as ActivityDocument;
  try {
    const { activity: counting, sources } = await loadToLook(config, terminal);
    const origins = sources.map(({ origin }) => origin);
    const today = utcDayOfMs(terminal.clock.now());
    const states = access.store.sources();
    return await activityDocument(access.store.activity, {
      ...{ counted: counting.count, origins, states, period, today },
    });
  } finally {
    access.store.close();
  }
}

/** An export is of one W&B server: the users of another one would be called inactive. */
function severalText({ instances }: ActivityDocument): string {
  const names = instances.map(({ instance }) => instance).join(", ");
  return `--users is of one W&B server, and users of several are counted (${names}): say with --source whose members these are`;
}

/** Of the source that is named; in words where there is none. */
async function wantedInstances(
  document: ActivityDocument,
  { config, source }: ActivityOptions,
  terminal: Terminal,
): Promise<ActivityDocument | string> {
  if (source === undefined) return document;
  const { sources } = await loadToLook(config, terminal);
  const found = sources.find((each) => each.config.name === source);
  if (found !== undefined)
    return {
      ...document,
      instances: document.instances.filter(({ instance }) => instance === found.origin.instance),
    };
  const names = sources.map((each) => each.config.name);
  const close = nearest(source, names);
  const hint = close === undefined ? `known: ${names.join(", ")}` : `did you mean ${close}?`;
  return `there is no source ${JSON.stringify(source)} (${hint})`;
}

function show(
  document: ActivityDocument,
  members: readonly Member[] | undefined,
  options: ActivityOptions,
  terminal: Terminal,
): ExitCode {
  const { stdout, stderr } = terminal;
  const reports: JoinedReport[] = document.instances.map((report) => ({
    report,
    users: joined(report, members ?? []),
  }));
  const everybody = reports.flatMap(({ report }) => report.users);
  if (members !== undefined && everybody.length > 0 && everybody.every(({ name }) => name === null))
    return failed(
      "no e-mail address is kept to join members by: set activity.names to true, or use an API source",
      terminal,
    );
  if (options.lookup !== undefined && options.users !== undefined) {
    writeLookup(options.lookup, lookupCsv(reports), options.users);
    stderr.write(`wandb-audit-forwarder: the lookup is in ${printable(options.lookup)}\n`);
  }
  if (options.json)
    stdout.write(`${printable(JSON.stringify(jsonOf(document, reports, members), undefined, 2))}\n`);
  else if (options.csv) stdout.write(activityCsv(reports, members !== undefined));
  else
    stdout.write(
      `${reports.map((each) => activityText(each, options.top, members !== undefined)).join("\n\n")}\n`,
    );
  return exitCodes.done;
}

function jsonOf(
  document: ActivityDocument,
  reports: readonly JoinedReport[],
  members: readonly Member[] | undefined,
): unknown {
  if (members === undefined) return document;
  const instances = reports.map(({ report, users }) => ({
    ...report,
    members: users.map(({ status, member, user }) => ({
      ...{ status, user: user?.user ?? null, email: user?.name ?? member?.email ?? null },
      ...{ name: member?.name ?? null, username: member?.username ?? null, role: member?.role ?? null },
      ...{ seat: member?.modelsSeat ?? null, last_active_by_wandb: member?.lastActive ?? null },
    })),
  }));
  return { ...document, instances };
}

function membersIn(path: string, { stderr }: Terminal): readonly Member[] {
  const { members, unknown } = readMembers(path);
  if (unknown.length > 0)
    stderr.write(
      `wandb-audit-forwarder: columns of ${printable(path)} that are not known are left out: ${printable(unknown.join(", "))}\n`,
    );
  return members;
}

function refused(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.usage;
}

function failed(text: string, { stderr }: Terminal): ExitCode {
  stderr.write(`wandb-audit-forwarder: ${printable(text)}\n`);
  return exitCodes.failed;
}
