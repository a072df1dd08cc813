import { each, type Fields, fields, last, text } from "../../src/format/protobuf-reader.ts";
import { startHttpReceiver } from "../../src/simulate/http-receiver.ts";
import { attributes, fixed64 } from "../../src/simulate/otlp-decode.ts";

type Plain = string | number | boolean | undefined;
type Values = Record<string, Plain>;

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Values;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly trace: string;
  readonly resource: Values;
}

export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly type: "gauge" | "counter" | "histogram";
  /** 0 has none, 1 delta, 2 cumulative. */
  readonly temporality: number;
  readonly monotonic: boolean;
  readonly resource: Values;
  readonly points: readonly ReceivedPoint[];
}

export interface ReceivedPoint {
  readonly attributes: Values;
  readonly startMs: number;
  readonly endMs: number;
  readonly value: number;
  readonly count?: number;
  readonly sum?: number;
  readonly buckets?: readonly number[];
  readonly bounds?: readonly number[];
}

export type Collector = Awaited<ReturnType<typeof startCollector>>;

/** A stand-in for a Collector that takes traces and metrics as protobuf. */
export async function startCollector(answer: Uint8Array = new Uint8Array()) {
  const spans: ReceivedSpan[] = [];
  const metrics: ReceivedMetric[][] = [];
  const requests: { path: string; headers: Readonly<Record<string, string>> }[] = [];
  const receiver = await startHttpReceiver({
    accept({ path, headers, body }) {
      requests.push({ path, headers });
      if (path.endsWith("traces")) spans.push(...spansOf(body));
      else metrics.push(metricsOf(body));
      return { status: 200, headers: { "content-type": "application/x-protobuf" }, body: answer };
    },
  });
  return { ...receiver, spans, metrics, received: requests };
}

function* scoped(bytes: Buffer): Generator<{ resource: Values; item: Fields }> {
  for (const group of each(fields(bytes), 1).map(fields)) {
    const resource = valuesOf(each(group, 1).map(fields)[0] ?? new Map(), 1);
    for (const scope of each(group, 2).map(fields))
      for (const item of each(scope, 2)) yield { resource, item: fields(item) };
  }
}

function spansOf(bytes: Buffer): ReceivedSpan[] {
  return [...scoped(bytes)].map(({ resource, item }) => ({
    name: text(item, 5),
    kind: Number(last(item, 6)),
    startMs: msOf(item, 7),
    endMs: msOf(item, 8),
    attributes: valuesOf(item, 9),
    status: Number(last(fields(each(item, 15)[0] ?? Buffer.alloc(0)), 3) ?? 0n),
    trace: each(item, 1)[0]?.toString("hex") ?? "",
    resource,
  }));
}

function metricsOf(bytes: Buffer): ReceivedMetric[] {
  return [...scoped(bytes)].map(({ resource, item }) => {
    const [type, number] = item.has(5)
      ? (["gauge", 5] as const)
      : item.has(7)
        ? (["counter", 7] as const)
        : (["histogram", 9] as const);
    const data = fields(each(item, number)[0] as Buffer);
    const temporality = Number(last(data, 2) ?? 0n);
    const monotonic = type === "counter" && last(data, 3) === 1n;
    const points = each(data, 1).map(fields);
    const point = type === "histogram" ? histogramPoint : numberPoint;
    return {
      name: text(item, 1),
      unit: text(item, 3),
      type,
      temporality,
      monotonic,
      resource,
      points: points.map(point),
    };
  });
}

function numberPoint(point: Fields): ReceivedPoint {
  const value = each(point, 4)[0]?.readDoubleLE() ?? Number.NaN;
  return { attributes: valuesOf(point, 7), startMs: msOf(point, 2), endMs: msOf(point, 3), value };
}

function histogramPoint(point: Fields): ReceivedPoint {
  return {
    attributes: valuesOf(point, 9),
    startMs: msOf(point, 2),
    endMs: msOf(point, 3),
    value: Number.NaN,
    count: Number(fixed64(point, 4)),
    sum: each(point, 5)[0]?.readDoubleLE() ?? Number.NaN,
    buckets: eights(each(point, 6)).map((eight) => Number(eight.readBigUInt64LE())),
    bounds: eights(each(point, 7)).map((eight) => eight.readDoubleLE()),
  };
}

/** Repeated fixed-size numbers, packed or not. */
function eights(pieces: Buffer[]): Buffer[] {
  const all = Buffer.concat(pieces);
  return Array.from({ length: all.length / 8 }, (_, index) => all.subarray(index * 8, index * 8 + 8));
}

function valuesOf(message: Fields, number: number): Values {
  const plain = (value: object): Plain => {
    const [first] = Object.entries(value);
    return first?.[0] === "intValue" ? Number(first[1]) : (first?.[1] as Plain);
  };
  return Object.fromEntries(attributes(message, number).map(({ key, value }) => [key, plain(value)]));
}

function msOf(message: Fields, number: number): number {
  return Number(BigInt(fixed64(message, number)) / 1_000_000n);
}
