import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { daemonPlace } from "../../src/config/daemon-place.ts";
import { configDocument } from "../../src/config/document.ts";
import { plainConfig } from "../../src/config/plain-config.ts";

const examples = join(import.meta.dirname, "../../config");
const whole = (text: string) =>
  configDocument(text, {
    environment: {},
    readFile: () => {
      throw new Error("nothing is read here");
    },
  });

describe("a look at the lines", () => {
  it.each(readdirSync(examples).filter((file) => file.endsWith(".yaml")))(
    "is enough for the example %s, and finds what the parser finds",
    (file) => {
      const text = readFileSync(join(examples, file), "utf8");
      const plain = plainConfig(text);
      expect(plain).toBeDefined();
      expect(daemonPlace(plain)).toEqual(daemonPlace(whole(text).value));
    },
  );

  it.each([
    ["", {}],
    ["state_dir: /var/lib/x # here\n", { state_dir: "/var/lib/x" }],
    ["state_dir: './state'\nadmin:\n  listen: off\n", { state_dir: "./state", admin: { listen: "off" } }],
    ['admin: { listen: "[::1]:9464" }\n', { admin: { listen: "[::1]:9464" } }],
    ["admin:\n  # nothing but names\n  allowed_hosts:\n    - a.example\n", { admin: {} }],
    [
      "admin:\n    allowed_hosts: [a]\n    listen: 0.0.0.0:1\nsources:\n- name: x\n  y: |\n    state_dir: /no\n",
      { admin: { listen: "0.0.0.0:1" } },
    ],
  ])("tells of %j", (text, found) => expect(plainConfig(text)).toEqual(found));

  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what users write in their files
    "state_dir: ${STATE}",
    "state_dir: &a /x\nadmin: *a",
    "state_dir: /x\nstate_dir: /y",
    "state_dir: /x\n  y",
    "state_dir:\n  /x",
    "state_dir: 12",
    "state_dir: [/x]",
    "state_dir: |\n  /x",
    "{ state_dir: /x }",
    "--- \nstate_dir: /x",
    '"state_dir": /x',
    "? state_dir\n: /x",
    "admin: {}",
    "admin:",
    "admin: off",
    "admin:\n  listen: 9464",
    "admin:\n  listen: [::1]:9464",
    "admin:\n  listen:\n    off",
    "admin:\n  listen: off\n  listen: 127.0.0.1:1",
    "admin:\n    listen: off\n  token: x",
    "admin:\n\tlisten: off",
    "<<: { state_dir: /x }",
    "\ufeffstate_dir: /x",
    "state_dir: /x\r\n",
  ])("leaves %j to the parser", (text) => expect(plainConfig(text)).toBeUndefined());

  it("never tells something else than the parser of a text without mistakes", () => {
    const line = fc.constantFrom(
      ...[
        "state_dir: /a",
        "state_dir: '/b'",
        "state_dir: >",
        "admin:",
        "admin: { listen: off }",
        "admin: !x",
      ],
      ...[
        "  listen: off",
        "  listen: '1.2.3.4:5'",
        "  listen: localhost:1 # x",
        "    listen: off",
        "  token: x",
      ],
      ...[
        "sources:",
        "- a",
        "  - b",
        "outputs: [",
        "  ]",
        "]",
        "x: 'a",
        "b'",
        "x: |",
        "  text",
        '  "',
        "...",
      ],
      ...[
        "---",
        "",
        "# state_dir: /c",
        "  # y",
        "&a",
        "x: &a /d",
        "state_dir: *a",
        "%YAML 1.2",
        "? x",
        ": y",
      ],
      ...[
        "state_dir: /a #b",
        "state_dir: /a#b",
        "admin: # nothing",
        "x:",
        " state_dir: /e",
        "\t",
        "x: {",
        "}",
      ],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join("\n");
        const plain = plainConfig(text);
        const { value, problems } = whole(text);
        if (plain === undefined || problems.length > 0) return;
        expect(daemonPlace(plain)).toEqual(daemonPlace(value ?? {}));
      }),
      { numRuns: 3_000 },
    );
  });
});
