import { type Command as Commander, Option } from "commander";
import { deployments } from "../../init/deployments.ts";
import type { Answers } from "../../init/question.ts";
import { siems } from "../../init/siems.ts";
import { durationArgument, valueOption, withConfig } from "../arguments.ts";
import type { InitOptions } from "../init.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

type Asked = Readonly<Record<string, string | undefined>> & {
  readonly check: boolean;
  readonly timeout: number;
};

/** What options answer, in the order of the help. */
const answers: readonly (readonly [name: string, value: string, about: string])[] = [
  ["deployment", "kind", "which W&B, or where its log is stored"],
  ["wandb-url", "url", "base URL of the server or instance (self-managed, dedicated)"],
  ["organization", "name", "the organization on wandb.ai (multi-tenant)"],
  ["bucket", "url", "bucket and prefix that W&B writes its log to (bucket-…)"],
  ["instance", "host", "the W&B server whose log that is (bucket-…, file, archive)"],
  ["region", "name", "region of the bucket (bucket-s3)"],
  ["endpoint", "url", "address of a store that speaks like S3 (bucket-s3; default: aws, Amazon's own)"],
  [
    "bucket-access",
    "what",
    "access key id (bucket-s3), key (bucket-gs), account_key or sas_token (bucket-az); default: role, that of the machine or pod",
  ],
  ["log-path", "path", "file or pattern (file), directory (archive)"],
  [
    "wandb-ca",
    "file",
    "PEM file of the authority that signed W&B's certificate, where it is not a public one",
  ],
  ["siem", "name", "where the log goes"],
  ["siem-address", "address", "URL, host and port, brokers, file or directory of the SIEM"],
  ["index", "name", "index (splunk; default: wandb_audit)"],
  ["topic", "name", "topic (kafka; default: wandb-audit)"],
  ["user", "name", "user (kafka, opensearch; default: wandb-audit)"],
  ["forwarder", "id", "id of the forwarder there (secops)"],
  ["siem-ca", "file", "PEM file of the authority that signed the SIEM's certificate"],
];

/** `init` as the command line and its help know it. */
export function defineInit(program: Commander, start: StartCommand, places: CommandPlaces): void {
  const command = withConfig(program.command("init"))
    .summary("write a configuration and its credential files, and try them")
    .description(
      "Asks where the log is read and where it goes, writes the configuration (0600, or 0640 for the group of the service) and a file for each secret (0600, in a folder credentials beside it), and runs check. What an option answers is not asked; without a terminal the options have to answer everything. Nothing is overwritten: a secret whose file is there is kept, a configuration that is there ends it, as does a folder that others may write.",
    );
  const choices: Readonly<Record<string, readonly { readonly name: string }[]>> = {
    deployment: deployments,
    siem: siems,
  };
  for (const [name, value, about] of answers) {
    const option = new Option(`--${name} <${value}>`, about);
    const named = choices[name]?.map((choice) => choice.name);
    command.addOption(named === undefined ? option : option.choices(named));
  }
  command
    .option(
      "--wandb-secret-file <file>",
      "file with the API key of W&B, or the secret of the bucket; no option takes a secret itself",
    )
    .option("--siem-secret-file <file>", "file with the token, key or password of the SIEM")
    .option("--no-check", "write the files, and try nothing")
    .addOption(
      valueOption(
        "--timeout <duration>",
        "how long each source and output gets when it is tried",
        durationArgument,
        20_000,
        "20s",
      ),
    )
    .addHelpText(
      "after",
      `
Under /etc/wandb-audit-forwarder (without -c, as root) it writes what the systemd service wants: references to systemd's credentials, and
a drop-in (init.conf) that hands over all but W&B's, and lets the outputs file and archive write their folder. Elsewhere everything is in the folder of the configuration, the state too.

Examples:
  sudo wandb-audit-forwarder init                          for the service: it asks, and tries
  wandb-audit-forwarder init -c ./try/config.yaml          for a try as yourself
  wandb-audit-forwarder init --deployment dedicated --wandb-url https://acme.wandb.io --wandb-secret-file key \\
    --siem splunk --siem-address https://splunk.example:8088 --siem-secret-file token
  wandb-audit-forwarder init -c ./try/config.yaml --deployment file --log-path "$PWD/audit.ndjson" --instance acme.wandb.io --siem stdout

Exit code: that of check; 2 when an answer is missing or wrong, 74 when the files cannot be written.`,
    )
    .action(({ config, wandbSecretFile: wandb, siemSecretFile: siem, check, timeout, ...given }: Asked) =>
      start<InitOptions>(async () => (await import("../init.ts")).init, {
        config: places.config(config),
        given: namedAsQuestions(given),
        secretFiles: { wandb, siem },
        noCheck: !check,
        timeoutMs: timeout,
      }),
    );
}

/** `wandbUrl` of the command line's library is `wandb-url` again. */
function namedAsQuestions(given: Readonly<Record<string, unknown>>): Answers {
  return Object.fromEntries(
    answers.flatMap(([name]) => {
      const value = given[name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
      return typeof value === "string" ? [[name, value.trim()]] : [];
    }),
  );
}
