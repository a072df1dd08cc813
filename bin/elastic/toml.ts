import type { ElasticRule } from "./rules.ts";

/** A rule in the form of Elastic's repository of rules: metadata, the rule, and its threats. */
export function ruleToml({ threat, note, alert_suppression, enabled, ...rule }: ElasticRule): string {
  const made = "2026/11/27";
  const lines = [
    "# Made by bin/generate-docs.ts from content/detections; do not edit.",
    "[metadata]",
    ...pairs({ creation_date: made, updated_date: made, maturity: "development", integration: ["wandb"] }),
    "",
    "[rule]",
    ...pairs({ ...rule, note }),
    "",
    "[rule.alert_suppression]",
    ...pairs({
      group_by: alert_suppression.group_by,
      missing_fields_strategy: alert_suppression.missing_fields_strategy,
    }),
    "",
    "[rule.alert_suppression.duration]",
    ...pairs(alert_suppression.duration),
    ...threat.flatMap(({ framework, tactic, technique }) => [
      "",
      "[[rule.threat]]",
      ...pairs({ framework }),
      ...technique.flatMap(({ id, name, reference, ...more }) => [
        "[[rule.threat.technique]]",
        ...pairs({ id, name, reference }),
        ...("subtechnique" in more ? more.subtechnique : []).flatMap((sub) => [
          "[[rule.threat.technique.subtechnique]]",
          ...pairs(sub),
        ]),
      ]),
      "[rule.threat.tactic]",
      ...pairs(tactic),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function pairs(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).map(([key, value]) => `${key} = ${valueText(value)}`);
}

/** A text of several lines stands between three quotes (TOML 1.0). */
function valueText(value: unknown): string {
  if (typeof value === "string" && value.includes("\n"))
    return `"""\n${value.replaceAll("\\", "\\\\").replaceAll('"""', '""\\"')}\n"""`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return JSON.stringify(value);
}
