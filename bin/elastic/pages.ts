import { detectionCards } from "../detection-card.ts";
import { savedObjects } from "./dashboard.ts";
import { ingestPipeline } from "./ingest.ts";
import { elasticRule } from "./rules.ts";
import { ruleToml } from "./toml.ts";

/** What of `content/elastic` is made of the cards, by its path. */
export function elasticRulePages(): Readonly<Record<string, string>> {
  const rules = detectionCards().map((card) => ({ name: card.name, rule: elasticRule(card) }));
  return {
    ...Object.fromEntries(
      rules.map(({ name, rule }) => [`content/elastic/rules/${name}.toml`, ruleToml(rule)]),
    ),
    "content/elastic/dashboard.ndjson": savedObjects(),
    "content/elastic/pipeline.json": `${JSON.stringify(ingestPipeline, undefined, 2)}\n`,
    // What Kibana's import of rules takes: a rule a line.
    "content/elastic/rules.ndjson": rules.map(({ rule }) => `${JSON.stringify(rule)}\n`).join(""),
  };
}
