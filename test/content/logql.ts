import { parser } from "@grafana/lezer-logql";
import type { SyntaxNode } from "@lezer/common";

/** Of which labels and structured metadata a query of Loki makes use. Throws where its grammar does not take it. */
export function logqlLabels(query: string): readonly string[] {
  const found = new Set<string>();
  const text = ({ from, to }: SyntaxNode) => query.slice(from, to);
  parser.parse(query).iterate({
    enter({ type, node }) {
      if (type.isError) throw new Error(`no LogQL at ${node.from}: ${query}`);
      // Of a matcher the left side, of a grouping all: both are identifiers.
      if (type.name === "Identifier") found.add(text(node));
    },
  });
  return [...found];
}
