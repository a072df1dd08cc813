import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodes } from "../../src/command/command.ts";
import { program } from "../../src/command/program.ts";
import { deployments } from "../../src/init/deployments.ts";
import { siems } from "../../src/init/siems.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let folder: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "init-"));
  writeFileSync(join(folder, "key"), "a-canary-key\n", { mode: 0o600 });
  writeFileSync(join(folder, "token"), "00000000-0000-4000-8000-000000000000\n", { mode: 0o600 });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

const examplesOf = ({ questions }: { readonly questions: (typeof siems)[number]["questions"] }) =>
  Object.fromEntries(questions.map(({ name, example }) => [name, example]));

const config = () => join(folder, "new/config.yaml");

async function servers() {
  const wandb = await startWandbServer({ clock: systemClock, random: seededRandom(1) });
  const hec = await startHecReceiver({ token: "00000000-0000-4000-8000-000000000000" });
  closing.push(
    () => wandb.close(),
    () => hec.close(),
  );
  return { wandb, hec };
}

async function init(wandbUrl: string, siemAddress: string, ...more: readonly string[]) {
  const terminal = fakeTerminal({ uid: process.getuid?.() });
  const secrets = ["--wandb-secret-file", join(folder, "key"), "--siem-secret-file", join(folder, "token")];
  const where = ["-c", config(), "--deployment", "dedicated", "--wandb-url", wandbUrl];
  const args = ["init", ...where, "--siem", "splunk", "--siem-address", siemAddress, ...secrets, ...more];
  const code = await program(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe("init", () => {
  it("writes what works, tries it, and shows no secret", async () => {
    const { wandb, hec } = await servers();
    const { code, out, err } = await init(wandb.url, hec.url);
    expect(err).toBe("");
    expect(out).toMatch(/✓ ok {7}source wandb/);
    expect(out).toMatch(/✓ ok {7}output splunk/);
    expect(out).toContain(`Next: wandb-audit-forwarder run -c ${config()}\n`);
    expect(code).toBe(exitCodes.done);
    expect(out + readFileSync(config(), "utf8")).not.toContain("canary");
    expect(out + readFileSync(config(), "utf8")).not.toContain("4000-8000");
    expect(statSync(config()).mode & 0o777).toBe(0o600);
  });

  it("writes of every source and every output what check takes", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const account = {
      ...{ client_email: "forwarder@acme.example", token_uri: "https://oauth2.googleapis.com/token" },
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    };
    writeFileSync(join(folder, "account.json"), JSON.stringify(account), { mode: 0o600 });
    const secretOf = (
      option: string,
      { secret }: (typeof siems)[number] | (typeof deployments)[number],
      file: string,
    ) => (secret === undefined ? [] : [option, join(folder, secret.isFile === true ? "account.json" : file)]);
    const failed: string[] = [];
    for (const deployment of deployments)
      for (const siem of siems) {
        const all = { ...examplesOf(deployment), ...examplesOf(siem) };
        const there = join(folder, deployment.name, siem.name, "config.yaml");
        const args = Object.entries(all).flatMap(([name, answer]) => [`--${name}`, answer]);
        const secrets = [
          ...secretOf("--wandb-secret-file", deployment, "key"),
          ...secretOf("--siem-secret-file", siem, "token"),
        ];
        const which = ["--deployment", deployment.name, "--siem", siem.name, "--no-check"];
        const asked = fakeTerminal({ uid: process.getuid?.() });
        const written = await program(["init", "-c", there, ...which, ...args, ...secrets], asked);
        const tried = fakeTerminal({ uid: process.getuid?.() });
        const code = await program(["check", "--offline", "-c", there], tried);
        if (written !== exitCodes.done || code !== exitCodes.done || /warning/.test(tried.out()))
          failed.push(`${which.join(" ")}: ${asked.err()}${tried.err()}${tried.out()}`);
      }
    expect(failed).toEqual([]);
  });

  it("ends as check does, with the files written and the command to try again", async () => {
    const { wandb, hec } = await servers();
    await hec.close();
    const { code, out } = await init(wandb.url, hec.url, "--timeout", "2s");
    expect(code).toBe(exitCodes.failed);
    expect(out).toContain(`Mend what is wrong, then: wandb-audit-forwarder check -c ${config()}\n`);
    expect(out).toContain(`Next: wandb-audit-forwarder run -c ${config()}\n`);
    expect(existsSync(config())).toBe(true);
  });

  it("overwrites nothing", async () => {
    const args = ["https://acme.wandb.io", "https://splunk.example:8088", "--no-check"] as const;
    expect((await init(...args)).code).toBe(exitCodes.done);
    const before = readFileSync(config(), "utf8");
    const again = await init(...args);
    expect(again.code).toBe(exitCodes.usage);
    expect(again.err).toContain("nothing is overwritten");
    expect(readFileSync(config(), "utf8")).toBe(before);
    // A try that was cut off after the secrets goes on with them.
    rmSync(config());
    const other = await init(...args);
    expect(other.err).toContain("leave out --siem-secret-file");
    const terminal = fakeTerminal();
    const short = ["init", "-c", config(), "--deployment", "dedicated", "--wandb-url", args[0], "--no-check"];
    const code = await program([...short, "--siem", "splunk", "--siem-address", args[1]], terminal);
    expect([terminal.err(), code]).toEqual(["", exitCodes.done]);
    expect(readFileSync(config(), "utf8")).toBe(before);
  });

  it("writes nothing that could not be used, and nothing where an answer is wrong", async () => {
    const missing = await init("https://acme.wandb.io", "nowhere", "--no-check");
    expect([missing.code, existsSync(join(folder, "new"))]).toEqual([exitCodes.usage, false]);
    writeFileSync(join(folder, "key"), "\n");
    const empty = await init("https://acme.wandb.io", "https://splunk.example:8088", "--no-check");
    expect(empty.err).toContain("is empty");
    rmSync(join(folder, "key"));
    const unread = await init("https://acme.wandb.io", "https://splunk.example:8088", "--no-check");
    expect(unread.err).toMatch(/cannot read .*key: ENOENT/);
    const relative = await init(
      "https://acme.wandb.io",
      "https://s.example",
      "--no-check",
      "--siem-ca",
      "ca.pem",
    );
    expect(relative.code).toBe(exitCodes.usage);
    expect(existsSync(join(folder, "new"))).toBe(false);
  });

  it("writes no secret that the configuration could not use, new or kept", async () => {
    const args = ["https://acme.wandb.io", "https://splunk.example:8088", "--no-check"] as const;
    writeFileSync(join(folder, "token"), "one line\nand another\n");
    const lines = await init(...args);
    expect(lines.err).toMatch(/nothing was written.*\n.*outputs\[0\]\.token: must be one line/);
    expect([lines.code, existsSync(join(folder, "new"))]).toEqual([exitCodes.usage, false]);
    const terminal = fakeTerminal({ uid: process.getuid?.() });
    const short = ["init", "-c", config(), "--deployment", "dedicated", "--wandb-url", args[0], "--no-check"];
    mkdirSync(join(folder, "new/credentials"), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "new/credentials/wandb-api-key"), "a-canary-key\n");
    chmodSync(join(folder, "new/credentials/wandb-api-key"), 0o644);
    const code = await program([...short, "--siem", "sentinel"], terminal);
    expect(terminal.err()).toContain("too many may read the secret");
    expect([code, existsSync(config())]).toEqual([exitCodes.usage, false]);
  });

  it("tells before any answer that a link is in the way, or a folder that others may write", async () => {
    const tried = async () => {
      const terminal = fakeTerminal({ uid: process.getuid?.() });
      const code = await program(["init", "-c", config()], terminal);
      return [code, terminal.err()];
    };
    mkdirSync(join(folder, "new"));
    symlinkSync(join(folder, "nowhere"), config());
    expect(await tried()).toEqual([exitCodes.usage, expect.stringContaining("nothing is overwritten")]);
    rmSync(config());
    chmodSync(join(folder, "new"), 0o777);
    expect(await tried()).toEqual([exitCodes.usage, expect.stringContaining("can be written by others")]);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  it("keeps no secret that somebody else has put there", async () => {
    const credentials = join(folder, "new/credentials");
    mkdirSync(credentials, { recursive: true });
    writeFileSync(join(credentials, "wandb-api-key"), "a-canary-key\n", { mode: 0o600 });
    chmodSync(credentials, 0o1777);
    chmodSync(join(folder, "new"), 0o755);
    // Whose it is, is told apart by who asks.
    if (process.getuid?.() === 0) chownSync(join(credentials, "wandb-api-key"), 65_534, 65_534);
    else chmodSync(join(credentials, "wandb-api-key"), 0o602);
    const terminal = fakeTerminal({ uid: process.getuid?.() });
    const args = ["--deployment", "dedicated", "--wandb-url", "https://acme.wandb.io", "--siem", "sentinel"];
    const code = await program(["init", "-c", config(), ...args, "--no-check"], terminal);
    expect([code, existsSync(config())]).toEqual([exitCodes.usage, false]);
    expect(terminal.err()).toMatch(/wandb-api-key (belongs to user 65534|can be written by others)/);
  });

  it("says the next command so that a shell takes it", async () => {
    const terminal = fakeTerminal({ uid: process.getuid?.() });
    const there = join(folder, "it's a folder/config.yaml");
    const args = ["--deployment", "dedicated", "--wandb-url", "https://acme.wandb.io", "--no-check"];
    const secret = ["--wandb-secret-file", join(folder, "key"), "--siem", "sentinel"];
    expect(await program(["init", "-c", there, ...args, ...secret], terminal)).toBe(exitCodes.done);
    const [, command = ""] = /^Next: (.*)$/m.exec(terminal.out()) ?? [];
    const words = execFileSync("sh", ["-c", `set -- ${command}; printf '%s\\n' "$@"`], { encoding: "utf8" });
    expect(words.split("\n").slice(0, -1)).toEqual(["wandb-audit-forwarder", "run", "-c", there]);
  });

  it("says what to do where it may not write", async () => {
    writeFileSync(join(folder, "new"), "a file where a folder should be");
    const { code, err } = await init("https://acme.wandb.io", "https://splunk.example:8088", "--no-check");
    expect([code, err]).toEqual([
      exitCodes.io,
      expect.stringMatching(/cannot write: E.*; use sudo, or name a file/),
    ]);
  });
});
