// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { describe, expect, test } from "vitest";
import { fileText } from "../../src/config/file-text.ts";
import { allKinds } from "../../src/config/load.ts";
import { around, good, loadText, problemsIn } from "./load-text.ts";

describe("problems", () => {
  test("name no value that stands in its key, for want of a space", () => {
    const text = `sources: [{ name: prod, type: wandb_api, url: "https://a.example", api_key:hunter2, headers: { X-Auth:hunter2 } }]
outputs: [{ name: console, type: stdout }]`;
    const found = problemsIn(text, { ...around, kinds: allKinds });
    expect(found.join("\n")).not.toContain("hunter2");
    for (const where of [
      'sources[0]."api_key:…": unknown key',
      'sources[0].headers."X-Auth:…": must be text',
    ])
      expect(found.find((line) => line.includes(where))).toContain("write a space after the colon");
  });

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
    const text = good.concat("    format: ocsf\n");
    expect(problemsIn(text, around)).toEqual(["12:13: outputs[0].format: not available in this version"]);
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
    expect(() => fileText("/etc/c.yaml", { environment: {}, readFile })).toThrow(
      /permission denied .the user who runs this must be able to read it/,
    );
  });

  test("include a file that is not there, with what to do", () => {
    expect(() => loadText(good, { environment: around.environment })).toThrow(
      "/etc/forwarder/config.yaml:11:12: outputs[0].token: cannot read /run/secrets/token: no such file (it must exist and be readable by the user of this program)",
    );
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
