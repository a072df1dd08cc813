import type { Deployment, Siem } from "./choices.ts";
import { deployments } from "./deployments.ts";
import { answered, choose, examine, InitError, type InterviewOptions, refuse } from "./interview.ts";
import { type Answers, absolutePath, type SecretQuestion } from "./question.ts";
import { siems } from "./siems.ts";

/** Everything that the files are made of. */
export interface Gathered {
  readonly deployment: Deployment;
  readonly siem: Siem;
  readonly answers: Answers;
  /** New secrets, by the names of their files. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The names of all that are needed, new or there already. */
  readonly held: ReadonlySet<string>;
}

/** Where answers come from. */
export interface GatherOptions extends InterviewOptions {
  /** A secret that a file named by an option holds, by the name of the secret's question. */
  readonly secretGiven: (name: "wandb" | "siem") => string | undefined;
  /** What a file holds that a person names. Throws InitError. */
  readonly secretIn: (file: string) => string;
  /** A file of this name is in the credentials folder already: it is kept, and not asked for. */
  readonly isThere: (file: string) => boolean;
}

/** Asks for what options do not say, each once. Rejects with InitError. */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const { interviewer, given } = options;
  for (const name of ["wandb-ca", "siem-ca"]) {
    const why = given[name] === undefined ? undefined : absolutePath(given[name]);
    if (why !== undefined) refuse(`--${name} ${given[name]}: ${why}`);
  }
  // What its option names is examined before anything is asked.
  if (given.siem !== undefined) await chosenSiem();
  const deployment = await choose("deployment", "Where is the log read?", deployments, options);
  examine(deployment, deployments, given);
  mayTake(deployment, "wandb");
  const secrets = new Map<string, string>();
  const held = new Set<string>();
  const ofSource = await answered(deployment.questions, options);
  await take(deployment, "wandb", ofSource);
  const siem = await chosenSiem();
  const ofOutput = await answered(siem.questions, options);
  await take(siem, "siem", ofOutput);
  return { deployment, siem, answers: { ...ofSource, ...ofOutput }, secrets, held };

  async function chosenSiem(): Promise<Siem> {
    const siem = await choose("siem", "Where does the log go?", siems, options);
    examine(siem, siems, given);
    mayTake(siem, "siem");
    return siem;
  }

  function mayTake({ name, secret }: Chosen, whose: "wandb" | "siem"): void {
    if (options.secretGiven(whose) === undefined) return;
    if (secret === undefined) needless(name, whose);
    if (options.isThere(secret.name))
      refuse(
        `there is a file ${secret.name} in the credentials folder already, and nothing is overwritten: leave out --${whose}-secret-file, or remove the file`,
      );
  }

  async function take(
    { name: chosen, secret: question }: Chosen,
    whose: "wandb" | "siem",
    answers: Answers,
  ): Promise<void> {
    if (question === undefined) return;
    const { name, text } = question;
    if (question.wanted?.(answers) === false) {
      if (options.secretGiven(whose) !== undefined) needless(`${chosen} with these answers`, whose);
    } else if (options.isThere(name)) {
      interviewer?.say(`${text}: the file ${name} is there already, and kept.`);
      held.add(name);
    } else {
      const secret = options.secretGiven(whose) ?? (await askedSecret(question, whose, options));
      if (secret === "") return;
      secrets.set(name, secret);
      held.add(name);
    }
  }
}

/** Rejects with InitError. */
async function askedSecret(
  { text, optional, isFile }: SecretQuestion,
  whose: string,
  { interviewer, secretIn }: GatherOptions,
): Promise<string> {
  if (interviewer === undefined) {
    if (optional === true) return "";
    refuse(`--${whose}-secret-file is missing: ${isFile === true ? text : `a file with the ${text}`}`);
  }
  for (;;) {
    if (isFile !== true) {
      const secret = await interviewer.askSecret(`${text}, which is not shown: `);
      if (secret !== "" || optional === true) return secret;
      interviewer.wrong("  There has to be one.");
      continue;
    }
    try {
      return secretIn(await interviewer.ask(`${text}, which is copied: `));
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      interviewer.wrong(`  ${error.message}`);
    }
  }
}

/** What has a secret, or none. */
type Chosen = Pick<Deployment | Siem, "name" | "secret">;

function needless(name: string, whose: string): never {
  return refuse(`--${whose}-secret-file has no meaning for ${name}: leave it out`);
}
