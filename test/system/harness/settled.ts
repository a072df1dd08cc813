/** The one that is on its way, and the one before it while that is being written down: a crash may repeat both. */
export const batchesUnsettled = 2;
