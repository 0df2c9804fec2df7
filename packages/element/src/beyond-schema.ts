import type { z } from 'zod';
import { type Complaint, schemaComplaints } from './schema-complaints.js';

/** A file's content without what is wrong with it; undefined where too little is left to be looked at. */
export type Mend = (content: unknown, wrong: readonly Complaint[]) => unknown;

/** What stands for something that is wrong may be wrong in another way. */
const MAX_TRIES = 4;

interface Beyond<S extends z.ZodType> {
  readonly schema: S;
  readonly mend: Mend;
  /** What the stage behind the schema complains of. */
  readonly convert: (checked: z.infer<S>) => readonly Complaint[];
}

/**
 * What is wrong with a file beyond what its schema complains of (`wrong`), so that all is told at once: of what is sound, and of what stands
 * below a misspelt key by the name that was meant.
 */
export function beyondSchema<S extends z.ZodType>(
  content: unknown,
  wrong: readonly Complaint[],
  { schema, mend, convert }: Beyond<S>,
): Complaint[] {
  const all: Complaint[] = [];
  let rest = content;
  let now = wrong;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    all.push(...now);
    rest = mend(rest, now);
    if (rest === undefined) {
      return [];
    }
    const checked = schema.safeParse(rest);
    if (checked.success) {
      return convert(checked.data as z.infer<S>)
        .map((complaint) => ({ ...complaint, path: asWritten(complaint.path, wrong) }))
        .filter(({ path }) => !all.some((one) => stoodFor(one, path)));
    }
    now = schemaComplaints(checked.error.issues, schema);
  }
  return [];
}

/** A path whose keys are those of the file, though they are misspelt there. */
function asWritten(path: readonly string[], wrong: readonly Complaint[]): readonly string[] {
  return wrong.reduce((now, { path: at, meant }) => {
    const within = at.slice(0, -1);
    return meant !== undefined && now[within.length] === meant && startsWith(now, within)
      ? [...at, ...now.slice(at.length)]
      : now;
  }, path);
}

/** Whether a complaint is of something that is only a stand-in, or has lost a part. */
function stoodFor({ path, ofKey }: Complaint, of: readonly string[]): boolean {
  const within = path.length > 1 ? path.slice(0, -1) : path;
  return ofKey !== true && startsWith(of, within);
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((part, index) => path[index] === part);
}
