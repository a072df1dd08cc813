import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Delivery, type HarnessOutput, harnessOutputs } from "./outputs.ts";
import { type Life, startLife } from "./program.ts";
import { type HarnessSource, harnessSources, type SourceSetting } from "./source.ts";

/** Events in one send, at most: the unit of what may repeat after a crash. */
export const batchEvents = 40;
export const diskLimit = 64 * 1024 * 1024;

/** A source, outputs, a state directory and the configuration that joins them. */
export interface Rig {
  readonly source: HarnessSource;
  readonly outputs: ReadonlyMap<string, HarnessOutput>;
  readonly folder: string;
  readonly stateDir: string;
  start(args: readonly string[], wrapper?: readonly string[]): Life;
  /** What the program said in all its lives. */
  said(): string;
  /** What an output took since the newest state directory is in use. */
  deliveries(output: string): readonly Delivery[];
  /** The same source and outputs with another state directory: empty, or a copy. */
  newState(from?: string): void;
  close(): Promise<void>;
}

export interface RigOptions extends SourceSetting {
  readonly program: string;
  readonly outputs: readonly string[];
  readonly source?: (setting: SourceSetting) => Promise<HarnessSource>;
  readonly events?: number;
  readonly batchBytes?: string;
}

export async function makeRig(options: RigOptions): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "harness-"));
  const source = await (options.source ?? known(harnessSources, "wandb_api"))(options);
  const outputs = new Map<string, HarnessOutput>();
  for (const name of options.outputs) outputs.set(name, await known(harnessOutputs, name)());
  const environment = Object.assign(
    {},
    source.environment,
    ...[...outputs.values()].map((o) => o.environment),
  );
  let states = 0;
  let stateDir = "";
  let config = "";
  const before = new Map<string, number>();

  function newState(from?: string): void {
    for (const [name, output] of outputs) {
      output.renew?.();
      before.set(name, output.count());
    }
    stateDir = join(folder, `state-${++states}`);
    config = join(folder, `config-${states}.yaml`);
    configure();
    if (from !== undefined)
      cpSync(from, stateDir, { recursive: true, filter: (path) => !path.endsWith(".sock") });
  }

  function configure(): void {
    const bytes = options.batchBytes === undefined ? "" : `, max_bytes: ${options.batchBytes}`;
    // What is stored as files has its own word for how long they wait.
    const common = (settings: readonly string[]) => [
      `batch: { max_events: ${options.events ?? batchEvents}${bytes}${settings.some((each) => each.startsWith("roll:")) ? "" : ", max_wait: 10ms"} }`,
      "retry: { min_backoff: 10ms, max_backoff: 100ms, hold_interval: 50ms }",
      "timeout: 10s",
    ];
    const member = (name: string, settings: readonly string[]) =>
      [`  - name: ${name}`, ...settings.map((setting) => `    ${setting}`)].join("\n");
    writeFileSync(
      config,
      `state_dir: ${stateDir}
spool: { max_bytes: 64MiB }
sources:
${member("truth", source.settings)}
outputs:
${[...outputs].map(([name, output]) => member(name, [...output.settings, ...common(output.settings)])).join("\n")}
admin: { listen: off }
log: { level: info }
`,
      { mode: 0o600 },
    );
  }
  const lives: Life[] = [];
  newState();

  return {
    source,
    outputs,
    folder,
    get stateDir() {
      return stateDir;
    },
    start(args, wrapper = []) {
      const life = startLife({
        program: options.program,
        args: [...args, "-c", config],
        environment,
        wrapper,
      });
      lives.push(life);
      return life;
    },
    said: () => lives.map((life) => life.said()).join("\n"),
    deliveries: (name) => outputs.get(name)?.deliveries(before.get(name) ?? 0) ?? [],
    newState,
    async close() {
      await source.close();
      for (const output of outputs.values()) await output.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function known<T>(list: Readonly<Record<string, T>>, name: string): T {
  const found = list[name];
  if (found === undefined) throw new Error(`there is no ${name} here, only ${Object.keys(list).join(", ")}`);
  return found;
}

/** Every secret of the rig as it may be written. */
export function secretForms(rig: Rig): string[] {
  const secrets = [rig.source, ...rig.outputs.values()].flatMap(({ environment }) =>
    Object.values(environment),
  );
  return secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(`:${secret}`).toString("base64").replace(/=+$/, ""),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("/", "\\/"),
  ]);
}
