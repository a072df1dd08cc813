import {
  answered,
  answersLost,
  blockedIndex,
  cut,
  everything,
  filesTooSmall,
  flippedBit,
  heavy,
  killedInFlight,
  killedWhileStoring,
  killedWhileWriting,
  lateEntry,
  type Probe,
  powered,
  redirected,
  refusedByBroker,
  renamed,
} from "./probes.ts";

export interface Edit {
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A fault that somebody could make, and the cheapest situation in which it shows. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly probe: Probe;
}

const status = "if (status >= 300 && status < 400) return redirected(status, headers);";
const deliveredWhen = (condition: string): Edit => ({
  file: "src/output/http-outcome.ts",
  find: status,
  replace: `if (${condition}) return { status: "delivered", rejected: [] } as never;\n  ${status}`,
});
const normal: Edit = {
  file: "src/spool/sqlite/database.ts",
  find: "PRAGMA synchronous = FULL;",
  replace: "PRAGMA synchronous = NORMAL;",
};

export const mutants: readonly Mutant[] = [
  {
    name: "writes lines again that a file has",
    edits: [
      {
        file: "src/output/file/leftover.ts",
        find: '!lines.delete(line.toString("latin1"))',
        replace: "line.length > 0",
      },
    ],
    probe: killedWhileWriting,
  },
  {
    name: "stores again what an archive has",
    edits: [
      {
        file: "src/output/archive/archive-output.ts",
        find: "const left = lines.filter(({ uid }) => !has.uids.has(uid));",
        replace: "const left = lines;",
      },
      {
        file: "src/output/archive/archive-output.ts",
        find: "if (whole !== undefined) {",
        replace: "if (whole !== undefined && day < 0) {",
      },
    ],
    probe: killedWhileStoring,
  },
  {
    name: "gives up what a cluster has already",
    edits: [
      {
        file: "src/output/elasticsearch/bulk-answer.ts",
        find: 'if (status === 409) return "taken";',
        replace: "",
      },
    ],
    probe: answersLost,
  },
  {
    name: "takes for stored what is not",
    edits: [
      {
        file: "src/output/elasticsearch/bulk-answer.ts",
        find: 'else if (fate === "waiting") waiting.push(item);',
        replace: 'else if (fate === "waiting") taken.push(index);',
      },
    ],
    probe: blockedIndex,
  },
  {
    name: "takes what a broker did not store for stored",
    edits: [
      {
        file: "src/output/kafka/outcome.ts",
        find: "if (open) return { stored, result: undefined };",
        replace: 'if (open) return { stored, result: { status: "delivered", rejected: [] } };',
      },
    ],
    probe: refusedByBroker,
  },
  {
    name: "settles before it sends",
    edits: [
      {
        file: "src/deliver/deliver.ts",
        find: "const [sent] = await Promise.all(",
        replace:
          "if (batch.through > this.#settler.standing.position) await this.#run.follow(batch, { result: { status: 'delivered', rejected: [] }, seconds: 0 }, deadline);\n    const [sent] = await Promise.all(",
      },
      {
        file: "src/deliver/run-lane.ts",
        find: "await settler.settle(batch",
        replace: "if (batch.through <= settler.standing.position) return;\n    await settler.settle(batch",
      },
    ],
    probe: killedInFlight,
  },
  {
    name: "takes twins for one",
    edits: [
      {
        file: "src/ingest/shown-day.ts",
        find: "if (times <= count) return known;",
        replace: "if (count > 0) return known;",
      },
    ],
    probe: everything,
  },
  {
    name: "moves the cursor before the records",
    edits: [
      {
        file: "src/ingest/ingest.ts",
        find: "export function ingest(options: IngestOptions): Ingest {",
        replace: `export function ingest(given: IngestOptions): Ingest {
  const held: unknown[][] = [];
  const { store } = given;
  const late = new Proxy(store, {
    get(_, key) {
      if (key === "append") return (...records: unknown[]) => void held.push(records);
      const call = Reflect.get(store, key).bind(store);
      if (key !== "finishWindow") return call;
      return (...end: unknown[]) => {
        call(...end);
        for (const records of held.splice(0)) store.append(...(records as never as [never, never, never, never]));
      };
    },
  });
  const options = { ...given, store: late };`,
      },
    ],
    probe: filesTooSmall,
  },
  {
    name: "goes on from the newest time it has seen",
    edits: [
      {
        file: "src/source/wandb-api/round/advance.ts",
        find: "start: progress.start,\n    ...(reached",
        replace:
          "start: Number((step.outcome as { newest?: number }).newest ?? progress.start),\n    ...(reached",
      },
    ],
    probe: lateEntry,
  },
  { name: "drops on 5xx", edits: [deliveredWhen("status >= 500")], probe: answered("server_error") },
  { name: "drops on 401", edits: [deliveredWhen("status === 401")], probe: answered("unauthorized") },
  { name: "believes a login page", edits: [deliveredWhen("status === 200")], probe: answered("html") },
  { name: "does not sync each commit", edits: [normal], probe: everything },
  {
    name: "does not sync each commit, nor looks whether it does",
    edits: [
      normal,
      {
        file: "src/spool/sqlite/database.ts",
        find: " || found.synchronous !== 2)",
        replace: ")",
      },
    ],
    probe: powered("crashed"),
  },
  {
    name: "moves a position over a hole",
    edits: [
      {
        file: "src/deliver/batch.ts",
        find: "this.full = true;\n        return;",
        replace: "this.full = true;\n        this.through = record.seq;\n        return;",
      },
      {
        file: "src/spool/sqlite/settle.ts",
        find: "settled < kept || settled > kept + damaged ||",
        replace: "",
      },
    ],
    probe: heavy,
  },
  {
    name: "follows redirects",
    edits: [
      {
        file: "src/net/http/client.ts",
        find: "const answer = await receive(asking, request.body, deadline);",
        replace: `const answer = await receive(asking, request.body, deadline);
      const { location } = answer.headers;
      if (location !== undefined)
        await fetch(location, {
          method: request.method,
          headers: request.headers as never,
          body: (Array.isArray(request.body) ? Buffer.concat(request.body) : request.body) as never,
        });`,
      },
    ],
    probe: redirected,
  },
  {
    name: "unpacks as browsers do",
    edits: [
      {
        file: "src/source/wandb-log/gunzip.ts",
        find: "createGunzip({ chunkSize: outputBytes })",
        replace: "createGunzip({ chunkSize: outputBytes, finishFlush: 2 })",
      },
    ],
    probe: cut("gzip"),
  },
  {
    name: "believes an end that is not proven",
    edits: [
      {
        file: "src/source/wandb-api/body.ts",
        find: "if (!limits.allowUnframed && !isFramed(answer))",
        replace: "if (limits.allowUnframed && !isFramed(answer))",
      },
    ],
    probe: cut("unframed"),
  },
  {
    name: "does not look at seals",
    edits: [
      {
        file: "src/spool/sqlite/sealed-table.ts",
        find: "const sound = sum instanceof Uint8Array && sealOf(valuesOf(found)).equals(sum);",
        replace: "const sound = true;",
      },
    ],
    probe: flippedBit("spool.db", 3),
  },
  {
    name: "does not look at checksums of segments",
    edits: [
      {
        file: "src/spool/segment/segment-files.ts",
        find: "found.length === place.size && hasChecksum(found, place.crc) ? found : undefined;",
        replace: "found;",
      },
    ],
    probe: flippedBit("records-000001", 40),
  },
  {
    name: "commits before its records are on the disk",
    edits: [
      {
        file: "src/spool/segment/segment-files.ts",
        find: "fdatasyncSync(descriptor);",
        replace: "descriptor satisfies number;",
      },
    ],
    probe: powered("fresh"),
  },
  {
    name: "knows entries by names that change",
    edits: [{ file: "src/record/read-time.ts", find: '  "project_name",\n', replace: "" }],
    probe: renamed,
  },
];
