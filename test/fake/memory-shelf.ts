import {
  type Look,
  type Shelf,
  type Volume,
  VolumeError,
  volumeChanged,
} from "../../src/source/stored-log/volume.ts";

/** Volumes in memory, which change as a test says. */
export class MemoryShelf implements Shelf {
  readonly noun = "object";
  readonly contents = new Map<string, { text: Buffer; version: number; changedAt: number }>();
  /** What was read: name and span. */
  readonly opened: string[] = [];
  lists = 0;
  /** Names that cannot be read. */
  readonly denied = new Set<string>();
  /** What cannot be looked at. */
  trouble: VolumeError | undefined;
  /** Called before a volume is opened. */
  beforeOpen: () => void = () => {};

  put(name: string, text: string | Buffer, changedAt: number): void {
    const version = (this.contents.get(name)?.version ?? 0) + 1;
    this.contents.set(name, { text: Buffer.from(text as string), version, changedAt });
  }

  async *list(look?: Pick<Look, "trouble">): AsyncGenerator<Volume> {
    this.lists++;
    if (this.trouble !== undefined) look?.trouble(this.trouble);
    for (const [name, { text, version, changedAt }] of this.contents)
      yield { name, id: name, version: `v${version}`, size: text.length, changedAt };
  }

  async *open({ name, version }: Volume, from: number, to: number): AsyncGenerator<Buffer> {
    this.opened.push(`${name} ${from}-${to}`);
    this.beforeOpen();
    if (this.denied.has(name))
      throw new VolumeError(name, "round", {
        reason: "forbidden",
        message: `${name}: denied`,
        fix: "allow it",
      });
    const now = this.contents.get(name);
    if (now === undefined || `v${now.version}` !== version) throw volumeChanged(name);
    for (let at = from; at < to; at += 65_536) yield now.text.subarray(at, Math.min(to, at + 65_536));
  }
}
