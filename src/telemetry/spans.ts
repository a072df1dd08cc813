import {
  type Attributes,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { Environment } from "../net/http/proxy.ts";
import type { Report, Tell } from "../report/report.ts";
import { type Clock, instantOfMs } from "../time/clock.ts";

/**
 * What a report of something that took time says as a span.
 * Closed sets, names and counts only: no remote's words.
 */
interface Work {
  readonly name: "poll" | "send";
  readonly seconds: number;
  readonly attributes: Attributes;
  readonly failure?: string;
}

/** Makes spans of what was told when it was over; each is a trace of its own. */
export function spanMaker(tracer: Tracer, clock: Clock, complain: (text: string) => void): Tell {
  return (report) => {
    const work = workOf(report);
    if (work === undefined) return;
    try {
      const end = clock.now();
      const span = tracer.startSpan(
        work.name,
        {
          kind: SpanKind.CLIENT,
          startTime: hrTime(end - work.seconds * 1000),
          attributes: work.attributes,
        },
        ROOT_CONTEXT,
      );
      if (work.failure !== undefined)
        span.setAttribute("error.type", work.failure).setStatus({ code: SpanStatusCode.ERROR });
      span.end(hrTime(end));
    } catch (error) {
      complain(`a span was not made: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

/** OTEL_TRACES_SAMPLER. There are no parents here, so that `parentbased_` changes nothing. */
export function samplerOf(environment: Environment): Sampler {
  const ratio = Number(environment.OTEL_TRACES_SAMPLER_ARG || 1);
  switch ((environment.OTEL_TRACES_SAMPLER ?? "").replace(/^parentbased_/, "")) {
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio >= 0 && ratio <= 1 ? ratio : 1);
    default:
      return new AlwaysOnSampler();
  }
}

function workOf(report: Report): Work | undefined {
  switch (report.type) {
    case "poll_done": {
      const { source, seconds, caughtUp } = report;
      return {
        name: "poll",
        seconds,
        attributes: { source, ...counts(report), caught_up: caughtUp },
      };
    }
    case "poll_failed": {
      const { source, seconds, reason, kept } = report;
      return { name: "poll", seconds, attributes: { source, ...counts(kept) }, failure: reason };
    }
    case "delivered": {
      const { output, seconds, events } = report;
      return { name: "send", seconds, attributes: { output, events } };
    }
    case "delivery_failed": {
      const { output, seconds, reason } = report;
      return { name: "send", seconds, attributes: { output }, failure: reason };
    }
    default:
      return undefined;
  }
}

/** Under the names they have in the log. */
function counts(
  records: { fetched: number; new: number; late: number; unparseable: number } | undefined,
): Attributes {
  if (records === undefined) return {};
  return {
    fetched: records.fetched,
    new: records.new,
    late: records.late,
    unparseable: records.unparseable,
  };
}

/** A number would be taken for the monotonic clock when it is small. */
function hrTime(ms: number): HrTime {
  const { seconds, nanos } = instantOfMs(ms);
  return [seconds, nanos];
}
