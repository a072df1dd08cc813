import type { Component } from "./components.ts";

/** The texts of the licences of everything in the executable, for whoever gets it. */
export function noticesOf(components: readonly Component[]): string {
  const sections = components.map(({ name, version, licence, texts }) =>
    [`${name} ${version} (${licence})`, "-".repeat(60), ...texts, ""].join("\n\n"),
  );
  return [
    "What wandb-audit-forwarder is made of besides its own code, and under which licences.\n",
    ...sections,
  ].join("\n");
}
