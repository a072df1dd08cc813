import { Writable } from "node:stream";
import { afterEach, expect, it } from "vitest";
import { firstReading } from "../../src/command/first-reading.ts";
import { Service } from "../../src/command/service.ts";
import { loadNamed } from "../../src/config/load-named.ts";
import { systemClock } from "../../src/time/clock.ts";
import { eventually, workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { patient } from "./patient-clock.ts";

// A configuration that names a kind for the first time is read in more than one turn: whatever may come meanwhile.

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/**
 * A service that reads its configuration as `load` does. `starts` is called when a daemon is to start, `tells`
 * with the type of each line as it is told.
 */
async function started(load: typeof loadNamed, starts = () => {}, tells = (_type: string) => {}) {
  const yaml = (names: readonly string[]) => (stateDir: string) =>
    `
state_dir: ${stateDir}
sources: [{ name: prod, type: file, path: ${stateDir}.ndjson, instance: a.example }]
outputs: [${names.map((name) => `{ name: ${name}, type: syslog, address: "tcp://127.0.0.1:9", timeout: 1s }`).join(", ")}]
admin: { listen: "127.0.0.1:0" }
shutdown_timeout: 1s
`;
  const place = workplace(yaml(["first"]));
  const lines: Record<string, unknown>[] = [];
  const stdout = new Writable({
    write(piece: Buffer, _, done) {
      for (const text of piece.toString().split("\n").filter(Boolean)) {
        const line = JSON.parse(text);
        lines.push(line);
        tells(line.type);
      }
      done();
    },
  });
  const terminal = fakeTerminal({ clock: patient, stdout, useScrub: starts });
  const options = { config: place.config, acceptStateLoss: false };
  const reading = firstReading(place.config, terminal, load);
  const ended = reading.then((read) => new Service(options, terminal, read).run());
  closing.push(place.remove, () => {
    terminal.send("SIGTERM");
    return ended;
  });
  return {
    terminal,
    write: (...names: string[]) => place.write(yaml(names)(place.stateDir)),
    has: (type: string, outputs?: string[]) =>
      eventually(`${type} ${outputs ?? ""}`, () =>
        lines.some(
          (line) =>
            line.type === type &&
            (outputs === undefined || JSON.stringify(line.outputs) === JSON.stringify(outputs)),
        ),
      ),
    lines,
  };
}

/** What waits until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { waits: promise, open: resolve };
}

it("takes over a configuration whose reading ends between two daemons", { timeout: 20_000 }, async () => {
  const { waits, open } = gate();
  let readings = 0;
  const slow: typeof loadNamed = async (...args) => {
    readings += 1;
    const isLast = readings === 3;
    const read = await loadNamed(...args);
    if (isLast) await waits;
    return read;
  };
  let starts = 0;
  const begins = () => {
    starts += 1;
    // The daemon before is gone, and the next one is not there yet.
    if (starts === 2) open();
  };
  const tells = (type: string) => {
    if (type !== "stopping" || starts > 1) return;
    service.write("first", "second", "third");
    service.terminal.send("SIGHUP");
  };
  const service = await started(slow, begins, tells);
  await service.has("started", ["first"]);
  service.write("first", "second");
  service.terminal.send("SIGHUP");
  await service.has("started", ["first", "second", "third"]);
  expect(readings).toBe(3);
});

it("reads again what somebody asked for while it read for the first time", async () => {
  const { waits, open } = gate();
  const slow: typeof loadNamed = async (...args) => {
    const read = await loadNamed(...args);
    await waits;
    return read;
  };
  const service = await started(slow);
  // It has read the file, and loads what that names.
  await systemClock.sleep(50);
  service.write("first", "second");
  service.terminal.send("SIGHUP");
  open();
  await service.has("started", ["first", "second"]);
});

it.each([
  ["a part that is cut", new SyntaxError("Unexpected end of input"), "this is a bug"],
  ["what Node refuses", Object.assign(new TypeError("a wrong call"), { code: "ERR_X" }), "this is a bug"],
  ["what the system refuses", Object.assign(new Error("EBUSY: busy"), { code: "EBUSY" }), "see "],
  [
    "what a limit refuses",
    Object.assign(new Error("EMFILE: too many"), { code: "EMFILE" }),
    "raise the limit of open files",
  ],
])("keeps the configuration in use, and says so, where another fails with %s", async (_, error, fix) => {
  let broken = false;
  const failing: typeof loadNamed = async (...args) => {
    if (broken) throw error;
    return loadNamed(...args);
  };
  const service = await started(failing);
  await service.has("started");
  broken = true;
  service.terminal.send("SIGHUP");
  await service.has("config_rejected");
  const told = service.lines.find(({ type }) => type === "config_rejected");
  expect(told?.msg).toContain(`the old one stays: ${error.message}. Fix: ${fix}`);
  broken = false;
  service.write("first", "second");
  service.terminal.send("SIGHUP");
  await service.has("started", ["first", "second"]);
});
