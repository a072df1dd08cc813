// `npm run bench [-- --records N] [--only name]`: what the daemon costs per path, as a table and as JSON.
// Each path is one fresh process of the real program with the durable spool on; CPU and memory are read from /proc.
import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "1000000" },
    only: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const records = Number(values.records);
const root = join(import.meta.dirname, "..");
/** What is measured is the package as users have it, in a place where it does not stand in the way of the sources. */
const built = join(root, "node_modules/.cache/bench");
const ticksPerSecond = 100;
const adminPort = 19_464;

interface Remotes {
  readonly wandbPort: number;
  readonly httpPort: number;
  readonly syslogPort: number;
}
interface Path {
  readonly name: string;
  /** The output under test, as YAML. */
  output(remotes: Remotes): string;
  /** The metric that shows the path is done when it reaches the number of records. */
  readonly done: string;
  /** Runs on the state that the path before left. */
  readonly reuse?: boolean;
}

const nowhere = "{ name: out, type: splunk_hec, url: http://127.0.0.1:9, token: bench }";
const paths: readonly Path[] = [
  { name: "source → spool", output: () => nowhere, done: "records_new_total" },
  { name: "re-read of known lines", output: () => nowhere, done: "records_fetched_total", reuse: true },
  {
    name: "source → HEC (cim, gzip)",
    output: ({ httpPort }) =>
      `{ name: out, type: splunk_hec, url: http://127.0.0.1:${httpPort}, token: bench, compression: gzip }`,
    done: "events_delivered_total",
  },
  {
    name: "source → HEC (cim)",
    output: ({ httpPort }) =>
      `{ name: out, type: splunk_hec, url: http://127.0.0.1:${httpPort}, token: bench, compression: none }`,
    done: "events_delivered_total",
  },
  {
    name: "source → syslog TCP (cef)",
    output: ({ syslogPort }) =>
      `{ name: out, type: syslog, address: "tcp://127.0.0.1:${syslogPort}", format: cef }`,
    done: "events_delivered_total",
  },
  {
    name: "source → OTLP (gzip)",
    output: ({ httpPort }) =>
      `{ name: out, type: otlp, endpoint: "http://127.0.0.1:${httpPort}", compression: gzip }`,
    done: "events_delivered_total",
  },
];

interface Result {
  readonly path: string;
  readonly records: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly cpuMicrosPerEvent: number;
  readonly peakRssMiB: number;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function peakRssMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0") / 1024;
}

async function metric(name: string): Promise<number> {
  try {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    return Number(new RegExp(`^wandb_audit_forwarder_${name}\\{[^}]*\\} (\\S+)`, "m").exec(text)?.[1] ?? "0");
  } catch {
    return 0;
  }
}

async function measure(path: Path, remotes: Remotes, stateDir: string): Promise<Result> {
  const config = join(stateDir, "..", "config.yaml");
  writeFileSync(
    config,
    `state_dir: ${stateDir}
sources:
  - { name: bench, type: wandb_api, url: "http://127.0.0.1:${remotes.wandbPort}", instance: bench.example, api_key: bench, start: 2d, poll_interval: 1h }
outputs:
  - ${path.output(remotes)}
admin: { listen: 127.0.0.1:${adminPort} }
log: { level: error }
`,
  );
  const daemon = spawn(process.execPath, [join(built, "bin/wandb-audit-forwarder.js"), "run", "-c", config], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const pid = daemon.pid as number;
  const began = performance.now();
  try {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (daemon.exitCode !== null) throw new Error(`the daemon ended with ${daemon.exitCode}`);
      if ((await metric(path.done)) >= records) break;
      if (performance.now() - began > 900_000) throw new Error(`${path.name}: not done after 15 minutes`);
    }
    const seconds = (performance.now() - began) / 1000;
    return {
      path: path.name,
      records,
      seconds: Number(seconds.toFixed(2)),
      eventsPerSecond: Math.round(records / seconds),
      cpuMicrosPerEvent: Number(((cpuSeconds(pid) / records) * 1e6).toFixed(2)),
      peakRssMiB: Math.round(peakRssMiB(pid)),
    };
  } finally {
    await ended(daemon);
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

function build(): void {
  rmSync(built, { recursive: true, force: true });
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", join(built, "dist")], {
    cwd: root,
  });
  for (const part of ["package.json", "bin"])
    cpSync(join(root, part), join(built, part), { recursive: true });
}

/** Milliseconds that the disk takes to make a small write durable: each commit waits for it once. */
function syncMs(folder: string): number {
  const file = openSync(join(folder, "sync"), "w");
  const times = Array.from({ length: 31 }, () => {
    writeSync(file, Buffer.alloc(8192));
    const began = performance.now();
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  return times.sort((a, b) => a - b)[15] as number;
}

build();
const remotesProcess = fork(join(import.meta.dirname, "remotes.ts"), [String(records)]);
const remotes = await new Promise<Remotes>((resolve) =>
  remotesProcess.once("message", (message) => resolve(message as Remotes)),
);
const work = mkdtempSync(join(tmpdir(), "bench-"));
const results: Result[] = [];
const loads: number[] = [];
const sync = syncMs(work).toFixed(1);
try {
  for (const path of paths) {
    if (
      values.only !== undefined &&
      !path.name.includes(values.only) &&
      !(path.name === "source → spool" && values.only.includes("re-read"))
    )
      continue;
    const stateDir = join(work, "state");
    if (path.reuse !== true) rmSync(stateDir, { recursive: true, force: true });
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const result = await measure(path, remotes, stateDir);
    results.push(result);
    loads.push(loadavg()[0] as number);
    process.stderr.write(
      `${result.path}: ${result.eventsPerSecond} events/s, ${result.cpuMicrosPerEvent} µs/event, ${result.peakRssMiB} MiB\n`,
    );
  }
} finally {
  remotesProcess.disconnect();
  rmSync(work, { recursive: true, force: true });
}

const table = [
  "| path | events/s | CPU µs/event | peak RSS MiB |",
  "|---|--:|--:|--:|",
  ...results.map(
    (result) =>
      `| ${result.path} | ${result.eventsPerSecond.toLocaleString("en")} | ${result.cpuMicrosPerEvent} | ${result.peakRssMiB} |`,
  ),
].join("\n");
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, SQLite ${process.versions.sqlite}`;
process.stdout.write(
  `${table}\n\n${JSON.stringify({ date: new Date().toISOString().slice(0, 10), machine, results })}\n`,
);
if (values.write) {
  const text = `# Benchmark results

\`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${records.toLocaleString("en")} records of 435 bytes, one fresh process per path, durable spool on (fsync per commit),
NDJSON over loopback HTTP, one output. Machine: ${machine}; an fsync takes ${sync} ms. Start-up is included.

Load average during the run: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} on ${cpus().length} cores; about 2 is the benchmark itself. More than that is other
work, which takes time from every row and, as the cores share their caches, makes each event cost more CPU too. Compare rows of one run.

${table}
`;
  const file = join(import.meta.dirname, "results.md");
  // What people make of the numbers stays.
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const judgement = before.slice(before.indexOf("\n## "));
  writeFileSync(file, before.includes("\n## ") ? text + judgement : text);
}
