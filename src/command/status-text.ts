import { replacedText } from "../spool/replaced-state.ts";
import { completeText } from "../status/attention.ts";
import { misdated } from "../status/book-day-text.ts";
import { closedText } from "../status/day-states.ts";
import { latenessText } from "../status/lateness-status.ts";
import { leftOutText } from "../status/start-status.ts";
import type { StatusReport, Trouble } from "../status/status-report.ts";
import { witnessLines } from "../status/witness-status.ts";
import { clockText, counted, countText, durationText, sizeText } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import { underwayText } from "./backfill-text.ts";
import { incidentLines, pastLines } from "./past-text.ts";
import { replayUnderway } from "./replay-text.ts";
import { rows } from "./rows.ts";

/** Days shown; all of them with `--json`. */
const days = 7;
/** The newest; all of them with `--json`. */
const replacedShown = 3;

type Paint = (code: number, text: string) => string;

/** The status as people read it in a terminal. */
export function statusText(
  status: StatusReport,
  { colors, unicode = false }: { readonly colors: boolean; readonly unicode?: boolean },
): string {
  const paint: Paint = (code, text) => (colors ? `\u001b[${code}m${text}\u001b[0m` : text);
  return [
    headline(status, paint),
    ...problems(status, paint),
    paint(1, "Sources"),
    ...sources(status, paint),
    paint(1, "Spool"),
    ...spool(status, paint),
    paint(1, "Outputs"),
    ...outputs(status, paint),
    ...pastLines(status, (text) => paint(1, text), unicode),
    ...incidentLines(status, (text) => paint(1, text)),
    paint(1, "Books per day (UTC)"),
    ...books(status, paint),
  ].join("\n");
}

const [bold, red, green, yellow] = [1, 31, 32, 33];

function headline(
  { version, ready, not_ready, starting, attention, uptime_seconds, sources }: StatusReport,
  paint: Paint,
): string {
  const offline = sources.some(({ state }) => state === "offline");
  const state = offline
    ? paint(yellow, "no daemon runs; this is its state on disk")
    : ready
      ? attention.length > 0
        ? paint(yellow, "ready, with something to look at")
        : starting.length > 0
          ? paint(yellow, `starting, nothing is known yet of ${starting.join(", ")}`)
          : paint(green, "ready")
      : paint(red, `not ready: ${not_ready.map(({ hop }) => hop).join(", ")}`);
  const uptime = offline ? "" : `, running for ${durationText(uptime_seconds)}`;
  return `${paint(bold, `wandb-audit-forwarder ${version}`)}${uptime}: ${state}\n`;
}

function problems({ not_ready, attention }: StatusReport, paint: Paint): string[] {
  return [
    ...not_ready.map(
      ({ hop, reason, detail, since, fix }) =>
        `${paint(red, `${hop}: ${reason}`)} since ${clockText(since)}\n  ${printable(detail)}\n  Fix: ${printable(fix)}\n`,
    ),
    ...attention.map(
      ({ hop, reason, detail, fix }) =>
        `${paint(yellow, `${hop}: ${reason}`)}\n  ${printable(detail)}\n  Fix: ${printable(fix)}\n`,
    ),
  ];
}

function sources({ sources }: StatusReport, paint: Paint): string[] {
  if (sources.length === 0) return ["  none\n"];
  const table = rows(
    ["name", "state", "behind", "complete up to", "newest event"],
    sources.map((source) => [
      source.name,
      source.state,
      source.lag_seconds === null ? "not read yet" : durationText(source.lag_seconds),
      source.watermark === null ? "-" : clockText(source.watermark),
      source.newest_event === null ? "-" : clockText(source.newest_event),
    ]),
  );
  const notes = sources.flatMap(
    ({ name, trouble, gaps, learned, insecure_tls, backfill, lateness, days, witness, ...source }) => [
      ...troubleLines(name, trouble, paint),
      ...(backfill?.state === "running" ? [`  ${name}: ${printable(underwayText(backfill))}`] : []),
      ...gaps.map(({ day, reason }) => paint(yellow, `  ${name}: ${day} cannot be read (${reason})`)),
      ...(witness ? witnessLines(witness) : []).map((text) => `  ${name}: ${printable(text)}`),
      ...lines(name, leftOutText(source)),
      ...lines(name, days === null ? undefined : closedText(days)),
      ...(lateness ? [`  ${name}: ${latenessText(lateness)}`] : []),
      ...(learned.length > 0 ? [`  ${name}: learned: ${printable(learned.join("; "))}`] : []),
      ...(insecure_tls ? [paint(red, `  ${name}: certificates are not verified`)] : []),
    ],
  );
  return [...table, ...notes, ""];
}

function lines(name: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`  ${name}: ${text}`];
}

function spool(status: StatusReport, paint: Paint): string[] {
  const { spool, waiting, damage, replaced } = status;
  const { bytes, max_bytes, full } = spool;
  const text = `  ${sizeText(bytes)} of ${sizeText(max_bytes)}, ${counted(waiting, "record")} not everywhere yet`;
  const records = damage.reduce((sum, { records }) => sum + records, 0);
  return [
    full ? paint(red, `${text}: full, sources wait for room`) : text,
    ...(damage.length > 0
      ? [
          paint(
            red,
            `  damage found on disk ${counted(damage.length, "time")}, ${counted(records, "record")}`,
          ),
        ]
      : []),
    ...replaced.slice(-replacedShown).map((each) => paint(yellow, `  ${replacedText(each)}`)),
    "",
  ];
}

function outputs({ outputs }: StatusReport, paint: Paint): string[] {
  if (outputs.length === 0) return ["  none\n"];
  const table = rows(
    [
      "name",
      "state",
      "waiting",
      "oldest",
      "delivered",
      "filtered",
      "dead",
      "complete",
      "position",
      "delivered means",
    ],
    outputs.map((output) => [
      output.name,
      output.state,
      countText(output.backlog_events),
      output.oldest_undelivered === null ? "-" : durationText(output.lag_seconds),
      countText(output.delivered),
      countText(output.filtered),
      countText(output.dead),
      completeText({ ...output, backlog: output.backlog_events }),
      countText(output.position),
      output.guarantee ?? "-",
    ]),
    [2, 4, 5, 6, 8],
  );
  const notes = outputs.flatMap(({ name, trouble, insecure_tls, replay, manifest }) => [
    ...troubleLines(name, trouble, paint),
    ...(manifest === null
      ? []
      : [`  ${name}: manifest ${manifest.number} of ${manifest.date}, ${manifest.hash}`]),
    ...(replay?.state === "running" ? [`  ${name}: ${printable(replayUnderway(replay))}`] : []),
    ...(insecure_tls ? [paint(red, `  ${name}: certificates are not verified`)] : []),
  ]);
  return [...table, ...notes, ""];
}

function books({ books, balanced, sources }: StatusReport, paint: Paint): string[] {
  const states = new Map(
    sources.flatMap(({ name, days: known }) =>
      (known?.newest ?? []).map(({ day, state }) => [`${day} ${name}`, state]),
    ),
  );
  const dated = books.map(({ day }) => day).filter((day) => day !== misdated);
  const shown = new Set([...[...new Set(dated)].slice(0, days), misdated]);
  if (books.length === 0) return ["  no record has been seen yet"];
  const columns = [
    "fetched",
    "known",
    "new",
    "late",
    "delivered",
    "filtered",
    "dead",
    "dropped",
    "skipped",
    "lost",
    "pending",
  ] as const;
  return [
    ...rows(
      ["day", "source", "output", "state", ...columns, "balance"],
      books
        .filter(({ day }) => shown.has(day))
        .map((row) => [
          row.day,
          row.source,
          row.output,
          states.get(`${row.day} ${row.source}`) ?? "-",
          ...columns.map((column) => countText(row[column])),
          row.balanced ? "yes" : "NO",
        ]),
      columns.map((_, index) => index + 4),
    ),
    balanced
      ? "  All books balance: fetched - known = new = delivered + filtered + dead + dropped + skipped + lost + pending"
      : paint(red, "  The books do NOT balance. Please report this as a bug."),
  ];
}

function troubleLines(name: string, trouble: Trouble | null, paint: Paint): string[] {
  if (trouble === null) return [];
  const next = trouble.next_try === null ? "" : `, next attempt ${trouble.next_try.slice(11, 19)}`;
  return [
    paint(
      yellow,
      `  ${name}: ${printable(trouble.detail)} (${trouble.reason}, ${trouble.failures} failed${next})`,
    ),
    ...(trouble.quote === null ? [] : [`    The remote said: ${printable(trouble.quote)}`]),
    ...(trouble.fix === null ? [] : [`    Fix: ${printable(trouble.fix)}`]),
  ];
}
