import { describe, expect, it } from "vitest";
import { stateLine } from "../../src/report/state-line.ts";

const seen = { directory: "/var/lib/x", seenAt: Date.UTC(2026, 7, 1, 12), ended: true } as const;

describe("state that is not as the last run left it", () => {
  it.each(["older", "copied"] as const)("%s: says what arrives again and what may be missing", (found) => {
    const { level, msg, fields } = stateLine({ type: "state_changed", found, ...seen });
    expect(level).toBe("warn");
    expect(msg).toContain("(seen until 2026-08-01 12:00:00Z)");
    expect(msg).toMatch(/delivered again, with the same uids.* no longer have, is missing/);
    expect(fields).toMatchObject({ found, directory: "/var/lib/x", seen_until: "2026-08-01T12:00:00.000Z" });
  });

  it("names the other host, and warns where the run there may still go on", () => {
    const moved = { type: "state_changed", found: "other_host", ...seen, host: "siem-1" } as const;
    expect(stateLine(moved)).toMatchObject({
      level: "info",
      msg: expect.stringContaining("was on host siem-1, and ended in order"),
    });
    expect(stateLine({ ...moved, ended: false })).toMatchObject({
      level: "warn",
      msg: expect.stringMatching(/did not say that it ended.*every event arrives twice/),
      fields: { host: "siem-1", ended: false },
    });
  });

  it("says of a rebuild that was asked for that nothing was lost, and warns of nothing", () => {
    expect(stateLine({ type: "state_changed", found: "rebuilt", directory: "/x" })).toMatchObject({
      level: "info",
      msg: expect.stringContaining("as REBUILD asked for, and no row of it was lost"),
    });
  });

  it("needs no time of a run that left none", () => {
    const { msg, fields } = stateLine({ type: "state_changed", found: "older", directory: "/x" });
    expect(msg).toContain("than the last run left");
    expect(fields).not.toHaveProperty("seen_until");
  });
});
