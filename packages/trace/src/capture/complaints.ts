/** What of a capture was not read, each reason once with how often. */
export interface Complaints {
  add(reason: string): void;
  /** `reason`, or `reason (12 times)`; at most `MAX_REASONS` of them. */
  list(): string[];
}

/** Reasons may have addresses in them: so many are told one by one. */
const MAX_REASONS = 100;

/** None yet: one for each reading of a file. */
export function complaints(): Complaints {
  const counts = new Map<string, number>();
  let more = 0;
  return {
    add(reason) {
      const count = counts.get(reason) ?? 0;
      if (count === 0 && counts.size >= MAX_REASONS) {
        more += 1;
        return;
      }
      counts.set(reason, count + 1);
    },
    list() {
      const told = [...counts].map(([reason, count]) =>
        count === 1 ? reason : `${reason} (${count} times)`,
      );
      return more === 0 ? told : [...told, `and ${more} more`];
    },
  };
}
