import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { eventually, startProcess, workplace } from "./daemon.ts";

// A package that is replaced or removed while a daemon of it runs.

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "replaced-"));
const built = join(folder, "built");

beforeAll(() => {
  cpSync(join(root, "bin"), join(built, "bin"), { recursive: true });
  cpSync(join(root, "package.json"), join(built, "package.json"));
  symlinkSync(join(root, "node_modules"), join(built, "node_modules"));
  execFileSync(process.execPath, ["bin/build.ts", join(built, "dist")], { cwd: root });
});
afterAll(() => rmSync(folder, { recursive: true }));

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The same program of another build: what a file is made of is in its name. */
function rename(dist: string): void {
  const texts = new Map(readdirSync(dist).map((name) => [name, readFileSync(join(dist, name), "utf8")]));
  const renamed = new Map(
    [...texts.keys()].map((name) => [name, name.replace(/-[\w-]{8}\.js$/, "-ANOTHER1.js")]),
  );
  // Of several files of one name each stays another one.
  const seen = new Map<string, number>();
  for (const [name, to] of renamed) {
    const count = seen.get(to) ?? 0;
    seen.set(to, count + 1);
    if (count > 0) renamed.set(name, to.replace("ANOTHER1", `ANOTHER${count + 1}`));
  }
  rmSync(dist, { recursive: true });
  mkdirSync(dist);
  for (const [name, text] of texts) {
    const changed = [...renamed].reduce((all, [from, to]) => all.replaceAll(`./${from}`, `./${to}`), text);
    writeFileSync(join(dist, renamed.get(name) ?? name), changed);
  }
}

/** A daemon of a package of its own, which reads a file. */
async function started() {
  const installed = mkdtempSync(join(folder, "installed-"));
  cpSync(built, installed, { recursive: true });
  const hec = await startHecReceiver();
  const yaml = (stateDir: string, more: string) => `state_dir: ${stateDir}
sources: [{ name: prod, type: file, path: ${stateDir}.ndjson, instance: a.example, poll_interval: 1s }]
outputs: [{ name: siem, type: splunk_hec, url: "${hec.url}", token: 00000000-0000-4000-8000-000000000000, batch: { max_wait: 10ms } }]
admin: { listen: off }
shutdown_timeout: 3s
${more}`;
  const place = workplace((stateDir) => yaml(stateDir, ""));
  const log = `${place.stateDir}.ndjson`;
  let lines = 0;
  const grow = () => {
    const line = { timestamp: new Date().toISOString(), action: "user:create", number: ++lines };
    writeFileSync(log, `${JSON.stringify(line)}\n`, { flag: "a" });
  };
  grow();
  const program = join(installed, "bin/wandb-audit-forwarder.js");
  const daemon = startProcess(process.execPath, [program, "run", "-c", place.config]);
  closing.push(place.remove, hec.close, async () => {
    daemon.kill("SIGKILL");
    await daemon.exited;
  });
  await eventually("it delivers", () => hec.count() === 1);
  const told = (type: string) => daemon.stdout().split(`"type":"${type}"`).length - 1;
  return {
    hec,
    daemon,
    installed,
    grow,
    told,
    change: () => {
      place.write(yaml(place.stateDir, "log: { level: debug }\n"));
      daemon.kill("SIGHUP");
    },
  };
}

describe("a reload after the package was replaced under the daemon", () => {
  it.each([
    ["by another build", (installed: string) => rename(join(installed, "dist"))],
    [
      "by nothing: what was built is gone",
      (installed: string) => rmSync(join(installed, "dist"), { recursive: true }),
    ],
    ["by nothing: all of it is gone", (installed: string) => rmSync(installed, { recursive: true })],
  ])("%s is rejected, and the daemon goes on", async (_, replace) => {
    const { hec, daemon, installed, grow, told, change } = await started();
    replace(installed);
    change();
    await eventually("it is rejected", () => told("config_rejected") === 1);
    expect(daemon.stdout()).toContain(
      "a part of the program that this needs is gone: another version was installed over the one that runs. Fix: restart it; where",
    );
    grow();
    await eventually("it goes on", () => hec.count() === 2);
    expect([told("stopping"), told("started")]).toEqual([0, 1]);
    daemon.kill("SIGTERM");
    expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
  });
});

it("a package that is removed while the daemon before ends does not keep the next from its work", async () => {
  const { hec, daemon, installed, grow, told, change } = await started();
  hec.behave("hang");
  grow();
  await eventually("something is on its way", () => told("poll_done") > 1);
  change();
  await eventually("it is taken", () => told("stopping") === 1);
  rmSync(installed, { recursive: true });
  expect(told("stopped")).toBe(0);
  await eventually("the next one runs", () => told("started") === 2);
  hec.behave("accept");
  // With it goes what is told of the change.
  await eventually("it delivers", () => hec.count() === 3);
  daemon.kill("SIGTERM");
  expect(await daemon.exited, daemon.stderr()).toEqual({ code: 0, signal: null });
});
