/** One line of `check`: what was found and, for a problem, the fix. Free of secrets. */
export interface Finding {
  readonly level: "ok" | "warning" | "problem";
  readonly text: string;
  readonly fix?: string;
  /** An open question, which only an event answers. */
  readonly open?: true;
}
