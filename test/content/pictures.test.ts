import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { picturePages } from "../../bin/pictures/pages.ts";
import { wayPictures } from "../../bin/pictures/ways.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");

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
