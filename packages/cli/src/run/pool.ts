/** Something to be done that nobody else may do at the same time who claims the same. */
export interface Job {
  readonly claims: ReadonlySet<string>;
  run(): Promise<void>;
}

/**
 * Does all jobs, at most `limit` at a time, in their order as far as their claims let them; jobs that have not begun when
 * `stopped` says so are left out. Rejects with the first rejection of a job, once those that run have ended.
 */
export async function runPool(
  jobs: readonly Job[],
  limit: number,
  stopped: () => boolean = () => false,
): Promise<void> {
  const waiting = [...jobs];
  const running = new Set<Job>();
  const failures: unknown[] = [];
  const isFree = ({ claims }: Job): boolean =>
    [...running].every((other) => [...claims].every((claim) => !other.claims.has(claim)));
  await new Promise<void>((resolve) => {
    const next = (): void => {
      while (running.size < limit && failures.length === 0 && !stopped()) {
        const at = waiting.findIndex(isFree);
        const [job] = at < 0 ? [] : waiting.splice(at, 1);
        if (job === undefined) {
          break;
        }
        running.add(job);
        job
          .run()
          .catch((error: unknown) => failures.push(error))
          .finally(() => {
            running.delete(job);
            next();
          });
      }
      if (running.size === 0) {
        resolve(); // the first job is always free when none runs
      }
    };
    next();
  });
  if (failures.length > 0) {
    throw failures[0];
  }
}
