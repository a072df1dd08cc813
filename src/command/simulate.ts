import { ListenError } from "../admin/listen-error.ts";
import { faultNames, faultOf, startRehearsal } from "../simulate/rehearsal.ts";
import { rehearsalConfig, rehearsalEnvironment } from "../simulate/rehearsal-config.ts";
import type { WandbDialect } from "../simulate/wandb-dialect.ts";
import { counted } from "../text/amounts.ts";
import { type Command, exitCodes, type Terminal } from "./command.ts";

/** A port of 0 takes a free one, which is printed. */
export interface SimulateOptions {
  readonly wandbPort: number;
  readonly hecPort: number;
  readonly syslogPort: number;
  readonly relpPort: number;
  readonly otlpPort: number;
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly elasticsearchPort: number;
  readonly kafkaPort: number;
  /** How the stand-in W&B server answers. */
  readonly dialect: WandbDialect;
  /** Days of history that exist at the start. */
  readonly days: number;
  /** New records per minute. */
  readonly rate: number;
  /** Names of faults to play; empty: everything works. */
  readonly faults: readonly string[];
  /** Same seed, same records. */
  readonly seed: number;
}

const showEveryMs = 5000;

/** Stand-ins for W&B and the receivers until Ctrl-C, for a daemon that runs elsewhere on this machine. */
export const simulate: Command<SimulateOptions> = async (options, terminal) => {
  const { stdout, stderr, clock } = terminal;
  const faults = options.faults.map((name) => ({ name, fault: faultOf(name) }));
  const unknown = faults.filter(({ fault }) => fault === undefined).map(({ name }) => name);
  if (unknown.length > 0) {
    stderr.write(
      `wandb-audit-forwarder: there is no fault ${unknown.join(", ")}; there are: ${faultNames().join(" ")}\n`,
    );
    return exitCodes.usage;
  }
  const rehearsal = await startRehearsal({
    clock,
    seed: options.seed,
    dialect: options.dialect,
    days: options.days,
    rate: options.rate,
    faults: faults.flatMap(({ fault }) => (fault === undefined ? [] : [fault])),
    ports: {
      wandb: options.wandbPort,
      hec: options.hecPort,
      syslog: options.syslogPort,
      relp: options.relpPort,
      otlp: options.otlpPort,
      grpc: options.grpcPort,
      http: options.httpPort,
      elasticsearch: options.elasticsearchPort,
      kafka: options.kafkaPort,
    },
  }).catch((error: NodeJS.ErrnoException & { port?: number }) => {
    if (error.syscall !== "listen") throw error;
    throw ListenError.at(`port ${error.port}`, error);
  });
  const { wandb, hec, syslog, relp, otlp, grpc, http, elasticsearch, kafka, file, archive } = rehearsal;
  const environment = Object.entries(rehearsalEnvironment)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
  stdout.write(`Stand-ins
  W&B         ${wandb.url} (answers as ${options.dialect})
  Splunk HEC  ${hec.url}
  syslog      ${syslog.url}
  RELP        ${relp.url}
  OTLP        ${otlp.url}
  OTLP gRPC   ${grpc.url}
  HTTP        ${http.url}/logs
  Elastic     ${elasticsearch.url}
  Kafka       ${kafka.address}, topic ${kafka.topic}
  file        ${file.path}
  archive     ${archive.url}

A configuration that uses them; save it as rehearsal.yaml and run
  ${environment} wandb-audit-forwarder run -c rehearsal.yaml

${rehearsalConfig(rehearsal, "./rehearsal-state", 9464)}
Ctrl-C ends the stand-ins.

`);
  const stop = interrupted(terminal);
  let shown = "";
  while (!stop.aborted) {
    await clock.sleep(showEveryMs, stop);
    const receivers = [hec, syslog, relp, otlp, grpc, http, elasticsearch, kafka];
    const tests = receivers.reduce((sum, each) => sum + each.tests(), 0);
    const tried = tests === 0 ? "" : ` · ${counted(tests, "test event")} among them`;
    const line = `W&B: ${counted(wandb.taken().length, "request")}, ${counted(wandb.log.all().length, "record")} · HEC: ${counted(hec.count(), "event")} · syslog: ${counted(syslog.count(), "message")} · RELP: ${counted(relp.count(), "message")} · OTLP: ${counted(otlp.count() + grpc.count(), "record")} · HTTP: ${counted(http.count(), "event")} · Elastic: ${counted(elasticsearch.count(), "document")} · Kafka: ${counted(kafka.count(), "record")} · file: ${counted(file.count(), "line")} · archive: ${counted(archive.count(), "record")}${tried}`;
    if (line !== shown) stdout.write(`${new Date(clock.now()).toISOString().slice(11, 19)}  ${line}\n`);
    shown = line;
  }
  await rehearsal.close();
  return exitCodes.done;
};

/** Aborts at Ctrl-C or SIGTERM, and when the terminal is closed. */
export function interrupted(terminal: Terminal): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    terminal.onSignal(signal, () => stop.abort());
  return stop.signal;
}
