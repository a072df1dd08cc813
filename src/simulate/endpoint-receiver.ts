import { isTestEvent } from "../event/test-event.ts";
import type { HttpBehaviour, ReceivedRequest, ReceiverReply } from "./http-behaviour.ts";
import { type HttpReceiver, type HttpReceiverOptions, startHttpReceiver } from "./http-receiver.ts";

/** `refuse_one` takes nothing of a request that holds an event with the text `match`. */
export type EndpointBehaviour = "refuse_one";

/** The stand-in, and what it took. */
export interface EndpointReceiver extends HttpReceiver<EndpointBehaviour | HttpBehaviour> {
  /** The newest events, oldest first, as JSON on a line. */
  taken(): readonly string[];
  /** Events ever taken. */
  count(): number;
  /** How many of them were test events. */
  tests(): number;
  /** The newest request that was let in. */
  request(): ReceivedRequest | undefined;
}

/** What the endpoint is like. */
export interface EndpointReceiverOptions {
  readonly port?: number;
  readonly tls?: NonNullable<HttpReceiverOptions["tls"]>;
  /** Value that `authorization` must have at the moment. */
  readonly authorization?: () => string;
  /** A request with an event that holds this text is refused as a whole. */
  readonly refuses?: string;
  /** Where the events are in a body that is more than an array; a list of their texts. */
  readonly events?: (body: unknown) => readonly unknown[];
  /** How many of the newest events are kept for `taken`. */
  readonly keep?: number;
}

/** A stand-in for an endpoint that takes events as lines, as an array, or one by one. */
export async function startEndpointReceiver(
  options: EndpointReceiverOptions = {},
): Promise<EndpointReceiver> {
  const keep = options.keep ?? 100_000;
  const events: string[] = [];
  let count = 0;
  let tests = 0;
  let newest: ReceivedRequest | undefined;

  function answer(request: ReceivedRequest, unwanted: string | undefined): ReceiverReply {
    if (options.authorization !== undefined && request.headers.authorization !== options.authorization())
      return { status: 401, body: `{"error":"not accepted: ${request.headers.authorization}"}` };
    newest = request;
    let taken: readonly string[];
    try {
      taken = eventsIn(request, options.events);
    } catch {
      return { status: 400, body: '{"error":"the body cannot be read"}' };
    }
    if (unwanted !== undefined && taken.some((text) => text.includes(unwanted)))
      return { status: 400, body: '{"error":"an event is not valid"}' };
    count += taken.length;
    tests += taken.filter(isTestEvent).length;
    for (const text of taken) events.push(text);
    if (events.length > 2 * keep) events.splice(0, events.length - keep);
    return { status: 202, body: '{"ok":true}' };
  }

  const receiver = await startHttpReceiver<EndpointBehaviour | HttpBehaviour>({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.tls !== undefined && { tls: options.tls }),
    accept: (request) => answer(request, options.refuses),
    answers: {
      refuse_all: () => ({ status: 400, body: '{"error":"bad request"}' }),
      refuse_one: (request, { match }) => answer(request, match),
    },
  });
  return {
    ...receiver,
    taken: () => events.slice(-keep),
    count: () => count,
    tests: () => tests,
    request: () => newest,
  };
}

function eventsIn(
  { headers, body }: ReceivedRequest,
  within: EndpointReceiverOptions["events"],
): readonly string[] {
  const text = body.toString("utf8");
  if (headers["content-type"] !== "application/json") return text.split("\n").filter((line) => line !== "");
  if (text === "") throw new Error("empty");
  const parsed: unknown = JSON.parse(text);
  const list = within !== undefined ? within(parsed) : Array.isArray(parsed) ? parsed : [parsed];
  return list.map((each) => JSON.stringify(each));
}
