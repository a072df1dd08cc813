import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Disk, inOrder } from "./power-loss.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "disk-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hex = (text: string) =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
const file = (name: string) => hex(join(folder, name));

/** What may be on the disk after the power failed, each time with other luck. */
function afterFailure(lines: readonly string[], names: Readonly<Record<string, string>> = {}): Set<string> {
  const found = new Set<string>();
  for (let luck = 0; luck < 20; luck++) {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    for (const [name, text] of Object.entries(names)) writeFileSync(join(folder, name), text);
    const disk = new Disk(folder);
    for (const line of lines) disk.follow(line);
    disk.fail(() => luck / 20);
    found.add(
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name, _, all) => !all.some((other) => other.startsWith(`${name}/`)))
        .sort()
        .map((name) => {
          const path = join(folder, name);
          return statSync(path).isDirectory() ? `${name}/` : `${name}=${readFileSync(path, "latin1")}`;
        })
        .join(" "),
    );
  }
  return found;
}

const write = (text: string) =>
  `pwrite64(7<${file("db")}>, "${hex(text)}", ${text.length}, 0) = ${text.length}`;
const sync = () => `fsync(7<${file("db")}>) = 0`;

describe("the model of the disk", () => {
  it("keeps what was synced, and perhaps what was not", () => {
    expect(afterFailure([write("new"), sync()], { db: "old" })).toEqual(new Set(["db=new"]));
    expect(afterFailure([write("new")], { db: "old" })).toEqual(new Set(["db=old", "db=new"]));
  });

  it("passes over what failed, what never ended, and what happened elsewhere", () => {
    const lines = [
      `pwrite64(7<${file("db")}>, "${hex("new")}", 3, 0) = -1 EIO (Input/output error)`,
      `pwrite64(7<${file("db")}>, "${hex("new")}", 3, 0 <unfinished ...>`,
      `write(9<${hex("anon_inode:[eventfd]")}>, "${hex("new")}", 3) = 3`,
      `write(1<${hex("pipe:[1]")}>, "${file("db")}", 3) = 3`,
    ];
    expect(afterFailure(lines, { db: "old" })).toEqual(new Set(["db=old"]));
  });

  it("knows a name for certain only when its directory was synced", () => {
    const rename = `rename("${file("db.new")}", "${file("db")}") = 0`;
    expect(afterFailure([rename], { "db.new": "new" })).toEqual(new Set(["db.new=new", "db=new"]));
    expect(afterFailure([rename, `fsync(8<${hex(folder)}>) = 0`], { "db.new": "new" })).toEqual(
      new Set(["db=new"]),
    );
  });
});

describe("a folder in the directory", () => {
  const made = () => [
    `mkdir("${file("day")}", 0750) = 0`,
    `openat(AT_FDCWD, "${file("day/part")}", O_WRONLY|O_CREAT|O_EXCL, 0440) = 7<${file("day/part")}>`,
    `pwrite64(7<${file("day/part")}>, "${hex("x")}", 1, 0) = 1`,
    `fsync(7<${file("day/part")}>) = 0`,
    `link("${file("day/part")}", "${file("day/a")}") = 0`,
    `unlink("${file("day/part")}") = 0`,
  ];
  const synced = () => `fsync(8<${file("day")}>) = 0`;
  const above = () => `fsync(9<${hex(folder)}>) = 0`;

  it("is there for certain when the one above was synced, and what is in it when it was synced itself", () => {
    expect(afterFailure([...made(), synced()])).toEqual(new Set(["", "day/a=x"]));
    expect(afterFailure([...made(), above()])).toContain("day/");
    expect(afterFailure([...made(), synced(), above()])).toEqual(new Set(["day/a=x"]));
  });
});

describe("inOrder", () => {
  it("joins the logs of threads by time, and keeps the order within each", () => {
    const one = "1.000000001 a() = 0\n1.000000003 c() = 0\n1.000000003 d() = 0\n+++ killed by SIGKILL +++\n";
    const other = "1.000000002 b() = 0\n1.000000004 e() = 0\n";
    expect(
      inOrder([one, other])
        .map((line) => line.slice(12, 13))
        .join(""),
    ).toContain("abcd");
    expect(
      inOrder([other, one])
        .filter((line) => /\(/.test(line))
        .map((line) => line[12]),
    ).toEqual([..."abcde"]);
  });

  it("goes on with the disk after a line of another thread", () => {
    const lines = inOrder([`2.000000001 ${sync()}\n`, `1.000000001 ${write("new")}\n`]);
    expect(afterFailure(lines, { db: "old" })).toEqual(new Set(["db=new"]));
  });
});
