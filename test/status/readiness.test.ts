import { expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { history } from "../../src/status/history.ts";
import { Readiness } from "../../src/status/readiness.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

function watched() {
  const fake = fakeRuntimeView();
  const reports: Report[] = [];
  const readiness = new Readiness(fake.runtime, history(fake.runtime), (report) => reports.push(report));
  return { ...fake, reports, look: () => readiness.look(fake.spooled().state) };
}

it("tells at the start and at every change, once, with the hops and their reasons", () => {
  const { look, reports, conditions, clock } = watched();
  look();
  look();
  const held = { state: "held", since: clock.monotonic(), failures: 1, stallsAt: 0 } as const;
  const calm = conditions.splunk;
  conditions.splunk = { ...held, reason: "tls" };
  look();
  look();
  conditions.prod = { ...held, reason: "unauthorized" };
  look();
  // The same hops for other reasons are no change of readiness.
  conditions.prod = { ...held, reason: "forbidden" };
  look();
  conditions.prod = calm as typeof held;
  conditions.splunk = calm as typeof held;
  look();
  expect(reports).toEqual([
    { type: "ready" },
    { type: "not_ready", hops: ["output splunk (tls)"], starting: false },
    { type: "not_ready", hops: ["source prod (unauthorized)", "output splunk (tls)"], starting: false },
    { type: "ready" },
  ]);
});

it("tells a first start as what it is", () => {
  const { look, reports, state, conditions, clock } = watched();
  state.sources = [];
  look();
  const hops = ["source prod (not_read_yet)", "source archive (not_read_yet)"];
  expect(reports).toEqual([{ type: "not_ready", hops, starting: true }]);
  conditions.prod = {
    state: "retrying",
    reason: "connect",
    since: clock.monotonic(),
    failures: 1,
    stallsAt: 0,
  };
  look();
  expect(reports.at(-1)).toMatchObject({ type: "not_ready", starting: false });
});

it("names what was held before, until that has shown that it works", () => {
  const { look, reports, state, conditions, clock } = watched();
  const held = (reason?: string) => {
    state.outputs = state.outputs.map(({ held: _, ...output }) =>
      output.output === "splunk" && reason !== undefined ? { ...output, held: reason } : output,
    );
  };
  held("unauthorized");
  look();
  look();
  conditions.splunk = { state: "held", reason: "tls", since: clock.monotonic(), failures: 1, stallsAt: 0 };
  look();
  conditions.splunk = { state: "working", since: clock.monotonic(), failures: 0, stallsAt: 0 };
  held();
  look();
  expect(reports).toEqual([
    { type: "ready", unproven: ["output splunk (unauthorized)"] },
    { type: "not_ready", hops: ["output splunk (tls)"], starting: false },
    { type: "ready" },
  ]);
});
