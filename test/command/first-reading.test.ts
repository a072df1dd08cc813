import { expect, it, onTestFinished } from "vitest";
import { firstReading } from "../../src/command/first-reading.ts";
import { loadNamed } from "../../src/config/load-named.ts";
import { workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";

function configuration(outputs = "[{ name: console, type: stdout }]"): string {
  const place = workplace(
    (stateDir) => `
state_dir: ${stateDir}
sources: [{ name: prod, type: file, path: ${stateDir}.ndjson, instance: a.example }]
outputs: ${outputs}
`,
  );
  onTestFinished(place.remove);
  return place.config;
}

it("reads the configuration, and knows what it was made of", async () => {
  const path = configuration();
  const { config, files, asked } = await firstReading(path, fakeTerminal());
  expect(config.outputs.map(({ type }) => type)).toEqual(["stdout"]);
  expect(asked).toBe(false);
  expect(files.changed()).toBe(false);
});

it("notes that somebody asked to read it again meanwhile, and listens no longer than it reads", async () => {
  const path = configuration();
  const terminal = fakeTerminal();
  const reading = firstReading(path, terminal, (...args) => {
    terminal.send("SIGHUP");
    return loadNamed(...args);
  });
  expect((await reading).asked).toBe(true);
  const again = firstReading(path, terminal);
  const read = await again;
  terminal.send("SIGHUP");
  expect(read.asked).toBe(false);
});

it("rejects what cannot be used", async () => {
  const terminal = fakeTerminal();
  await expect(firstReading(configuration("[{ name: a, type: splunk }]"), terminal)).rejects.toThrow(
    /splunk_hec/,
  );
});
