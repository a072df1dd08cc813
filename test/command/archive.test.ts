import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { program } from "../../src/command/program.ts";
import { dayText, utcDayOfMs } from "../../src/time/clock.ts";
import { line } from "../source/wandb-api/reading.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const today = utcDayOfMs(Date.now());
const day = today - 3;
const records = [line(day, 60), line(day, 70), line(day, 80, { action: "run:delete" }), line(day + 1, 5)];

let place: string;
let store: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "archive-command-"));
  store = join(place, "store");
  for (const folder of ["in", "store"]) mkdirSync(join(place, folder), { mode: 0o750 });
  configure(`  - { name: vault, type: archive, url: "file://${store}", attest: true }`);
  shows(records);
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function configure(outputs: string) {
  writeFileSync(
    join(place, "config.yaml"),
    `state_dir: ${join(place, "state")}
sources:
  - { name: prod, type: file, path: "${join(place, "in")}/*.ndjson", instance: acme, start: 30d }
outputs:
${outputs}
admin: { listen: "off" }
`,
  );
}

function shows(lines: readonly string[]) {
  writeFileSync(join(place, "in", "a.ndjson"), lines.map((text) => `${text}\n`).join(""));
}

async function run(...args: string[]) {
  const terminal = fakeTerminal({ environment: {} });
  const code = await program(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}
const once = () => run("run", "--once", "-c", join(place, "config.yaml"));
const archive = (...args: string[]) => run("archive", ...args);
const manifests = () => readdirSync(join(store, "manifests")).sort();
const filesOfDay = () => {
  const [year, month, date] = dayText(day).split("-");
  const folder = join(store, `year=${year}`, `month=${month}`, `day=${date}`);
  return readdirSync(folder).map((name) => join(folder, name));
};

describe("an archive that run --once has made", () => {
  it("has all records once, and a manifest that names their files", async () => {
    expect((await once()).code).toBe(0);
    expect((await once()).code).toBe(0);
    const { code, out } = await archive("verify", `${store}/`, "--json");
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { where: `file://${store}`, manifests: 1, faults: [], vouched: { key: false, head: false } },
    ]);
    const raw = await archive("extract", `${store}/`, "--raw", "--source", "prod");
    expect(raw.out.trim().split("\n").sort()).toEqual([...records].sort());
    expect([raw.code, raw.err]).toEqual([0, expect.stringContaining("4 records of ")]);
  });

  it("gives out what was asked for, by day, action, uid and actor", async () => {
    await once();
    const of = async (...args: string[]) =>
      (await archive("extract", `${store}/`, ...args)).out.trim().split("\n");
    expect(
      await of("--raw", "--source", "prod", "--from", dayText(day), "--to", dayText(day + 1)),
    ).toHaveLength(3);
    expect(await of("--raw", "--actions", "run:*")).toEqual([records[2]]);
    const [whole] = await of("--actions", "run:delete");
    const { uid, record } = JSON.parse(whole as string);
    expect(record).toBe(records[2]);
    expect(await of("--raw", "--uids", uid)).toEqual([records[2]]);
    const nobody = await archive("extract", `${store}/`, "--users", "nobody@example.com");
    expect([nobody.code, nobody.out]).toEqual([1, ""]);
  });

  it("is listed, and found by the name of its output", async () => {
    await once();
    const config = ["-c", join(place, "config.yaml")];
    const listed = await archive("list", ...config, "--from", dayText(day), "--to", dayText(day + 1));
    expect(listed.out).toMatch(/\.ndjson\.gz\n1 file, /);
    expect((await archive("list", "vault", ...config, "--json")).out).toContain('"name":"year=');
    expect(await archive("list", "vualt", ...config)).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean vault?"),
    });
    expect((await archive("verify", "vault", ...config)).code).toBe(0);
  });

  it("is what a day of the source is compared with, by uid alone", async () => {
    // What is taken out of records, and twins that came one after the other, are no difference.
    configure(
      `  - { name: vault, type: archive, url: "file://${store}", redact: { drop: [actor_user_id] } }`,
    );
    await once();
    shows([...records, records[0] as string, '{"action":"team:delete","actor_user_id":1}']);
    await once();
    const asked = ["--source", "prod", "--day", dayText(day), "-c", join(place, "config.yaml")];
    const same = await run("verify", ...asked, "--against", "archive");
    expect([same.code, same.out]).toEqual([
      0,
      expect.stringContaining("\n  vault: 4 uids archived in 2 files of the day\nnothing is missing"),
    ]);
    shows([...records.slice(1), records[0] as string, line(day, 90)]);
    const other = await run("verify", ...asked, "--against", "vault", "--json");
    expect([other.code, JSON.parse(other.out)]).toMatchObject([
      1,
      { against: null, exported: null, archived: { output: "vault", uids: 4, missing: 1, unknown: 1 } },
    ]);
    unlinkSync(filesOfDay()[0] as string);
    const gone = await run("verify", ...asked, "--against", "vault");
    expect([gone.code, gone.out]).toEqual([
      1,
      expect.stringContaining("of the day, and not archived:\n    "),
    ]);
    writeFileSync(filesOfDay()[0] as string, "broken");
    const broken = await run("verify", ...asked, "--against", "vault");
    expect([broken.code, broken.err]).toEqual([1, expect.stringContaining("Fix: it was changed")]);
    rmSync(store, { recursive: true });
    const none = await run("verify", ...asked, "--against", "vault");
    expect([none.code, none.err]).toEqual([1, expect.stringContaining("not_found: ")]);
  });

  it("has to be named where there are two", async () => {
    mkdirSync(join(place, "second"), { mode: 0o750 });
    const vault = (name: string, folder: string) =>
      `  - { name: ${name}, type: archive, url: "file://${join(place, folder)}" }`;
    configure(`${vault("vault", "store")}\n${vault("second", "second")}`);
    await once();
    const asked = ["--source", "prod", "--day", dayText(day), "-c", join(place, "config.yaml")];
    const both = await run("verify", ...asked, "--against", "archive");
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("say which archive: vault, second")]);
    expect((await run("verify", ...asked, "--against", "second")).code).toBe(0);
  });

  it("is vouched for by key and head, which can be had without this program", async () => {
    await once();
    const pem = join(place, "state", "attest-key.pem");
    const publicPem = join(place, "public.pem");
    execFileSync("openssl", ["pkey", "-in", pem, "-pubout", "-out", publicPem]);
    const head = execFileSync("sha256sum", [join(store, "manifests", "000000.json")])
      .toString()
      .slice(0, 64);
    const said = await archive("verify", `${store}/`, "--key", publicPem, "--head", head);
    expect(said).toMatchObject({
      code: 0,
      out: expect.stringContaining("nothing up to the newest is missing"),
    });
    expect(said.out).not.toContain("vouched");
    const plain = await archive("verify", `${store}/`);
    expect(plain.out).toContain("complete up to the newest manifest");
    expect(plain.out).toContain("signed by a key that you have not vouched for");
    const other = await archive("verify", `${store}/`, "--key", "ab".repeat(32));
    expect(other).toMatchObject({
      code: 1,
      out: expect.stringContaining("another key: manifests/000000.json"),
    });
    expect(createPublicKey(readFileSync(publicPem)).asymmetricKeyType).toBe("ed25519");
  });
});

describe("what was changed in an archive", () => {
  it.each([
    ["edited", () => edit(filesOfDay()[0] as string, (bytes) => bytes.with(-20, (bytes.at(-20) ?? 0) ^ 1))],
    ["missing", () => unlinkSync(filesOfDay()[0] as string)],
    // What is signed, and not the signature or its key: not every change of their text leaves one.
    ["not signed", () => edit(join(store, "manifests", "000000.json"), dated)],
  ] as const)("is named: %s", async (what, change) => {
    await once();
    // Without a state the same date gets another manifest.
    rmSync(join(place, "state"), { recursive: true });
    await once();
    expect(manifests()).toHaveLength(2);
    change();
    const { code, out } = await archive("verify", `${store}/`);
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(new RegExp(`\n  ${what}: .*\n(.*\n)*this archive was changed`)),
    ]);
  });

  function edit(path: string, change: (bytes: Buffer) => Uint8Array) {
    chmodSync(path, 0o640);
    writeFileSync(path, change(readFileSync(path)));
  }

  /** With another millennium where it says when it was written. */
  function dated(manifest: Buffer): Buffer {
    return Buffer.from(manifest.toString().replace('"written":"2', '"written":"1'));
  }
});

it("a file that cannot be read is named, and what it does not say is not made up", async () => {
  await once();
  const [file = ""] = filesOfDay();
  chmodSync(file, 0o640);
  writeFileSync(file, "broken");
  const { code, err } = await archive("extract", `${store}/`);
  expect([code, err]).toEqual([1, expect.stringContaining("cannot be read: ")]);
  expect(err).toContain("archive verify says which");
});

it("is named as a directory, a URL or an output, and everything else is told", async () => {
  const said = async (...args: string[]) => {
    const { code, err } = await archive(...args);
    return [code, err];
  };
  expect(await said("verify", `${place}/none`)).toEqual([1, expect.stringContaining("not_found: ")]);
  expect(await said("verify", "ftp://x/y")).toEqual([2, expect.stringContaining("file:///DIRECTORY")]);
  expect(await said("list", "nothere")).toEqual([2, expect.stringContaining("write a path with a /")]);
  expect(await said("extract", `${store}/`, "--uids", "x")).toEqual([
    2,
    expect.stringContaining("neither a list"),
  ]);
  expect(await said("verify", `${store}/`, "--key", "x")).toEqual([
    2,
    expect.stringContaining("cannot be read"),
  ]);
  expect(await said("verify", `${store}/`, "--head", "x")).toEqual([
    2,
    expect.stringContaining("64 hexadecimal"),
  ]);
  expect(await said("list", `${store}/`, "--from", "x")).toEqual([2, expect.stringContaining("UTC day")]);
  const empty = await archive("verify", `${store}/`);
  expect([empty.code, empty.out]).toEqual([1, expect.stringContaining("there is no manifest")]);
  configure(`  - { name: out, type: file, path: "${join(place, "out")}" }`);
  const config = ["-c", join(place, "config.yaml")];
  expect(await said("list", ...config)).toEqual([2, expect.stringContaining("no output of type archive")]);
  configure(
    ["a", "b"]
      .map((name) => `  - { name: ${name}, type: archive, url: "file://${store}/${name}" }`)
      .join("\n"),
  );
  expect(await said("list", ...config)).toEqual([2, expect.stringContaining("say which archive: a, b")]);
});

describe("an archive that somebody else can write to", () => {
  const broken = () => {
    const file = filesOfDay()[0] as string;
    const extra = file.replace(/[^/]+$/, "added.ndjson.gz");
    writeFileSync(extra, readFileSync(file));
    // As if it had been stored after the newest manifest.
    utimesSync(extra, new Date(), new Date(Date.now() + 60_000));
    return { file, extra };
  };

  it("gives what manifests name, as they name it, where that is asked for", async () => {
    await once();
    const { extra } = broken();
    const all = await archive("extract", `${store}/`);
    expect([all.code, all.out.trim().split("\n").length]).toEqual([0, 7]);
    const attested = await archive("extract", `${store}/`, "--attested");
    expect([attested.code, attested.out.trim().split("\n").length]).toEqual([1, 4]);
    expect(attested.err).toContain(`${extra.slice(store.length + 1)} is named by no manifest\n`);
    expect(attested.err).toContain("left out: 1 file");
    rmSync(extra);
    expect((await archive("extract", `${store}/`, "--attested")).code).toBe(0);
    const other = await archive("extract", `${store}/`, "--attested", "--key", "ab".repeat(32));
    expect([other.code, other.out]).toEqual([1, ""]);
    expect((await archive("extract", `${store}/`, "--key", "ab".repeat(32))).code).toBe(2);
  });

  it("says which file a manifest names that is not there any more", async () => {
    await once();
    const [file] = filesOfDay() as [string];
    const name = file.slice(store.length + 1);
    const days = ["--from", dayText(day + 1), "--to", dayText(day + 2)];
    unlinkSync(file);
    const { code, out, err } = await archive("extract", `${store}/`, "--attested");
    expect([code, out.trim().split("\n").length]).toEqual([1, 1]);
    expect(err).toContain(`${name} is named by a manifest, and is not there`);
    expect(err).toContain("left out: 1 file");
    expect(await archive("extract", `${store}/`, "--attested", ...days)).toMatchObject({ code: 0 });
  });

  it("gives everything but the file that is wrong, and names that", async () => {
    await once();
    const { file, extra } = broken();
    writeFileSync(extra, "no gzip");
    const { code, out, err } = await archive("extract", `${store}/`);
    expect([code, out.trim().split("\n").length]).toEqual([1, 4]);
    expect(err).toContain("added.ndjson.gz cannot be read");
    rmSync(extra);
    chmodSync(file, 0o640);
    writeFileSync(file, gzipSync(gunzipSync(readFileSync(file)), { level: 1 }));
    const changed = await archive("extract", `${store}/`, "--attested");
    expect([changed.code, changed.out.trim().split("\n").length]).toEqual([1, 1]);
    expect(changed.err).toContain("is not the file that a manifest names");
  });

  it("may be signed with any of several keys that are given", async () => {
    await once();
    const { newest, fingerprints } = JSON.parse((await archive("verify", `${store}/`, "--json")).out);
    const key = fingerprints[0] as string;
    const verify = (...keys: string[]) =>
      archive("verify", `${store}/`, "--head", newest.hash, ...keys.flatMap((each) => ["--key", each]));
    expect((await verify("ab".repeat(32), key)).code).toBe(0);
    expect((await verify("ab".repeat(32))).code).toBe(1);
  });
});
