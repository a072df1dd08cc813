import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { carriedBy } from "../../src/carried.ts";
import { exitCodes, type MapOptions, type Terminal } from "../../src/command/command.ts";
import { map } from "../../src/command/map.ts";
import { systemRandom } from "../../src/random.ts";
import { systemClock } from "../../src/time/clock.ts";
import { agent } from "../format/arbitrary-event.ts";
import { vectors } from "../format/vectors.ts";
import { Keeper, line, rehearse, today } from "../source/wandb-api/reading.ts";

const nowMs = 1_785_592_800_123;
const options: MapOptions = {
  config: undefined,
  format: "raw",
  source: "prod",
  instance: "mycompany.wandb.io",
  output: undefined,
  configNamed: false,
  frame: false,
  files: ["-"],
};

interface Heard {
  out: string;
  err: string;
}

function terminal(input: Iterable<Buffer | string>, heard: Heard, stdout?: Writable): Terminal {
  const to = (name: keyof Heard) =>
    new Writable({
      write(chunk, _, done) {
        heard[name] += chunk.toString();
        done();
      },
    });
  return {
    stdin: Readable.from(Array.from(input, (chunk) => Buffer.from(chunk))),
    stdout: stdout ?? to("out"),
    stderr: to("err"),
    environment: {},
    isTTY: false,
    colors: false,
    stderrIsTTY: false,
    stderrColors: false,
    columns: 80,
    agent,
    clock: { ...systemClock, now: () => nowMs },
    onSignal: () => () => {},
    content: carriedBy(new URL("../../src/main.ts", import.meta.url).href).content,
    random: systemRandom,
    useScrub: () => {},
  };
}

async function mapped(input: Iterable<Buffer | string>, changes: Partial<MapOptions> = {}) {
  const heard: Heard = { out: "", err: "" };
  const code = await map({ ...options, ...changes }, terminal(input, heard));
  return { code, lines: heard.out.split("\n").slice(0, -1), ...heard };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "map-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("map", () => {
  it("gives every line of the samples its payload and its uid, twins counted", async () => {
    const { code, lines } = await mapped([vectors.map(({ input }) => input).join("\n")], { format: "ecs" });
    expect(code).toBe(exitCodes.done);
    expect(lines.map((line) => JSON.parse(line).event.id)).toEqual(vectors.map(({ uid }) => uid));
  });

  it("needs no options at all", async () => {
    const { lines } = await mapped(['{"action":"user:login"}'], {
      format: undefined,
      source: undefined,
      instance: undefined,
    });
    expect(JSON.parse(lines[0] as string).observer).toMatchObject({ hostname: "localhost", name: "wandb" });
  });

  it("splits at line feeds only, wherever the chunks end", async () => {
    const text = '\ufeff{"a":"x\u2028é"}\r\n\n  \r\n{"b":2}\n{"c":3}';
    for (const size of [1, 2, 3, 7, 100]) {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect((await mapped(chunks)).lines).toEqual(['{"a":"x\\u2028é"}', '{"b":2}', '{"c":3}']);
    }
  });

  it("takes lines as Windows ends them, and skips blank ones", async () => {
    expect((await mapped(['{"a":1}\r\n  \r\n{"b":2}\r\n'])).lines).toEqual(['{"a":1}', '{"b":2}']);
  });

  it("shows a malformed line as the unparseable event that it becomes, first or not", async () => {
    const { lines, code } = await mapped(['not json\n{"a":1}\n{"b":\n[1]\n']);
    expect(code).toBe(exitCodes.done);
    expect(lines).toEqual([
      '{"wandb_fault":"not_json","wandb_raw":"not json"}',
      '{"a":1}',
      '{"wandb_fault":"not_json","wandb_raw":"{\\"b\\":"}',
      '{"wandb_fault":"not_json","wandb_raw":"[1]"}',
    ]);
  });

  it("gives the reasons that the daemon gives for what it cannot decode", async () => {
    const deep = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    const wide = `{${Array.from({ length: 5000 }, (_, at) => `"k${at}":1`).join(",")}}`;
    const lines = [line(today, 1), "[1]", deep(70), deep(400_000), wide, '{"a":', '"text"', line(today, 2)];
    const rehearsal = await rehearse({ dialect: "v4" });
    try {
      rehearsal.server.behave({ generated: { count: lines.length, entry: (at) => lines[at] as string } });
      const keeper = new Keeper(rehearsal.source({ start: "12h", read: { max_line: "60KiB" } }));
      await keeper.poll();
      const kept = keeper.kept.map(({ fault }) => fault).filter((fault) => fault !== undefined);
      expect(kept.toSorted()).toEqual([
        "line_too_long",
        "not_json",
        "not_json",
        "not_json",
        "too_deep",
        "too_many_keys",
      ]);
    } finally {
      await rehearsal.close();
    }
    const config = file(
      "limit.yaml",
      `sources: [{ name: prod, type: wandb_api, url: "https://w.example", api_key: "\${X:-k}", read: { max_line: 60KiB } }]\noutputs: [{ name: o, type: stdout }]\n`,
    );
    const shown = (await mapped([`${lines.join("\n")}\n`], { config, configNamed: true })).lines;
    expect(shown.map((shown) => JSON.parse(shown).wandb_fault)).toEqual([
      undefined,
      "not_json",
      "too_deep",
      "line_too_long",
      "too_many_keys",
      "not_json",
      "not_json",
      undefined,
    ]);
  });

  it("takes a whole answer of the API too", async () => {
    const { lines } = await mapped(['{"audit_logs": [\n {"a":1},\n {"b":2}\n], "next_cursor": ""}']);
    expect(lines).toEqual(['{"a":1}', '{"b":2}']);
  });

  it("cuts a record that is too long, and goes on", async () => {
    const long = `{"a":"${"x".repeat(2_000_000)}"}`;
    const { lines } = await mapped([long.slice(0, 1_500_000), `${long.slice(1_500_000)}\n{"b":2}\n`]);
    expect(JSON.parse(lines[0] as string).wandb_fault).toBe("line_too_long");
    expect(lines[1]).toBe('{"b":2}');
  });

  it("reads files, and counts twins over all of them", async () => {
    const files = [
      file("a.ndjson", '{"action":"user:login"}\n'),
      file("b.ndjson", '{"action":"user:login"}'),
    ];
    const { lines } = await mapped([], { files, format: "json" });
    const uids = lines.map((line) => JSON.parse(line).uid);
    expect(new Set(uids).size).toBe(2);
  });

  it("names a file that it cannot read", async () => {
    const { code, err } = await mapped([], { files: [join(folder, "missing.ndjson")] });
    expect(code).toBe(exitCodes.failed);
    expect(err).toMatch(/cannot read .*missing\.ndjson: ENOENT\n/);
  });

  it("reads no further than its reader does", async () => {
    let produced = 0;
    function* endless() {
      for (;;) {
        produced += 1;
        yield '{"a":1}\n'.repeat(100);
      }
    }
    const release: (() => void)[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => void release.push(done),
    });
    const stdin = Readable.from(buffers(endless()));
    const running = map(options, { ...terminal([], { out: "", err: "" }, slow), stdin });
    while (release.length === 0) await new Promise(setImmediate);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(release.length).toBe(1);
    expect(produced).toBeLessThan(40);
    slow.destroy(new Error("EPIPE"));
    expect(await running).toBe(exitCodes.io);
  });

  it("ends quietly when whoever read its output is gone", async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
    });
    const heard = { out: "", err: "" };
    expect(await map(options, terminal(['{"a":1}\n', '{"b":2}\n'], heard, gone))).toBe(exitCodes.io);
    expect(heard.err).toBe("");
  });

  it("says what it does not know, and what was meant", async () => {
    expect(await mapped([], { format: "csf" })).toMatchObject({
      code: exitCodes.usage,
      err: 'wandb-audit-forwarder: there is no format "csf" (did you mean cef?)\n',
    });
    expect((await mapped([], { output: "splunk" })).err).toContain(
      'output "splunk" is looked up in the configuration: name it with -c FILE',
    );
  });
});

function* buffers(texts: Iterable<string>): Generator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe("map --frame", () => {
  const [first] = vectors;
  const input = [first?.input ?? ""];

  it("adds the HEC envelope", async () => {
    const { lines } = await mapped(input, { format: "cim", frame: true });
    expect(lines).toEqual([first?.hec]);
    for (const format of ["raw", "ecs"]) {
      const [line = ""] = (await mapped(input, { format, frame: true })).lines;
      const [payload = ""] = (await mapped(input, { format })).lines;
      expect(JSON.parse(line).event).toEqual(JSON.parse(payload));
    }
  });

  it("adds the syslog header", async () => {
    expect((await mapped(input, { format: "json", frame: true })).lines).toEqual([first?.syslog5424_json]);
    const [line] = (await mapped(input, { format: "cef", frame: true })).lines;
    expect(line).toMatch(
      /^<110>1 2026-08-01T13:12:14\.000000Z mycompany\.wandb\.io wandb-audit - project:read - CEF:0\|/,
    );
  });

  it("adds the request around an OTLP record", async () => {
    const [line = ""] = (await mapped(input, { format: "otlp", frame: true })).lines;
    const [{ resource, scopeLogs }] = JSON.parse(line).resourceLogs;
    expect(resource.attributes[0]).toEqual({ key: "service.name", value: { stringValue: "wandb" } });
    expect(scopeLogs[0].logRecords).toHaveLength(1);
  });
});

describe("map with a configuration", () => {
  const yaml = `
state_dir: STATE
sources:
  - { name: prod, type: wandb_api, url: https://acme.wandb.io, api_key: key-1234567 }
outputs:
  - { name: soc, type: syslog, address: "tcp://siem.example:601", format: json, app_name: audit, filter: { actions: ["user:*"] }, redact: { drop: [actor_email] } }
  - { name: collector, type: otlp, original: false }
  - { name: splunk, type: splunk_hec, url: https://splunk.example:8088, token: token-1234567, index: security }
  - { name: lake, type: stdout, format: json, labels: { tenant: acme } }
`;
  const line = '{"action":"user:login","actor_email":"ada@acme.example"}';
  const configured = (changes: Partial<MapOptions>) => ({
    config: file("config.yaml", yaml.replace("STATE", folder)),
    configNamed: true,
    format: undefined,
    source: undefined,
    instance: undefined,
    ...changes,
  });

  it("uses the output's format, filter and redaction", async () => {
    const { lines, err } = await mapped(
      [`${line}\n{"action":"project:read"}\n`],
      configured({ output: "soc" }),
    );
    expect([lines, err]).toEqual([['{"action":"user:login"}'], ""]);
  });

  it("frames with the output's own settings", async () => {
    const soc = await mapped([line], configured({ output: "soc", frame: true }));
    expect(soc.lines[0]).toMatch(
      /^<110>1 \S+ acme\.wandb\.io audit - user:login \[wandb@32473 .*\] \{"action":"user:login"\}$/,
    );
    const splunk = await mapped([line], configured({ output: "splunk", frame: true, format: "raw" }));
    expect(JSON.parse(splunk.lines[0] as string)).toMatchObject({
      index: "security",
      event: JSON.parse(line),
    });
  });

  it("shows the output's labels, in whatever format", async () => {
    const lake = await mapped([line], configured({ output: "lake" }));
    expect(JSON.parse(lake.lines[0] as string).labels).toEqual({ tenant: "acme" });
    const cef = await mapped([line], configured({ output: "lake", format: "cef", frame: true }));
    expect(cef.lines[0]).toContain(" tenant=acme");
  });

  it("shows an OTLP request as this output sends it: without the record where it leaves that out", async () => {
    const { lines } = await mapped([line], configured({ output: "collector", frame: true }));
    const [{ scopeLogs }] = JSON.parse(lines[0] as string).resourceLogs;
    expect(scopeLogs[0].logRecords).toHaveLength(1);
    expect(lines[0]).toContain("log.record.uid");
    expect(lines[0]).not.toContain("log.record.original");
    const refused = await mapped([line], configured({ output: "collector", frame: true, format: "cef" }));
    expect([refused.code, refused.err]).toEqual([
      exitCodes.usage,
      expect.stringContaining('no format for otlp "cef"'),
    ]);
  });

  it("shows a format alone, also one that the output does not have", async () => {
    const { lines } = await mapped([line], configured({ output: "soc", format: "json" }));
    expect(lines).toEqual(['{"action":"user:login"}']);
    const cef = await mapped([line], configured({ output: "collector", format: "cef" }));
    expect(cef.lines[0]).toMatch(/^CEF:0/);
  });

  it("refuses a format that the output does not speak", async () => {
    const { code, err } = await mapped([line], configured({ output: "soc", frame: true, format: "cim" }));
    expect([code, err]).toEqual([exitCodes.usage, expect.stringContaining('no format for syslog "cim"')]);
  });

  it("knows only the configured sources", async () => {
    const { code, err } = await mapped([line], configured({ source: "prd" }));
    expect([code, err]).toEqual([exitCodes.usage, expect.stringContaining("did you mean prod?")]);
  });
});

describe("map where the service is installed", () => {
  const yaml = `
state_dir: STATE
sources:
  - { name: prod, type: wandb_api, url: https://acme.wandb.io, api_key: "\${file:\${CREDENTIALS_DIRECTORY}/key}" }
outputs:
  - { name: splunk, type: splunk_hec, url: https://splunk.example:8088, token: "\${HEC_TOKEN}", index: security, format: raw }
  - name: soc
    type: syslog
    address: tcp://siem.example:601
    format: json
    redact: { pseudonymize: [actor_email], key: "\${file:\${CREDENTIALS_DIRECTORY}/pseudonyms}" }
`;
  const line = '{"action":"user:login","actor_email":"ada@acme.example"}';
  const service = (changes: Partial<MapOptions>, text = yaml) => ({
    config: file("config.yaml", text.replace("STATE", folder)),
    format: undefined,
    source: undefined,
    instance: undefined,
    ...changes,
  });

  it("needs none of the service's secrets", async () => {
    const alone = await mapped([line], service({ format: "ecs" }));
    expect(JSON.parse(alone.lines[0] as string).observer).toMatchObject({ name: "prod" });
    const framed = await mapped([line], service({ output: "splunk", frame: true }));
    expect(JSON.parse(framed.lines[0] as string)).toMatchObject({ index: "security" });
    expect([alone.err, framed.err]).toEqual(["", ""]);
  });

  it("makes no pseudonyms with a key that it does not know", async () => {
    const { code, err, out } = await mapped([line], service({ output: "soc" }));
    expect([code, out]).toEqual([exitCodes.usage, ""]);
    expect(err).toContain("CREDENTIALS_DIRECTORY");
  });

  it("takes all from its options when the service has other sources, or a file that cannot be used", async () => {
    const all = { format: "ecs", source: "mine", instance: "mine.example" } as const;
    for (const text of [yaml, yaml.replace("state_dir", "state_dri")]) {
      const { code, lines } = await mapped([line], service(all, text));
      expect(code).toBe(exitCodes.done);
      expect(JSON.parse(lines[0] as string).observer).toMatchObject({
        name: "mine",
        hostname: "mine.example",
      });
    }
    const named = service({ ...all, configNamed: true }, yaml.replace("state_dir", "state_dri"));
    await expect(mapped([line], named)).rejects.toThrow(/state_dri/);
    const broken = service({ output: "splunk" }, yaml.replace("state_dir", "state_dri"));
    await expect(mapped([line], broken)).rejects.toThrow(/state_dri/);
  });
});
