import { builtin } from "./builtin.ts";

/** What the program brings along besides its code. */
export interface Carried {
  /** The program once more, for a thread: the file it is in, or the whole of it where there is no file. */
  readonly program: URL | string;
  /** The detections, and the events on which they fire. */
  readonly content: CarriedFolder;
}

/** Files that are only read. Paths are relative and have `/`. */
export interface CarriedFolder {
  /** The names of the files in this folder. */
  names(folder: string): readonly string[];
  text(file: string): string;
}

/** The first file of a single executable. */
const firstAsset = "start.cjs";

/**
 * The one place that knows where all that is: in files beside the program, whose own URL this is, or inside
 * of a single executable. There is no third: an executable looks for none of it on a disk.
 */
export function carriedBy(program: string): Carried {
  return builtin("node:sea").isSea() ? inExecutable() : besideFile(program);
}

function besideFile(program: string): Carried {
  return { program: new URL(program), content: folderOfFiles(new URL("../content/", program)) };
}

function inExecutable(): Carried {
  const { getAsset } = builtin("node:sea");
  return {
    // A text of many lines that few commands need.
    get program() {
      return getAsset(firstAsset, "utf8");
    },
    content: folderOfAssets("content/"),
  };
}

/** A folder on a disk; its URL ends with `/`. */
function folderOfFiles(folder: URL): CarriedFolder {
  const { readdirSync, readFileSync } = builtin("node:fs");
  return {
    names: (inner) => readdirSync(new URL(`${inner}/`, folder)),
    text: (file) => readFileSync(new URL(file, folder), "utf8"),
  };
}

function folderOfAssets(folder: string): CarriedFolder {
  const { getAsset, getAssetKeys } = builtin("node:sea");
  return {
    names(inner) {
      const within = `${folder}${inner}/`;
      const paths = getAssetKeys().filter((key) => key.startsWith(within));
      return paths.map((path) => path.slice(within.length)).filter((name) => !name.includes("/"));
    },
    text: (file) => getAsset(`${folder}${file}`, "utf8"),
  };
}
