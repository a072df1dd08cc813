import { otlpProtobuf } from "../../format/otlp-protobuf.ts";
import { jsonRequest, protobufRequest } from "../../format/otlp-request.ts";
import { isHeaderValue } from "../../schema/headers.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { timedOut } from "../http-outcome.ts";
import type { Output, SendResult } from "../output.ts";
import { Payloads } from "../payloads.ts";
import { grpcSender } from "./grpc-sender.ts";
import { httpSender } from "./http-sender.ts";
import type { OtlpOptions } from "./options.ts";
import { probeOtlp } from "./probe.ts";
import { byOrigin, jsonRecord } from "./record.ts";

/** OpenTelemetry log records over HTTP or gRPC, one resource for each W&B instance. */
export function otlp(options: OtlpOptions): Output {
  const { http, headers, protocol, clock } = options;
  const json = protocol === "http/json";
  const encode = json ? jsonRecord(options.original) : otlpProtobuf(options.original);
  const requestOf = json ? jsonRequest : protobufRequest;
  const sender = protocol === "grpc" ? grpcSender(options) : httpSender(options);

  async function attempt(batch: Payloads, within: AbortSignal): Promise<SendResult> {
    if (within.aborted) return timedOut(http.url.host);
    if (!headers.every(([, value]) => isHeaderValue(value.reveal()))) return unusableHeader;
    const { signal, clear } = deadlineAfter(clock, options.timeoutMs, within);
    try {
      return await sender.send(requestOf(options.agent, byOrigin(batch)), batch.count, signal);
    } finally {
      clear();
    }
  }

  return {
    encode,
    send: attempt,
    probe: (deadline) => probeOtlp({ http, deadline, empty: () => attempt(new Payloads(), deadline) }),
    reload: () => sender.reload(),
    close: () => sender.close(),
  };
}

/** A secret file can change to anything while the program runs. */
const unusableHeader: SendResult = {
  status: "retry",
  reason: "configuration",
  hold: true,
  detail: "a header's value holds characters that a header cannot carry",
  fix: "look at the files that `headers` are read from: one line of text, no control characters",
};
