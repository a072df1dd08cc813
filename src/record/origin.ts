/**
 * What is the same for every record of one source. Goes into every event, so that a payload needs nothing
 * else.
 */
export interface Origin {
  /** The source's name in the configuration. */
  readonly source: string;
  /** The W&B instance: scope of the uid, `observer.hostname`, syslog HOSTNAME. */
  readonly instance: string;
  readonly baseUrl: string;
  /** The operator asked for anonymised reading. */
  readonly anonymize: boolean;
  readonly organization?: { readonly id?: string; readonly name?: string };
}
