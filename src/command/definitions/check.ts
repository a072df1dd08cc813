import { type Command as Commander, Option } from "commander";
import { testAction } from "../../event/own-actions.ts";
import { durationArgument, valueOption, withConfig } from "../arguments.ts";
import type { CheckOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

type Asked = Given<CheckOptions> & {
  readonly timeout: number;
  readonly sendTestEvent?: boolean;
  readonly proveLock?: boolean;
};

/** `check` as the command line and its help know it. */
export function defineCheck(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("check"))
    .summary("try the configuration, every source and every output")
    .description(
      "Checks the configuration and this machine, then really asks every source and tries every output, all at the same time. Prints a line for each thing it finds and, for a problem, what to do. Changes nothing, and leaves an event in a SIEM only with --send-test-event, and a file in an archive only with --prove-lock; a running daemon is not disturbed.",
    )
    .option("--offline", "look at the configuration and this machine only")
    .addOption(
      new Option(
        "--send-test-event",
        `send one event through every output, marked as a test: its action is ${testAction}, its uid begins with test-`,
      ).conflicts("offline"),
    )
    .addOption(
      new Option(
        "--prove-lock",
        "store a probe, locked for a minute, in every archive with retain, and try to remove it; the probe stays",
      ).conflicts(["offline", "sendTestEvent"]),
    )
    .option("--json", "print one JSON document, for programs")
    .addOption(
      valueOption(
        "--timeout <duration>",
        "how long each source and output gets, and the test event again",
        durationArgument,
        20_000,
        "20s",
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder check -c config.yaml
  wandb-audit-forwarder check --offline             before a restart, in a deployment pipeline
  wandb-audit-forwarder check --send-test-event     proves index, token and format; the event stays in the SIEM
  wandb-audit-forwarder check --json | jq '.findings[] | select(.level == "problem")'

Exit code: 0 when there is no problem (warnings may be), 1 when there is one, 2 when the configuration cannot be used.`,
    )
    .action(({ offline, json, sendTestEvent, proveLock, timeout, config }: Asked) =>
      start<CheckOptions>(async () => (await import("../check.ts")).check, {
        config: places.config(config),
        offline: offline === true,
        json: json === true,
        testEvent: sendTestEvent === true,
        proveLock: proveLock === true,
        timeoutMs: timeout,
      }),
    );
}
