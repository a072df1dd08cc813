import { type Deployment, deployments } from "./deployments.ts";
import { answered, choose, examine, type InterviewOptions, refuse } from "./interview.ts";
import { type Answers, absolutePath, type SecretQuestion } from "./question.ts";
import { type Siem, siems } from "./siems.ts";

/** Everything that the files are made of. */
export interface Gathered {
  readonly deployment: Deployment;
  readonly siem: Siem;
  readonly answers: Answers;
  /** New secrets, by the names of their files. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Of the SIEM's secret, new or there already; undefined: it asks for none. */
  readonly siemSecret: string | undefined;
}

/** Where answers come from. */
export interface GatherOptions extends InterviewOptions {
  /** A secret that a file named by an option holds, by the name of the secret's question. */
  readonly secretGiven: (name: "wandb" | "siem") => string | undefined;
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
  const deployment = await choose("deployment", "Which W&B is it?", deployments, options);
  examine(deployment, deployments, given);
  mayTake(deployment.secret, "wandb");
  const ofSource = await answered(deployment.questions, options);
  const secrets = new Map<string, string>();
  await take(deployment.secret, "wandb");
  const siem = await chosenSiem();
  const ofOutput = await answered(siem.questions, options);
  const siemSecret =
    siem.secret !== undefined && (await take(siem.secret, "siem")) ? siem.secret.name : undefined;
  return { deployment, siem, answers: { ...ofSource, ...ofOutput }, secrets, siemSecret };

  async function chosenSiem(): Promise<Siem> {
    const siem = await choose("siem", "Where does the log go?", siems, options);
    examine(siem, siems, given);
    if (siem.secret !== undefined) mayTake(siem.secret, "siem");
    else if (options.secretGiven("siem") !== undefined)
      refuse(`--siem-secret-file has no meaning for ${siem.name}: leave it out`);
    return siem;
  }

  function mayTake({ name }: SecretQuestion, whose: "wandb" | "siem"): void {
    if (options.secretGiven(whose) !== undefined && options.isThere(name))
      refuse(
        `there is a file ${name} in the credentials folder already, and nothing is overwritten: leave out --${whose}-secret-file, or remove the file`,
      );
  }

  /** False: there is none. */
  async function take({ name, text, optional }: SecretQuestion, whose: "wandb" | "siem"): Promise<boolean> {
    if (options.isThere(name)) {
      interviewer?.say(`${text}: the file ${name} is there already, and kept.`);
      return true;
    }
    const secret = options.secretGiven(whose) ?? (await askedSecret(text, optional === true, whose));
    if (secret !== "") secrets.set(name, secret);
    return secret !== "";
  }

  async function askedSecret(text: string, optional: boolean, whose: string): Promise<string> {
    if (interviewer === undefined) {
      if (optional) return "";
      refuse(`--${whose}-secret-file is missing: a file with the ${text}`);
    }
    for (;;) {
      const secret = await interviewer.askSecret(`${text}, which is not shown: `);
      if (secret !== "" || optional) return secret;
      interviewer.wrong("  There has to be one.");
    }
  }
}
