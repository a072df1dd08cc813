import type { AnyOutputKind, ConfiguredOutput } from "../output/configured.ts";
import { Secret } from "../secret/secret.ts";
import type { OwnedSecret } from "./config.ts";
import type { Surroundings } from "./interpolate.ts";
import { namedOutputs } from "./named-kinds.ts";
import { bindSecrets, credentialsAround } from "./secrets.ts";
import type { Template } from "./yaml-values.ts";

/** What the outputs of a configuration were made of: data, references replaced. */
export interface OutputParts {
  /** As their schemas accepted them, in the order of the file. */
  readonly values: readonly unknown[];
  /** The values of the whole configuration that were written with references, by their paths. */
  readonly templates: ReadonlyMap<string, Template>;
}

/** As one text: there are secrets among it. */
export function outputParts({ values, templates }: OutputParts): Secret {
  return new Secret(JSON.stringify({ values, templates: [...templates] }));
}

/** The kinds of the outputs that `parts` say, in whatever thread this is. */
export async function kindsAgain(parts: string): Promise<readonly AnyOutputKind[]> {
  const types = valuesIn(parts).values.map(({ type }) => type);
  const kinds = await namedOutputs(types);
  if (kinds === undefined) throw new Error(`a kind of output is not known here: ${types.join(", ")}`);
  return kinds;
}

/**
 * The same outputs once more, in another thread, without a look at the configuration's file, which may have
 * changed: of `parts`, and with secrets of their own, which read themselves again from their files.
 */
export function outputsAgain(
  parts: string,
  kinds: readonly AnyOutputKind[],
  surroundings: Surroundings,
): { readonly outputs: readonly ConfiguredOutput[]; readonly secrets: readonly OwnedSecret[] } {
  const { values, templates } = valuesIn(parts);
  const outputs = values.map((value) => {
    const kind = kinds.find(({ type }) => type === value.type);
    if (kind === undefined) throw new Error(`no kind of output is called ${value.type}`);
    return kind.schema.parse(value);
  });
  const references = new Map(templates);
  const own = outputs.flatMap(({ config }, index) =>
    bindSecrets(config.name, config, ["outputs", index], references, surroundings),
  );
  return { outputs, secrets: [...own, ...credentialsAround(outputs, surroundings.environment)] };
}

function valuesIn(parts: string) {
  return JSON.parse(parts) as {
    readonly values: readonly { readonly type: string }[];
    readonly templates: readonly [string, Template][];
  };
}
