// `node count.mjs report.json STATUS`: prints how many tests passed, failed and were skipped, and names the
// skipped ones on stderr. A run that broke off without a failed test counts as one.
import { existsSync, readFileSync } from "node:fs";

const [, , file, status] = process.argv;
const { testResults = [] } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const tests = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map((test) => ({ file: name.replace(`${process.cwd()}/`, ""), ...test })),
);
const passed = tests.filter((test) => test.status === "passed").length;
const failed = tests.filter((test) => test.status === "failed").length;
const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");
const brokeOff = status !== "0" && failed === 0 ? 1 : 0;

const perGroup = new Map();
for (const { file, ancestorTitles, fullName } of skipped) {
  const group = `${file}: ${ancestorTitles.find((title) => title !== "") ?? fullName}`;
  perGroup.set(group, (perGroup.get(group) ?? 0) + 1);
}
for (const [group, count] of perGroup) console.error(`${group}: ${count} skipped`);
console.log(passed, failed + brokeOff, skipped.length);
