import { loadConfig } from "../../../src/config/load.ts";
import { startDaemon } from "../../../src/daemon/daemon.ts";
import { systemRandom } from "../../../src/random.ts";
import { systemClock } from "../../../src/time/clock.ts";

/**
 * The daemon with a clock that runs a hundred times as fast, and a wall clock that is ahead by what argv says,
 * in milliseconds: a process of its own for tests of what takes minutes. Without jitter. With each SIGUSR2 two
 * hours pass on the wall clock.
 */
const [, , path = "", aheadMs = "0"] = process.argv;
const speed = 100;
let ahead = Number(aheadMs);
process.on("SIGUSR2", () => {
  ahead += 2 * 3_600_000;
});

const clock = {
  now: () => systemClock.now() + ahead,
  monotonic: () => systemClock.monotonic() * speed,
  sleep: (ms: number, stop?: AbortSignal) => systemClock.sleep(ms / speed, stop),
};
const config = loadConfig(path, { environment: process.env as Record<string, string> });
const daemon = await startDaemon(config, {
  clock,
  agent: { name: "test", version: "1" },
  environment: {},
  random: { ...systemRandom, number: () => 0 },
  writeLog: (line) => process.stdout.write(line),
  logStyle: { level: config.log.level, format: "json", colors: false },
  stdout: process.stdout,
  pid: process.pid,
});
process.on("SIGTERM", () => void daemon.stop("SIGTERM"));
await daemon.ended;
process.exit(0);
