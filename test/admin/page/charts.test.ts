import { describe, expect, it } from "vitest";
import { page } from "../../../src/admin/page/page.ts";
import type { Report } from "../../../src/report/report.ts";
import { history } from "../../../src/status/history.ts";
import type { RangeName } from "../../../src/status/ranges.ts";
import { statusReport } from "../../../src/status/status.ts";
import { type FakeRuntime, fakeRuntimeView } from "../../status/fake-runtime-view.ts";

const minute = 60_000;
const delivered = (events: number): Report =>
  ({ type: "delivered", output: "soc", events, bytes: 1, seconds: 1, ages: [] }) as Report;

interface Chart {
  readonly words: string;
  readonly shown: string;
  readonly values: readonly string[];
}

/** The charts of a page by title and hop. */
function chartsOf(markup: string): ReadonlyMap<string, Chart> {
  const figures = [...markup.matchAll(/<figure class="chart[^>]*data-values="([^"]*)">(.*?)<\/figure>/gs)];
  return new Map(
    figures.map(([, values = "", body = ""]) => {
      const [, title, about, shown = ""] =
        /<span>(.*?)<\/span> <span class="quiet">(.*?)<\/span> <strong>(.*?)<\/strong>/.exec(body) ?? [];
      const words = /aria-label="([^"]*)"/.exec(body)?.[1] ?? "";
      return [`${title}, ${about}`, { words, shown, values: values.split(" ") }];
    }),
  );
}

function begin(happened: (fake: FakeRuntime, past: ReturnType<typeof history>) => void, range?: RangeName) {
  const fake = fakeRuntimeView();
  const past = history(fake.runtime);
  happened(fake, past);
  const report = statusReport(fake.runtime, fake.spooled(), past, range);
  const markup = page(report, undefined, "n0nce");
  return { report, markup, charts: chartsOf(markup) };
}

describe("charts", () => {
  it("say the same as the cards beside them, also between two measurements", () => {
    const { report, charts } = begin(({ clock, state }, past) => {
      const waiting = { events: 3, suspects: 0, oldestObserved: clock.now() - 10_000 };
      state.outputs = state.outputs.map((output) => ({ ...output, backlog: waiting }));
      past.measure(state);
      clock.advance(26_000);
    });
    expect(report.sources[0]?.lag_seconds).toBe(86);
    expect(report.outputs[1]?.lag_seconds).toBe(36);
    const [behind, oldest] = [charts.get("Behind, source prod"), charts.get("Oldest waits, output soc")];
    expect([behind?.shown, behind?.values.at(-1)]).toEqual(["now 86 s", "86"]);
    expect([oldest?.shown, oldest?.values.at(-1)]).toEqual(["now 36 s", "36"]);
    expect(behind?.words).toBe("Behind, source prod, the last 3 hours: at most 86 s, now 86 s");
  });

  it("keep the most of a span, not what was measured last", () => {
    const { charts } = begin(({ clock, state }, past) => {
      past.measure(state);
      state.sources = state.sources.map((source) => ({ ...source, watermark: clock.now() }));
      past.measure(state);
    });
    expect(charts.get("Behind, source prod")?.values.at(-1)).toBe("60");
    expect(charts.get("Behind, source prod")?.shown).toBe("now 0 s");
  });

  it.each([
    ["1h", 60, "120"],
    ["24h", 15, "120"],
    ["7d", 60, "120"],
  ] as const)("of the last %s tell counts per minute, which they say they are", (range, minutes, rate) => {
    const { charts } = begin(({ clock }, past) => {
      clock.advance(-(clock.now() % (60 * minute)));
      for (let at = 0; at < minutes * 2; at++) {
        past.note(delivered(120));
        clock.advance(minute);
      }
    }, range);
    const chart = charts.get("Delivered per minute, output soc");
    expect(chart?.values.at(-2)).toBe(rate);
    expect(chart?.words).toContain(`highest ${rate}/min`);
    if (range !== "1h") expect(chart?.shown).toBe(`${(minutes * 240).toLocaleString("en")} in all`);
  });

  it("do not call the span that runs slow because it is not over", () => {
    const { charts } = begin(({ clock }, past) => {
      clock.advance(5 * minute);
      past.note(delivered(600));
    }, "24h");
    expect(charts.get("Delivered per minute, output soc")?.values.at(-1)).toBe("120");
  });

  it("are of the range that is chosen, which is marked, and of no other", () => {
    const { markup } = begin(() => {}, "7d");
    expect(markup).toContain("The last 7 days");
    expect(markup.match(/aria-current="true"/g)).toHaveLength(1);
    expect(markup).toContain('<a href="?range=7d" aria-current="true">7d</a>');
    expect(markup).toContain('<a href="?range=30d">30d</a>');
  });
});
