import type { z } from "zod";
import type { ConfigDocument } from "./document.ts";
import type { Surroundings } from "./interpolate.ts";
import { type Path, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";
import { isSecretAt } from "./schema-at.ts";

/** A secret in a file that too many may read. */
export interface OpenSecret extends Omit<Problem, "message" | "hint"> {
  readonly file: string;
  readonly mode: number;
}

/** Others must not read a secret; the group may (0640, Docker and Kubernetes secrets with a group). */
const tooOpen = 0o027;

/** Of the part at `at`, also where it has other problems, so that all are seen at once. */
export function openSecrets(
  schema: z.ZodType,
  at: Path,
  { places, templates }: ConfigDocument,
): OpenSecret[] {
  return [...templates.values()].flatMap((template) => {
    const inside = at.every((part, index) => template.path[index] === part);
    const open = template.files.find(({ mode }) => (mode & tooOpen) !== 0);
    if (!inside || open === undefined || !isSecretAt(schema, template.path.slice(at.length))) return [];
    const place = { path: pathText(template.path), ...places.ofValue(template.path) };
    return [{ ...place, file: open.path, mode: open.mode & 0o777 }];
  });
}

/**
 * What is to be said of them: on a host, where other users are, it keeps the program from starting. In a
 * container, where orchestrators put secrets with mode 0644 and nobody else is, it is worth a line.
 */
export function aboutOpenSecrets(
  open: readonly OpenSecret[],
  environment: Surroundings["environment"],
): { readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] } {
  const container = inContainer(environment);
  const said = open.map(({ file, mode, ...place }): Problem => {
    const which = `the secret in ${file} (mode 0${mode.toString(8)})`;
    return container
      ? {
          ...place,
          message: `everybody in this container may read ${which}`,
          hint: "set the mode to 0440, in Kubernetes with defaultMode: 0440 and fsGroup; harmless as long as nothing else runs in this container",
        }
      : {
          ...place,
          message: `too many may read ${which}`,
          hint: "chmod 0640 or less. In a container this is a warning only: set the variable `container` there, to anything, if neither the image nor the orchestrator does",
        };
  });
  return container ? { problems: [], warnings: said } : { problems: said, warnings: [] };
}

/**
 * `container` is set by Podman, by many base images and by our own (systemd.io/CONTAINER_INTERFACE), the
 * other one by every kubelet. Services of a whole system in a container get neither: other users are there.
 */
function inContainer({ container = "", KUBERNETES_SERVICE_HOST = "" }: Surroundings["environment"]): boolean {
  return container !== "" || KUBERNETES_SERVICE_HOST !== "";
}
