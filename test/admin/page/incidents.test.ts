import { expect, it } from "vitest";
import { incidentsTable } from "../../../src/admin/page/incidents.ts";
import type { StatusReport } from "../../../src/status/status-report.ts";

const incident = (change: object = {}) => ({
  ...{ hop: "output soc", reasons: ["connect", "tls"], held: true, failures: 12 },
  ...{ began: "2026-08-01T12:00:05.000Z", ended: "2026-08-01T14:30:05.000Z" },
  ...change,
});
const table = (...incidents: ReturnType<typeof incident>[]) =>
  incidentsTable({ incidents, now: "2026-08-01T15:00:05.000Z" } as unknown as StatusReport).markup;

it("says when a hop failed, for how long and why, with a link from each reason", () => {
  const text = table(incident());
  expect(text).toContain(
    '<time datetime="2026-08-01T12:00:05.000Z">2026-08-01 12:00:05</time></td><td>2.5 h</td>',
  );
  for (const reason of ["connect", "tls"])
    expect(text).toContain(`<a class="reason" href="operate#output-${reason}">`);
  expect(text).toContain("<td>2026-08-01 14:30</td>");
});

it("counts on while one goes on", () => {
  const text = table(incident({ ended: null }));
  expect(text).toContain("<td>3 h</td>");
  expect(text).toContain("goes on");
});

it("folds older ones away, and says that there is none", () => {
  const text = table(...Array.from({ length: 11 }, () => incident()));
  expect(text).toContain("<summary>3 older incidents</summary>");
  expect(table()).toContain("None is known.");
});
