import { BaseSequencer, type TestSpecification } from "vitest/node";

const first = /\/test\/system\/(harness|model|fuzz|whole\/kill)/;

/**
 * What the program promises in any circumstances comes before single faults and programs of others: a run that
 * has only so much time leaves out the latter.
 */
export class PromisesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isFirst = ({ moduleId }: TestSpecification) => first.test(moduleId);
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))];
  }
}
