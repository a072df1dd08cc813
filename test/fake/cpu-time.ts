/** Milliseconds of CPU time that this thread spends on `work`: a busy machine must not look like slow code. */
export function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
