import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Forwarder, JobOptions } from "./compare.ts";
import { findProgram } from "./find-program.ts";

/** Reads a file, because it has no input that asks a server for a log; parses JSON; its own HEC output; buffer on disk. */
export const fluentBit: Forwarder = {
  name: "Fluent Bit",
  jobs() {
    const program = findProgram("fluent-bit");
    if (program === undefined) return [];
    return [
      {
        name: "Fluent Bit: file → HEC (JSON), buffer on disk",
        command(options) {
          const file = join(options.folder, "fluent-bit.yaml");
          writeFileSync(file, configuration(options));
          return { program, args: ["-q", "-c", file] };
        },
      },
    ];
  },
};

function configuration({ log, folder, httpPort }: JobOptions): string {
  return `service: { flush: 1, log_level: error, storage.path: ${folder}, storage.sync: full }
parsers:
  - { name: entry, format: json, time_key: timestamp, time_format: "%Y-%m-%dT%H:%M:%SZ", time_keep: on }
pipeline:
  inputs:
    - { name: tail, path: ${log}, read_from_head: on, parser: entry, storage.type: filesystem, db: ${folder}/tail.db }
  outputs:
    - { name: splunk, match: "*", host: 127.0.0.1, port: ${httpPort}, splunk_token: bench, event_sourcetype: "wandb:audit" }
`;
}
