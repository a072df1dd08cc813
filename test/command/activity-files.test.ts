import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readMembers, writeLookup } from "../../src/command/activity-files.ts";

const folder = mkdtempSync(join(tmpdir(), "activity-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const exported = "Email,Org Role,Last Active\na@example.com,Admin,-\n";

it("reads an export, and nothing that has no end or is something else", () => {
  const users = join(folder, "members.csv");
  writeFileSync(users, exported);
  expect(readMembers(users).members).toMatchObject([{ email: "a@example.com", role: "Admin" }]);
  expect(() => readMembers("/dev/zero")).toThrow("cannot read /dev/zero: it is not a regular file");
  expect(() => readMembers(folder)).toThrow("it is a folder");
  expect(() => readMembers(join(folder, "none"))).toThrow("ENOENT");
  writeFileSync(users, "a,b\n");
  expect(() => readMembers(users)).toThrow("it has no column Email");
});

it("writes a lookup that its owner alone may read, also over one that everybody could", () => {
  const [users, lookup] = [join(folder, "in.csv"), join(folder, "lookup.csv")];
  writeFileSync(users, exported);
  writeFileSync(lookup, "titles\r\nlonger than what is written over it\r\n");
  chmodSync(lookup, 0o644);
  writeLookup(lookup, "titles\r\nshort\r\n", users);
  expect(readFileSync(lookup, "utf8")).toBe("titles\r\nshort\r\n");
  expect(statSync(lookup).mode & 0o777).toBe(0o600);
});

it("never writes over the export, under whatever name, nor into what is no file", () => {
  const [users, same] = [join(folder, "export.csv"), join(folder, "same.csv")];
  writeFileSync(users, exported);
  linkSync(users, same);
  expect(() => writeLookup(users, "x", users)).toThrow("it is the file of --users");
  expect(() => writeLookup(same, "x", users)).toThrow("it is the file of --users");
  expect(readFileSync(users, "utf8")).toBe(exported);
  expect(() => writeLookup("/dev/null", "x", users)).toThrow("it is not a regular file");
  expect(() => writeLookup(folder, "x", users)).toThrow("it is a folder");
});

it("says what a folder that nobody may write to means", () => {
  const path = "/proc/self/lookup.csv";
  const users = join(folder, "users.csv");
  writeFileSync(users, exported);
  expect(() => writeLookup(path, "x", users)).toThrow(
    /cannot write .*: (EACCES: its folder has to be|ENOENT)/,
  );
});

it.each(["state_dir: /x\n", "titles", "titles\nx", "titl"])(
  "never writes over %j, which is no lookup",
  (there) => {
    const [users, file, link] = ["a.csv", "config.yaml", "link.csv"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(users, exported);
    writeFileSync(file, there);
    rmSync(link, { force: true });
    symlinkSync(file, link);
    const text = "titles\r\nshort\r\n";
    expect(() => writeLookup(file, text, users)).toThrow("it is there and is no lookup");
    expect(() => writeLookup(link, text, users)).toThrow("it is a link");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o077]).toEqual([there, 0o044]);
  },
);

it("fills a file that is there and empty", () => {
  const [users, file] = [join(folder, "b.csv"), join(folder, "empty.csv")];
  writeFileSync(users, exported);
  writeFileSync(file, "");
  writeLookup(file, "titles\r\nshort\r\n", users);
  expect(readFileSync(file, "utf8")).toBe("titles\r\nshort\r\n");
});
