import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Forwarder, Job, JobOptions } from "./compare.ts";
import { findProgram } from "./find-program.ts";

/** Reads a file, parses JSON, writes CEF by a template. Its output for HEC (omhttp) is in no package of Debian. */
export const rsyslog: Forwarder = {
  name: "rsyslog",
  jobs() {
    const program = findProgram("rsyslogd");
    if (program === undefined) return [];
    return [
      job(program, "rsyslog: file → syslog TCP (cef), queue in memory", 'queue.type="LinkedList"'),
      job(
        program,
        "rsyslog: file → syslog TCP (cef), queue on disk, not synced",
        'queue.type="Disk" queue.filename="spool" queue.checkpointInterval="1000"',
      ),
    ];
  },
};

const header = "<109>1 %timereported:::date-rfc3339% bench.example wandb-audit - %$!action% - ";
const cef =
  "CEF:0|Weights & Biases|wandb|1.0|%$!action%|%$!action%|3|rt=%$!timestamp% act=%$!action% src=%$!actor_ip% suser=%$!actor_email% suid=%$!actor_user_id% outcome=%$!response_code% cs1=%$!entity_name% cs2=%$!project_name% msg=%msg%";

function job(program: string, name: string, queue: string): Job {
  return {
    name,
    command(options: JobOptions) {
      const file = join(options.folder, "rsyslog.conf");
      writeFileSync(file, configuration(options, queue));
      return { program, args: ["-n", "-f", file, "-i", join(options.folder, "pid")] };
    },
  };
}

function configuration({ log, folder, syslogPort }: JobOptions, queue: string): string {
  return `global(workDirectory="${folder}" processInternalMessages="off" maxMessageSize="64k")
module(load="imfile")
module(load="mmjsonparse")
template(name="cef" type="string" string="${header}${cef}")
input(type="imfile" file="${log}" tag="wandb" ruleset="out" freshStartTail="off" persistStateInterval="1000")
ruleset(name="out" queue.workerThreads="1" queue.size="100000" ${queue}) {
  action(type="mmjsonparse" cookie="")
  action(type="omfwd" target="127.0.0.1" port="${syslogPort}" protocol="tcp" tcp_framing="octet-counted" template="cef"
    action.resumeRetryCount="-1")
}
`;
}
