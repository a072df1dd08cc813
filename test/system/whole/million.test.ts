import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { line, type Rehearsal, rehearse, today } from "../../source/wandb-api/reading.ts";

let rehearsal: Rehearsal | undefined;
afterEach(() => rehearsal?.close());

const filler = {
  artifact_digest: "6f1ed002ab5595859014ebf0951522d9".repeat(4),
  actor_email: "admin@example.com",
  entity_name: "vision-team",
  artifact_qualified_name: "vision-team/defect-detector/train-set:v12",
};
const sample = line(today, 100, filler).slice(0, -1);

describe("UP-MILLION", () => {
  test.each([
    ["one NDJSON body", { dialect: "v1" }],
    ["one page of the envelope", { dialect: "v5-multi-tenant" }],
  ] as const)(
    "a million entries in %s are read in bounded memory",
    async (_, behaviour) => {
      rehearsal = await rehearse();
      const { server } = rehearsal;
      server.behave({
        ...behaviour,
        generated: { count: 1_000_000, entry: (at) => `${sample},"user_asset":${at}}` },
      });
      const script = new URL("read-million.ts", import.meta.url).pathname;
      const { stdout } = await promisify(execFile)(process.execPath, [
        // As the daemon is started: V8 otherwise lets the young generation alone grow past 100 MiB.
        "--max-semi-space-size=8",
        script,
        server.url,
      ]);
      const measured = JSON.parse(stdout);
      expect(measured.count).toBe(1_000_000);
      expect(measured.maxRssMiB).toBeLessThan(256);
      expect(measured.largestPiece).toBeLessThan(1.2 * 2 ** 20);
    },
    120_000,
  );
});
