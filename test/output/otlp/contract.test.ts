import { anyOutputKind } from "../../../src/output/configured.ts";
import { otlpKind } from "../../../src/output/otlp/kind.ts";
import type { GrpcBehaviour } from "../../../src/simulate/grpc-answer.ts";
import { startGrpcReceiver } from "../../../src/simulate/grpc-receiver.ts";
import type { BehaviourDetail, HttpBehaviour } from "../../../src/simulate/http-behaviour.ts";
import type { OtlpLogRecord } from "../../../src/simulate/otlp-decode.ts";
import { type OtlpBehaviour, startOtlpReceiver } from "../../../src/simulate/otlp-receiver.ts";
import { type Behaviour, outputContract, type Remote } from "../../contract/output-contract.ts";
import { attributeText, otlpOutput } from "./subject.ts";

const secret = "Bearer s3cr3t/with+signs=";
const behaviours: Partial<Record<Behaviour, HttpBehaviour | OtlpBehaviour>> = {
  accept: "accept",
  busy: "busy",
  throttle: "throttle",
  unauthorized: "unauthorized",
  wrong_destination: "not_found",
  refuse_all: "refuse_all",
  too_large: "too_large",
  hang: "hang",
  reset: "reset",
  accept_then_cut: "accept_then_cut",
  html: "html",
  redirect: "redirect",
  bomb: "bomb",
};

interface Receiver<B extends string> {
  readonly url: string;
  behave(behaviour: B, detail?: BehaviourDetail): void;
  taken(): readonly OtlpLogRecord[];
  connections(): number;
  close(): Promise<void>;
}
type OtlpRemote = Remote & { readonly url: string };

function remoteOf<B extends string>(
  receiver: Receiver<B>,
  ways: Partial<Record<Behaviour, B>>,
  closeIdle: () => void,
): OtlpRemote {
  let closing: Promise<void> | undefined;
  return {
    url: receiver.url,
    behave(behaviour, detail) {
      const known = ways[behaviour];
      if (known === undefined) throw new Error(`OTLP cannot do this: ${behaviour}`);
      receiver.behave(known, detail);
    },
    taken: () =>
      receiver.taken().map((record) => ({
        uid: attributeText(record, "log.record.uid") ?? "",
        name: attributeText(record, "wandb.audit.project_name"),
      })),
    connections: receiver.connections,
    closeIdle,
    close() {
      closing ??= receiver.close();
      return closing;
    },
  };
}

async function remote(): Promise<OtlpRemote> {
  const receiver = await startOtlpReceiver({ authorization: secret });
  return remoteOf(receiver, behaviours, receiver.closeIdle);
}

async function grpcRemote(): Promise<OtlpRemote> {
  const receiver = await startGrpcReceiver({ authorization: secret });
  return remoteOf(receiver, overGrpc, receiver.cut);
}

const overGrpc: Partial<Record<Behaviour, GrpcBehaviour>> = {
  accept: "accept",
  busy: "throttle",
  throttle: "throttle",
  unauthorized: "unauthorized",
  wrong_destination: "not_found",
  refuse_one: "refuse_one",
  refuse_all: "refuse_all",
  too_large: "too_large",
  hang: "hang",
  reset: "reset",
  accept_then_cut: "accept_then_cut",
  html: "html",
  redirect: "redirect",
  bomb: "bomb",
};

outputContract("otlp over grpc", {
  kind: anyOutputKind(otlpKind),
  folder: new URL("../../../src/output/otlp/", import.meta.url),
  secrets: [secret],
  remote: grpcRemote,
  output: (to) =>
    otlpOutput({
      endpoint: (to as OtlpRemote).url,
      protocol: "grpc",
      headers: { Authorization: secret },
    }),
  overTls: (tls) => otlpOutput({ endpoint: "https://127.0.0.1:1", protocol: "grpc", tls }),
});

for (const protocol of ["http/protobuf", "http/json"] as const)
  outputContract(`otlp over ${protocol}`, {
    kind: anyOutputKind(otlpKind),
    folder: new URL("../../../src/output/otlp/", import.meta.url),
    secrets: [secret],
    remote,
    output: (to) =>
      otlpOutput({ endpoint: (to as OtlpRemote).url, protocol, headers: { Authorization: secret } }),
    overTls: (tls) => otlpOutput({ endpoint: "https://127.0.0.1:1", protocol, tls }),
    skips: { bad_event: "OTLP never says which record is the bad one" },
  });
