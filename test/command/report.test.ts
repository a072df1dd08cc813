import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  existsSync,
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
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readManifest, signedText } from "../../src/archive/manifest.ts";
import { program } from "../../src/command/program.ts";
import { daysOfMonth } from "../../src/evidence/month.ts";
import { openStore } from "../../src/spool/sqlite/open-store.ts";
import { type Column, seal } from "../../src/spool/sqlite/seal.ts";
import { dayText } from "../../src/time/clock.ts";
import { oneDayClock, today } from "../fake/one-day.ts";
import { counted } from "../fake/records.ts";
import { line } from "../source/wandb-api/reading.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const day = today - 3;
const month = dayText(day).slice(0, 7);
const now = dayText(today).slice(0, 7);
const last = dayText(daysOfMonth(now).first - 1).slice(0, 7);

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
  const terminal = fakeTerminal({ environment: {}, clock: oneDayClock });
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
  expect(page).toContain("<td>copy</td><td>acme</td><td>a witness: it compares, and keeps nothing</td>");
  expect(page).not.toContain(`<td>${dayText(day)}</td><td>copy</td>`);
  expect(await report()).toMatchObject({ code: 2, err: expect.stringContaining("--force") });
  expect((await report("--force")).code).toBe(1);
});

it("gives the same facts to programs", async () => {
  await run("run", "--once");
  const { out } = await run("report", "--month", month, "--json");
  const facts = JSON.parse(out);
  expect(facts).toMatchObject({ month, sources: [{ name: "prod", instance: "acme" }, { name: "copy" }] });
  expect(facts.days.find((each: { day: string }) => each.day === dayText(day))).toMatchObject({
    ...{ source: "prod", state: "settling", kept: 2, closed: null },
    outputs: [{ output: "vault", delivered: 2 }],
  });
  expect(facts.archive).toMatchObject({ chain: { faults: [] }, manifests: [{ number: 0, files: 1 }] });
});

/** Every day of the month before this one was closed, and the archive was told. */
async function closeAll(digestOf: (day: number) => string = () => "ab".repeat(32)) {
  const store = openStore({
    ...{ stateDir: join(place, "state"), maxBytes: 1e9, clock: oneDayClock },
    random: { uuid: () => crypto.randomUUID() },
  } as never);
  const { first, end } = daysOfMonth(last);
  for (let at = first; at < end; at++)
    store.finishStep(
      {
        progress: { source: "prod", unplanned: true },
        closed: { day: at, records: 0, identities: 0, digest: digestOf(at) },
      },
      counted(),
      oneDayClock.now(),
    );
  store.close();
}

it("ends with 0 where every day is closed, and the archive says the same of each", async () => {
  // Nothing but days that are closed by hand.
  writeFileSync(join(place, "in", "a.ndjson"), "");
  await run("run", "--once");
  await closeAll();
  rmSync(join(place, "store", "manifests"), { recursive: true, force: true });
  forgetManifests();
  await run("run", "--once");
  const report = (...args: string[]) => run("report", "--month", last, ...args);
  const file = join(place, "page.html");
  expect(await report("--output", file)).toMatchObject({ code: 0, out: `${file} is written\n` });
  expect(readFileSync(file, "utf8")).toContain("Every day of the month is closed");
  await closeAll((at) => (at % 2 === 0 ? "ab" : "cd").repeat(32));
  const later = JSON.parse((await report("--json")).out);
  expect(later.open_points).toEqual([expect.stringMatching(/closed days named by no manifest yet/)]);
});

/** As if none had been written on this date. */
function forgetManifests() {
  const db = new DatabaseSync(join(place, "state", "spool.db"));
  for (const table of ["manifest", "attested_day"]) db.exec(`DELETE FROM ${table}`);
  db.close();
}

it("tells a removed end of the chain: the state knows it", async () => {
  await run("run", "--once");
  const folder = join(place, "store", "manifests");
  rmSync(join(folder, readdirSync(folder)[0] as string));
  const { archive } = JSON.parse((await run("report", "--month", month, "--json")).out);
  expect(archive.chain.faults).toMatchObject(
    expect.arrayContaining([{ what: "head", name: "manifests/", detail: expect.anything() }]),
  );
});

/** As if the newest manifest had been written on another date: then the next one is. */
function forgetDate() {
  const db = new DatabaseSync(join(place, "state", "spool.db"));
  const row = db.prepare("SELECT * FROM manifest ORDER BY number DESC LIMIT 1").get() as never;
  const { output, number, hash, at } = row as Record<string, string | number>;
  const sum = seal("manifest", [output, number, "2026-01-01", hash, at] as Column[]);
  db.prepare("UPDATE manifest SET date = '2026-01-01', sum = ? WHERE number = ?").run(sum, number as number);
  db.close();
}

it("tells that a state was put back from an older copy, and that the archive is ahead of it", async () => {
  await run("run", "--once");
  const backup = readFileSync(join(place, "state", "spool.db"));
  const head = () => readdirSync(join(place, "store", "manifests")).length;
  forgetDate();
  await run("run", "--once");
  expect(head()).toBe(2);
  writeFileSync(join(place, "state", "spool.db"), backup);
  const points = async () =>
    JSON.parse((await run("report", "--month", now, "--json")).out).open_points as string[];
  const before = await points();
  expect(before).toContainEqual(
    expect.stringMatching(/ has 1 manifest that the state does not know: an older state is here/),
  );
  const older = expect.stringMatching(/^the state was found to be older at .*, had left it/);
  expect(before).toContainEqual(older);
  expect((await run("status")).out).toContain("the state was found to be older at ");
  forgetDate();
  await run("run", "--once");
  expect(head()).toBe(3);
  const after = await points();
  expect(after.filter((point) => point.startsWith("the state was found"))).toEqual([older]);
  expect(after).toContainEqual(expect.stringMatching(/^1 manifest of the archive .* the newest is 2 of .*/));
  expect(after.filter((point) => point.includes("does not know"))).toEqual([]);
  expect((await run("status")).out).toContain("the state was found to be older at ");
  const { replaced } = JSON.parse((await run("status", "--json")).out);
  expect(replaced).toMatchObject([{ found: "older", seen_until: expect.any(String) }]);
});

it("is written where the archive cannot be looked at, and says why", async () => {
  await run("run", "--once");
  rmSync(join(place, "store"), { recursive: true });
  const file = join(place, "page.html");
  const { code, out } = await run("report", "--month", month, "--output", file);
  expect([code, out]).toEqual([1, expect.stringContaining("could not be looked at: not_found")]);
  expect(readFileSync(file, "utf8")).toContain("could not be looked at: not_found");
});

it("has commands that check a manifest with openssl and sha256sum", async () => {
  await run("run", "--once");
  const file = join(place, "page.html");
  await run("report", "--month", month, "--output", file);
  const page = readFileSync(file, "utf8");
  const [, , script = ""] = page.split("<pre>").map((part) => part.slice(0, part.indexOf("</pre>")));
  const plain = script
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
  const said = execFileSync("bash", ["-euo", "pipefail", "-c", plain], {
    cwd: join(place, "store"),
    encoding: "utf8",
  });
  const hashes = [...page.matchAll(/<td class="hash">([0-9a-f]{64})<\/td>/g)].map(([, text]) => text);
  const [hash, fingerprint] = hashes.slice(-2);
  expect(said).toContain(`${fingerprint}  public.der`);
  expect(said).toContain(`${hash}  manifests/000000.json`);
  expect(said).toContain("Signature Verified Successfully");
  expect(said).toMatch(/year=.*: OK/);
});

it("leaves what cannot be written as it is, and says why", async () => {
  await run("run", "--once");
  const to = async (file: string, ...more: string[]) => {
    const { code, err } = await run("report", "--month", month, "--output", file, ...more);
    return [code, err];
  };
  expect(await to(join(place, "none", "r.html"))).toEqual([1, expect.stringContaining("cannot be written")]);
  const link = join(place, "link.html");
  symlinkSync(join(place, "elsewhere"), link);
  expect(await to(link, "--force")).toEqual([1, expect.stringContaining("it is a link")]);
  expect(await to(link)).toEqual([1, expect.stringContaining("EEXIST")]);
  expect(existsSync(join(place, "elsewhere"))).toBe(false);
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
  [["--month", "2099-01"], 2, "2099-01 has not begun"],
])("%j is told as a mistake", async (args, code, why) => {
  await run("run", "--once");
  const said = await run("report", "--output", join(place, "r.html"), ...args);
  expect([said.code, said.err]).toEqual([code, expect.stringContaining(why)]);
});
