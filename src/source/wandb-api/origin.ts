import type { Origin } from "../../record/origin.ts";
import type { WandbApiConfig } from "./config.ts";
import { endpointOf } from "./endpoint.ts";

/** Where the records of this source are from, as its configuration says. */
export function originOf(config: WandbApiConfig): Origin {
  const { id, name } = config.organization ?? {};
  return {
    source: config.name,
    instance: config.instance ?? config.url.hostname.replace(/^\[|\]$/g, ""),
    baseUrl: endpointOf(config.url).baseUrl,
    anonymize: config.anonymize,
    ...(config.organization !== undefined && {
      organization: { ...(id !== undefined && { id }), ...(name !== undefined && { name }) },
    }),
  };
}
