import { httpClient } from "../../net/http/client.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { Source, SourceContext } from "../source.ts";
import type { WandbApiConfig } from "./config.ts";
import { endpointOf } from "./endpoint.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { originOf } from "./origin.ts";
import { probe } from "./probe.ts";
import { type ReadOptions, read } from "./read.ts";
import { readDay } from "./read-day.ts";

/** A day is large, and each piece of it that comes by itself has its price. */
const readBytes = 256 * 1024;

/**
 * Reads the audit log of one W&B server over its API. Does not connect yet; throws an Error when a TLS file
 * is missing.
 */
export function wandbApi(config: WandbApiConfig, context: SourceContext): Source {
  const { clock, agent, environment, secretReloaded } = context;
  const endpoint = endpointOf(config.url);
  const http: HttpOptions = {
    url: config.url,
    tls: config.tls,
    proxyTls: config.proxy_tls,
    proxy: config.proxy,
    environment,
    userAgent: `${agent.name}/${agent.version}`,
    clock,
    readBytes,
  };
  const client = httpClient(http);
  const { username, api_key: apiKey, headers } = config;
  const exchange: ExchangeOptions = { client, endpoint, username, apiKey, headers, clock, secretReloaded };
  const options: ReadOptions = {
    config,
    exchange,
    schedule: {
      lookbackMs: config.lookback,
      intervalMs: config.poll_interval,
      multiTenant: endpoint.multiTenant,
    },
  };
  return {
    origin: originOf(config),
    read: (cursor, stop, owed = [], passages) => read(options, cursor, stop, owed, passages),
    readDay: (request, stop, passages) => readDay(options, request, stop, passages),
    probe: (deadline) => probe({ config, exchange, http, deadline }),
    reload: () => client.reload(),
    close: () => client.close(),
  };
}
