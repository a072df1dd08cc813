import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { page } from "../../src/admin/page/page.ts";
import { httpOutcome } from "../../src/output/http-outcome.ts";
import { grpcAnswer } from "../../src/output/otlp/grpc-answer.ts";
import { misdatedDay } from "../../src/spool/spool-state.ts";
import { type Condition, idleSince } from "../../src/status/condition.ts";
import { history } from "../../src/status/history.ts";
import { statusReport } from "../../src/status/status.ts";
import { withoutEvents } from "../../src/status/without-events.ts";
import { document as activityDocument } from "./activity-document.ts";
import { bookRow, fakeRuntimeView, historyOfReads } from "./fake-runtime-view.ts";

function failedExport(code: number, words: string) {
  const reply = { status: 200, headers: {}, code, words, details: undefined, message: Buffer.alloc(0) };
  return grpcAnswer(reply, 1, 0, []);
}

const read = {
  type: "poll_done",
  source: "prod",
  fetched: 1,
  new: 0,
  late: 0,
  unparseable: 0,
  seconds: 1,
  caughtUp: true,
} as const;

describe("status", () => {
  it("tells where every hop stands", () => {
    const { runtime, state, conditions, clock, spooled } = fakeRuntimeView();
    const past = history(runtime);
    past.note({ type: "source_notice", source: "prod", text: "dialect v4 found" });
    past.note({ ...read, clockSeconds: 300.4 });
    state.sources[0] = {
      ...state.sources[0],
      source: "prod",
      watermark: clock.now() - 90_000,
      gaps: [{ day: 20_660, reason: "forbidden" }],
    };
    state.outputs[0] = {
      output: "splunk",
      position: 7,
      delivered: 5,
      filtered: 1,
      dead: 1,
      dropped: 0,
      resent: 0,
      letters: { bytes: 0, maxBytes: 1_000 },
      backlog: { suspects: 0, events: 3, oldestObserved: clock.now() - 60_000 },
      abandoned: false,
    };
    conditions.splunk = {
      state: "held",
      since: clock.monotonic() - 1_000,
      failures: 4,
      reason: "unauthorized",
      detail: "Invalid token",
      fix: "give a valid token",
      nextTry: clock.now() + 5_000,
      stallsAt: 0,
    };
    const status = statusReport(runtime, spooled(), past);
    expect(status).toMatchObject({
      version: "1.2.3",
      now: "2026-08-01T12:00:00.000Z",
      uptime_seconds: 3_600,
      ready: false,
      not_ready: [{ hop: "output splunk", reason: "unauthorized", since: "2026-08-01T11:59:59.000Z" }],
      spool: { bytes: 1_000, max_bytes: 10_000, full: false },
      balanced: true,
    });
    expect(status.sources[0]).toMatchObject({
      name: "prod",
      state: "waiting",
      trouble: null,
      watermark: "2026-08-01T11:58:30.000Z",
      lag_seconds: 90,
      gaps: [{ day: "2026-07-26", reason: "forbidden" }],
      notices: ["dialect v4 found"],
      clock_difference_seconds: 300,
    });
    expect(status.outputs[0]).toMatchObject({
      name: "splunk",
      guarantee: "received",
      state: "held",
      trouble: {
        reason: "unauthorized",
        fix: "give a valid token",
        failures: 4,
        next_try: "2026-08-01T12:00:05.000Z",
      },
      position: 7,
      backlog_events: 3,
      lag_seconds: 60,
      dead: 1,
      insecure_tls: false,
    });
    expect(status.outputs[1]?.insecure_tls).toBe(true);
  });

  it("says what deliveries were really worth where the remote proves less than was asked for", () => {
    const { runtime, conditions, spooled } = fakeRuntimeView();
    conditions.splunk = { ...(conditions.splunk as Condition), worth: "sent" };
    const { outputs } = statusReport(runtime, spooled(), history(runtime));
    expect(outputs.map(({ guarantee }) => guarantee)).toEqual(["sent", "sent"]);
  });

  it("checks the equation of the books row by row", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.books = [bookRow(), bookRow({ day: 20_665, skipped: 2, lost: 1, pending: 0 })];
    expect(statusReport(runtime, spooled(), undefined)).toMatchObject({ balanced: true });
    state.books.push(bookRow({ output: "soc", pending: 2 }));
    const { balanced, books } = statusReport(runtime, spooled(), undefined);
    expect(balanced).toBe(false);
    expect(books.map(({ day, output, balanced }) => [day, output, balanced])).toEqual([
      ["2026-08-01", "soc", false],
      ["2026-08-01", "splunk", true],
      ["2026-07-31", "splunk", true],
    ]);
    state.books = [bookRow({ fetched: 251 })];
    expect(statusReport(runtime, spooled(), undefined).balanced).toBe(false);
  });

  it("shows the newest 31 days of the books, but judges all", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.books = Array.from({ length: 100 }, (_, age) => bookRow({ day: 20_666 - age }));
    state.books.push(bookRow({ day: 20_000, pending: 99 }));
    const { books, balanced } = statusReport(runtime, spooled(), undefined);
    expect(books).toHaveLength(31);
    expect(balanced).toBe(false);
  });

  it("shows what is misdated in one row behind the days, which it does not push out", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.books = Array.from({ length: 100 }, (_, age) => bookRow({ day: 20_666 - age }));
    state.books.push(bookRow({ day: misdatedDay, pending: 99 }));
    const { books, balanced } = statusReport(runtime, spooled(), undefined);
    expect(books.map(({ day }) => day).slice(-2)).toEqual(["2026-07-02", "misdated"]);
    expect(books).toHaveLength(32);
    expect(balanced).toBe(false);
  });

  it("shows an output that is no longer configured while the state knows it", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.outputs.push({
      output: "old",
      position: 1,
      delivered: 1,
      filtered: 0,
      dead: 0,
      dropped: 0,
      resent: 0,
      letters: { bytes: 0, maxBytes: 1_000 },
      backlog: { suspects: 0, events: 5 },
      abandoned: true,
    });
    expect(statusReport(runtime, spooled(), undefined).outputs.at(-1)).toMatchObject({
      name: "old",
      state: "abandoned",
      backlog_events: 5,
    });
  });

  it("survives times that no calendar has", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.sources = [{ source: "prod", newestEvent: 9e15, gaps: [] }];
    expect(statusReport(runtime, spooled(), undefined).sources[0]?.newest_event).toBe(null);
  });
});

describe("status page", () => {
  function rendered(change: (fake: ReturnType<typeof fakeRuntimeView>) => void = () => {}): string {
    const fake = fakeRuntimeView();
    change(fake);
    return page(statusReport(fake.runtime, fake.spooled(), historyOfReads(fake.runtime)), undefined, "n0nce");
  }

  it("lists the dead letters where a token is asked for, and only says how many there are elsewhere", () => {
    const fake = fakeRuntimeView();
    const [first] = fake.state.outputs;
    if (first !== undefined) fake.state.outputs = [{ ...first, dead: 2 }];
    const status = statusReport(fake.runtime, fake.spooled(), history(fake.runtime));
    const letter = {
      ...{ output: "splunk", seq: 1, uid: "0f".repeat(16), source: "prod", day: "2026-08-01" },
      ...{ reason: "bad_event", detail: "<b>no</b>", given_up: status.now, record_base64: "" },
    };
    const open = page(status, undefined, "n0nce");
    expect(open).toContain("2 given up");
    expect(open).not.toContain(letter.uid);
    const own = page(status, [letter], "n0nce");
    expect(own).toContain(letter.uid);
    expect(own).toContain("&lt;b&gt;no&lt;/b&gt;");
    expect(own).toContain("The first 1 of 2.");
  });

  it.each([
    ["timeout", httpOutcome(408, {}, "waited for alice@example.com", 0)],
    ["proxy", httpOutcome(511, {}, "waited for alice@example.com", 0)],
    ["timeout", failedExport(4, "waited for alice@example.com")],
  ])("tells nobody without a token what an answer says that means %s", (reason, outcome) => {
    const fake = fakeRuntimeView();
    expect(outcome).toMatchObject({ reason, detail: expect.stringContaining("alice") });
    const { detail } = outcome as { readonly detail: string };
    fake.conditions.splunk = { ...idleSince(0), state: "retrying", reason, detail };
    const open = withoutEvents(statusReport(fake.runtime, fake.spooled(), history(fake.runtime)));
    expect(JSON.stringify(open)).not.toContain("alice");
    expect(open.outputs[0]?.trouble).toMatchObject({ reason });
  });

  it("tells nobody without a token what a remote said of an event", () => {
    const fake = fakeRuntimeView();
    fake.conditions.splunk = {
      ...idleSince(0),
      state: "held",
      reason: "refuses_everything",
      detail: "11 events in a row were refused",
      quote: "cannot parse alice@example.com",
      fix: "check",
    };
    const status = statusReport(fake.runtime, fake.spooled(), history(fake.runtime));
    expect(page(status, [], "n0nce")).toContain("alice@example.com");
    const open = withoutEvents(status);
    expect(JSON.stringify(open)).not.toContain("alice");
    fake.conditions.splunk = {
      ...idleSince(0),
      state: "held",
      reason: "bad_event",
      detail: "cannot parse alice@example.com",
    };
    const spoken = withoutEvents(statusReport(fake.runtime, fake.spooled(), history(fake.runtime)));
    expect(spoken.outputs[0]?.trouble).toMatchObject({ reason: "bad_event" });
    expect(JSON.stringify(spoken)).not.toContain("alice");
    expect(page(spoken, undefined, "n0nce")).not.toContain("alice");
    expect(page(open, undefined, "n0nce")).not.toContain("alice");
    expect(open.outputs[0]?.trouble).toMatchObject({
      detail: "11 events in a row were refused",
      quote: null,
    });
  });

  it("counts a hop that fails among those that need attention, from its first failure on", () => {
    const failing = {
      ...idleSince(0),
      state: "retrying",
      reason: "connect",
      detail: "nobody listens",
    } as const;
    const mild = rendered(({ conditions, clock }) => {
      conditions.soc = { ...failing, since: clock.monotonic() };
    });
    expect(mild).toContain("<h1>One hop needs attention</h1>");
    expect(mild).toContain("output soc: tried again by itself");
    expect(mild).toContain("<title>1 failing · ");
    expect(mild).toMatch(/Need attention<\/dt><dd[^>]*>1 <small>of 5/);
    const bad = rendered(({ conditions, clock }) => {
      conditions.soc = { ...failing, since: clock.monotonic() };
      conditions.splunk = { ...failing, state: "held", since: clock.monotonic() };
    });
    expect(bad).toContain("<h1>2 hops need attention</h1>");
    expect(bad).toContain("output splunk, output soc. What was read is kept until it is delivered.");
  });

  it("counts a record that several outputs wait for once", () => {
    const text = rendered(({ state }) => {
      state.waiting = 7;
      state.outputs = state.outputs.map((output) => ({ ...output, backlog: { suspects: 0, events: 7 } }));
    });
    expect(text).toContain("<dt>Waiting for delivery</dt><dd>7 <small>records</small></dd>");
  });

  it("says what a delivery is worth in the words of README", () => {
    const text = rendered();
    expect(text).toContain("<dt>Delivered</dt><dd>94, received</dd>");
    expect(text).toContain("<dt>Delivered</dt><dd>94, sent</dd>");
    expect(text).toContain("<em>Received</em>: taken by the remote.");
  });

  it("shows the state of each day beside its balance, which stands first", () => {
    const fake = fakeRuntimeView();
    fake.state.books = [bookRow(), bookRow({ source: "archive" })];
    const report = statusReport(fake.runtime, fake.spooled(), history(fake.runtime));
    const day = { day: "2026-08-01", state: "settling" as const, closings: 0 };
    const unknown = { closed_at: null, records: null, digest: null };
    const days = { closed: 3, settling: 1, newest: [{ ...day, ...unknown }] };
    const sources = report.sources.map((source) => (source.name === "prod" ? { ...source, days } : source));
    const text = page({ ...report, sources }, undefined, "n0nce");
    expect(text).toContain(
      '<th scope="row">2026-08-01</th><td class="good-text">✓ yes</td><td class="quiet">settling</td><td>prod</td>',
    );
    expect(text).toContain('<td class="quiet">–</td><td>archive</td>');
    expect(text).toContain("Source prod: 3 days are closed; 1 day settling.");
  });

  it("leads to the last events and to who was active only where these may be shown", () => {
    const fake = fakeRuntimeView();
    const report = statusReport(fake.runtime, fake.spooled(), history(fake.runtime));
    const open = page(report, undefined, "n0nce");
    expect(open).not.toContain("tap?output");
    expect(open).not.toContain('id="active"');
    const own = page(report, [], "n0nce", activityDocument);
    expect(own).toContain('<a href="tap?output=splunk">Last events');
    expect(own).toContain("a@example.com");
  });

  it("says in plain words what is stuck and how to repair it", () => {
    const text = rendered(({ conditions, clock }) => {
      conditions.splunk = {
        state: "held",
        since: clock.monotonic(),
        failures: 2,
        reason: "unauthorized",
        detail: "Invalid token",
        fix: "give a valid token",
        stallsAt: 0,
      };
    });
    expect(text).toContain("One hop needs attention");
    expect(text).toContain("Held: needs a person");
    expect(text).toContain("<strong>Fix:</strong> give a valid token");
    expect(rendered()).toContain("All is well");
  });

  it("says that it starts until all were read and what waits goes out, and never that all is well before", () => {
    const fake = fakeRuntimeView();
    const past = history(fake.runtime);
    const shown = () => page(statusReport(fake.runtime, fake.spooled(), past), undefined, "n0nce");
    const nothing = { fetched: 0, new: 0, late: 0, unparseable: 0, seconds: 0, caughtUp: true };
    past.note({ type: "poll_done", source: "prod", ...nothing });
    const waiting = { suspects: 0, events: 7, oldestObserved: fake.clock.now() - 3_700_000 };
    fake.state.outputs = fake.state.outputs.map((output) =>
      output.output === "soc" ? { ...output, backlog: waiting } : output,
    );
    expect(shown()).toContain("<h1>Starting</h1>");
    expect(shown()).toContain("since the start yet: source archive, output soc.");
    expect(shown()).toContain("<title>Starting · ");
    past.note({
      ...{ type: "delivered", output: "soc", events: 1, bytes: 1, seconds: 1 },
      ages: new Float64Array(1),
    });
    expect(shown()).toContain("since the start yet: source archive.");
    past.note({ type: "poll_done", source: "archive", ...nothing });
    expect(shown()).toContain("<h1>All is well</h1>");
  });

  it("starts, too, where nothing was ever read, and calls for somebody when that lasts", () => {
    const fake = fakeRuntimeView();
    const shown = () =>
      page(statusReport(fake.runtime, fake.spooled(), history(fake.runtime)), undefined, "");
    const { sources } = fake.state;
    fake.state.sources = sources.map((source) => ({ ...source, lastSuccess: undefined }) as never);
    expect(shown()).toContain("<h1>Starting</h1>");
    fake.state.sources = sources.map((source) => ({ ...source, lastSuccess: 0 }));
    expect(shown()).toContain("<h1>2 hops need attention</h1>");
  });

  it("is amber with dead letters, says what is not complete, and that the books balance all the same", () => {
    const text = rendered(({ state }) => {
      state.outputs = state.outputs.map((output) =>
        output.output === "soc" ? { ...output, dead: 7 } : output,
      );
      state.books = [bookRow()];
    });
    expect(text).toContain('<section id="headline" class="headline warn"');
    expect(text).toContain("output soc: complete: no, 7 events given up");
    expect(text).toContain('<article class="card warn" aria-label="Output soc">');
    expect(text).toContain('<article class="card good" aria-label="Output splunk">');
    expect(text).toContain("no, 7 dead");
    expect(text).toContain("✓ yes");
  });

  it("escapes whatever comes from outside", () => {
    const evil = `"><script>alert(1)</script><img src=x onerror='x'>\u202e`;
    const text = rendered(({ conditions, clock, state }) => {
      conditions.soc = {
        state: "held",
        since: clock.monotonic(),
        failures: 1,
        reason: evil,
        detail: evil,
        fix: evil,
        stallsAt: 0,
      };
      state.sources = [{ source: "prod", gaps: [{ day: 1, reason: evil }] }];
      state.books = [bookRow({ source: evil, output: evil })];
      state.damage = [{ firstSeq: 1, count: 1, source: evil, at: 1, reason: evil }];
    });
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toContain("<img");
    expect(text).not.toContain("\u202e");
  });

  it("says that an older state was put here", () => {
    const text = rendered(({ state }) => {
      state.replaced = [{ found: "older", at: 1, from: null, seenAt: null }];
    });
    expect(text).toMatch(/<details id="replaced">.*older at 1970-01-01T00:00:00.001Z/s);
    expect(rendered()).not.toContain('id="replaced"');
  });

  it("loads nothing from elsewhere, and every style and script carries the nonce", () => {
    const text = rendered();
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/\sstyle="|\son[a-z]+="|url\(|@import/);
    expect(text.match(/<(?:style|script)[^>]*>/g)).toEqual([
      '<style nonce="n0nce">',
      '<script nonce="n0nce">',
    ]);
  });

  it("carries a script that is one", () => {
    const [, text] = /<script[^>]*>(.*)<\/script>/s.exec(rendered()) ?? [];
    expect(() => new Script(text ?? "(")).not.toThrow();
  });

  it("can be read without seeing it: one h1, a label for every chart, headers for every column", () => {
    const text = rendered(({ state }) => {
      state.books = [bookRow()];
    });
    expect(text.match(/<h1/g)).toHaveLength(1);
    expect(text).toContain('<html lang="en">');
    const charts = text.match(/<svg viewBox="0 0 320/g) ?? [];
    expect(charts).toHaveLength(8);
    expect(text.match(/role="img" aria-label="[^"]+"/g)).toHaveLength(charts.length);
    expect(text.match(/<th scope="col"/g)?.length).toBeGreaterThan(10);
  });
});
