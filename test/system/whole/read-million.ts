/** Reads one window from the URL given as argument and prints what it cost. Started as a process of its own, so that its memory is its own. */

import { wandbApiKind } from "../../../src/source/wandb-api/kind.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { recordsOf } from "../../fake/records-of.ts";

const config = wandbApiKind.schema.parse({
  name: "million",
  type: "wandb_api",
  url: process.argv[2],
  api_key: "k",
  start: "now",
});
const source = wandbApiKind.create(
  { ...config, start: { at: 0 } },
  {
    clock: { ...systemClock, now: () => 0 },
    agent: { name: "test", version: "1" },
    environment: {},
    random: () => 0.5,
  },
);
const began = performance.now();
let count = 0;
let largestPiece = 0;
const reading = source.read(undefined, new AbortController().signal);
let step = await reading.next();
while (step.done !== true) {
  count += step.value.length;
  largestPiece = Math.max(
    largestPiece,
    recordsOf(step.value).reduce((sum, { bytes }) => sum + bytes.length, 0),
  );
  step = await reading.next();
}
const seconds = (performance.now() - began) / 1000;
await source.close();
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const answer = {
  count,
  seconds,
  cpuMicrosPerEntry: (userCPUTime + systemCPUTime) / count,
  largestPiece,
  maxRssMiB: maxRSS / 1024,
};
process.stdout.write(JSON.stringify(answer));
