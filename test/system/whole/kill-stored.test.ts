import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { dayText } from "../../../src/time/clock.ts";
import { dayOf, expectedUids } from "../harness/expected.ts";
import { ownProgram, sleep, startLife, within } from "../harness/program.ts";

const kills = Number(process.env.STORED_KILLS ?? 12);
const seed = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));
const instance = "acme.example";
const token = "5f7c0c3e-9d1b-4a57-8c1e-3b8b6f0e9a11";
const logBegan = Date.now() - 3 * 86_400_000;
/** Enough that reading them takes as long as a kill may wait. */
const perLife = 8000;

/** What the log looks like where it is stored. */
interface Stored {
  readonly settings: readonly string[];
  add(lines: readonly string[]): void;
}

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

/** A file that grows, is renamed now and then, and may end in the middle of a line while the program starts. */
function growingFile(folder: string, random: () => number): Stored {
  const path = join(folder, "audit.ndjson");
  let rest = "";
  /** Whoever writes ends a line before the next one, and before the file is renamed. */
  const endLine = () => {
    if (rest !== "") appendFileSync(path, rest);
    rest = "";
  };
  return {
    settings: ["type: file", `path: ${path}`],
    add(lines) {
      endLine();
      if (existsSync(path) && random() < 0.3) renameSync(path, `${path}.${Math.floor(random() * 1e9)}`);
      appendFileSync(path, text(lines).slice(0, -40));
      rest = text(lines).slice(-40);
      setTimeout(endLine, random() * 400);
    },
  };
}

/** An object a day, written anew as W&B does; packed on some days. */
async function days(): Promise<Stored> {
  const store = new ObjectStore();
  store.pageSize = 2;
  const server = await startS3Server(store);
  onTestFinished(() => server.close());
  const byDay = new Map<number, string[]>();
  return {
    settings: [
      "type: bucket",
      "url: s3://logs/wandb-audit-logs",
      `endpoint: ${server.url}`,
      "access_key_id: id",
      `secret_access_key: \${SECRET}`,
    ],
    add(lines) {
      for (const line of lines) byDay.set(dayOf(line), [...(byDay.get(dayOf(line)) ?? []), line]);
      for (const [day, all] of byDay) {
        const name = `wandb-audit-logs/${dayText(day)}.json`;
        const body = day % 2 === 0 ? gzipSync(text(all)) : Buffer.from(text(all));
        if (store.get(name)?.body.equals(body) !== true) store.put(name, body, Date.now());
      }
    },
  };
}

/** Two seconds apart, some of them late, and twins that follow at once: also of what came in the life before. */
function entries(random: () => number, truth: readonly string[]): string[] {
  const lines = truth.slice(-1);
  while (lines.length < perLife) {
    const before = lines.at(-1) ?? truth.at(-1);
    if (random() < 0.05 && before !== undefined) lines.push(before);
    else {
      const now = logBegan + (truth.length + lines.length) * 2000;
      lines.push(wandbEntry(random, now - (random() < 0.2 ? random() * 1_800_000 : 0)));
    }
  }
  return lines;
}

const cases: Readonly<Record<string, readonly ("file" | "bucket")[]>> = {
  "a file": ["file"],
  "a bucket": ["bucket"],
  "a file and a bucket of one log": ["file", "bucket"],
};

describe.each(Object.entries(cases))("the daemon, killed while it reads %s", (_, kinds) => {
  it("loses nothing, invents nothing, and delivers under one uid", {
    timeout: 60_000 + kills * 10_000,
  }, async () => {
    const random = seededRandom(seed);
    const folder = mkdtempSync(join(tmpdir(), "kill-stored-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const receiver = await startHecReceiver({ keep: 10_000_000, token });
    onTestFinished(() => receiver.close());
    const stored = [];
    for (const kind of kinds) stored.push(kind === "file" ? growingFile(folder, random) : await days());
    const sources = stored.map(({ settings }, at) =>
      [`  - name: s${at}`, ...settings, `instance: ${instance}`, "start: 30d", "poll_interval: 1s"].join(
        "\n    ",
      ),
    );
    const config = join(folder, "config.yaml");
    writeFileSync(
      config,
      `state_dir: ${folder}/state
sources:
${sources.join("\n")}
outputs:
  - { name: siem, type: splunk_hec, url: "${receiver.url}", token: "\${SECRET}", format: raw, batch: { max_wait: 10ms } }
admin: { listen: off }
`,
    );
    const environment = { SECRET: token };
    const truth: string[] = [];
    for (let killed = 0; killed < kills; killed++) {
      const lines = entries(random, truth);
      truth.push(...lines);
      for (const each of stored) each.add(lines);
      const before = receiver.count();
      const life = startLife({ program: ownProgram, args: ["run", "-c", config], environment });
      // Somewhere in the reading, which begins shortly before the first events arrive.
      if (random() < 0.8) await within(20_000, () => receiver.count() > before, 1);
      await sleep(random() * 600);
      life.kill("SIGKILL");
      const { signal } = await life.exited;
      expect([signal, life.said()]).toEqual(["SIGKILL", life.said()]);
    }
    await sleep(500);
    const last = startLife({ program: ownProgram, args: ["run", "--once", "-c", config], environment });
    expect([(await last.exited).code, last.said()]).toEqual([0, last.said()]);
    const taken = new Set(receiver.taken().map(({ fields }) => String(fields?.event_uid)));
    const wanted = new Set(expectedUids(truth, instance).keys());
    const lost = [...wanted].filter((uid) => !taken.has(uid));
    const invented = [...taken].filter((uid) => !wanted.has(uid));
    process.stdout.write(
      `${kinds.join(" and ")}: ${kills} kills, seed ${seed}, ${truth.length} lines, ${wanted.size} events, ${receiver.count()} received\n`,
    );
    expect({ lost, invented }).toEqual({ lost: [], invented: [] });
  });
});
