import {
  type BehaviourDetail,
  type HttpBehaviour,
  type HttpReceiver,
  type HttpReceiverOptions,
  type ReceivedRequest,
  type ReceiverReply,
  startHttpReceiver,
} from "./http-receiver.ts";
import { splitObjects } from "./split-objects.ts";

export interface HecReceiverOptions {
  readonly port?: number;
  readonly tls?: NonNullable<HttpReceiverOptions["tls"]>;
  readonly token?: string;
  /** Indexes the token may write to; any when absent. */
  readonly indexes?: readonly string[];
  /** The token wants indexer acknowledgement. */
  readonly ack?: boolean;
  /** A request with an event that holds this text is refused, and the event is named. */
  readonly refuses?: string;
  /** How many of the newest events are kept for `taken`. */
  readonly keep?: number;
}

/** An event as the indexer got it; `text` is its envelope, byte for byte. */
export interface HecEvent {
  readonly text: string;
  readonly time?: number;
  readonly host?: string;
  readonly source?: string;
  readonly sourcetype?: string;
  readonly index?: string;
  readonly event: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** `refuse_one` takes nothing of the request; `refuse_one_late` has indexed what stood before the bad event. */
export type HecBehaviour =
  | "wrong_index"
  | "disabled"
  | "refuse_one"
  | "refuse_one_late"
  | "near_capacity"
  | "shutting_down";

/** What the acknowledgement endpoint does. */
export type Acknowledging = "at_once" | "second_time" | "never" | "down" | "disabled";

export interface HecReceiver extends HttpReceiver<HecBehaviour | HttpBehaviour> {
  taken(): readonly HecEvent[];
  /** Events taken since the start. */
  count(): number;
  acknowledge(how: Acknowledging): void;
  /** The indexer restarts: it forgets its channels, and ids begin at 0 again. */
  restart(): void;
  /** Channels that were used, in order. */
  channels(): readonly string[];
}

interface Channel {
  next: number;
  /** Batches not reported as indexed yet: how often they were asked for. */
  readonly pending: Map<number, number>;
}

/** A stand-in for Splunk's HTTP Event Collector: judges token, channel, index and events as Splunk does, and keeps what it took. */
export async function startHecReceiver(options: HecReceiverOptions = {}): Promise<HecReceiver> {
  const token = options.token ?? "00000000-0000-4000-8000-000000000000";
  const keep = options.keep ?? 100_000;
  const events: HecEvent[] = [];
  let count = 0;
  let acknowledging: Acknowledging = "at_once";
  let channels = new Map<string, Channel>();
  const used = new Set<string>();

  function take(taken: readonly HecEvent[]): void {
    count += taken.length;
    for (const event of taken) events.push(event);
    if (events.length > 2 * keep) events.splice(0, events.length - keep);
  }

  function authorized(request: ReceivedRequest): ReceiverReply | undefined {
    const header = request.headers.authorization;
    if (header === undefined) return says(401, 2, "Token is required");
    const match = /^Splunk (.+)$/.exec(header);
    if (match === null) return says(401, 3, "Invalid authorization");
    return match[1] === token ? undefined : says(403, 4, "Invalid token");
  }

  function accept(request: ReceivedRequest): ReceiverReply {
    switch (request.path) {
      case "/services/collector/health":
        return says(200, 17, "HEC is healthy");
      case "/services/collector/ack":
        return authorized(request) ?? acks(request);
      case "/services/collector/event":
        return authorized(request) ?? index(request);
      default:
        return { status: 404, body: '{"text":"The requested URL was not found on this server.","code":404}' };
    }
  }

  function index(request: ReceivedRequest): ReceiverReply {
    const id = request.headers["x-splunk-request-channel"];
    if (options.ack === true && id === undefined) return says(400, 10, "Data channel is missing");
    if (id !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
      return says(400, 11, "Invalid data channel");
    const judged = judge(request.body.toString("utf8"), options.indexes);
    if ("status" in judged) return judged;
    const { refuses } = options;
    const bad = refuses === undefined ? -1 : judged.events.findIndex(({ text }) => text.includes(refuses));
    if (bad >= 0) return says(400, 6, "Invalid data format", { "invalid-event-number": bad });
    take(judged.events);
    if (options.ack !== true || id === undefined || acknowledging === "disabled")
      return says(200, 0, "Success");
    used.add(id);
    let channel = channels.get(id);
    if (channel === undefined) {
      channel = { next: 0, pending: new Map() };
      channels.set(id, channel);
    }
    const ackId = channel.next++;
    channel.pending.set(ackId, 0);
    return says(200, 0, "Success", { ackId });
  }

  function acks(request: ReceivedRequest): ReceiverReply {
    if (options.ack !== true || acknowledging === "disabled") return says(400, 14, "ACK is disabled");
    if (acknowledging === "down") return says(500, 8, "Internal server error");
    const channel = channels.get(request.headers["x-splunk-request-channel"] ?? "");
    const asked = JSON.parse(request.body.toString("utf8")) as { acks: number[] };
    const answer: Record<string, boolean> = {};
    for (const ackId of asked.acks) {
      const polls = channel?.pending.get(ackId);
      answer[ackId] =
        polls !== undefined &&
        (acknowledging === "at_once" || (acknowledging === "second_time" && polls > 0));
      // A `true` is told once; later the id is as unknown as any other.
      if (answer[ackId]) channel?.pending.delete(ackId);
      else if (polls !== undefined) channel?.pending.set(ackId, polls + 1);
    }
    return { status: 200, body: JSON.stringify({ acks: answer }) };
  }

  function refuseOne(
    request: ReceivedRequest,
    { match = "" }: BehaviourDetail,
    late: boolean,
  ): ReceiverReply {
    if (!request.path.endsWith("/event")) return accept(request);
    const judged = judge(request.body.toString("utf8"), options.indexes);
    if ("status" in judged) return judged;
    const bad = judged.events.findIndex(({ text }) => text.includes(match));
    if (bad < 0) return accept(request);
    if (late) take(judged.events.slice(0, bad));
    return says(400, 6, "Invalid data format", { "invalid-event-number": bad });
  }

  const receiver = await startHttpReceiver<HecBehaviour | HttpBehaviour>({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.tls !== undefined && { tls: options.tls }),
    accept,
    answers: {
      busy: (_, { retryAfter }) => says(503, 9, "Server is busy", {}, retryAfter),
      throttle: (_, { retryAfter }) => says(429, 26, "HEC queue at capacity", {}, retryAfter),
      unauthorized: (request) => says(403, 4, `Invalid token ${request.headers.authorization ?? ""}`),
      disabled: () => says(403, 1, "Token disabled"),
      wrong_index: () => says(400, 7, "Incorrect index", { "invalid-event-number": 1 }),
      refuse_one: (request, detail) => refuseOne(request, detail, false),
      refuse_one_late: (request, detail) => refuseOne(request, detail, true),
      refuse_all: () => says(400, 6, "Invalid data format"),
      shutting_down: () => says(503, 23, "Server is shutting down"),
      near_capacity: (request) => {
        const reply = accept(request);
        return reply.status === 200 && request.path.endsWith("/event")
          ? { ...reply, body: String(reply.body).replace('"code":0', '"code":24') }
          : reply;
      },
    },
  });
  return {
    ...receiver,
    taken: () => events.slice(-keep),
    count: () => count,
    acknowledge: (how) => {
      acknowledging = how;
    },
    restart: () => {
      channels = new Map();
    },
    channels: () => [...used],
  };
}

function says(
  status: number,
  code: number,
  text: string,
  more: object = {},
  retryAfter?: string,
): ReceiverReply {
  return {
    status,
    ...(retryAfter !== undefined && { headers: { "retry-after": retryAfter } }),
    body: JSON.stringify({ text, code, ...more }),
  };
}

/** The events of a body, or what Splunk says to the first that is wrong. */
function judge(body: string, indexes: readonly string[] | undefined): { events: HecEvent[] } | ReceiverReply {
  if (body.trim() === "") return says(400, 5, "No data");
  const events: HecEvent[] = [];
  for (const text of splitObjects(body)) {
    const invalid = (code: number, words: string, number = events.length) =>
      says(400, code, words, { "invalid-event-number": number });
    const event = parsed(text);
    if (event === undefined) return invalid(6, "Invalid data format");
    if (event.event === undefined) return invalid(12, "Event field is required");
    if (event.event === "" || event.event === null) return invalid(13, "Event field cannot be blank");
    if (
      typeof event.time !== "number" ||
      Object.values(event.fields ?? {}).some((value) => typeof value !== "string")
    )
      return invalid(15, "Error in handling indexed fields");
    // Measured on Splunk 10.4.2: the number is one too high for this code.
    if (event.index !== undefined && indexes?.includes(event.index) === false)
      return invalid(7, "Incorrect index", events.length + 1);
    events.push(event);
  }
  return { events };
}

function parsed(text: string): HecEvent | undefined {
  try {
    return { ...(JSON.parse(text) as Omit<HecEvent, "text">), text };
  } catch {
    return undefined;
  }
}
