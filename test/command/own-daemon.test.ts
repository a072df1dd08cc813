import { afterEach, beforeEach, expect, it } from "vitest";
import { ownDaemon } from "../../src/command/own-daemon.ts";
import { NoStateAccess } from "../../src/command/state-access.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import { CommandPlace } from "./command-place.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
});
afterEach(() => place.remove());

const start = () => ownDaemon(place.config, fakeTerminal({ environment: { KEY: "key" } }), { once: true });

it("is there until its command ends it, and then has nothing more to say", async () => {
  const own = await start();
  await own.alive("ended early");
  expect(await own.end("done")).toBe(0);
  await expect(own.alive("ended early")).rejects.toThrow(NoStateAccess);
});

it("is the only one of its state", async () => {
  const own = await start();
  await expect(start()).rejects.toThrow(SpoolError);
  await own.end("done");
});
