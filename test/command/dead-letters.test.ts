import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlPath } from "../../src/admin/ask.ts";
import { letterRoutes } from "../../src/admin/letters.ts";
import { isOwn } from "../../src/own/own-origin.ts";
import { spoolOfStore } from "../../src/spool/spool-of-store.ts";
import { all, keep, move, record, settled, today, uidOfText } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
});
afterEach(() => place.remove());

/** Three records given up for each of two outputs: `a` and `b` today, `c` the day before and for another reason. */
function filled() {
  const store = place.state.open({ outputs: ["siem", "lake"] });
  keep(store, "prod", [record("a"), record("b"), record("c", { day: today - 1 })]);
  const { counts, dead } = settled(store.read(0, all), () => "dead");
  const letters = dead.map((letter) =>
    letter.record.seq === 3 ? { ...letter, reason: "too_large", detail: "above\u001b[31m 8 kB" } : letter,
  );
  for (const output of ["siem", "lake"]) store.settle(output, move(3, counts, letters));
  return store;
}

const run = (...args: string[]) => place.run("dead-letters", ...args);

const whoHasIt = {
  async nobody() {
    filled();
    place.state.close();
    return { look: () => place.state.open({ outputs: undefined }), told: () => "" };
  },
  async "a daemon"() {
    const store = filled();
    let changes = 0;
    const { list, actions } = letterRoutes(spoolOfStore(store), () => changes++);
    await place.serve({ routes: { "/dead-letters": list }, actions });
    return { look: () => store, told: () => `${changes}` };
  },
};

describe.each(Object.entries(whoHasIt))("dead-letters, when %s has the state open", (_, given) => {
  it("says with --json too that it lists only the first, and lists all where that is wanted", async () => {
    await given();
    const documents = (text: string) => text.trim().split("\n").length;
    const first = await run("list", "--json", "--limit", "2");
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining("the first 2; --limit and --all") });
    expect(documents(first.out)).toBe(2);
    const every = await run("list", "--json", "--limit", "2", "--all");
    expect(every).toMatchObject({ code: 0, err: "" });
    expect(documents(every.out)).toBe(6);
  });

  it("lists them, all or those that fit, and nothing that could harm a terminal", async () => {
    await given();
    const everything = await run("list");
    expect(everything.out.split("\n").filter((line) => /\b(siem|lake)\b/.test(line))).toHaveLength(6);
    expect(everything.out).toContain("above\\u001b[31m 8 kB");
    // What an output gave up by itself no receiver has spoken of.
    expect(everything.out.split("\n")[0]).toMatch(/ the answer, or why it was not sent *$/);
    const some = await run("list", "--output", "lake", "--day", "2026-07-31");
    expect(some.out.split("\n").filter((line) => line.includes(uidOfText("c")))).toHaveLength(1);
    expect((await run("list", "--reason", "bad_event", "--limit", "3")).out).toContain("the first 3;");
    expect(await run("list", "--reason", "timeout")).toMatchObject({ code: 0, out: "no dead letters\n" });
    const json = await run("list", "--json", "--uid", uidOfText("a").toUpperCase());
    expect(
      json.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { output: "lake", uid: uidOfText("a"), day: "2026-08-01", reason: "bad_event", detail: "refused" },
      { output: "siem" },
    ]);
    expect(json.out).not.toContain("record");
  });

  it("shows one with why it was given up and the record itself, and exports all of it", async () => {
    await given();
    const one = await run("show", "--uid", uidOfText("c"), "--output", "siem");
    expect(one.out).toContain('record    {"name":"c"}');
    expect(one.out).toContain("reason    too_large");
    const exported = (await run("export", "--all")).out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(exported).toHaveLength(6);
    expect(Buffer.from(exported[0].record_base64, "base64").toString()).toBe('{"name":"a"}');
  });

  it("sends again what is asked for, under the same uids", async () => {
    const { look, told } = await given();
    expect(await run("retry", "--output", "siem", "--reason", "bad_event")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^2 dead letters: (on their way again|sent again by the next run)/),
    });
    const store = look();
    expect(store.side("siem", "retry", 0, all).map(({ record: { uid } }) => uid)).toEqual([
      uidOfText("a"),
      uidOfText("b"),
    ]);
    expect(store.deadLetters({}, 9)).toHaveLength(4);
    expect(["", "1"]).toContain(told());
  });

  it("drops what is asked for, and goes on counting it", async () => {
    const { look } = await given();
    expect(await run("drop", "--uid", uidOfText("a"))).toMatchObject({
      code: 0,
      out: "2 dead letters dropped for good, and counted as dropped\n",
    });
    expect(
      look()
        .outputs()
        .map(({ dead, dropped }) => [dead, dropped]),
    ).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  it("does nothing without a filter, and says when nothing fits", async () => {
    const { look } = await given();
    for (const action of ["retry", "drop", "show", "export"])
      expect(await run(action)).toMatchObject({ code: 2, err: expect.stringContaining("--all") });
    expect(await run("retry", "--uid", uidOfText("z"))).toMatchObject({
      code: 1,
      err: expect.stringContaining("no dead letter fits"),
    });
    // What runs every night is not told that there are none; a slip in a filter shows.
    expect(await run("export", "--output", "lak")).toMatchObject({
      ...{ code: 0, out: "", err: expect.stringContaining("no dead letter fits") },
    });
    expect((await run("drop", "--day", "2026-13-01")).code).toBe(2);
    expect((await run("drop", "--uid", "a")).code).toBe(2);
    expect((await run("drop", "--reason", "bad-event")).code).toBe(2);
    expect(look().deadLetters({}, 9)).toHaveLength(6);
  });

  it("exports an empty list without a word where all are wanted", async () => {
    await given();
    expect(await run("drop", "--all")).toMatchObject({ code: 0 });
    expect(await run("export", "--all")).toMatchObject({ code: 0, out: "", err: "" });
  });
});

it("pages through more than one answer holds", async () => {
  filled();
  const store = place.state.open({ outputs: ["siem", "lake"] });
  keep(
    store,
    "prod",
    Array.from({ length: 120 }, (_, n) => record(`more ${n}`)),
  );
  // Behind what is told of the first letters.
  const rest = store.read(3, all);
  const { counts, dead } = settled(rest, (each) => (isOwn(each) ? "filtered" : "dead"));
  store.settle("siem", move(rest.at(-1)?.seq ?? 0, counts, dead));
  place.state.close();
  expect((await run("export", "--output", "siem")).out.trim().split("\n")).toHaveLength(123);
  expect((await run("retry", "--all")).out).toMatch(/^126 dead letters/);
});

it("says that there is no state, and that a daemon does not know of dead letters", async () => {
  filled();
  place.state.close();
  writeFileSync(
    place.config,
    `${"state_dir: ./nowhere\nsources: [{ name: prod, type: wandb_api, url: 'https://wandb.example', api_key: key }]\n"}outputs: [{ name: siem, type: stdout }]\nadmin: { listen: "off" }\n`,
  );
  expect(await run("list")).toMatchObject({ code: 1, err: expect.stringContaining("has not run yet") });
  writeFileSync(place.config, readFileSync(place.config, "utf8").replace("./nowhere", place.state.path));
  await place.serve({});
  expect(controlPath(place.state.path)).toContain("control.sock");
  expect(await run("list")).toMatchObject({ code: 1, err: expect.stringContaining("answered 404") });
});
