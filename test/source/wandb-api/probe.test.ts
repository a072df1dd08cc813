import { afterEach, describe, expect, test } from "vitest";
import type { WandbBehaviour } from "../../../src/simulate/wandb-behaviour.ts";
import { history, line, type Rehearsal, rehearse, today } from "./reading.ts";

let rehearsal: Rehearsal | undefined;
afterEach(() => rehearsal?.close());

async function begin(behaviour: Partial<WandbBehaviour>, lines: readonly string[]): Promise<Rehearsal> {
  rehearsal = await rehearse();
  rehearsal.server.behave(behaviour);
  rehearsal.server.log.append(...lines);
  return rehearsal;
}

describe("the probe of wandb_api", () => {
  test("says what it found", async () => {
    const { source } = await begin({ dialect: "v5-multi-tenant" }, history(today - 1));
    const findings = await source().probe(AbortSignal.timeout(5000));
    expect(new Set(findings.map(({ level }) => level))).toEqual(new Set(["ok"]));
    expect(findings.map(({ text }) => text).join("\n")).toMatch(
      /may read .*\n.*Multi-tenant Cloud.*envelope\nanswers for single days.*\n.*clock.*\n10 entries since yesterday, the newest \d+ min old\n.*never logs .*report:read.*\nthe key belongs to audit-reader\nhow far back: there are none of 2026-08-13$/,
    );
  });

  test("says how far back the server answers, and leaves the question where it may not say", async () => {
    const { source, server } = await begin({}, [
      ...history(today - 1),
      line(today - 7, 1),
      line(today - 30, 1),
    ]);
    const texts = async () => (await source().probe(AbortSignal.timeout(5000))).map((found) => found.text);
    expect(await texts()).toContain(
      "how far back: there are entries of 2026-07-21, and there are none of 2026-05-22",
    );
    server.behave({ ignoreStartDate: true });
    expect((await texts()).join()).not.toContain("how far back");
  });

  test("says whose key it is, also where that is why it is refused", async () => {
    const { source, server } = await begin({ viewer: { username: "robin", admin: false } }, history(today));
    const found = async () => await source().probe(AbortSignal.timeout(5000));
    expect(await found()).toMatchObject([
      { level: "problem", text: expect.stringContaining("forbidden") },
      { level: "ok", text: "the key belongs to robin, no instance admin" },
    ]);
    server.behave({ viewer: { username: "robin", admin: true } });
    expect(await found()).toContainEqual({
      level: "ok",
      text: "the key belongs to robin, an instance admin",
    });
    server.behave({ viewer: undefined });
    expect((await found()).map(({ text }) => text).join()).not.toContain("belongs to");
  });

  test("passes an access proxy with the headers that it wants", async () => {
    const accessHeader = { name: "cf-access-client-secret", value: "s3cret-of-the-proxy" };
    const { source } = await begin({ accessHeader }, history(today - 1));
    const probed = (changes: Record<string, unknown>) => source(changes).probe(AbortSignal.timeout(5000));
    expect(await probed({})).toMatchObject([{ level: "problem" }, { level: "ok" }]);
    const through = await probed({ headers: { "CF-Access-Client-Secret": accessHeader.value } });
    expect(new Set(through.map(({ level }) => level))).toEqual(new Set(["ok"]));
    expect(JSON.stringify(through)).not.toContain(accessHeader.value);
  });

  test.each([
    [{ ignoreStartDate: true }, "startDate is ignored"],
    [{ dialect: "v1" }, "startDate is ignored"],
    [{ dialect: "v5", strict: true }, "startDate is refused"],
  ] as const)("says what it would learn of a server that is %j", async (behaviour, text) => {
    const { source, server } = await begin({}, history(today));
    server.behave(behaviour);
    const findings = await source().probe(AbortSignal.timeout(5000));
    expect(findings.map(({ text }) => text).join("\n")).toContain(text);
  });

  test.each([
    [undefined, "answers for hours of a day (startDate and endDate)"],
    ["hours_refused", "does not answer for hours of a day (they are refused)"],
    ["hours_claimed", "records of other times): every poll reads everything"],
    ["hours_failing", "does not answer for hours of a day (server_error)"],
  ] as const)("says whether hours are understood, on a server with %s", async (hours, text) => {
    const { source, server } = await begin({ hours }, history(today - 1, 10));
    const texts = async () => (await source().probe(AbortSignal.timeout(5000))).map((found) => found.text);
    expect((await texts()).join("\n")).toContain(text);
    server.behave({ dialect: "v4", hours: undefined });
    expect((await texts()).join("\n")).not.toContain("hours of a day");
  });

  test.each([
    [3 * 3_600_000, "3 h ahead of"],
    [-40 * 86_400_000, "40 d behind"],
  ])("warns of a clock that is far off (%d ms)", async (skewMs, text) => {
    const { source, server } = await begin({}, history(today - 1));
    server.behave({ skewMs });
    const findings = await source().probe(AbortSignal.timeout(5000));
    expect(findings).toContainEqual(
      expect.objectContaining({ level: "warning", text: expect.stringContaining(text) }),
    );
  });

  test("names the problem and the fix, without the key", async () => {
    const { source, server } = await begin({ apiKey: "another" }, []);
    const findings = await source().probe(AbortSignal.timeout(5000));
    expect(findings).toMatchObject([
      { level: "problem", text: expect.stringContaining("forbidden"), fix: expect.stringContaining("admin") },
    ]);
    server.behave({ apiKey: undefined, fault: "hang" });
    expect(await source().probe(AbortSignal.timeout(50))).toMatchObject([{ level: "problem" }]);
  });
});
