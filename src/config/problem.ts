/**
 * Something about the configuration that a person has to
 * look at. Free of values, because a value may be a secret.
 */
export interface Problem {
  /** Where: `outputs[0].token`; empty for the file as a whole. */
  readonly path: string;
  /** From 1; 0 when the problem is not at a place in the file. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** The configuration cannot be used. Holds every problem found, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string;
  readonly problems: readonly Problem[];
  /** What to do where it is nothing in the file that is wrong. */
  readonly fix: string | undefined;

  constructor(file: string, problems: readonly Problem[], cause?: unknown, fix?: string) {
    super(
      problems.map((problem) => problemLine(file, problem)).join("\n"),
      cause === undefined ? undefined : { cause },
    );
    this.file = file;
    this.problems = problems;
    this.fix = fix;
  }
}

/** `config.yaml:12:5: outputs[0].tokn: unknown key (did you mean token?)` */
function problemLine(file: string, problem: Problem): string {
  const place = problem.line === 0 ? file : `${file}:${problem.line}:${problem.column}`;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return `${place}: ${path}${problem.message}${hint}`;
}
