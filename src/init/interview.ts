import type { Answers, InitQuestion } from "./question.ts";

/** Asks a person; undefined where nobody can be asked. */
export interface Interviewer {
  /** One line, without the spaces around it. */
  ask(text: string): Promise<string>;
  /** The same, without showing what is typed. */
  askSecret(text: string): Promise<string>;
  /** A remark. */
  say(text: string): void;
  /** What was wrong with an answer: what was typed ahead is dropped, as it is meant for other questions. */
  wrong(text: string): void;
}

/** What keeps the set-up from going on: a person is told it, and what to do. */
export class InitError extends Error {
  override readonly name = "InitError";
}

/** What was answered by options already, and who may be asked for the rest. */
export interface InterviewOptions {
  readonly given: Answers;
  readonly interviewer: Interviewer | undefined;
}

/** One of these by its name: as the option says, else as the person does. Rejects with InitError. */
export async function choose<Choice extends { readonly name: string; readonly title: string }>(
  option: string,
  text: string,
  choices: readonly Choice[],
  { given, interviewer }: InterviewOptions,
): Promise<Choice> {
  const names = choices.map(({ name }) => name).join(", ");
  const named = given[option];
  if (named !== undefined) return found(named) ?? refuse(`--${option} ${named}: there is ${names}`);
  if (interviewer === undefined) refuse(`--${option} is missing: one of ${names}`);
  interviewer.say(`${text}\n${choices.map(({ title }, at) => `  ${at + 1}  ${title}`).join("\n")}`);
  for (;;) {
    const answer = await interviewer.ask(`1 to ${choices.length}: `);
    const chosen = found(answer) ?? choices[/^\d{1,2}$/.test(answer) ? Number(answer) - 1 : -1];
    if (chosen !== undefined) return chosen;
    interviewer.wrong(`There is ${names}, or a number from 1 to ${choices.length}.`);
  }

  function found(name: string): Choice | undefined {
    return choices.find((choice) => choice.name === name);
  }
}

/** What can be chosen, and what has to be known then. */
interface Chosen {
  readonly name: string;
  readonly questions: readonly InitQuestion[];
}

/** Throws InitError for options that are wrong, or have no meaning where this was chosen. */
export function examine(chosen: Chosen, choices: readonly Chosen[], given: Answers): void {
  const own = new Map(chosen.questions.map((question) => [question.name, question]));
  for (const name of new Set(
    choices.flatMap(({ questions }) => questions.map((question) => question.name)),
  )) {
    const option = given[name];
    if (option === undefined) continue;
    const question = own.get(name) ?? refuse(`--${name} has no meaning for ${chosen.name}: leave it out`);
    const why = question.wrong(option);
    if (why !== undefined) refuse(`--${name} ${option}: ${why}, such as ${question.example}`);
  }
}

/** The answers to all of these, options examined, each asked for once at most. Rejects with InitError. */
export async function answered(
  questions: readonly InitQuestion[],
  { given, interviewer }: InterviewOptions,
): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const { name, text, example, usual, wrong } of questions) {
    const option = given[name];
    if (option !== undefined) answers[name] = option;
    else if (interviewer === undefined) {
      answers[name] = usual ?? refuse(`--${name} is missing: ${text}, such as ${example}`);
    } else answers[name] = await asked(interviewer, { text, example, usual, wrong });
  }
  return answers;
}

async function asked(
  interviewer: Interviewer,
  {
    text,
    example,
    usual,
    wrong,
  }: Pick<InitQuestion, "text" | "example" | "wrong"> & { readonly usual: string | undefined },
): Promise<string> {
  for (;;) {
    const typed = await interviewer.ask(
      usual === undefined ? `${text}, such as ${example}: ` : `${text} [${usual}]: `,
    );
    const answer = typed === "" ? (usual ?? "") : typed;
    const why = wrong(answer);
    if (why === undefined) return answer;
    interviewer.wrong(`  ${why}, such as ${example}`);
  }
}

/** Throws InitError. */
export function refuse(text: string): never {
  throw new InitError(text);
}
