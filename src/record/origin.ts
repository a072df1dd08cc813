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
  /** What the output that the event is for adds to each of its events: `labels` of its configuration. */
  readonly labels?: Labels | undefined;
}

/** Fixed names and values, sorted by name. */
export type Labels = readonly (readonly [name: string, value: string])[];

/** The origin as an output's events have it. Without labels the same object. */
export function withLabels(origin: Origin, labels: Labels | undefined): Origin {
  return labels === undefined || labels.length === 0 ? origin : { ...origin, labels };
}

/** More origins than anybody has sources, so that no input makes the memory grow. */
const mostOrigins = 1000;

/**
 * `make` with a memory: called once for an origin, whichever copy of it is given, and the same thing comes
 * back each time. Forgets everything after a thousand origins.
 */
export function oncePerOrigin<Made>(make: (origin: Origin) => Made): (origin: Origin) => Made {
  const known = new Map<string, Made>();
  // One source's records come one after the other.
  let last: { readonly origin: Origin; readonly made: Made } | undefined;
  return (origin) => {
    if (last?.origin === origin) return last.made;
    const { source, instance, baseUrl, anonymize, organization, labels } = origin;
    const { id, name } = organization ?? {};
    const key = JSON.stringify([source, instance, baseUrl, anonymize, id, name, labels]);
    let made = known.get(key);
    if (made === undefined) {
      if (known.size >= mostOrigins) known.clear();
      made = make(origin);
      known.set(key, made);
    }
    last = { origin, made };
    return made;
  };
}
