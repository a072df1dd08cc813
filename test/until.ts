import { beforeEach } from "vitest";

// `TESTS_UNTIL=1790000000 npm run test:system`, in epoch seconds: a test whose turn comes later is left out, and
// says so. For runs that have only so much time, on a machine of any speed.
const until = Number(process.env.TESTS_UNTIL ?? Number.POSITIVE_INFINITY) * 1000;

beforeEach((context) => {
  context.skip(Date.now() > until, "its turn came after TESTS_UNTIL");
});
