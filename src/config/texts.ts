import { Secret } from "../secret/secret.ts";
import type { FileText, Surroundings } from "./interpolate.ts";
import { readText } from "./read-text.ts";

type ReadFile = Surroundings["readFile"];

/** Remembers the texts of the files that a configuration is made of, for who makes the same once more. */
export class Texts {
  readonly #read: ReadFile;
  readonly #texts = new Map<string, FileText>();
  #all: Secret | undefined;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  readonly readFile: ReadFile = (path) => {
    const file = this.#read(path);
    if (this.#all === undefined) this.#texts.set(path, file);
    return file;
  };

  /** What was read until now: there are secrets among it. What is read later is not remembered. */
  all(): Secret {
    this.#all ??= new Secret(JSON.stringify([...this.#texts]));
    this.#texts.clear();
    return this.#all;
  }
}

/** Gives the remembered texts, until they are forgotten: then the files as they are. */
export class Replay {
  readonly #texts: Map<string, FileText>;

  constructor(texts: string) {
    this.#texts = new Map(JSON.parse(texts));
  }

  readonly readFile: ReadFile = (path) => this.#texts.get(path) ?? readText(path);

  forget(): void {
    this.#texts.clear();
  }
}
