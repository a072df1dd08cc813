import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Forwarder, Job, JobOptions } from "./compare.ts";
import { findProgram } from "./find-program.ts";

/** Where the tests have put Debian's packages, because syslog-ng cannot be installed beside rsyslog. */
const unpacked = join(tmpdir(), "syslog-ng-for-tests/root");

interface Installed {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of its modules, where they are not where it looks itself. */
  readonly modules: string | undefined;
  readonly version: string;
}

/** Reads a file, parses JSON, writes CEF by a rewrite rule, or HEC's JSON by a template where it has `http()`. */
export const syslogNg: Forwarder = {
  name: "syslog-ng",
  jobs() {
    const found = installed();
    if (found === undefined) return [];
    const { modules = "" } = found;
    const jobs = [job(found, "syslog-ng: file → syslog TCP (cef), buffer on disk", cefToSyslog)];
    if (hasHttp(modules)) jobs.push(job(found, "syslog-ng: file → HEC (JSON), buffer on disk", jsonToHec));
    return jobs;
  },
};

function installed(): Installed | undefined {
  const program = findProgram("syslog-ng");
  if (program !== undefined) return withVersion(program, {}, undefined);
  const alone = join(unpacked, "usr/sbin/syslog-ng");
  if (!existsSync(alone)) return undefined;
  const parents = readdirSync(join(unpacked, "usr/lib")).filter((name) => name.endsWith("-linux-gnu"));
  const folders = ["usr/lib/syslog-ng", ...parents.flatMap((name) => [`usr/lib/${name}`, `lib/${name}`])];
  const environment = { LD_LIBRARY_PATH: folders.map((folder) => join(unpacked, folder)).join(":") };
  const versioned = readdirSync(join(unpacked, "usr/lib/syslog-ng")).find((name) => /^\d+\.\d+$/.test(name));
  return withVersion(alone, environment, versioned && join(unpacked, "usr/lib/syslog-ng", versioned));
}

function withVersion(
  program: string,
  environment: Readonly<Record<string, string>>,
  modules: string | undefined,
): Installed | undefined {
  const said = spawnSync(program, ["--version"], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  const version = /\((\d+\.\d+)/.exec(said.stdout)?.[1];
  const usual = /Module-Path: (\S+)/.exec(said.stdout)?.[1];
  return version === undefined ? undefined : { program, environment, modules: modules ?? usual, version };
}

function hasHttp(modules: string): boolean {
  return modules.split(":").some((folder) => existsSync(join(folder, "libhttp.so")));
}

function job(found: Installed, name: string, destination: (options: JobOptions) => string): Job {
  return {
    name,
    command(options: JobOptions) {
      const file = (part: string) => join(options.folder, part);
      writeFileSync(file("syslog-ng.conf"), configuration(found.version, options.log, destination(options)));
      const named = { f: "syslog-ng.conf", R: "persist", p: "pid", c: "control" };
      const args = Object.entries(named).flatMap(([option, part]) => [`-${option}`, file(part)]);
      const where = found.modules === undefined ? [] : [`--module-path=${found.modules}`];
      return {
        program: found.program,
        args: ["-F", "--no-caps", ...args, ...where],
        environment: found.environment,
      };
    },
  };
}

function configuration(version: string, log: string, destination: string): string {
  return `@version: ${version}
options { use_dns(no); dns_cache(no); keep_hostname(yes); log_msg_size(65536); stats_freq(0); };
source lines { file("${log}" flags(no-parse) log_iw_size(10000) log_fetch_limit(1000)); };
parser entry { json-parser(prefix(".w.")); };
${destination}
log { source(lines); parser(entry); rewrite(text); destination(out); flags(flow-control); };
`;
}

/** What syslog-ng puts in itself: a name of its own between `${` and `}`. */
const own = (name: string) => `\${${name}}`;

function cefToSyslog({ syslogPort, folder }: JobOptions): string {
  const w = (key: string) => own(`.w.${key}`);
  const cef = `CEF:0|Weights & Biases|wandb|1.0|${w("action")}|${w("action")}|3|rt=${w("timestamp")} act=${w("action")} src=${w("actor_ip")} suser=${w("actor_email")} suid=${w("actor_user_id")} outcome=${w("response_code")} cs1=${w("entity_name")} cs2=${w("project_name")} msg=${own("MESSAGE")}`;
  return `rewrite text { set("${cef}" value("MESSAGE")); set("wandb-audit" value("PROGRAM")); };
destination out { syslog("127.0.0.1" port(${syslogPort}) transport("tcp") ${diskBuffer(folder)}); };`;
}

function jsonToHec({ httpPort, folder }: JobOptions): string {
  const event = `{"time":${own("S_UNIXTIME")},"host":"bench.example","sourcetype":"wandb:audit","event":${own("MESSAGE")}}`;
  return `rewrite text { set("wandb-audit" value("PROGRAM")); };
destination out { http(url("http://127.0.0.1:${httpPort}/services/collector/event") method("POST") workers(1)
  headers("Authorization: Splunk bench") batch-lines(1000) batch-timeout(1000) body('${event}') ${diskBuffer(folder)}); };`;
}

function diskBuffer(folder: string): string {
  return `disk-buffer(reliable(yes) disk-buf-size(4294967296) mem-buf-size(16777216) dir("${folder}"))`;
}
