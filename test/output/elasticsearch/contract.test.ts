import {
  type BulkBehaviour,
  type ElasticsearchReceiver,
  startElasticsearchReceiver,
} from "../../../src/simulate/elasticsearch-receiver.ts";
import type { HttpBehaviour } from "../../../src/simulate/http-behaviour.ts";
import { type Behaviour, outputContract, type Remote } from "../../contract/output-contract.ts";
import { elasticOutput, kind } from "./subject.ts";

const behaviours: Readonly<Record<Behaviour, HttpBehaviour | BulkBehaviour>> = {
  accept: "accept",
  busy: "busy",
  throttle: "throttle",
  unauthorized: "unauthorized",
  wrong_destination: "missing",
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

type ElasticRemote = Remote & { readonly receiver: ElasticsearchReceiver };

const key = "VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw";
const base64 = (text: string) => Buffer.from(text).toString("base64");
const ways = {
  "an API key": { authorization: `ApiKey ${base64(key)}`, secret: key, written: { api_key: key } },
  "an encoded API key": {
    authorization: `ApiKey ${base64(key)}`,
    secret: base64(key),
    written: { api_key: base64(key), compression: "none" },
  },
  "a user": {
    authorization: `Basic ${base64("wandb:canary/pass+word")}`,
    secret: "canary/pass+word",
    written: { username: "wandb", password: "canary/pass+word", manage_template: true },
  },
};

for (const [name, { authorization, secret, written }] of Object.entries(ways))
  outputContract(`elasticsearch with ${name}`, {
    kind,
    folder: new URL("../../../src/output/elasticsearch/", import.meta.url),
    secrets: [secret],
    remote: async () => {
      const receiver = await startElasticsearchReceiver({ authorization });
      return {
        receiver,
        behave: (behaviour, detail) => receiver.behave(behaviours[behaviour], detail),
        taken: () =>
          receiver
            .taken()
            .map(({ id, text }) => ({ uid: id, name: JSON.parse(text).wandb.audit.project_name })),
        connections: () => receiver.connections(),
        closeIdle: () => receiver.closeIdle(),
        close: () => receiver.close(),
      } as ElasticRemote;
    },
    output: (remote) => elasticOutput({ urls: [(remote as ElasticRemote).receiver.url], ...written }),
    overTls: (tls) => elasticOutput({ urls: ["https://127.0.0.1:1"], tls, ...written }),
  });
