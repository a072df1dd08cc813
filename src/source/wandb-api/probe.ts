import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { Window } from "../../record/reading.ts";
import { aheadText } from "../../text/amounts.ts";
import { dayText, utcDayOfMs } from "../../time/clock.ts";
import { clocksDiffer } from "../../time/clock-difference.ts";
import { SourceError } from "../source.ts";
import { type SlotCounts, Spread } from "../wandb-log/spread.ts";
import type { WandbApiConfig } from "./config.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { ownerFinding } from "./key-owner.ts";
import { hoursQuery } from "./newest/hours.ts";
import { objection } from "./newest/objection.ts";
import { trialSpan } from "./newest/trial.ts";
import { reachFinding } from "./reach.ts";
import { windowOptions } from "./read.ts";
import { readWindow, type WindowEnd } from "./read-window.ts";
import { dayStart, type WindowRequest } from "./round/schedule.ts";
import { type StartDateEffect, startDateEffect } from "./round/shown.ts";
import { clockGap } from "./skew.ts";

/** What a probe is made with. */
export interface ProbeOptions {
  readonly config: WandbApiConfig;
  readonly exchange: ExchangeOptions;
  /** How the server is reached. */
  readonly http: HttpOptions;
  readonly deadline: AbortSignal;
}

/**
 * Reads yesterday and today as a poll would, and says what that tells about key, server, clock and
 * certificate. Never throws: what goes wrong is a finding.
 */
export async function probe(options: ProbeOptions): Promise<readonly Finding[]> {
  const { http, deadline } = options;
  const findings: Finding[] = [];
  let singleDays = false;
  try {
    const read = await readFindings(options);
    findings.push(...read.findings);
    singleDays = read.singleDays;
  } catch (error) {
    findings.push(
      error instanceof SourceError
        ? { level: "problem", text: `${error.reason}: ${error.message}`, fix: error.fix }
        : {
            level: "problem",
            text: "the server did not answer in time",
            fix: "try it with curl from this host",
          },
    );
  }
  const owner = await ownerFinding(options.exchange, deadline);
  return [
    ...findings,
    ...(owner === undefined ? [] : [owner]),
    ...(await certificateFindings(http, deadline)),
    ...(singleDays ? await farther(options) : []),
  ];
}

/** What takes longest, and may fail without a fault. */
async function farther(options: ProbeOptions): Promise<readonly Finding[]> {
  const today = utcDayOfMs(options.exchange.clock.now());
  try {
    return [await reachFinding(today, (day) => hasEntriesOf(options, day))];
  } catch {
    return [{ level: "ok", text: "how far back it answers was not found out in time (--timeout)" }];
  }
}

/** Reads no more of the day than it takes to see one. Undefined where the server does not answer for it. */
async function hasEntriesOf(options: ProbeOptions, day: number): Promise<boolean | undefined> {
  const spread = new Spread({ from: dayStart(day), to: dayStart(day + 1) });
  const reading = windowOf(options, `startDate=${dayText(day)}`, spread);
  const seen = () => spread.counts().most.some((count) => count > 0);
  let step = await reading.next();
  while (step.done !== true && !seen()) step = await reading.next();
  if (step.done !== true) await reading.return(undefined as never);
  else if ("refused" in step.value || "cursorRefused" in step.value) return undefined;
  return seen();
}

function windowOf({ config, exchange, deadline }: ProbeOptions, query: string, spread?: Spread) {
  return readWindow({
    ...windowOptions(config, exchange, deadline),
    query,
    limit: undefined,
    start: 0,
    acceptMalformed: false,
    spread,
  });
}

async function ask(options: ProbeOptions, query: string, spread?: Spread): Promise<WindowEnd> {
  const window = windowOf(options, query, spread);
  let step = await window.next();
  while (step.done !== true) step = await window.next();
  return step.value;
}

/** What the answers say, and whether the server answers for single days. */
async function readFindings(
  options: ProbeOptions,
): Promise<{ readonly findings: readonly Finding[]; readonly singleDays: boolean }> {
  const { clock, endpoint } = options.exchange;
  const sentAt = clock.now();
  const today = utcDayOfMs(sentAt);
  const spread = new Spread({ from: dayStart(today - 1), to: dayStart(today + 1) });
  const end = await ask(options, "numDays=1", spread);
  if ("refused" in end) throw end.refused;
  if ("cursorRefused" in end) throw end.cursorRefused;
  const effect = await effectOfStartDate(options, sentAt);
  const place = endpoint.multiTenant ? "Multi-tenant Cloud" : "Self-Managed or Dedicated Cloud";
  const findings: Finding[] = [
    { level: "ok", text: `the key may read the audit log at ${endpoint.origin}${endpoint.path}` },
    {
      level: "ok",
      text: `${place}; answers with ${end.answers === "ndjson" ? "NDJSON" : "the JSON envelope"}`,
    },
    startDateFinding(effect),
    ...(endpoint.multiTenant || end.answers === "ndjson"
      ? []
      : [await hoursFinding(options, spread, sentAt)]),
    clockFinding((clockGap(end.headers.date, end.asked) ?? 0) / 1000),
    newestFinding(end.total, end.newest, sentAt),
    ...(endpoint.multiTenant ? [neverLogged] : []),
  ];
  return { findings, singleDays: effect === "honoured" };
}

/** How the server answers for one day: what decides how days are read that were missed. */
async function effectOfStartDate(options: ProbeOptions, now: number): Promise<StartDateEffect | "refused"> {
  const day = utcDayOfMs(now) - 1;
  const end = await ask(options, `startDate=${dayText(day)}`);
  if ("cursorRefused" in end) throw end.cursorRefused;
  const request: WindowRequest = { by: "startDate", from: day, through: day, wider: 0 };
  return "refused" in end ? "refused" : startDateEffect(request, end, {}, now);
}

function startDateFinding(effect: StartDateEffect | "refused"): Finding {
  return {
    level: "ok",
    text:
      effect === "honoured"
        ? "answers for single days (startDate)"
        : effect === "unproven"
          ? "whether it answers for single days (startDate) will show when there are entries"
          : `does not answer for single days (startDate is ${effect === "refused" ? "refused" : "ignored"}): days that were missed are read with numDays`,
  };
}

/** Whether the server answers for hours of a day: then not every poll has to read everything. */
async function hoursFinding(options: ProbeOptions, shown: Spread, now: number): Promise<Finding> {
  const known = shown.counts();
  const span = trialSpan(known, now);
  if (span === undefined)
    return { level: "ok", text: "whether it answers for hours of a day will show when there are entries" };
  const why = await hoursObjection(options, span, known, now);
  return {
    level: "ok",
    text:
      why === undefined
        ? "answers for hours of a day (startDate and endDate): polls read the newest ones, and everything once an hour"
        : `does not answer for hours of a day (${why}): every poll reads everything`,
  };
}

async function hoursObjection(
  options: ProbeOptions,
  span: Window,
  known: SlotCounts,
  now: number,
): Promise<string | undefined> {
  const spread = new Spread(span);
  try {
    const end = await ask(options, hoursQuery(span), spread);
    if ("refused" in end || "cursorRefused" in end) return "they are refused";
    return objection(span, { ...end, slots: spread.counts(), outside: spread.outside }, known, now);
  } catch (error) {
    // Days are enough: a server that fails for hours is none that fails.
    if (error instanceof SourceError) return error.reason;
    throw error;
  }
}

const neverLogged: Finding = {
  level: "ok",
  text: "Multi-tenant Cloud never logs what happens in open and public projects, report:read, and user actions that belong to no organization",
};

function clockFinding(seconds: number): Finding {
  if (!clocksDiffer(seconds)) return { level: "ok", text: "the server's clock agrees with this machine's" };
  return {
    level: "warning",
    text: `the server's clock is ${aheadText(seconds)} this machine's`,
    fix: "set the clocks of both machines by NTP",
  };
}

function newestFinding(total: number, newest: number | undefined, now: number): Finding {
  if (newest === undefined)
    return {
      level: "warning",
      text: "no entries since yesterday",
      fix: "sign in to W&B once and wait ten minutes; if nothing shows, check that the server collects audit logs (GORILLA_COLLECT_AUDIT_LOGS)",
    };
  const minutes = Math.max(0, Math.round((now - newest) / 60_000));
  return {
    level: "ok",
    text: `${total} ${total === 1 ? "entry" : "entries"} since yesterday, the newest ${minutes} min old`,
  };
}
