import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { actionSpec } from "../../src/event/actions.ts";
import { parseAddresses } from "../../src/event/address.ts";
import { filterRule } from "../../src/event/filter.ts";
import { parseTimestamp } from "../../src/record/timestamp.ts";
import { cpuMs } from "../fake/cpu-time.ts";
import { eventWith } from "../format/arbitrary-event.ts";

const src = join(import.meta.dirname, "../../src");

describe("what content cannot make slow", () => {
  it("SEC-REDOS: a megabyte against every pattern that meets content takes no time", () => {
    const long = [
      "a".repeat(1_000_000),
      "*".repeat(1_000),
      " ,".repeat(500_000),
      "0".repeat(1_000_000),
      "\\=|".repeat(300_000),
    ];
    const nasty = filterRule({ actions: ["a*a*a*a*a*a*a*a*b", "*".repeat(50), "*a*".repeat(50)] });
    for (const text of long) {
      const took = cpuMs(() => {
        nasty(eventWith({ action: text }));
        actionSpec(text);
        parseAddresses(text);
        parseTimestamp(text);
      });
      // A step for each pair of characters would be hours.
      expect(took, text.slice(0, 4)).toBeLessThan(10_000);
    }
  });
});

describe("what the source cannot say", () => {
  const code = (readdirSync(src, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".ts") && statSync(join(src, name)).isFile())
    .map((name) => [name, readFileSync(join(src, name), "utf8")] as const);
  const filesWith = (pattern: RegExp) => code.filter(([, text]) => pattern.test(text)).map(([name]) => name);

  it("makes no code of data and loads no module that data names", () => {
    expect(filesWith(/\beval\(|new Function\(|createRequire|import\((?!")/)).toEqual([]);
    // Node has its collector nowhere else.
    expect(filesWith(/node:vm/)).toEqual(["builtin.ts", "thread/leftovers.ts"]);
    expect(filesWith(/runIn(?!NewContext\("globalThis\.gc"\))|vm\.Script|compileFunction/)).toEqual([]);
    // Packages that are not the program's own are loaded in one place for a source or an output.
    expect(filesWith(/(?<!typeof )import\("(?!\.)/)).toEqual([
      "archive/parquet.ts",
      "bucket/load-sdk.ts",
      "output/kafka/load-client.ts",
    ]);
  });

  it("runs no other program but systemd-notify, and that one only where systemd asks for it", () => {
    expect(filesWith(/node:child_process|node:cluster/)).toEqual(["command/service-manager.ts"]);
  });

  it("switches verification off in one place, by one setting", () => {
    expect(filesWith(/rejectUnauthorized/)).toEqual(["net/tls.ts"]);
    expect(filesWith(/checkServerIdentity/)).toEqual([]);
  });

  it("compares the token of the listener in one place, as digests and in constant time", () => {
    const admin = code.filter(([name]) => name.startsWith("admin/"));
    const revealing = admin.flatMap(([name, text]) => (text.match(/\.reveal\(\)/g) ?? []).map(() => name));
    expect(revealing).toEqual(["admin/guard.ts"]);
    const guard = admin.find(([name]) => name === "admin/guard.ts")?.[1] ?? "";
    expect(guard).toContain("timingSafeEqual(digest(given), digest(wanted))");
    expect(guard.match(/\b(?:sameText|timingSafeEqual)\(/g)).toHaveLength(4);
    const otherwise =
      /(?:token|wanted|given)\b\s*[!=]==(?! undefined)|[!=]==\s*(?:token|wanted|given)\b|\.(?:equals|includes|startsWith|indexOf|localeCompare)\((?:token|wanted|given)/;
    expect(otherwise.exec(guard)).toBeNull();
  });

  it("makes patterns only of what the configuration or the program holds", () => {
    expect(filesWith(/new RegExp\(/).sort()).toEqual(["secret/scrub.ts", "text/hostile.ts"]);
  });

  it("writes comma-separated values in one place, which guards formulas (SEC-CSV)", () => {
    const writing = code.filter(([, text]) => /\bcsvLine\(/.test(text)).map(([name]) => name);
    expect(writing.sort()).toEqual(["command/activity-csv.ts", "command/pseudonym.ts", "text/csv.ts"]);
    // What people and programs are answered is joined by nobody else.
    const joining = filesWith(/\.join\("(?:,|;|\\t)"\)/).filter((name) => /^(command|admin)\//.test(name));
    expect(joining).toEqual([]);
  });
});
