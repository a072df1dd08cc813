import { isOwnPayload } from "../event/own-event.ts";
import { isTestEvent } from "../event/test-event.ts";
import { type Acknowledging, type HecChannels, hecChannels } from "./hec-channels.ts";
import { eventsOf, type HecEvent, says } from "./hec-events.ts";
import type {
  Answer,
  BehaviourDetail,
  HttpBehaviour,
  ReceivedRequest,
  ReceiverReply,
} from "./http-behaviour.ts";
import { type HttpReceiver, type HttpReceiverOptions, startHttpReceiver } from "./http-receiver.ts";

/** What the collector is like. */
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

/**
 * `refuse_one` takes nothing of the request; `refuse_one_late` has indexed what stood before the bad event.
 */
export type HecBehaviour =
  | "wrong_index"
  | "disabled"
  | "refuse_one"
  | "refuse_one_late"
  | "near_capacity"
  | "shutting_down";

/** The stand-in, and what it took. */
export interface HecReceiver extends HttpReceiver<HecBehaviour | HttpBehaviour> {
  taken(): readonly HecEvent[];
  /** Events taken since the start. */
  count(): number;
  /** How many of them were test events. */
  tests(): number;
  /** How many of them told of the forwarder and not of W&B. */
  own(): number;
  acknowledge(how: Acknowledging): void;
  /** The indexer restarts: it forgets its channels, and ids begin at 0 again. */
  restart(): void;
  /** Channels that were used, in order. */
  channels(): readonly string[];
}

/**
 * A stand-in for Splunk's HTTP Event Collector: checks token,
 * channel, index and events as Splunk does, and keeps what it took.
 */
export async function startHecReceiver(options: HecReceiverOptions = {}): Promise<HecReceiver> {
  const keep = options.keep ?? 100_000;
  const events: HecEvent[] = [];
  let count = 0;
  let tests = 0;
  let own = 0;
  const channels = hecChannels();
  const collector: Collector = {
    options,
    channels,
    take(taken) {
      count += taken.length;
      tests += taken.filter(({ text }) => isTestEvent(text)).length;
      own += taken.filter(({ text }) => isOwnPayload(text)).length;
      for (const event of taken) events.push(event);
      if (events.length > 2 * keep) events.splice(0, events.length - keep);
    },
  };
  const receiver = await startHttpReceiver<HecBehaviour | HttpBehaviour>({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.tls !== undefined && { tls: options.tls }),
    accept: (request) => accept(request, collector),
    answers: answersOf(collector),
  });
  return {
    ...receiver,
    taken: () => events.slice(-keep),
    count: () => count,
    tests: () => tests,
    own: () => own,
    acknowledge: channels.acknowledge,
    restart: channels.restart,
    channels: channels.used,
  };
}

/** What a request is checked by, and where its events go. */
interface Collector {
  readonly options: HecReceiverOptions;
  readonly channels: HecChannels;
  readonly take: (events: readonly HecEvent[]) => void;
}

function accept(request: ReceivedRequest, collector: Collector): ReceiverReply {
  switch (request.path) {
    case "/services/collector/health":
      return says(200, 17, "HEC is healthy");
    case "/services/collector/ack":
      return unauthorized(request, collector) ?? acks(request, collector);
    case "/services/collector/event":
      return unauthorized(request, collector) ?? index(request, collector);
    default:
      return { status: 404, body: '{"text":"The requested URL was not found on this server.","code":404}' };
  }
}

/** Undefined when the token is right. */
function unauthorized(request: ReceivedRequest, { options }: Collector): ReceiverReply | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return says(401, 2, "Token is required");
  const match = /^Splunk (.+)$/.exec(header);
  if (match === null) return says(401, 3, "Invalid authorization");
  const { token = "00000000-0000-4000-8000-000000000000" } = options;
  return match[1] === token ? undefined : says(403, 4, "Invalid token");
}

function index(request: ReceivedRequest, { options, channels, take }: Collector): ReceiverReply {
  const channel = request.headers["x-splunk-request-channel"];
  if (options.ack === true && channel === undefined) return says(400, 10, "Data channel is missing");
  if (channel !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(channel))
    return says(400, 11, "Invalid data channel");
  const found = eventsOf(request.body.toString("utf8"), options.indexes);
  if ("status" in found) return found;
  const { refuses } = options;
  const bad = refuses === undefined ? -1 : found.events.findIndex(({ text }) => text.includes(refuses));
  if (bad >= 0) return says(400, 6, "Invalid data format", { "invalid-event-number": bad });
  take(found.events);
  const ackId = options.ack === true && channel !== undefined ? channels.taken(channel) : undefined;
  return says(200, 0, "Success", ackId === undefined ? {} : { ackId });
}

function acks(request: ReceivedRequest, { options, channels }: Collector): ReceiverReply {
  return options.ack === true ? channels.answer(request) : says(400, 14, "ACK is disabled");
}

/** Refuses the first event that holds the text; `late`: what stood before it is taken. */
function refuseOne(
  request: ReceivedRequest,
  { match = "" }: BehaviourDetail,
  late: boolean,
  collector: Collector,
): ReceiverReply {
  if (!request.path.endsWith("/event")) return accept(request, collector);
  const found = eventsOf(request.body.toString("utf8"), collector.options.indexes);
  if ("status" in found) return found;
  const bad = found.events.findIndex(({ text }) => text.includes(match));
  if (bad < 0) return accept(request, collector);
  if (late) collector.take(found.events.slice(0, bad));
  return says(400, 6, "Invalid data format", { "invalid-event-number": bad });
}

function answersOf(collector: Collector): Readonly<Record<string, Answer>> {
  return {
    busy: (_, { retryAfter }) => says(503, 9, "Server is busy", {}, retryAfter),
    throttle: (_, { retryAfter }) => says(429, 26, "HEC queue at capacity", {}, retryAfter),
    unauthorized: (request) => says(403, 4, `Invalid token ${request.headers.authorization ?? ""}`),
    disabled: () => says(403, 1, "Token disabled"),
    wrong_index: () => says(400, 7, "Incorrect index", { "invalid-event-number": 1 }),
    refuse_one: (request, detail) => refuseOne(request, detail, false, collector),
    refuse_one_late: (request, detail) => refuseOne(request, detail, true, collector),
    refuse_all: () => says(400, 6, "Invalid data format"),
    shutting_down: () => says(503, 23, "Server is shutting down"),
    near_capacity: (request) => {
      const reply = accept(request, collector);
      return reply.status === 200 && request.path.endsWith("/event")
        ? { ...reply, body: String(reply.body).replace('"code":0', '"code":24') }
        : reply;
    },
  };
}
