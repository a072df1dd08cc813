import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dayFolder } from "../../src/archive/names.ts";
import { archiveCompressions, packings } from "../../src/archive/packing.ts";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache", "wandb-audit-real");
const python = join(cache, "parquet", "1", "bin", "python");
const why = existsSync(python) ? "" : "skipped: test/real/parquet/build was not run";

const first = Date.parse("2026-08-01T00:00:00Z");
const records = Array.from({ length: 9_000 }, (_, at) =>
  JSON.stringify({
    ...{
      timestamp: new Date(first + at * 1000).toISOString(),
      action: at % 3 === 0 ? "user:login" : "run:read",
    },
    ...{
      actor_user_id: at,
      response_code: at % 2 === 0 ? 200 : 403,
      project_name: `ü "${at}"`,
      big: 2 ** 60,
    },
  }),
);
const line = (record: string, at: number) =>
  JSON.stringify({
    ...{ date: "2026-08-01", uid: String(at).padStart(32, "0"), source: "prod", instance: "acme" },
    ...{ first_seen: "2026-08-01T10:00:00.000000005Z", record },
  });

describe.skipIf(why !== "")(`files of Parquet, read by others (pyarrow, pandas, DuckDB) ${why}`, () => {
  it.each(archiveCompressions)(
    "%s: every row, type and byte is what was stored",
    { timeout: 120_000 },
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), "parquet-"));
      try {
        const lines = records.map(line).map((text) => `${text}\n`);
        const odd = `${JSON.stringify({ ...JSON.parse(line("x", 9_000)), record: undefined, record_base64: "/w==" })}\n`;
        const place = join(folder, dayFolder(first / 86_400_000));
        mkdirSync(place, { recursive: true });
        writeFileSync(
          join(place, "a.parquet"),
          await packings.parquet[name].pack(Buffer.from(lines.join("") + odd)),
        );
        const said = JSON.parse(
          execFileSync(python, [join(import.meta.dirname, "parquet", "read.py"), folder], {
            maxBuffer: 64 * 2 ** 20,
          }).toString(),
        );
        expect(said.records).toEqual([...records, "/w=="]);
        expect(said.types).toMatchObject({
          ...{
            event_time: "timestamp[us, tz=UTC]",
            first_seen: "timestamp[us, tz=UTC]",
            date: "date32[day]",
          },
          ...{
            uid: "string",
            severity: "int32",
            response_code: "int32",
            actor_user_id: "string",
            record: "string",
          },
        });
        expect(said.groups).toEqual([3]);
        expect(said.pandas).toEqual([9_001, 9_001, expect.stringMatching(/^datetime64\[us, UTC\]/)]);
        expect(said.actions).toEqual({ "run:read": 6_000, "user:login": 3_000, unknown: 1 });
        expect(said.duckdb).toEqual([[2026, 8, 1, 9_001, 9_001, first * 1000, "TIMESTAMP WITH TIME ZONE"]]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
