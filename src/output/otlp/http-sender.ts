import { httpClient } from "../../net/http/client.ts";
import { failedExchange, maxAnswerBytes } from "../http-outcome.ts";
import { packed } from "../packed.ts";
import { otlpAnswer } from "./answer.ts";
import type { OtlpOptions } from "./options.ts";
import type { Sender } from "./sender.ts";

/** The specification's own limit for what a client reads of a success. */
const maxSuccessBytes = 4_194_304;

/** OTLP over HTTP/1.1. Throws an Error that names what cannot be used. */
export function httpSender({ http, headers, protocol, compression, clock }: OtlpOptions): Sender {
  const client = httpClient(http);
  const secrets = headers.map(([, value]) => value);
  return {
    async send(request, events, deadline) {
      try {
        const { body, headers: coding } = await packed(request, compression);
        const answer = await client.request({
          method: "POST",
          path: http.url.pathname + http.url.search,
          headers: {
            ...Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
            "content-type": protocol === "http/json" ? "application/json" : "application/x-protobuf",
            ...coding,
          },
          body,
          deadline,
        });
        const limit = answer.status < 300 ? maxSuccessBytes : maxAnswerBytes;
        const reply = { status: answer.status, headers: answer.headers, body: await answer.bytes(limit) };
        return otlpAnswer(reply, events, clock.now(), secrets);
      } catch (error) {
        return failedExchange(error, http.url.host, deadline);
      }
    },
    reload: () => client.reload(),
    close: () => client.close(),
  };
}
