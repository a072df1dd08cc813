import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { firstReading } from "../../src/command/first-reading.ts";
import { reload } from "../../src/command/reload.ts";
import { Service } from "../../src/command/service.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { type Clock, systemClock } from "../../src/time/clock.ts";
import { certificates } from "../fake/certificates.ts";
import { eventually, workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { patient } from "./patient-clock.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Files are looked at fifty times as often as in earnest. */
const hurried: Clock = {
  ...systemClock,
  sleep: (ms, stop) => systemClock.sleep(ms === 5_000 ? 100 : ms, stop),
};

/** A source with twenty records. */
async function wandbServer(): Promise<string> {
  const random = seededRandom(3);
  const server = await startWandbServer({ clock: systemClock, random });
  closing.push(() => server.close());
  for (let count = 0; count < 20; count++) server.log.append(wandbEntry(random, systemClock.now()));
  return server.url;
}

/** A running service with one output, as it stands in the configuration. */
async function started(output: (folder: string) => string, clock = hurried, acceptStateLoss = false) {
  const url = await wandbServer();
  const yaml = (stateDir: string, more: string) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${url}", instance: a.example, api_key: some-key-1 }
outputs:
  - ${output(join(stateDir, ".."))}
admin: { listen: off }
${more}`;
  const place = workplace((stateDir) => yaml(stateDir, ""));
  const terminal = fakeTerminal({ clock });
  const reading = await firstReading(place.config, terminal);
  const service = new Service({ config: place.config, acceptStateLoss }, terminal, reading);
  const ended = service.run();
  closing.push(place.remove, () => {
    terminal.send("SIGTERM");
    return ended;
  });
  const lines = (type: string) =>
    terminal
      .out()
      .split("\n")
      .filter((line) => line.includes(`"type":"${type}"`))
      .map((line) => JSON.parse(line));
  return {
    terminal,
    place,
    lines,
    write: (more: string) => place.write(yaml(place.stateDir, more)),
    has: (type: string, count = 1) => eventually(`${count} ${type}`, () => lines(type).length >= count),
  };
}

const hec = (url: string, more: string) =>
  `{ name: splunk, type: splunk_hec, url: "${url}", batch: { max_wait: 10ms }, retry: { hold_interval: 1h }, ${more} }`;

/** Puts files where Kubernetes does: `FOLDER/NAME` leads over `..data` into a folder that is replaced as a whole. */
function mount(folder: string, files: Record<string, string | Buffer>): void {
  const inner = `..${readdirSync(folder).length}`;
  mkdirSync(join(folder, inner), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, inner, name), content);
  symlinkSync(inner, join(folder, "..tmp"));
  renameSync(join(folder, "..tmp"), join(folder, "..data"));
  for (const name of Object.keys(files)) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(join("..data", name), join(folder, name));
  }
}

describe("without a signal", () => {
  it("an output held for its authority goes on when the file becomes another, as Kubernetes replaces it", async () => {
    const [right, wrong] = [certificates(), certificates()];
    closing.push(right.remove, wrong.remove);
    const { cert, key } = right.issue("siem");
    const receiver = await startHecReceiver({
      token: "the-right-token",
      tls: { cert: readFileSync(cert), key: readFileSync(key) },
    });
    closing.push(() => receiver.close());
    const mounted = mkdtempSync(join(tmpdir(), "mounted-"));
    closing.push(() => rmSync(mounted, { recursive: true }));
    mount(mounted, { "ca.crt": readFileSync(wrong.ca) });
    const { has, lines } = await started(() =>
      hec(receiver.url, `token: the-right-token, tls: { ca: ${join(mounted, "ca.crt")} }`),
    );
    await has("held");
    expect(lines("held")).toMatchObject([{ reason: "tls" }]);
    mount(mounted, { "ca.crt": readFileSync(right.ca) });
    await eventually("everything is delivered", () => receiver.count() === 20);
    await has("released");
    expect(lines("tls_reloaded")).toHaveLength(1);
    expect(lines("config_reloaded")).toHaveLength(0);
    expect(lines("config_unchanged")).toHaveLength(0);
  });

  it("an output held for its token goes on when the file holds another", async () => {
    const receiver = await startHecReceiver({ token: "the-right-token" });
    closing.push(() => receiver.close());
    const { has, place, lines } = await started((folder) => {
      writeFileSync(join(folder, "token"), "the-wrong-token", { mode: 0o600 });
      return hec(receiver.url, `token: "\${file:${join(folder, "token")}}"`);
    });
    await has("held");
    const token = join(place.folder, "token");
    rmSync(token);
    await has("files_rejected");
    writeFileSync(token, "the-right-token");
    await eventually("everything is delivered", () => receiver.count() === 20);
    expect(lines("files_rejected")).toMatchObject([
      { owner: "splunk", detail: expect.stringContaining("outputs[0].token: cannot read") },
    ]);
    expect(lines("secret_reloaded")).toHaveLength(1);
    // What changed is no other configuration.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(lines("config_reloaded")).toHaveLength(0);
  });

  it("a client certificate is renewed although its key comes later, which is told once", async () => {
    const authority = certificates();
    closing.push(authority.remove);
    const { cert, key } = authority.issue("siem");
    const taken: string[] = [];
    const files = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(authority.ca) };
    const receiver = createServer({ ...files, requestCert: true }, (request, response) => {
      const { subject } = (request.socket as import("node:tls").TLSSocket).getPeerCertificate();
      request.resume().on("end", () => {
        taken.push(String(subject.CN));
        response.end('{"text":"Success","code":0}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => receiver.close(resolve)));
    const url = `https://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const own = authority.issue("own", { client: true, days: -1 });
    const { has, lines } = await started(() =>
      hec(url, `token: a-token, tls: { ca: ${authority.ca}, cert: ${own.cert}, key: ${own.key} }`),
    );
    await has("held");
    expect(lines("held")[0]).toMatchObject({ reason: "tls", fix: expect.stringContaining("expired on") });
    const next = authority.issue("next", { client: true });
    copyFileSync(next.cert, own.cert);
    await has("files_rejected");
    await new Promise((resolve) => setTimeout(resolve, 500));
    copyFileSync(next.key, own.key);
    await has("released");
    expect(new Set(taken)).toEqual(new Set(["next"]));
    expect(lines("files_rejected")).toMatchObject([
      { detail: expect.stringContaining("do not belong together") },
    ]);
  });

  it("a changed configuration is used, a wrong one is told once and leaves the old in use", async () => {
    const receiver = await startHecReceiver({ token: "the-right-token" });
    closing.push(() => receiver.close());
    const { has, lines, write } = await started(() => hec(receiver.url, "token: the-right-token"));
    await has("ready");
    write("log: { level: nonsense }");
    await has("config_rejected");
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(lines("config_rejected")).toHaveLength(1);
    expect(lines("stopped")).toHaveLength(0);
    write("shutdown_timeout: 7s");
    await has("config_reloaded");
    await has("started", 2);
  });

  it("a loss that was accepted at the start is none of a state that the next configuration names", async () => {
    const receiver = await startHecReceiver({ token: "the-right-token" });
    closing.push(() => receiver.close());
    const output = () => hec(receiver.url, "token: the-right-token");
    const { has, lines, place } = await started(output, hurried, true);
    await has("ready");
    const moved = join(place.folder, "moved");
    mkdirSync(moved, { mode: 0o700 });
    copyFileSync(join(place.stateDir, "STATE"), join(moved, "STATE"));
    place.write(readFileSync(place.config, "utf8").replace(place.stateDir, moved));
    await has("config_rejected");
    expect(lines("config_rejected")[0].msg).toContain("the database is missing or empty");
    // Only then is it true that the old one stays.
    expect(lines("started")).toHaveLength(2);
    expect(readdirSync(moved)).not.toContain("spool.db");
  });

  it("a configuration that was rejected for a missing certificate is used when that has come", async () => {
    const authority = certificates();
    closing.push(authority.remove);
    const receiver = await startHecReceiver({ token: "the-right-token" });
    closing.push(() => receiver.close());
    const { has, lines, place } = await started(() => hec(receiver.url, "token: the-right-token"));
    await has("ready");
    const ca = join(place.folder, "later.pem");
    const source = readFileSync(place.config, "utf8");
    place.write(source.replace("api_key:", `proxy_tls: { ca: ${ca} }, api_key:`));
    await has("config_rejected");
    expect(lines("config_rejected")[0].msg).toContain(`proxy_tls.ca: cannot read ${ca}`);
    copyFileSync(authority.ca, ca);
    await has("config_reloaded");
    await has("started", 2);
    expect(lines("config_rejected")).toHaveLength(1);
  });
});

describe("reload", () => {
  const asked = async (config: string) => {
    const terminal = fakeTerminal();
    const code = await reload({ config, json: false, timeoutMs: 5_000 }, terminal);
    return { code, out: terminal.out(), err: terminal.err() };
  };

  it("ends with 1 when the daemon stops", async () => {
    const receiver = await startHecReceiver({ token: "the-right-token" });
    closing.push(() => receiver.close());
    receiver.behave("hang");
    const { has, terminal, place } = await started(
      () => hec(receiver.url, "token: the-right-token"),
      patient,
    );
    await has("poll_done");
    terminal.send("SIGTERM");
    expect(await asked(place.config)).toEqual({
      code: 1,
      out: "nothing is read again: the daemon is stopping\n",
      err: "",
    });
  });

  it("says what changed, through the control socket", async () => {
    const receiver = await startHecReceiver({ token: "the-right-token" });
    closing.push(() => receiver.close());
    const { has, write, place, lines } = await started((folder) => {
      writeFileSync(join(folder, "token"), "the-right-token", { mode: 0o600 });
      return hec(receiver.url, `token: "\${file:${join(folder, "token")}}"`);
    }, patient);
    await eventually("everything is delivered", () => receiver.count() === 20);
    const unchanged = await asked(place.config);
    expect(unchanged).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^the configuration is unchanged/),
    });
    write("log: { level: nonsense }");
    const rejected = await asked(place.config);
    expect(rejected).toMatchObject({
      code: 2,
      out: expect.stringContaining("is not used, the old one stays"),
    });
    write("");
    writeFileSync(join(place.folder, "token"), "another-token-of-ours");
    const changed = await asked(place.config);
    expect(changed).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^splunk: a changed secret was read/),
    });
    expect(changed.out).not.toContain("another-token-of-ours");
    write("shutdown_timeout: 7s");
    expect((await asked(place.config)).out).toContain("the configuration was read again");
    await has("started", 2);
    expect(lines("config_reloaded")).toHaveLength(1);
  });

  it("says that a configuration takes over later, while an output still has something in flight", async () => {
    let taken = 0;
    const receiver = createHttpServer((request) => {
      request.resume().on("end", () => taken++);
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    closing.push(
      () => receiver.close(),
      () => receiver.closeAllConnections(),
    );
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const { has, write, place, lines } = await started(() => hec(url, "token: a-token"), patient);
    await eventually("a batch is in flight", () => taken > 0);
    for (const change of ["shutdown_timeout: 4s", "shutdown_timeout: 4s"]) {
      write(change);
      const { code, out } = await asked(place.config);
      expect({ code, out }).toMatchObject({
        code: 0,
        out: expect.stringContaining("takes over when what is at hand is delivered"),
      });
    }
    write("log: { level: nonsense }");
    expect(await asked(place.config)).toMatchObject({
      code: 2,
      out: expect.stringContaining("is not used, the one that was read before it takes over"),
    });
    expect(lines("started")).toHaveLength(1);
    receiver.closeAllConnections();
    await has("started", 2);
  });
});
