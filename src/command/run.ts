import type { Command, RunOptions } from "./command.ts";
import { runOnce } from "./run-once.ts";
import { Service } from "./service.ts";

/** The daemon. With `once` it reads every source to now, delivers everything and ends. */
export const run: Command<RunOptions> = (options, terminal) =>
  options.once ? runOnce(options, terminal) : serve(options, terminal);

async function serve(options: RunOptions, terminal: Parameters<typeof run>[1]) {
  const service = await Service.of(options, terminal);
  return service.run();
}
