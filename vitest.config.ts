import { defineConfig } from "vitest/config";
import { PromisesFirst } from "./test/order.ts";

const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * `npm test` runs `unit`: what a person waits for. `npm run test:system` runs `system`: whole processes, faults,
 * other people's programs.
 */
export default defineConfig({
  test: {
    setupFiles: ["test/seed.ts"],
    sequence: { sequencer: PromisesFirst },
    projects: [
      {
        extends: true,
        test: {
          ...patience,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/system/**", "test/real/**"],
          maxWorkers: 2,
          // Loading the program anew for each file would take longer than the tests.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...patience,
          name: "system",
          include: ["test/{system,real}/**/*.test.ts"],
          // Several of them measure memory, CPU time or moments.
          maxWorkers: 1,
          setupFiles: ["test/until.ts"],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
