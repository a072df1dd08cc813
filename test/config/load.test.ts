// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/config/problem.ts";
import { around, good, loadText, problemsIn } from "./load-text.ts";

describe("a configuration", () => {
  test("becomes durations in milliseconds, sizes in bytes and secrets that do not show", () => {
    const config = loadText(`${good}spool: { max_bytes: 2GiB, keep_delivered: 1h30m }\n`, around);
    expect(config.stateDir).toBe("/var/lib/forwarder");
    expect(config.spool).toEqual({
      maxBytes: 2 * 2 ** 30,
      maxLetterBytes: 2 ** 28,
      keepDelivered: 5_400_000,
      keepLedger: 400 * 86_400_000,
    });
    expect(config.sources.map(({ type, config }) => [type, config.name, config.poll_interval])).toEqual([
      ["feed", "prod", 300_000],
    ]);
    expect(config.outputs[0]?.config.batch.max_events).toBe(500);
    expect(config.secrets.map(({ owner, path, secret }) => [owner, path, secret.reveal()])).toEqual([
      ["prod", "sources[0].api_key", "key-of-the-source"],
      ["siem", "outputs[0].token", "token-of-the-output"],
    ]);
    expect(JSON.stringify(config)).not.toContain("-of-the-");
    expect(config.warnings).toEqual([]);
  });

  test("has defaults for everything but sources and outputs", () => {
    const config = loadText(good.replace(/state_dir.*\n/, ""), around);
    expect(config.stateDir).toBe("/var/lib/wandb-audit-forwarder");
    expect(config.spool).toEqual({
      maxBytes: 10 * 2 ** 30,
      maxLetterBytes: 2 ** 28,
      keepDelivered: 7 * 86_400_000,
      keepLedger: 400 * 86_400_000,
    });
    expect(config.admin).toEqual({
      listen: { host: "127.0.0.1", port: 9464 },
      token: undefined,
      metrics: "token",
      allowedHosts: [],
    });
    expect(config.log.level).toBe("info");
    expect(config.shutdownTimeout).toBe(30_000);
  });

  test("keeps a relative state folder beside the file", () => {
    expect(loadText(good.replace("/var/lib/forwarder", "state"), around).stateDir).toBe(
      "/etc/forwarder/state",
    );
  });

  test("reads a secret file again when asked, and keeps the old value while the file is away", () => {
    const files: Record<string, string> = { ...around.files };
    const config = loadText(good, { ...around, files });
    const [, token] = config.secrets;
    files["/run/secrets/token"] = "rotated-token\n";
    expect(token?.secret.reload()).toBe(true);
    expect(token?.secret.reveal()).toBe("rotated-token");
    delete files["/run/secrets/token"];
    expect(token?.secret.reload()).toBe(false);
    expect(token?.secret.reveal()).toBe("rotated-token");
  });
});

describe("hostile files", () => {
  test("__proto__, constructor and prototype are unknown keys and touch nothing", () => {
    const text = `${good}    __proto__: { polluted: 1 }\n    constructor: { prototype: { polluted: 1 } }\n__proto__: { polluted: 1 }\n`;
    expect(problemsIn(text, around).map((line) => line.split(" (")[0])).toEqual([
      "12:5: outputs[0].__proto__: unknown key",
      "13:5: outputs[0].constructor: unknown key",
      "14:1: __proto__: unknown key",
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("a bomb of aliases is refused soon", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]\n`,
    ).join("");
    expect(problemsIn(`l0: &l0 x\n${levels}`).join()).toContain("too many aliases");
    expect(problemsIn("a: &a [*a]\n").length).toBeGreaterThan(0);
  });

  test.each([["[".repeat(30_000)], ["- ".repeat(30_000)], [`a:\n${"? - ".repeat(12_000)}\nb: c`]])(
    "nesting deeper than the stack is refused",
    (text) => {
      expect(problemsIn(text).join()).toContain("nested too deeply");
    },
  );

  test("nesting of a hundred thousand levels is a problem, not a crash", () => {
    expect(problemsIn("[".repeat(100_000))).toEqual([expect.stringContaining("nested too deeply")]);
  });

  test("whatever the text is, the answer is a configuration or problems that do not quote a value", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "sources:",
        "outputs:",
        "\n",
        "  ",
        "- ",
        "name: ",
        "token: ",
        "${",
        "}",
        "${file:/x}",
        "&a",
        "*a",
        "!t",
        '"',
        "'",
        "{",
        "[",
        "\t",
        "|",
        "---",
        "%",
        "#",
        ": ",
      ),
      fc.string({ unit: "binary", maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          loadText(pieces.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a secret is in no problem, wherever in its part something is wrong", () => {
    const canary = "canary-3f9a1c7e";
    const broken = [
      "port: x",
      "tokn: 1",
      "format: [1",
      "url: ftp://x",
      "filter: 1",
      "batch: { max_bytes: -1 }",
      "port: 13",
      "headers: 3",
      "type: collector",
    ];
    for (const line of broken) {
      for (const token of [
        canary,
        `"${canary}`,
        `${canary}: x`,
        `{ ${canary}: 1 }`,
        `!${canary} 1`,
        `*${canary}`,
        "${CANARY}",
        "[ ${CANARY} ]",
        "${file:/canary}",
      ]) {
        const text = good.replace("${file:/run/secrets/token}", `${token}\n    ${line}`);
        const lines = problemsIn(text, {
          environment: { ...around.environment, CANARY: canary },
          files: { "/canary": canary },
        });
        expect(lines.length).toBeGreaterThan(0);
        if (!token.startsWith("{")) expect(lines.join("\n")).not.toContain(canary);
      }
    }
  });
});
