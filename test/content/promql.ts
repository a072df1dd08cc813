import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** What a query of Prometheus asks for. */
export interface PromqlUse {
  readonly selectors: readonly PromqlSelector[];
  /** Labels behind `by`, `on`, `ignoring` and `without`. */
  readonly grouping: readonly string[];
}

/** One metric with the labels that are compared, each with what it is compared with. */
export interface PromqlSelector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly value: string }[];
}

/** Throws where Prometheus' own grammar does not take the query. */
export function promqlUse(query: string): PromqlUse {
  const selectors: PromqlSelector[] = [];
  const grouping: string[] = [];
  const text = ({ from, to }: SyntaxNode) => query.slice(from, to);
  const tree = parser.parse(query);
  tree.iterate({
    enter({ type, node }) {
      if (type.isError) throw new Error(`no PromQL at ${node.from}: ${query}`);
      if (type.name === "VectorSelector") {
        const metric = node.getChild("Identifier");
        const matchers = node
          .getChild("LabelMatchers")
          ?.getChildren("UnquotedLabelMatcher")
          .map((matcher) => ({
            label: text(matcher.getChild("LabelName") as SyntaxNode),
            value: JSON.parse(text(matcher.getChild("StringLiteral") as SyntaxNode)) as string,
          }));
        selectors.push({ metric: metric === null ? "" : text(metric), matchers: matchers ?? [] });
      }
      if (type.name === "GroupingLabels")
        grouping.push(...node.getChildren("LabelName").map((label) => text(label)));
    },
  });
  return { selectors, grouping };
}
