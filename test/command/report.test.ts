import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readManifest, signedText } from "../../src/archive/manifest.ts";
import { program } from "../../src/command/program.ts";
import { dayText, utcDayOfMs } from "../../src/time/clock.ts";
import { line } from "../source/wandb-api/reading.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const day = utcDayOfMs(Date.now()) - 3;
const month = dayText(day).slice(0, 7);

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "report-"));
  for (const folder of ["in", "store"]) mkdirSync(join(place, folder), { mode: 0o750 });
  const store = `file://${join(place, "store")}`;
  writeFileSync(join(place, "in", "a.ndjson"), `${line(day, 1)}\n${line(day, 2)}\n`);
  writeFileSync(join(place, "in", "a.log"), `${line(day, 1)}\n`);
  writeFileSync(
    join(place, "config.yaml"),
    `state_dir: ${join(place, "state")}
sources:
  - { name: prod, type: file, path: "${join(place, "in")}/*.ndjson", instance: acme, start: 30d }
  - { name: copy, type: file, path: "${join(place, "in")}/*.log", instance: acme, role: verify }
outputs:
  - { name: vault, type: archive, url: "${store}", attest: true }
admin: { listen: "off" }
`,
  );
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

async function run(...args: string[]) {
  const terminal = fakeTerminal({ environment: {} });
  const code = await program([...args, "-c", join(place, "config.yaml")], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

it("writes a page of a month with its archive, says what is open, and replaces nothing", async () => {
  await run("run", "--once");
  const file = join(place, "report.html");
  const report = (...args: string[]) => run("report", "--month", month, "--output", file, ...args);
  const { code, out } = await report();
  expect([code, out]).toEqual([1, expect.stringContaining(`${file} is written\n  `)]);
  const page = readFileSync(file, "utf8");
  expect(page).toContain(`<td>${dayText(day)}</td><td>prod</td><td>settling</td>`);
  expect(page).toContain("Every manifest is signed and in its place");
  expect(page).not.toContain("<td>copy</td>");
  expect(await report()).toMatchObject({ code: 2, err: expect.stringContaining("--force") });
  expect((await report("--force")).code).toBe(1);
});

it("gives the same facts to programs", async () => {
  await run("run", "--once");
  const { out } = await run("report", "--month", month, "--json");
  const facts = JSON.parse(out);
  expect(facts).toMatchObject({ month, sources: [{ name: "prod", instance: "acme" }] });
  expect(facts.days.find((each: { day: string }) => each.day === dayText(day))).toMatchObject({
    ...{ source: "prod", state: "settling", kept: 2, closed: null },
    outputs: [{ output: "vault", delivered: 2 }],
  });
  expect(facts.archive).toMatchObject({ chain: { faults: [] }, manifests: [{ number: 0, files: 1 }] });
});

it("knows the newest manifest from the state: an archive made anew with another key is not whole", async () => {
  await run("run", "--once");
  const name = join(place, "store", "manifests", "000000.json");
  const { manifest } = readManifest(readFileSync(name, "utf8"));
  rmSync(name);
  writeFileSync(name, signedText(manifest, generateKeyPairSync("ed25519").privateKey));
  const { code, out } = await run("report", "--month", month, "--json");
  expect([code, JSON.parse(out).archive.chain.faults]).toEqual([
    1,
    [expect.objectContaining({ what: "head" })],
  ]);
  rmSync(join(place, "store", "manifests"), { recursive: true });
  const gone = JSON.parse((await run("report", "--month", month, "--json")).out);
  expect(gone.archive.chain.faults).toMatchObject([{ what: "head" }]);
});

it.each([
  [["--month", "2026-13"], 2, "such as 2026-08"],
  [["--month", month, "--archive", "nothere"], 2, "no archive is called nothere"],
  [["--month", month, "--archive", "/none/"], 2, "not_found"],
])("%j is told as a mistake", async (args, code, why) => {
  await run("run", "--once");
  const said = await run("report", "--output", join(place, "r.html"), ...args);
  expect([said.code, said.err]).toEqual([code, expect.stringContaining(why)]);
});
