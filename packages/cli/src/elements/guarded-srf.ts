import { Srf, type SrfMiddleware, type SrfRequest, type SrfResponse } from '@ims-sim/drachtio';

const VERBS = [
  'invite',
  'subscribe',
  'notify',
  'publish',
  'message',
  'options',
  'register',
  'info',
  'refer',
] as const;

export type RequestFailed = (error: unknown, req: SrfRequest) => void;

/**
 * drachtio-srf, for code of which nobody knows what it throws: a handler that throws, or whose promise rejects, has its request answered
 * with 500 (RFC 3261 21.5.1) where it has no final response yet, and `failed` hears of it.
 */
export function guardedSrf(failed: RequestFailed): Srf {
  const srf = new Srf();
  let handlesErrors = false;
  const guarded = (handler: unknown): unknown => {
    if (typeof handler !== 'function' || handler.length > 3) {
      handlesErrors ||= typeof handler === 'function';
      return handler; // the application's own middleware for errors
    }
    return guardedHandler(handler as SrfMiddleware, failed, () => handlesErrors);
  };
  for (const verb of [...VERBS, 'use'] as const) {
    const register = srf[verb].bind(srf) as (...handlers: unknown[]) => void;
    Object.defineProperty(srf, verb, {
      value: (...handlers: unknown[]) => {
        register(...handlers.flat(Infinity).map(guarded));
      },
    });
  }
  return srf;
}

function guardedHandler(
  handler: SrfMiddleware,
  failed: RequestFailed,
  isForTheApplication: () => boolean,
): SrfMiddleware {
  return (req, res, next) => {
    const end = (error: unknown): void => {
      if (isForTheApplication()) {
        next(error);
        return;
      }
      failed(error, req);
      refuse(res);
    };
    try {
      const done: unknown = handler(req, res, next);
      if (done instanceof Promise) {
        done.catch(end);
      }
    } catch (error) {
      end(error);
    }
  };
}

function refuse(res: SrfResponse): void {
  if (!res.finalResponseSent) {
    res.send(500);
  }
}
