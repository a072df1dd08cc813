import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { program } from "../../src/command/program.ts";
import { redactor } from "../../src/event/redact.ts";
import { redact as redactSchema } from "../../src/schema/redact.ts";
import { eventOf } from "../format/vectors.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "pseudonym-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [one, two] = ["1".repeat(32), "2".repeat(32)];
const hmac = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, 32);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const config = file(
  "config.yaml",
  `
sources:
  - { name: prod, type: wandb_api, url: https://acme.wandb.io, api_key: "\${WANDB_API_KEY}" }
outputs:
  - name: siem
    type: stdout
    redact: { pseudonymize: [actor_email], keys: [{ id: k2, key: "\${file:${join(folder, "two")}}" }, { id: k1, key: "${one}", until: 2026-01-01 }] }
  - { name: lake, type: file, path: /var/log/lake, redact: { pseudonymize: [actor_email], keys: [{ id: k2, key: "${two}" }] } }
  - { name: open, type: file, path: /var/log/open }
`,
);
file("two", `${two}\n`);

async function call(input: string, ...args: string[]) {
  const terminal = fakeTerminal({ input });
  const code = await program(["pseudonym", ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe("pseudonym", () => {
  it("prints what every configured key makes of each candidate, each key once, retired ones too", async () => {
    const { code, out, err } = await call("ada@example.com\r\n\n7\n", "-c", config);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\r\n")).toEqual([
      '"candidate","key","pseudonym"',
      `"ada@example.com","k2","k2_${hmac(two, "ada@example.com")}"`,
      `"ada@example.com","k1","k1_${hmac(one, "ada@example.com")}"`,
      `"7","k2","k2_${hmac(two, "7")}"`,
      `"7","k1","k1_${hmac(one, "7")}"`,
      "",
    ]);
  });

  it("hands a spreadsheet no formula, and programs the candidate as it is", async () => {
    const candidate = "=HYPERLINK(1)";
    const { out } = await call(candidate, "-c", config, "--output", "lake");
    expect(out).toContain(`"'=HYPERLINK(1)","k2","k2_${hmac(two, candidate)}"`);
    const json = await call(candidate, "-c", config, "--output", "lake", "--json");
    expect(JSON.parse(json.out).candidate).toBe(candidate);
  });

  it("prints what events have", async () => {
    const redact = redactSchema.parse({ pseudonymize: ["actor_email"], keys: [{ id: "k2", key: two }] });
    const event = redactor(redact)(eventOf('{"actor_email":"Ada é@example.com"}', "0".repeat(32)));
    const { out } = await call("Ada é@example.com", "-c", config, "--output", "lake", "--json");
    expect(JSON.parse(out)).toEqual({
      candidate: "Ada é@example.com",
      key: "k2",
      pseudonym: event.keys.actor_email,
    });
  });

  it("takes keys from files, with an id or without, and candidates from files", async () => {
    const key = file("key", `${one}\n`);
    const candidates = file("candidates", "\ufeffada\n");
    const { out } = await call("", "--key", key, "--key", `k9=${key}`, "--json", candidates);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { candidate: "ada", key: null, pseudonym: hmac(one, "ada") },
      { candidate: "ada", key: "k9", pseudonym: `k9_${hmac(one, "ada")}` },
    ]);
  });

  it.each([
    [["-c", config, "--output", "sime"], 'there is no output "sime" (did you mean siem?)'],
    [
      ["-c", config, "--output", "open"],
      "output open has no keys for pseudonyms (redact.keys): name a file with --key",
    ],
    [["--key", join(folder, "none")], `cannot read the key in ${join(folder, "none")}: ENOENT`],
    [
      ["--key", join(folder, "config.yaml")],
      `${join(folder, "config.yaml")} is no key: it must hold one line`,
    ],
    [
      ["--key", join(folder, "two"), "--output", "siem"],
      "--output takes the keys of the configuration: leave out --key",
    ],
  ])("says what cannot be used, and never a key: %j", async (args, message) => {
    const { code, out, err } = await call("ada", ...args);
    expect([code, out, err]).toEqual([2, "", `wandb-audit-forwarder: ${message}\n`]);
  });

  it("refuses to guess where a key is not known to this user", async () => {
    const unknown = file(
      "unknown.yaml",
      `
sources: [{ name: prod, type: wandb_api, url: https://acme.wandb.io, api_key: k-01234567 }]
outputs: [{ name: siem, type: stdout, redact: { pseudonymize: [actor_email], key: "\${file:/nowhere/key}" } }]
`,
    );
    const { code, err } = await call("ada", "-c", unknown);
    expect(code).toBe(2);
    expect(err).toContain("a key of output siem is not known here");
  });

  it("says where a file cannot be read, or holds no lines", async () => {
    const key = join(folder, "two");
    expect(await call("", "--key", key, join(folder, "none"))).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot read"),
    });
    expect(await call("x".repeat(70_000), "--key", key)).toMatchObject({
      code: 1,
      err: expect.stringContaining("one candidate a line"),
    });
  });
});
