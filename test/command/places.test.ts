import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { placeActions } from "../../src/admin/places.ts";
import { drain, keep, record } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
});
afterEach(() => place.remove());

/** An output and a source that a person is asked about. */
function asked() {
  const open = (destination: string, instance: string) =>
    place.state.open({
      places: new Map([["siem", [destination]]]),
      sources: ["prod"],
      origins: new Map([["prod", { instance, baseUrl: "https://wandb.example" }]]),
    });
  const before = open("one", "wandb.example");
  keep(before, "prod", [record("a")]);
  drain(before, "siem");
  return open("two", "other.example");
}

const run = (...args: string[]) => place.run(...args);

const whoHasIt = {
  nobody: async () => {
    asked();
    place.state.close();
    return () => place.state.open({ outputs: undefined });
  },
  "a daemon": async () => {
    const store = asked();
    const actions = placeActions({
      answerPlace: async (output, answer) => store.answerPlace(output, answer),
      startOver: async (source) => store.startOver(source),
    });
    await place.serve({ actions });
    return () => store;
  },
};

describe.each(Object.entries(whoHasIt))("outputs and sources, when %s has the state open", (_, given) => {
  it("answer what was asked, once", async () => {
    const look = await given();
    expect(await run("outputs", "siem", "start_over")).toMatchObject({
      code: 0,
      out: expect.stringContaining("output siem: starts over"),
    });
    expect(await run("sources", "prod", "start_over")).toMatchObject({
      code: 0,
      out: expect.stringContaining("the books of this name count both instances together"),
    });
    expect(await run("outputs", "siem", "adopt")).toMatchObject({
      code: 1,
      err: expect.stringContaining("nothing was asked about output siem"),
    });
    expect(await run("sources", "prod", "start_over")).toMatchObject({ code: 1 });
    expect(look().standing("siem")).not.toHaveProperty("moved");
    expect(look().backlog("siem").events).toBe(1);
    expect(look().instanceChange("prod")).toBeUndefined();
  });

  it("take only what they know", async () => {
    await given();
    expect((await run("outputs", "siem", "perhaps")).code).toBe(2);
    expect((await run("sources", "prod", "adopt")).code).toBe(2);
    expect(await run("outputs", "nobody", "adopt")).toMatchObject({ code: 1 });
  });
});
