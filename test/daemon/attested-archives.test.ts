import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConfigError } from "../../src/config/problem.ts";
import { attestedArchives } from "../../src/daemon/attested-archives.ts";
import { archiveKind } from "../../src/output/archive/kind.ts";
import { anyOutputKind } from "../../src/output/configured.ts";
import { outputContext } from "../fake/output-context.ts";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "attested-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const archives = (...given: Readonly<Record<string, unknown>>[]) =>
  attestedArchives(
    {
      file: "config.yaml",
      stateDir: place,
      outputs: given.map((keys, index) =>
        anyOutputKind(archiveKind).schema.parse({
          ...{ name: `vault${index}`, type: "archive", url: "file:///srv/audit", timeout: "7s", ...keys },
        }),
      ),
    },
    outputContext,
  );

it("have a key, which is made beside the state where none is named, and is private", () => {
  const [first, second] = archives({}, { attest: true }, { attest: true });
  expect([first?.output, second?.output, first?.timeoutMs]).toEqual(["vault1", "vault2", 7000]);
  expect(first?.key.equals(second?.key as never)).toBe(true);
  expect(statSync(join(place, "attest-key.pem")).mode & 0o777).toBe(0o600);
});

it("whose key cannot be used are a mistake in the configuration, told where it stands", () => {
  const missing = join(place, "none.pem");
  let error: unknown;
  try {
    archives({}, { attest: true, attest_key_file: missing });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).problems).toMatchObject([
    { path: "outputs[1].attest_key_file", message: expect.stringContaining("ENOENT") },
  ]);
});
