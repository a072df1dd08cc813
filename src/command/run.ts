import type { Command, RunOptions } from "./command.ts";
import { firstReading } from "./first-reading.ts";
import { runOnce } from "./run-once.ts";
import { Service } from "./service.ts";

/** The daemon. With `once` it reads every source to now, delivers everything and ends. */
export const run: Command<RunOptions> = (options, terminal) =>
  options.once ? runOnce(options, terminal) : serve(options, terminal);

async function serve(options: RunOptions, terminal: Parameters<typeof run>[1]) {
  const reading = await firstReading(options.config, terminal);
  return new Service(options, terminal, reading).run();
}
