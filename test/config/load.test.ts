// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOf } from "../../src/config/assemble.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { loadText, problemsIn } from "./load-text.ts";

const good = `
state_dir: /var/lib/forwarder
sources:
  - name: prod
    type: feed
    url: https://acme.example
    api_key: \${WANDB_API_KEY}
outputs:
  - name: siem
    type: collector
    token: \${file:/run/secrets/token}
`;
const around = {
  environment: { WANDB_API_KEY: "key-of-the-source" },
  files: { "/run/secrets/token": "token-of-the-output\n" },
};

describe("a configuration", () => {
  test("becomes durations in milliseconds, sizes in bytes and secrets that do not show", () => {
    const config = loadText(`${good}spool: { max_bytes: 2GiB, keep_delivered: 1h30m }\n`, around);
    expect(config.stateDir).toBe("/var/lib/forwarder");
    expect(config.spool).toEqual({ maxBytes: 2 * 2 ** 30, keepDelivered: 5_400_000 });
    expect(config.sources.map(({ type, config }) => [type, config.name, config.poll_interval])).toEqual([
      ["feed", "prod", 300_000],
    ]);
    expect(config.outputs[0]?.config.batch.max_events).toBe(500);
    expect(config.secrets.map(({ owner, path, secret }) => [owner, path, secret.reveal()])).toEqual([
      ["prod", "sources[0].api_key", "key-of-the-source"],
      ["siem", "outputs[0].token", "token-of-the-output"],
    ]);
    expect(JSON.stringify(config)).not.toContain("-of-the-");
    expect(config.warnings).toEqual([]);
  });

  test("has defaults for everything but sources and outputs", () => {
    const config = loadText(good.replace(/state_dir.*\n/, ""), around);
    expect(config.stateDir).toBe("/var/lib/wandb-audit-forwarder");
    expect(config.spool).toEqual({ maxBytes: 10 * 2 ** 30, keepDelivered: 7 * 86_400_000 });
    expect(config.admin).toEqual({
      listen: { host: "127.0.0.1", port: 9464 },
      token: undefined,
      allowedHosts: [],
    });
    expect(config.log.level).toBe("info");
    expect(config.shutdownTimeout).toBe(30_000);
  });

  test("keeps a relative state folder beside the file", () => {
    expect(loadText(good.replace("/var/lib/forwarder", "state"), around).stateDir).toBe(
      "/etc/forwarder/state",
    );
  });

  test("reads a secret file again when asked, and keeps the old value while the file is away", () => {
    const files: Record<string, string> = { ...around.files };
    const config = loadText(good, { ...around, files });
    const [, token] = config.secrets;
    files["/run/secrets/token"] = "rotated-token\n";
    expect(token?.secret.reload()).toBe(true);
    expect(token?.secret.reveal()).toBe("rotated-token");
    delete files["/run/secrets/token"];
    expect(token?.secret.reload()).toBe(false);
    expect(token?.secret.reveal()).toBe("rotated-token");
  });
});

describe("problems", () => {
  test("are told all at once, in the order of the file, each with its place, path and the nearest right word", () => {
    const text = `state_dri: /tmp/x
log: { level: inof }
sources:
  - name: prod
    type: feeed
outputs:
  - name: siem
    type: collector
    tokn: \${TOKEN}
    port: many
    batch: { max_wait: 10 minutes }
    format: cmi
    url: https://user:password@siem.example
  - name: siem
    type: collector
    timeout: 5
    filter: { min_severity: 11, outcome: success }
`;
    expect(problemsIn(text)).toEqual([
      "1:1: state_dri: unknown key (did you mean state_dir?)",
      "2:15: log.level: must be one of trace, debug, info, warn, error (did you mean info?)",
      "5:11: sources[0].type: must be feed (did you mean feed?)",
      "9:5: outputs[0].tokn: unknown key (did you mean token?)",
      "9:11: outputs[0].tokn: the environment variable TOKEN is not set (set it, or give a default: ${TOKEN:-default})",
      "10:11: outputs[0].port: must be a number, not text",
      "11:24: outputs[0].batch.max_wait: not a duration: write a number and a unit, such as 30s, 5m, 26h or 7d",
      "12:13: outputs[0].format: must be one of ecs, cim, raw (did you mean cim?)",
      "13:10: outputs[0].url: must not hold a user name or password: give the credential by its own key",
      "14:11: outputs[1].name: outputs[0] has this name already (state and metrics are kept by name)",
      "16:14: outputs[1].timeout: not a duration: write a number and a unit, such as 30s, 5m, 26h or 7d",
      "17:29: outputs[1].filter.min_severity: must be at most 10",
      "17:42: outputs[1].filter.outcome: must be a list, not text",
    ]);
  });

  test("of what is missing stand where it should be", () => {
    expect(
      problemsIn("sources:\n  - name: prod\n    type: feed\n    url: https://a.example\noutputs: []\n"),
    ).toEqual(["2:5: sources[0].api_key: missing", "5:10: outputs: must have at least 1 entry"]);
    expect(problemsIn("log:\n  level: info\n")).toEqual(["1:1: sources: missing", "1:1: outputs: missing"]);
  });

  test.each([
    ["", "1:1: not a configuration: it must hold sources and outputs (the examples in config/ show how)"],
    [
      "- a\n",
      "1:1: not a configuration: it must hold sources and outputs (the examples in config/ show how)",
    ],
    ["a: 1\na: 2\n", "2:1: this key stands here for the second time"],
    ["a: !secret 1\n", "1:4: tags (!name) are not allowed"],
    ["a: 1\n---\nb: 1\n", "2:1: the file holds more than one document"],
    ["a:\n\t- 1\n", "2:1: a tab stands where spaces must"],
    ["? [a]\n: 1\n", "1:3: a key must be plain text"],
    [
      "a: { b: ${X} }\n",
      '1:10: not valid YAML here (inside { } and [ ] write references in quotes: "${NAME}")',
    ],
    [
      "a:\n  - b: 1\n    c: 2\n   d: 3\n",
      "4:1: the indentation here does not fit the lines around it (keys of one group begin in the same column)",
    ],
    [
      "a:\n  b: x\n    c: y\n",
      "2:6: the indentation here does not fit the lines around it (keys of one group begin in the same column)",
    ],
    [
      "a:\n  b:x\n  c: y\n",
      "2:3: a colon or the space after it is missing, or a key goes over several lines",
    ],
    ["a: x: y\n", '1:4: a value must not hold ": " (put the value in quotes)'],
  ])("of YAML are told in plain words: %j", (text, line) => {
    expect(problemsIn(text)).toEqual([line]);
  });

  test("of what the design has and this version does not are called that", () => {
    const text = good
      .replace("type: feed\n", "type: bucket\n")
      .concat("    concurrency: 2\n    labels: { a: b }\n    format: ocsf\n");
    expect(problemsIn(text, around)).toEqual([
      "5:11: sources[0].type: not available in this version",
      "12:5: outputs[0].concurrency: not available in this version",
      "13:5: outputs[0].labels: not available in this version",
      "14:13: outputs[0].format: not available in this version",
    ]);
  });

  test("of an empty secret are told as that", () => {
    expect(problemsIn(good, { ...around, files: { ...around.files, "/run/secrets/token": "\n" } })).toEqual([
      expect.stringMatching(/: must not be empty$/),
    ]);
  });

  test("include a configuration that this user may not read, with what to do", () => {
    const readFile = () => {
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    };
    expect(() => textOf("/etc/c.yaml", { environment: {}, readFile })).toThrow(
      /permission denied .the user who runs this must be able to read it/,
    );
  });

  test("include a file that is not there, with what to do", () => {
    expect(() => loadText(good, { environment: around.environment })).toThrow(
      "/etc/forwarder/config.yaml:11:12: outputs[0].token: cannot read /run/secrets/token: no such file (it must exist and be readable by the user of this program)",
    );
  });

  test("include a secret that others may read, also where the part has other problems", () => {
    const files = { "/run/secrets/token": { text: "t", mode: 0o644 } };
    expect(problemsIn(`${good}    port: 0\n`, { ...around, files })).toEqual([
      "11:12: outputs[0].token: too many may read the secret in /run/secrets/token (mode 0644) (chmod 0640 or less; with Docker and Kubernetes secrets set the mode to 0440)",
      "12:11: outputs[0].port: must be at least 1",
    ]);
    for (const mode of [0o640, 0o440, 0o400, 0o600]) {
      expect(problemsIn(good, { ...around, files: { "/run/secrets/token": { text: "t", mode } } })).toEqual(
        [],
      );
    }
  });

  test("allow anyone to read a file that holds no secret", () => {
    const files = { ...around.files, "/etc/hostname": { text: "forwarder-1\n", mode: 0o644 } };
    const config = loadText(good.replace("name: prod", "name: ${file:/etc/hostname}"), { ...around, files });
    expect(config.sources[0]?.config.name).toBe("forwarder-1");
  });

  test("include certificates that nobody verifies", () => {
    const environment = { ...around.environment, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    expect(problemsIn(good, { ...around, environment }).join()).toContain(
      "switches off the verification of every certificate",
    );
  });
});

describe("parts that do not fit together", () => {
  const twice = good.replace(
    "outputs:",
    "  - name: again\n    type: feed\n    url: https://acme.example/base\n    api_key: ${WANDB_API_KEY}\noutputs:",
  );

  test("two sources of one instance are refused, unless each is given its own", () => {
    expect(problemsIn(twice, around)).toEqual([
      expect.stringContaining("8:5: sources[1].instance: sources[0] reads the same W&B instance"),
    ]);
    expect(problemsIn(twice.replace("/base\n", "/base\n    instance: other\n"), around)).toEqual([]);
  });

  test("outputs that lose unnoticed must not be the only ones", () => {
    const lossy = `${good}    lossy: true\n`;
    expect(problemsIn(lossy, around)).toEqual([
      expect.stringContaining("nothing tells whether the only output gets what it is sent"),
    ]);
    expect(problemsIn(`${lossy}  - { name: second, type: collector }\n`, around)).toEqual([]);
  });

  test.each(["0.0.0.0:9464", "[::]:9464", "10.0.0.1:9464", "forwarder.example:9464"])(
    "a listener on %s needs a token",
    (listen) => {
      expect(problemsIn(`${good}admin: { listen: "${listen}" }\n`, around)).toEqual([
        expect.stringMatching(/^12:18: admin.listen: others can reach this address/),
      ]);
      expect(
        problemsIn(`${good}admin: { listen: "${listen}", token: "\${WANDB_API_KEY}" }\n`, around),
      ).toEqual([]);
    },
  );

  test.each(["127.0.0.1:0", "127.9.9.9:80", "[::1]:9464", "localhost:9464", "off"])(
    "a listener on %s needs none",
    (listen) => {
      expect(problemsIn(`${good}admin: { listen: "${listen}" }\n`, around)).toEqual([]);
    },
  );

  test("a listener that is no address is refused", () => {
    for (const listen of ["9464", ":9464", "::1:9464", "[127.0.0.1]:1", "localhost:65536"]) {
      expect(problemsIn(`${good}admin: { listen: "${listen}" }\n`, around)).toEqual([
        expect.stringContaining("not an address"),
      ]);
    }
  });
});

describe("warnings", () => {
  test("are about secrets in the file itself, certificates nobody verifies and credentials in plain text", () => {
    const config = loadText(
      good.replace(
        "${file:/run/secrets/token}",
        "in-the-file\n    url: http://siem.example\n    tls: { insecure_skip_verify: true }\n    headers: { Authorization: literal }",
      ),
      around,
    );
    expect(config.warnings.map(({ path, line }) => [path, line])).toEqual([
      ["outputs[0].token", 11],
      ["outputs[0].url", 12],
      ["outputs[0].tls.insecure_skip_verify", 13],
      ["outputs[0].headers.Authorization", 14],
    ]);
    expect(JSON.stringify(config.warnings)).not.toMatch(/in-the-file|literal/);
  });
});

describe("hostile files", () => {
  test("__proto__, constructor and prototype are unknown keys and touch nothing", () => {
    const text = `${good}    __proto__: { polluted: 1 }\n    constructor: { prototype: { polluted: 1 } }\n__proto__: { polluted: 1 }\n`;
    expect(problemsIn(text, around).map((line) => line.split(" (")[0])).toEqual([
      "12:5: outputs[0].__proto__: unknown key",
      "13:5: outputs[0].constructor: unknown key",
      "14:1: __proto__: unknown key",
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("a bomb of aliases is refused soon", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]\n`,
    ).join("");
    expect(problemsIn(`l0: &l0 x\n${levels}`).join()).toContain("too many aliases");
    expect(problemsIn("a: &a [*a]\n").length).toBeGreaterThan(0);
  });

  test.each([["[".repeat(30_000)], ["- ".repeat(30_000)], [`a:\n${"? - ".repeat(12_000)}\nb: c`]])(
    "nesting deeper than the stack is refused",
    (text) => {
      expect(problemsIn(text).join()).toContain("nested too deeply");
    },
  );

  test("nesting of a hundred thousand levels is a problem, not a crash", () => {
    expect(problemsIn("[".repeat(100_000))).toEqual([expect.stringContaining("nested too deeply")]);
  });

  test("whatever the text is, the answer is a configuration or problems that do not quote a value", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "sources:",
        "outputs:",
        "\n",
        "  ",
        "- ",
        "name: ",
        "token: ",
        "${",
        "}",
        "${file:/x}",
        "&a",
        "*a",
        "!t",
        '"',
        "'",
        "{",
        "[",
        "\t",
        "|",
        "---",
        "%",
        "#",
        ": ",
      ),
      fc.string({ unit: "binary", maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          loadText(pieces.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a secret is in no problem, wherever in its part something is wrong", () => {
    const canary = "canary-3f9a1c7e";
    const broken = [
      "port: x",
      "tokn: 1",
      "format: [1",
      "url: ftp://x",
      "filter: 1",
      "batch: { max_bytes: -1 }",
      "port: 13",
      "headers: 3",
      "type: collector",
    ];
    for (const line of broken) {
      for (const token of [
        canary,
        `"${canary}`,
        `${canary}: x`,
        `{ ${canary}: 1 }`,
        `!${canary} 1`,
        `*${canary}`,
        "${CANARY}",
        "[ ${CANARY} ]",
        "${file:/canary}",
      ]) {
        const text = good.replace("${file:/run/secrets/token}", `${token}\n    ${line}`);
        const lines = problemsIn(text, {
          environment: { ...around.environment, CANARY: canary },
          files: { "/canary": canary },
        });
        expect(lines.length).toBeGreaterThan(0);
        if (!token.startsWith("{")) expect(lines.join("\n")).not.toContain(canary);
      }
    }
  });
});
