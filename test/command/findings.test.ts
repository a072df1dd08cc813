import { describe, expect, it } from "vitest";
import { asJson, asLines } from "../../src/command/findings.ts";

const subjects = [
  { name: "prod", findings: [{ level: "ok", text: "may read", fix: "nothing" }] },
  {
    name: "a siem",
    findings: [
      { level: "warning", text: "ends\nsoon", fix: "renew it" },
      { level: "problem", text: "refused \u001b[2J" },
    ],
  },
] as const;

describe("findings", () => {
  it("are a line each, the fix below it where something is wrong, and a summary", () => {
    expect(asLines(subjects, false)).toBe(
      [
        "✓ ok       prod    may read",
        "! warning  a siem  ends soon",
        "                   fix: renew it",
        "✗ problem  a siem  refused \\u001b[2J",
        "",
        "1 problem, 1 warning.",
        "",
      ].join("\n"),
    );
  });

  it("have colours only where they are wanted", () => {
    expect(asLines(subjects, true)).toContain("\u001b[31m✗\u001b[39m");
    expect(asLines([{ name: "x", findings: [] }], false)).toBe("\nNo problems.\n");
  });

  it("are JSON for programs, and not ok when there is a problem", () => {
    const { config, ok, findings } = JSON.parse(asJson("c.yaml", subjects));
    expect([config, ok, findings.length]).toEqual(["c.yaml", false, 3]);
    expect(findings[1]).toEqual({ subject: "a siem", level: "warning", text: "ends\nsoon", fix: "renew it" });
    expect(JSON.parse(asJson("c.yaml", subjects.slice(0, 1))).ok).toBe(true);
  });
});
