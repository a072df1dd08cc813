import { builtin } from "../../builtin.ts";
import type { Finding } from "../../finding.ts";
import { sizeText } from "../../text/amounts.ts";
import { fileFailure } from "./file-result.ts";
import { checkFile, type FilePlace, foundAt } from "./open-file.ts";
import { placeOf, type Rotation } from "./rotation.ts";

const { constants, promises } = builtin("node:fs");
const worldWritable = 0o002;
const sticky = 0o1000;

/** Tries the file, or where it would be made. Writes nothing and leaves nothing behind. */
export async function probeFile(
  options: FilePlace & { readonly rotation: Rotation },
): Promise<readonly Finding[]> {
  const { path, rotation } = options;
  const { folder } = placeOf(path);
  try {
    const there = await foundAt(path);
    if (there !== undefined) {
      checkFile(options, there);
      const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
      await (await promises.open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK)).close();
    }
    const stats = await promises.stat(folder);
    await promises.access(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await promises.statfs(folder);
    const has = there === undefined ? "will be made" : `can be written (${sizeText(there.size)} so far)`;
    return [
      { level: "ok", text: `${path}: ${has}; delivered means that it is on disk` },
      ...openFolder(folder, stats.mode),
      ...room(folder, bavail * bsize, rotation),
    ];
  } catch (error) {
    const { detail, fix } = fileFailure(path, error);
    return [{ level: "problem", text: detail, ...(fix !== undefined && { fix }) }];
  }
}

function openFolder(folder: string, mode: number): Finding[] {
  if ((mode & worldWritable) === 0 || (mode & sticky) !== 0) return [];
  return [
    {
      level: "warning",
      text: `${folder}: every user of this machine may rename and remove files in it`,
      fix: `chmod o-w ${folder}`,
    },
  ];
}

/** Whether what `rotate` keeps fits; what is there already counts twice, which errs on the safe side. */
function room(folder: string, free: number, { ours, maxBytes, keep }: Rotation): Finding[] {
  const wanted = maxBytes * (keep + 1);
  if (!ours) return [{ level: "ok", text: `${folder}: ${sizeText(free)} free; others rotate` }];
  if (free >= wanted)
    return [
      { level: "ok", text: `${folder}: ${sizeText(free)} free, ${sizeText(wanted)} may be kept there` },
    ];
  return [
    {
      level: "warning",
      text: `${folder}: ${sizeText(free)} free, and \`rotate\` keeps up to ${sizeText(wanted)} there`,
      fix: "make room, or lower rotate.keep or rotate.max_bytes: when it is full, events wait in the spool",
    },
  ];
}
