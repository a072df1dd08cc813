// `node count.mjs report.json STATUS SKIPPED FAILED`: prints how many tests passed, failed and were skipped. The
// skipped ones are named at the end of the file SKIPPED, the failed ones with what they said at the end of FAILED.
// A run that broke off without a failed test counts as one.
import { appendFileSync, existsSync, readFileSync } from "node:fs";

const [, , file, status, skippedFile, failedFile] = process.argv;
const linesOfAMessage = 20;

const { testResults = [] } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const suites = testResults.map((suite) => ({ ...suite, file: suite.name.replace(`${process.cwd()}/`, "") }));
const tests = suites.flatMap(({ file, assertionResults }) =>
  assertionResults.map((test) => ({ file, ...test })),
);
const passed = tests.filter((test) => test.status === "passed");
const failed = tests.filter((test) => test.status === "failed");
const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");

const start = (message) => message.split("\n").slice(0, linesOfAMessage).join("\n");

const perGroup = new Map();
for (const { file, ancestorTitles, fullName } of skipped) {
  const group = `${file}: ${ancestorTitles.find((title) => title !== "") ?? fullName}`;
  perGroup.set(group, (perGroup.get(group) ?? 0) + 1);
}
const told = failed.map(({ file, fullName, failureMessages }) =>
  [`FAILED: ${file}: ${fullName}`, ...failureMessages.map(start)].join("\n"),
);

// A file that could not be loaded, or an error outside of every test.
const brokeOff = status !== "0" && failed.length === 0;
if (brokeOff) {
  told.push(`FAILED: the run ended with ${status}, and no test of it failed: see the errors in its output`);
  for (const { file, status, message } of suites) {
    if (status === "failed") told.push(`FAILED: ${file}: ${start(message)}`);
  }
}

const lines = (all) => all.map((line) => `${line}\n`).join("");
appendFileSync(skippedFile, lines([...perGroup].map(([group, count]) => `${group}: ${count} skipped`)));
appendFileSync(failedFile, lines(told));
console.log(passed.length, failed.length + Number(brokeOff), skipped.length);
