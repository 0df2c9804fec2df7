import { UserError } from '@ims-sim/element';

/** `work`, unless the time limit or `abort` comes first; the caller then sees to it that the work ends. */
export async function withinLimit<T>(work: Promise<T>, limitS: number, abort: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new UserError(`not over within ${limitS} s (--timeout)`));
    }, limitS * 1000);
  });
  return unlessAborted(Promise.race([work, limit]), abort).finally(() => {
    clearTimeout(timer);
  });
}

/** `work`, which has limits of its own, unless `abort` comes first. */
export async function unlessAborted<T>(work: Promise<T>, abort: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(new Interrupted());
    };
    abort.addEventListener('abort', onAbort);
    if (abort.aborted) {
      onAbort();
    }
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    abort.removeEventListener('abort', onAbort);
  }
}

/** What `CutShort` is made of: an interruption said as any other reason why a run did not come to its end. */
export function forTheUser(error: unknown): unknown {
  return error instanceof Interrupted ? new UserError('interrupted', { cause: error }) : error;
}

/** The user, or a failure with --bail, asked that it end. */
export class Interrupted extends Error {}
