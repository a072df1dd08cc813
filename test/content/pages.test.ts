import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectionCards } from "../../bin/detection-card.ts";
import { examples } from "../../bin/example-events.ts";
import { exampleFormats, fieldsOf } from "../../bin/payload-fields.ts";
import { picturePages } from "../../bin/pictures/pages.ts";
import { wayPictures } from "../../bin/pictures/ways.ts";
import { logqlLabels } from "./logql.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");

describe("the page for QRadar", () => {
  const fields: Readonly<Record<string, string>> = {
    ...{ "W&B User Id": "actor_user_id", "W&B Target Id": "user_asset", "W&B Project": "project_name" },
    ...{ "W&B Artifact": "artifact_qualified_name", "W&B Status": "response_code", "W&B Uid": "uid" },
  };
  const rows = [...page("qradar").matchAll(/^\| (W&B [\w ]+) \| `(.*)` \|/gm)].map(
    ([, name = "", text = ""]) => ({
      name,
      expression: new RegExp(text),
    }),
  );

  it.each(rows.filter(({ name }) => name in fields))(
    "finds $name in every example that has it",
    ({ name, expression }) => {
      let found = 0;
      for (const { event } of examples()) {
        const [wanted] = fieldsOf("json", event).get(fields[name] as string) ?? [];
        expect(expression.exec(exampleFormats.cef(event))?.[1]).toBe(wanted);
        if (wanted !== undefined) found++;
      }
      expect(found).toBeGreaterThan(0);
    },
  );

  it("has no other properties than those that are tried here", () => {
    expect(rows.map(({ name }) => name)).toEqual([...Object.keys(fields), "W&B Rehearsal"]);
  });
});

it("the page for Loki asks for what OTLP has, in queries that its grammar takes", () => {
  const known = new Set(["service_name", "service_instance_id"]);
  for (const { event } of examples())
    for (const name of fieldsOf("otlp", event).keys()) known.add(name.replaceAll(".", "_"));
  known.add("wandb_replay_id");
  const queries = [
    ...page("loki").matchAll(/^ *expr: (.*?)(?: > 0)?$/gm),
    ...page("loki").matchAll(/```logql\n(.*)\n```/g),
  ].map(([, query = ""]) => query);
  expect(queries).toHaveLength(3);
  for (const query of queries) for (const label of logqlLabels(query)) expect([...known]).toContain(label);
});

it.each(["splunk", "elastic", "sentinel", "qradar", "chronicle", "loki"])(
  "%s rehearses a detection that there is, with actions that there are",
  (name) => {
    const names = detectionCards().map((card) => card.name);
    for (const [, attack] of page(name).matchAll(/simulate --attack (\S+)/g)) expect(names).toContain(attack);
    const actions = new Set(examples().map(({ action }) => action));
    for (const [action] of page(name).matchAll(/\b(?:team|user|project|artifact|run):[a-z_]+/g))
      expect(actions).toContain(action);
  },
);

it.each(["splunk", "elastic", "sentinel"])("the page for %s names rules by their titles", (siem) => {
  const titles = detectionCards().map(({ title }) => title);
  const named = [...page(siem).matchAll(/`(W&B [^`]+)`/g)].map(([, title]) => title);
  expect(named.length).toBeGreaterThan(2);
  for (const title of named) expect(titles).toContain(title);
});

describe("the pictures", () => {
  const drawn = picturePages();
  const shown = (path: string, from: string) => {
    const text = readFileSync(new URL(`../../${from}`, import.meta.url), "utf8");
    return [...text.matchAll(/!\[[^\]]+\]\(([^)]+\.svg)\)/g)].some(([, target = ""]) =>
      path.endsWith(target.replace(/^.*images\//, "images/")),
    );
  };

  it("each stand on a page", () => {
    const names = ["splunk", "elastic", "sentinel", "qradar", "chronicle", "loki"];
    const pages = [...names.map((name) => `docs/${name}.md`), "content/grafana/README.md"];
    const unseen = Object.keys(drawn).filter((path) => !pages.some((from) => shown(path, from)));
    expect(unseen).toEqual([]);
    expect(names.filter((name) => drawn[`docs/images/way-${name}.svg`] === undefined)).toEqual([]);
  });

  it.each(Object.entries(wayPictures()))("%s is sent as its page says", (name, { body }) => {
    // The title, and the first box.
    const words = body.slice(0, 6).join(" ");
    const types = [...page(name).matchAll(/\btype: ([a-z_]+), |\n {4}type: ([a-z_]+)/g)].map(
      ([, inLine, alone]) => inLine ?? alone ?? "",
    );
    const said = types.length > 0 ? types : ["http", "syslog"];
    for (const type of said) expect(words).toContain(type);
  });

  it("fit into their boxes", () => {
    for (const [path, text] of Object.entries(drawn)) {
      const [, width = "0"] = /viewBox="0 0 (\d+) /.exec(text) ?? [];
      for (const [, x = "", wide = ""] of text.matchAll(/<rect [^>]*x="([\d.]+)"[^>]* width="([\d.]+)"/g))
        expect(Number(x) + Number(wide), path).toBeLessThanOrEqual(Number(width));
      for (const [, line = ""] of text.matchAll(/text-anchor="middle">([^<]*)</g))
        if (path.includes("way-") && !line.includes("rehearsal")) expect(line.length, line).toBeLessThan(21);
    }
  });
});
