import { isIP } from "node:net";
import { connect } from "node:tls";
import type { Finding } from "../../finding.ts";
import { proxyFor } from "../../net/http/proxy.ts";
import { tlsOptions } from "../../net/tls.ts";
import { scrubber } from "../../secret/scrub.ts";
import type { Clock } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import type { WandbApiConfig } from "./config.ts";
import type { Endpoint } from "./endpoint.ts";
import { ask, type ExchangeOptions } from "./exchange.ts";
import { readWindow } from "./read-window.ts";
import { clockGap } from "./skew.ts";

export interface ProbeOptions {
  readonly exchange: ExchangeOptions;
  readonly config: WandbApiConfig;
  readonly endpoint: Endpoint;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly deadline: AbortSignal;
}

/** Reads yesterday and today as a poll would, and says what that tells about key, server, clock and certificate. */
export async function probe(options: ProbeOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    findings.push(...(await readFindings(options)));
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
  const certificate = await certificateFinding(options);
  return certificate === undefined ? findings : [...findings, certificate];
}

async function readFindings({
  exchange,
  config,
  endpoint,
  clock,
  deadline,
}: ProbeOptions): Promise<Finding[]> {
  const sentAt = clock.now();
  const window = readWindow({
    query: "numDays=1",
    limit: undefined,
    ask: (query) => ask(exchange, query, deadline),
    start: 0,
    maxLine: config.read.max_line,
    acceptMalformed: false,
    body: { minRate: config.read.min_rate, allowUnframed: config.read.allow_unframed },
    clock,
    scrub: scrubber([config.api_key]),
  });
  let step = await window.next();
  while (step.done !== true) step = await window.next();
  const end = step.value;
  if ("refused" in end) throw end.refused;
  if ("cursorRefused" in end) throw end.cursorRefused;
  const place = endpoint.multiTenant ? "Multi-tenant Cloud" : "Self-Managed or Dedicated Cloud";
  return [
    { level: "ok", text: `the key may read the audit log at ${endpoint.origin}${endpoint.path}` },
    {
      level: "ok",
      text: `${place}; answers with ${end.answers === "ndjson" ? "NDJSON" : "the JSON envelope"}`,
    },
    clockFinding(clockGap(end.headers.date, sentAt)),
    newestFinding(end.total, end.newest, sentAt),
  ];
}

function clockFinding(gapMs: number): Finding {
  if (Math.abs(gapMs) <= 300_000)
    return { level: "ok", text: "the server's clock agrees with this machine's" };
  return {
    level: "warning",
    text: `the server's clock is ${about(Math.abs(gapMs) / 60_000)} ${gapMs > 0 ? "ahead of" : "behind"} this machine's`,
    fix: "set the clocks of both machines by NTP",
  };
}

function about(minutes: number): string {
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}

function newestFinding(total: number, newest: number | undefined, now: number): Finding {
  if (newest === undefined)
    return {
      level: "warning",
      text: "no entries since yesterday",
      fix: "sign in to W&B once and wait ten minutes; if nothing shows, check that the server collects audit logs (GORILLA_COLLECT_AUDIT_LOGS)",
    };
  const minutes = Math.max(0, Math.round((now - newest) / 60_000));
  return { level: "ok", text: `${total} entries since yesterday, the newest ${minutes} min old` };
}

async function certificateFinding({
  config,
  environment,
  clock,
  deadline,
}: ProbeOptions): Promise<Finding | undefined> {
  const { url } = config;
  if (url.protocol !== "https:" || proxyFor(url, config.proxy, environment) !== undefined) return undefined;
  const validTo = await certificateEnd(url, config.tls, deadline);
  if (validTo === undefined) return undefined;
  const left = Math.floor((validTo - clock.now()) / 86_400_000);
  const text = `the server's certificate is valid for ${left} more days`;
  return left > 14 ? { level: "ok", text } : { level: "warning", text, fix: "renew it" };
}

function certificateEnd(
  url: URL,
  tls: WandbApiConfig["tls"],
  deadline: AbortSignal,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const socket = connect(
      {
        host,
        port: Number(url.port || 443),
        ...(isIP(host) === 0 && { servername: host }),
        ...tlsOptions(tls),
      },
      () => {
        const end = Date.parse(socket.getPeerCertificate().valid_to);
        finish(Number.isNaN(end) ? undefined : end);
      },
    );
    const finish = (end: number | undefined) => {
      deadline.removeEventListener("abort", giveUp);
      socket.destroy();
      resolve(end);
    };
    const giveUp = () => finish(undefined);
    socket.on("error", giveUp);
    deadline.addEventListener("abort", giveUp, { once: true });
    if (deadline.aborted) giveUp();
  });
}
