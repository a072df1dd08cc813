/** How OCSF and the Common Information Model call a severity: the same five words, and OCSF's numbers. */
export interface SeverityCaption {
  readonly id: number;
  readonly caption: string;
}

/** From which severity on. */
const captions: readonly (readonly [from: number, caption: SeverityCaption])[] = [
  [9, { id: 5, caption: "Critical" }],
  [7, { id: 4, caption: "High" }],
  [4, { id: 3, caption: "Medium" }],
  [2, { id: 2, caption: "Low" }],
];
const informational: SeverityCaption = { id: 1, caption: "Informational" };

/** Of a severity from 0 to 10. */
export function severityCaption(severity: number): SeverityCaption {
  return captions.find(([from]) => severity >= from)?.[1] ?? informational;
}
