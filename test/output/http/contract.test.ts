import {
  type EndpointBehaviour,
  type EndpointReceiver,
  startEndpointReceiver,
} from "../../../src/simulate/endpoint-receiver.ts";
import type { HttpBehaviour } from "../../../src/simulate/http-behaviour.ts";
import { type Behaviour, outputContract, type Remote } from "../../contract/output-contract.ts";
import { endpointOutput, kind } from "./subject.ts";

const token = "endpoint/canary+token==9";
const behaviours: Readonly<Record<Behaviour, HttpBehaviour | EndpointBehaviour>> = {
  accept: "accept",
  busy: "busy",
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

type EndpointRemote = Remote & { readonly receiver: EndpointReceiver };

const ways: Readonly<
  Record<string, { readonly written: object; readonly events?: (body: unknown) => unknown[] }>
> = {
  "lines, gzip": { written: { compression: "gzip" } },
  "an array": { written: { body: "json_array" } },
  "an envelope": {
    written: {
      body: "json_array",
      event: { uid: "<uid>", line: "<event>" },
      envelope: { source: "wandb", events: "<events>" },
    },
    events: (body) => (body as { events: { line: unknown }[] }).events.map(({ line }) => line),
  },
};

for (const [name, { written, events }] of Object.entries(ways))
  outputContract(`http with ${name}`, {
    kind,
    folder: new URL("../../../src/output/http/", import.meta.url),
    secrets: [token],
    remote: async () => {
      const receiver = await startEndpointReceiver({
        authorization: () => `Bearer ${token}`,
        ...(events !== undefined && { events }),
      });
      return {
        receiver,
        behave: (behaviour, detail) => receiver.behave(behaviours[behaviour], detail),
        taken: () =>
          receiver
            .taken()
            .map((line) => JSON.parse(line))
            .map(({ uid, project_name }) => ({ uid, name: project_name })),
        connections: () => receiver.connections(),
        closeIdle: () => receiver.closeIdle(),
        close: () => receiver.close(),
      } as EndpointRemote;
    },
    output: (remote) =>
      endpointOutput({
        url: `${(remote as EndpointRemote).receiver.url}/logs`,
        auth: { type: "bearer", token },
        ...written,
      }),
    overTls: (tls) => endpointOutput({ url: "https://127.0.0.1:1", tls, ...written }),
  });
