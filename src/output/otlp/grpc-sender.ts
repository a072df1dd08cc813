import { grpcClient } from "../../net/grpc/client.ts";
import { failedExchange } from "../http-outcome.ts";
import { packed } from "../packed.ts";
import { grpcAnswer } from "./grpc-answer.ts";
import type { OtlpOptions } from "./options.ts";
import type { Sender } from "./sender.ts";

/** opentelemetry/proto/collector/logs/v1/logs_service.proto. */
const exportLogs = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

/** OTLP over gRPC. Throws an Error that names what cannot be used. */
export function grpcSender({ http, headers, compression, timeoutMs, clock }: OtlpOptions): Sender {
  const client = grpcClient(http);
  const secrets = headers.map(([, value]) => value);
  return {
    async send(request, events, deadline) {
      try {
        const { body: message } = await packed(request, compression);
        const reply = await client.call({
          path: exportLogs,
          headers: Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
          message,
          encoding: compression === "none" ? undefined : compression,
          timeoutMs,
          deadline,
        });
        return grpcAnswer(reply, events, clock.now(), secrets);
      } catch (error) {
        return failedExchange(error, http.url.host, deadline);
      }
    },
    reload: () => client.reload(),
    close: () => client.close(),
  };
}
