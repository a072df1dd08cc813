import { type Clock, dayMs } from "../time/clock.ts";
import {
  type ArchiveBehavior,
  type ArchiveReceiver,
  archiveBehaviors,
  startArchiveReceiver,
} from "./archive-receiver.ts";
import { type ElasticsearchReceiver, startElasticsearchReceiver } from "./elasticsearch-receiver.ts";
import { type EndpointReceiver, startEndpointReceiver } from "./endpoint-receiver.ts";
import { type FileBehavior, type FileReceiver, fileBehaviors, startFileReceiver } from "./file-receiver.ts";
import { type GrpcBehaviour, grpcBehaviours } from "./grpc-answer.ts";
import { type GrpcReceiver, startGrpcReceiver } from "./grpc-receiver.ts";
import { type HecReceiver, startHecReceiver } from "./hec-receiver.ts";
import { type HttpBehaviour, httpBehaviours } from "./http-behaviour.ts";
import { type KafkaBehavior, kafkaBehaviors } from "./kafka-behavior.ts";
import { type KafkaReceiver, startKafkaReceiver } from "./kafka-receiver.ts";
import { type OtlpReceiver, startOtlpReceiver } from "./otlp-receiver.ts";
import { type RelpBehavior, relpBehaviors } from "./relp-behavior.ts";
import { type RelpReceiver, startRelpReceiver } from "./relp-receiver.ts";
import { seededRandom } from "./seeded-random.ts";
import {
  type SyslogBehavior,
  type SyslogReceiver,
  startSyslogReceiver,
  syslogBehaviors,
} from "./syslog-receiver.ts";
import type { WandbDialect } from "./wandb-dialect.ts";
import { wandbEntry } from "./wandb-entry.ts";
import { type WandbFault, wandbFaults } from "./wandb-fault.ts";
import { type HoursFault, hoursFaults } from "./wandb-hours.ts";
import { startWandbServer, type WandbServer } from "./wandb-server.ts";

/** What is rehearsed. */
export interface RehearsalOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly dialect: WandbDialect;
  /** Days of history at the start. */
  readonly days: number;
  /** New records per minute. */
  readonly rate: number;
  readonly faults: readonly Fault[];
  readonly ports?: {
    readonly wandb?: number;
    readonly hec?: number;
    readonly syslog?: number;
    readonly relp?: number;
    readonly otlp?: number;
    readonly grpc?: number;
    readonly http?: number;
    readonly elasticsearch?: number;
    readonly kafka?: number;
  };
  /** Where files are written; a temporary folder by default. */
  readonly folder?: string;
  /** Records that the receivers keep to be looked at. */
  readonly keep?: number;
}

/** A stand-in W&B server whose log grows, and the receivers a forwarder would deliver to; all on loopback. */
export interface Rehearsal {
  readonly wandb: WandbServer;
  readonly hec: HecReceiver;
  readonly syslog: SyslogReceiver;
  readonly relp: RelpReceiver;
  readonly otlp: OtlpReceiver;
  /** OTLP over gRPC. */
  readonly grpc: GrpcReceiver;
  readonly http: EndpointReceiver;
  readonly elasticsearch: ElasticsearchReceiver;
  readonly kafka: KafkaReceiver;
  /** Where the `file` output writes. */
  readonly file: FileReceiver;
  readonly archive: ArchiveReceiver;
  close(): Promise<void>;
}

/** What goes wrong, and where. */
export type Fault =
  | {
      readonly at: "wandb";
      readonly fault: WandbFault | HoursFault | "flapping" | "shuffle" | "gzip" | "ignore_start_date";
    }
  | { readonly at: HttpPlace; readonly fault: HttpBehaviour }
  | { readonly at: "syslog"; readonly fault: SyslogBehavior }
  | { readonly at: "relp"; readonly fault: RelpBehavior }
  | { readonly at: "grpc"; readonly fault: GrpcBehaviour }
  | { readonly at: "kafka"; readonly fault: KafkaBehavior }
  | { readonly at: "file"; readonly fault: FileBehavior }
  | { readonly at: "archive"; readonly fault: ArchiveBehavior };

const httpPlaces = ["hec", "otlp", "http", "elasticsearch"] as const;
type HttpPlace = (typeof httpPlaces)[number];
const wandbSwitches = ["flapping", "shuffle", "gzip", "ignore_start_date"] as const;

/** All fault names: those of the W&B server alone, those of a receiver behind its name, as in `hec:busy`. */
export function faultNames(): string[] {
  return [
    ...wandbSwitches,
    ...wandbFaults,
    ...hoursFaults,
    ...httpPlaces.flatMap((at) => httpBehaviours.map((fault) => `${at}:${fault}`)),
    ...syslogBehaviors.map((fault) => `syslog:${fault}`),
    ...relpBehaviors.map((fault) => `relp:${fault}`),
    ...grpcBehaviours.map((fault) => `grpc:${fault}`),
    ...kafkaBehaviors.map((fault) => `kafka:${fault}`),
    ...fileBehaviors.map((fault) => `file:${fault}`),
    ...archiveBehaviors.map((fault) => `archive:${fault}`),
  ];
}

/** Undefined when there is no fault of this name. */
export function faultOf(name: string): Fault | undefined {
  if (!faultNames().includes(name)) return undefined;
  const [at, fault] = name.includes(":") ? name.split(":") : ["wandb", name];
  return { at, fault } as Fault;
}

const tokenForRehearsals = "00000000-0000-4000-8000-000000000000";
/** What the receivers and the server let in. Invented, and good for nothing else. */
export const rehearsalCredentials = {
  apiKey: "rehearsal-key-0123456789abcdef",
  hecToken: tokenForRehearsals,
};

/** Starts the stand-ins on loopback. Rejects with the error of `listen` when a port is taken. */
export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const { clock, dialect, ports = {}, keep = 1000 } = options;
  const random = seededRandom(options.seed);
  const wandb = await startWandbServer({
    clock,
    random,
    dialect,
    apiKey: rehearsalCredentials.apiKey,
    port: ports.wandb ?? 0,
  });
  const hec = await startHecReceiver({ port: ports.hec ?? 0, token: rehearsalCredentials.hecToken, keep });
  const syslog = await startSyslogReceiver({ transport: "tcp", port: ports.syslog ?? 0, keep });
  const relp = await startRelpReceiver({ port: ports.relp ?? 0, keep });
  const otlp = await startOtlpReceiver({ port: ports.otlp ?? 0, keep });
  const grpc = await startGrpcReceiver({ port: ports.grpc ?? 0, keep });
  const http = await startEndpointReceiver({ port: ports.http ?? 0, keep });
  const elasticsearch = await startElasticsearchReceiver({ port: ports.elasticsearch ?? 0, keep });
  const kafka = await startKafkaReceiver({ port: ports.kafka ?? 0, keep });
  const file = startFileReceiver(options.folder);
  const archive = startArchiveReceiver(options.folder && `${options.folder}.archive`);
  const rehearsal = { wandb, hec, syslog, relp, otlp, grpc, http, elasticsearch, kafka, file, archive };
  for (const fault of options.faults) play(fault, rehearsal);

  const now = clock.now();
  const history = Math.round(options.days * 120);
  for (let index = 0; index < history; index++)
    wandb.log.append(
      wandbEntry(random, now - options.days * dayMs + (index / history) * options.days * dayMs),
    );

  const finished = new AbortController();
  const growing = grow();

  /** The log grows about once a second; now and then with a late entry, or a twin. */
  async function grow(): Promise<void> {
    let owed = 0;
    let last = clock.monotonic();
    while (!finished.signal.aborted) {
      await clock.sleep(1000, finished.signal);
      const elapsed = clock.monotonic() - last;
      last = clock.monotonic();
      owed += (options.rate / 60_000) * elapsed;
      for (; owed >= 1 && !finished.signal.aborted; owed--) {
        const chance = random();
        if (chance < 0.02) wandb.log.late(wandbEntry(random, clock.now() - random() * dayMs));
        else if (chance < 0.03) wandb.log.twin();
        else wandb.log.append(wandbEntry(random, clock.now()));
      }
    }
  }

  return {
    ...rehearsal,
    async close() {
      finished.abort();
      await growing;
      await Promise.all(
        [wandb, hec, syslog, relp, otlp, grpc, http, elasticsearch, kafka].map((each) => each.close()),
      );
      file.close();
      archive.close();
    },
  };
}

function play({ at, fault }: Fault, rehearsal: Omit<Rehearsal, "close">): void {
  const { wandb, syslog, relp, grpc, kafka, file, archive } = rehearsal;
  if (at === "hec" || at === "otlp" || at === "http" || at === "elasticsearch") rehearsal[at].behave(fault);
  else if (at === "syslog") syslog.behave(fault);
  else if (at === "relp") relp.behave(fault);
  else if (at === "grpc") grpc.behave(fault);
  else if (at === "kafka") kafka.behave(fault);
  else if (at === "file") file.behave(fault);
  else if (at === "archive") archive.behave(fault);
  else if (fault === "flapping") wandb.behave({ flapping: 0.5 });
  else if (fault === "shuffle") wandb.behave({ shuffle: true });
  else if (fault === "gzip") wandb.behave({ gzip: true });
  else if (fault === "ignore_start_date") wandb.behave({ ignoreStartDate: true });
  else if ((hoursFaults as readonly string[]).includes(fault)) wandb.behave({ hours: fault as HoursFault });
  else wandb.behave({ fault: fault as WandbFault });
}
