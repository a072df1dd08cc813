/** Is told what of the bytes is not the same for all events of a kind; all by their place among the bytes. */
export interface Notes<Section, Part> {
  value(key: number, start: number, end: number): void;
  whole(start: number, end: number): void;
  part(write: Part, done: boolean, start: number, end: number): void;
  /** Its bytes in front of it begin at `start`, and itself at `begun`. */
  opened(section: Section, start: number, begun: number): void;
  /** It ended at `before`; now that its bytes in front are written it does at `end`. */
  closed(section: Section, done: boolean, begun: number, before: number, end: number): void;
  /** What was written behind `size` is not. */
  takenBack(size: number): void;
  /** Something is written of which nobody knows what it is for another event. */
  unforeseen(): void;
}
