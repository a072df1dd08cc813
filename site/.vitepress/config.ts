import { defineConfig } from "vitepress";
import { placeOf } from "../collect.ts";
import { navigation } from "../navigation.ts";
import { fuzziness } from "../search.ts";

const linkOf = (path: string) =>
  `/${placeOf(path)
    .replace(/(^|(?<=\/))index\.md$/, "")
    .replace(/\.md$/, "")}`;

/** A page of its own for each of the project's, searched in the browser; nothing is fetched from elsewhere. */
export default defineConfig({
  title: "wandb-audit-forwarder",
  description: "Carries the Weights & Biases audit log into a SIEM",
  srcDir: ".pages",
  outDir: "../dist-site",
  cleanUrls: false,
  // Otherwise every browser asks for /favicon.ico.
  head: [["link", { rel: "icon", href: "data:," }]],
  // A link that leads nowhere ends the build.
  ignoreDeadLinks: false,
  markdown: {
    // What looks like HTML in the pages is text, such as <NAME>.
    html: false,
    // As the links in the pages are written.
    anchor: {
      slugify: (title) =>
        title
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-"),
    },
  },
  themeConfig: {
    search: {
      provider: "local",
      options: { miniSearch: { searchOptions: { fuzzy: fuzziness, prefix: true } } },
    },
    outline: { level: [2, 3] },
    sidebar: Object.entries(navigation).map(([text, pages]) => ({
      text,
      collapsed: false,
      items: Object.entries(pages).map(([name, path]) => ({ text: name, link: linkOf(path) })),
    })),
  },
});
