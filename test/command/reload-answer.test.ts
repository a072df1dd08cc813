import { describe, expect, it } from "vitest";
import type { ReloadAnswer } from "../../src/admin/control.ts";
import { reloadAnswer } from "../../src/command/reload-answer.ts";
import type { Config } from "../../src/config/config.ts";
import type { Report } from "../../src/report/report.ts";

describe("who asked for it is told", () => {
  const config = { secrets: [] } as unknown as Config;
  const troubled: Report = { type: "service_trouble", text: "the thread that delivers does not answer" };

  it.each<[string, Report, readonly Report[], Partial<ReloadAnswer>]>([
    ["that it is done", { type: "config_unchanged" }, [], { rejected: false, done: true }],
    ["that it is not known", { type: "config_unchanged" }, [troubled], { rejected: false, done: false }],
    ["that nothing was read", { type: "reload_ignored", why: "x" }, [], { rejected: false, done: false }],
    [
      "that a file cannot be used",
      { type: "config_unchanged" },
      [{ type: "files_rejected", owner: "splunk", text: "gone" }],
      { rejected: true, done: false },
    ],
  ])("%s", (_, report, heard, answer) => {
    expect(reloadAnswer(report, heard, config)).toMatchObject(answer);
  });
});
