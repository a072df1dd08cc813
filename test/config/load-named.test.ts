import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { loadNamed } from "../../src/config/load-named.ts";
import { ConfigError } from "../../src/config/problem.ts";

const folder = new URL("../../config/", import.meta.url).pathname;
const examples = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const file = "/etc/forwarder/config.yaml";

function optionsFor(text: string) {
  return {
    environment: { WANDB_API_KEY: "a-key", CREDENTIALS_DIRECTORY: "/run/credentials/unit" },
    readFile: (path: string) => {
      if (path === file) return { text, mode: 0o600 };
      if (path.startsWith("/run/")) return { text: "a-secret-of-a-good-length\n", mode: 0o400 };
      throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
    },
    clock: { now: () => Date.UTC(2026, 7, 20) },
  };
}

/** All of a configuration, with what JSON does not show of it; or what is wrong with it. */
async function outcome(load: () => Config | Promise<Config>): Promise<unknown> {
  try {
    const { secrets, outputParts, ...config } = await load();
    const own = secrets.map(({ path, owner, secret, files }) => ({
      path,
      owner,
      files,
      is: secret.reveal(),
    }));
    return { config: JSON.parse(JSON.stringify(config)), parts: outputParts.reveal(), own };
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

async function both(text: string): Promise<unknown> {
  const whole = await outcome(() => loadConfig(file, optionsFor(text)));
  expect(await outcome(() => loadNamed(file, optionsFor(text)))).toEqual(whole);
  return whole;
}

describe("a configuration of which only the kinds are loaded that it names", () => {
  test.each(examples)("%s is the same as with all of them", async (name) => {
    expect(await both(readFileSync(folder + name, "utf8"))).toHaveProperty("config.outputs");
  });

  test.each([
    ["no YAML", "outputs: [", /ConfigError/],
    ["no keys", "7\n", /it must hold sources and outputs/],
    ["an output of no kind", "outputs: [{ name: a, type: splunk }]\n", /splunk_hec/],
    ["an output without a kind", "sources: [{}]\noutputs: [{ name: a }]\n", /stdout, .*kafka/],
    [
      "a key that is none",
      "sources: [{ name: a, type: file, pat: x }]\noutputs: [{ name: b, type: stdout }]\n",
      /path/,
    ],
  ])("with %s is refused in the same words", async (_, text, words) => {
    expect(await both(text)).toMatch(words);
  });

  it("is the same, or refused in the same words, whatever is changed in it", async () => {
    const change = fc.record({
      name: fc.constantFrom(...examples),
      at: fc.nat(400),
      to: fc.constantFrom(
        "",
        "type: kafka",
        "  - { name: x, type: archive }",
        "}",
        "sources: []",
        "type: 7",
        ": :",
      ),
      // In the place of a line, or behind it.
      more: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ name, at, to, more }) => {
        const lines = readFileSync(folder + name, "utf8").split("\n");
        lines.splice(at % lines.length, more ? 0 : 1, to);
        await both(lines.join("\n"));
      }),
      { numRuns: 300 },
    );
  });

  it("is refused where another version has taken the place of what it needs", async () => {
    const text = readFileSync(`${folder}self-managed.yaml`, "utf8");
    const gone = Object.assign(new Error("Cannot find module"), { code: "ERR_MODULE_NOT_FOUND" });
    const load = (error: Error) => loadNamed(file, optionsFor(text), () => Promise.reject(error));
    await expect(load(gone)).rejects.toThrow(ConfigError);
    await expect(load(gone)).rejects.toThrow(/another version was installed .*restart it/s);
    await expect(load(new TypeError("a bug"))).rejects.toThrow(TypeError);
  });

  it("is refused where there is no file", async () => {
    await expect(loadNamed("/nowhere/c.yaml", { environment: {} })).rejects.toThrow(/cannot be read/);
  });
});
