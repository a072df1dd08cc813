import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type BuildPlace, buildPlace } from "./build-place.ts";
import { componentsOf, librariesOfNode, nodeComponent } from "./contents/components.ts";
import { noticesOf } from "./contents/notices.ts";
import { sbomOf } from "./contents/sbom.ts";
import { assetsOf } from "./executable/assets.ts";
import { bundleAll } from "./executable/bundle.ts";
import { packAssets, writeExecutable } from "./executable/executable.ts";
import { type Architecture, architectures, nodeBinary } from "./executable/node-binary.ts";
import { signingKey, writeChecksums } from "./package/checksums.ts";

/** What was built. */
export interface Built {
  /** The executable of each machine that was asked for. */
  readonly executables: readonly { readonly architecture: Architecture; readonly file: string }[];
  readonly sbom: string;
  readonly notices: string;
}

/** Builds the executable for each of these machines, the list of what is in it, and the licences of that. */
export async function buildExecutables(
  asked: readonly Architecture[],
  { root, out, work, version, builtAt }: BuildPlace,
): Promise<Built> {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const bundle = await bundleAll(root);
  const blob = packAssets(assetsOf(bundle, root, work), root, work);
  const name = `wandb-audit-forwarder-${version}`;
  const executables = asked.map((architecture) => {
    const file = join(out, `${name}-linux-${architecture}`);
    writeExecutable(nodeBinary(architecture, root, work), blob, file, root);
    return { architecture, file };
  });
  const packages = componentsOf(bundle.packages, root);
  const node = nodeComponent(root);
  const sbom = join(out, `${name}.cdx.json`);
  writeFileSync(sbom, sbomOf({ version, packages, node, libraries: librariesOfNode() }, builtAt));
  const notices = join(out, `${name}.licences.txt`);
  writeFileSync(notices, noticesOf([...packages, node]));
  return { executables, sbom, notices };
}

/** The machines that the command line names, or both. */
export function askedFor(names: readonly string[]): Architecture[] {
  const known = Object.keys(architectures) as Architecture[];
  const unknown = names.filter((name) => !known.includes(name as Architecture));
  if (unknown.length > 0)
    throw new Error(`no executable for ${unknown.join(", ")}: there are ${known.join(", ")}`);
  return names.length === 0 ? known : (names as Architecture[]);
}

if (import.meta.main) {
  const place = buildPlace(process.env);
  const { executables } = await buildExecutables(askedFor(process.argv.slice(2)), place);
  writeChecksums(place.out, signingKey(process.env));
  for (const { file } of executables) process.stdout.write(`${file}\n`);
}
