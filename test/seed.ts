// `SEED=1 npm test` makes what is random in the tests the same each time. Without it every run looks elsewhere,
// and a property that fails prints its seed.
const { SEED } = process.env;
if (SEED !== undefined) {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({ seed: Number(SEED) });
}
