import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import type { WandbFault } from "../../../src/simulate/wandb-fault.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";

/** One entry of the truth, and when it came to be there by the server's clock. */
export interface TrueEntry {
  readonly line: string;
  readonly insertedAt: number;
}

/** Receivers that judge single events refuse those with this text, for ever. */
export const unwelcome = "unwelcome-";

/** In the address of everybody who only tried to log in. */
export const attemptMark = "guess-";

/** A source whose whole truth is known. */
export interface HarnessSource {
  readonly instance: string;
  /** What the configuration says about it, one member per line. */
  readonly settings: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  truth(): readonly TrueEntry[];
  /** New entries: in order, late by up to a day, twins, and some that receivers refuse. */
  grow(most: number): void;
  /** Entries of days before the steady window, which are read one by one. */
  growOldDays(count: number): void;
  /** One entry, some hours late. */
  growLate(): void;
  /** One fresh entry that no other is like. */
  fresh(): string;
  /** Fails once, in some way. */
  misbehave(): void;
  behave(): void;
  /** The server's clock goes on by so much at once. */
  advance(ms: number): void;
  rename(): void;
  asked(): number;
  close(): Promise<void>;
}

/** Every source that the harnesses drive, in turn: a further one is one line here. */
export const harnessSources: Readonly<Record<string, (setting: SourceSetting) => Promise<HarnessSource>>> = {
  wandb_api: wandbApi,
};

export interface SourceSetting {
  readonly random: () => number;
  /** The server's midnight is so far away: the day changes while the harness runs, hours from ours. */
  readonly midnight: "next" | "last" | "real";
}

const dayMs = 86_400_000;
const apiKey = "wandb-canary-key/0123456789+abcdef";
/** All of them must make a read fail as a whole. */
const faults: readonly WandbFault[] = [
  "short_body",
  "reset",
  "no_last_chunk",
  "unframed",
  "gzip_cut",
  "gzip_damaged",
  "gzip_garbage",
  "gzip_twice",
  "html",
  "html_as_json",
  "redirect",
  "unauthorized",
  "rate_limited",
  "server_error",
  "error_line",
  "error_object",
  "error_tail",
  "wrong_count",
];

async function wandbApi({ random, midnight }: SourceSetting): Promise<HarnessSource> {
  const server = await startWandbServer({ clock: systemClock, random, apiKey });
  const instance = "acme.example";
  const truth: TrueEntry[] = [];
  let skewMs = 0;
  if (midnight !== "real") {
    const now = Date.now();
    const target = (Math.floor(now / dayMs) + (midnight === "next" ? 1 : 0)) * dayMs;
    skewMs = target - 20_000 - now;
  }
  server.behave({ shuffle: true, skewMs });
  let names = ["defect-detector", "harvest-forecast"];
  let marks = 0;

  const now = () => Date.now() + skewMs;
  function insert(line: string, late: boolean): void {
    truth.push({ line, insertedAt: now() });
    if (late) server.log.late(line);
    else server.log.append(line);
  }

  function marked(mark: string, at: number): string {
    const entry = JSON.parse(wandbEntry(random, at)) as Record<string, unknown>;
    return JSON.stringify({ ...entry, report_asset: `${mark}${++marks}` });
  }

  /** Somebody who guesses names: of one second and address, told apart by the name alone. */
  function attempts(): void {
    const timestamp = `${new Date(now() - random() * 5000).toISOString().slice(0, 19)}Z`;
    const base = { timestamp, action: "user:initiate_login", response_code: 200, actor_ip: "192.0.2.7" };
    const before = truth.findLast(({ line }) => line.includes(attemptMark));
    const same = before !== undefined && random() < 0.6 && timeOf(before.line) > now() - dayMs;
    for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
      const entry = same ? (JSON.parse(before.line) as Record<string, unknown>) : base;
      insert(JSON.stringify({ ...entry, user_email: `${attemptMark}${++marks}@example.com` }), true);
    }
  }

  return {
    instance,
    settings: [
      "type: wandb_api",
      `url: "${server.url}"`,
      `instance: ${instance}`,
      `api_key: "\${WANDB_KEY}"`,
      "start: 4d",
      "poll_interval: 1s",
    ],
    environment: { WANDB_KEY: apiKey },
    truth: () => truth,
    grow(most) {
      for (let left = Math.floor(random() * most); left >= 0; left--) {
        if (random() < 0.2) insert(wandbEntry(random, now() - random() * dayMs), true);
        else if (random() < 0.02) insert(marked(unwelcome, now() - random() * 5000), false);
        else insert(wandbEntry(random, now() - random() * 5000), false);
        if (random() < 0.1) attempts();
        const twin = truth[truth.length - 1 - Math.floor(random() * Math.min(truth.length, 20))];
        if (random() < 0.15 && twin !== undefined && timeOf(twin.line) > now() - dayMs)
          insert(twin.line, true);
      }
    },
    growOldDays(count) {
      for (let left = count; left > 0; left--)
        insert(wandbEntry(random, now() - (2.05 + random() * 0.9) * dayMs), true);
      const old = truth.at(-1);
      if (old !== undefined) insert(old.line, true);
    },
    growLate: () => insert(wandbEntry(random, now() - 7_200_000), true),
    fresh() {
      const line = marked("fresh-", now());
      insert(line, false);
      return line;
    },
    misbehave: () =>
      server.behave({
        fault: faults[Math.floor(random() * faults.length)],
        faultTimes: 1,
        retryAfter: "0",
        gzip: random() < 0.5,
        flapping: 0.05,
      }),
    behave: () => server.behave({ fault: undefined, faultTimes: 0, flapping: 0 }),
    advance(ms) {
      skewMs += ms;
      server.behave({ skewMs });
    },
    rename() {
      server.log.rename(names[0] as string, names[1] as string);
      names = names.toReversed();
    },
    asked: () => server.taken().length,
    close: server.close,
  };
}

function timeOf(line: string): number {
  return Date.parse((JSON.parse(line) as { timestamp: string }).timestamp);
}
