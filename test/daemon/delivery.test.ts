import { once } from "node:events";
import { expect, it } from "vitest";
import { type Delivery, together } from "../../src/daemon/delivery.ts";
import { Stopping } from "../../src/daemon/stopping.ts";
import { systemClock } from "../../src/time/clock.ts";

function part(name: string, heard: string[], fails = false): Delivery {
  const hear = async (what: string) => void heard.push(`${name} ${what}`);
  return {
    async run() {
      await hear("run");
      if (fails) throw new Error(name);
    },
    tryNow: () => void hear("tryNow"),
    flush: () => void hear("flush"),
    retryNow: () => void hear("retryNow"),
    lookAtFiles: (asked) => hear(`look ${asked}`),
    glanceAtFiles: () => void hear("glance"),
    hanging: () => [name],
    close: () => hear("close"),
  };
}

it("several deliveries are one: all of them do what it is told, and it fails as one of them does", async () => {
  const heard: string[] = [];
  const both = together([part("here", heard), part("there", heard, true)], systemClock);
  await expect(both.run(new Stopping(systemClock, 1000))).rejects.toThrow("there");
  both.tryNow();
  both.flush();
  both.retryNow();
  await both.lookAtFiles(true);
  both.glanceAtFiles();
  expect(both.hanging()).toEqual(["here", "there"]);
  await both.close();
  const each = ["run", "tryNow", "flush", "retryNow", "look true", "glance", "close"];
  expect(heard).toEqual(each.flatMap((what) => [`here ${what}`, `there ${what}`]));
});

it("where one fails the others are told to end, and are waited for", async () => {
  const heard: string[] = [];
  const delivering: Delivery = {
    ...part("here", heard),
    async run({ drain, halt, deadline }) {
      const phases = [drain, halt, deadline].map((phase) => once(phase, "abort"));
      await Promise.all(phases);
      await new Promise(setImmediate);
      heard.push("here is settled");
    },
  };
  const both = together([delivering, part("there", heard, true)], systemClock);
  await expect(both.run(new Stopping(systemClock, 1000))).rejects.toThrow("there");
  expect(heard).toEqual(["there run", "here is settled"]);
});
