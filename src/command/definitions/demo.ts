import type { Command as Commander } from "commander";
import { durationArgument, portNumber, valueOption, wholeNumber } from "../arguments.ts";
import type { DemoOptions } from "../command.ts";
import type { StartCommand } from "./definition.ts";

/** `demo` as the command line and its help know it. */
export function defineDemo(program: Commander, start: StartCommand): void {
  program
    .command("demo")
    .summary("see everything work for a minute, nothing to configure")
    .description(
      "Starts the stand-ins of `simulate` and the real daemon between them in one terminal, and shows records arriving, what each output got, the books, and where to look. Its state is a temporary folder, removed at the end. Ctrl-C drains and ends it.",
    )
    .addOption(
      valueOption(
        "--port <port>",
        "port of metrics, status and the status page; 0: a free one",
        portNumber,
        0,
      ),
    )
    .addOption(valueOption("--duration <duration>", "end after this time by itself", durationArgument))
    .addOption(valueOption("--rate <number>", "new records per minute", wholeNumber(1, 1_000_000), 120))
    .action(({ port, duration, rate }: Omit<DemoOptions, "durationMs"> & { duration?: number }) =>
      start<DemoOptions>(async () => (await import("../demo.ts")).demo, { port, durationMs: duration, rate }),
    );
}
