import { expect, it, onTestFinished } from "vitest";
import { tellingOutputs } from "../../src/ingest/telling-outputs.ts";
import type { Report } from "../../src/report/report.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import { all, ofOurs } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

const shrank = { type: "day_shrank", source: "prod", day: "2026-07-30", before: 9, now: 7 } as const;
const other = { type: "twins_undecided", source: "prod", events: 1 } as const;

it("tells the outputs that a day shrank, and everything else the log alone", () => {
  const state = new SpoolDirectory();
  onTestFinished(() => state.remove());
  const store = state.open({ sources: ["prod"] });
  const reports: Report[] = [];
  const tell = tellingOutputs({ store, tell: (report) => void reports.push(report) });
  tell(other);
  tell(shrank);
  expect(reports).toEqual([other, shrank]);
  expect(ofOurs(store.read(0, all))).toMatchObject([
    { action: "wandb-audit-forwarder:day_shrank", source: "prod", day: "2026-07-30", before: 9, now: 7 },
  ]);
});

it("goes on where the disk is full, and not where it failed", () => {
  const failing = (failure: "full" | "io") =>
    tellingOutputs({
      store: {
        shrank() {
          throw new SpoolError(failure, "the disk", "look");
        },
      },
      tell: () => {},
    });
  expect(() => failing("full")(shrank)).not.toThrow();
  expect(() => failing("io")(shrank)).toThrow("the disk");
});
