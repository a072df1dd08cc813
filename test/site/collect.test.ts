import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { placeOf, rewritten } from "../../site/collect.ts";
import { navigation } from "../../site/navigation.ts";

const root = join(import.meta.dirname, "../..");

describe("a page of the site", () => {
  const text = (from: string, words: string) => rewritten(from, words).text;

  it.each([
    ["a page beside it", "docs/operate.md", "[s](state.md#backup)", "[s](./state.md#backup)"],
    ["a heading of its own", "docs/operate.md", "[s](#alerts)", "[s](#alerts)"],
    ["a page outside docs/", "docs/operate.md", "[c](../CHANGELOG.md)", "[c](../CHANGELOG.md)"],
    [
      "a README, which is what its folder is called by",
      "docs/splunk.md",
      "[c](../content/README.md)",
      "[c](../content/index.md)",
    ],
    ["a folder with a README", "README.md", "[c](content)", "[c](./content/index.md)"],
    ["a folder without one", "README.md", "[examples](config)", "examples (`config`)"],
    ["a folder without one that is called by its name", "README.md", "[`config/`](config)", "`config/`"],
    [
      "a file that is no page",
      "docs/configuration.md",
      "[j](../config/config.schema.json)",
      "[j](/config/config.schema.json)",
    ],
    ["a file whose name says nothing", "docs/licences.md", "[l](../LICENSE)", "[l](/LICENSE.txt)"],
    ["an image", "README.md", "![f](docs/images/flow.svg)", "![f](./docs/images/flow.svg)"],
    ["another place", "README.md", "[w](https://wandb.ai)", "[w](https://wandb.ai)"],
    [
      "a link with brackets in its words",
      "README.md",
      "[a [b] c](CHANGELOG.md)",
      "[a [b] c](./CHANGELOG.md)",
    ],
  ])("leads to %s", (_, from, link, wanted) => {
    expect(text(from, `see ${link}.`)).toBe(`see ${wanted}.`);
  });

  it("leaves code as it is, and what is for who edits out", () => {
    const code = "```sh\n[ -e x ] && echo [a](b.md)\n```";
    expect(text("README.md", `<!-- made -->\n\n${code}\n`)).toBe(`${code}\n`);
  });

  it("is not made where a link leads nowhere", () => {
    expect(() => rewritten("README.md", "[x](docs/nowhere.md)")).toThrow(
      "README.md: docs/nowhere.md leads nowhere",
    );
  });
});

describe("the navigation", () => {
  const named = Object.values(navigation).flatMap((pages) => Object.values(pages));

  it("has every page of docs/ but decisions and examples, which others lead to, once", () => {
    const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
    expect(pages.filter((name) => !named.includes(`docs/${name}`))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
    const outputs = readdirSync(join(root, "src/output"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(entry.parentPath, entry.name, "README.md")))
      .map(({ name }) => `src/output/${name}/README.md`);
    expect(outputs.filter((path) => !named.includes(path))).toEqual([]);
  });

  it("leads to pages that there are", () => {
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(placeOf("README.md")).toBe("index.md");
  });
});
