import { token, type Log } from '@ims-sim/host';
import { responseTo } from '../message/build.js';
import type { SipRequest, SipResponse } from '../message/message.js';
import { DEFAULT_TIMERS, type SipStack, type TimerSettings } from '../stack.js';
import { RecordRoutes } from './forward.js';
import { Passes } from './loop.js';

/** What the parts of one proxy share. */
export interface ProxyCore {
  readonly stack: SipStack;
  readonly log: Log;
  readonly timers: TimerSettings;
  readonly recordRoutes: RecordRoutes;
  readonly passes: Passes;
}

/** What a proxy on this stack works with. */
export function proxyCore(stack: SipStack, timers?: Partial<TimerSettings>): ProxyCore {
  const passes = new Passes();
  [stack.sentBy, ...stack.furtherSentBy].forEach((sentBy) => passes.sendsAs(sentBy));
  return {
    stack,
    log: stack.host.log,
    timers: { ...DEFAULT_TIMERS, ...timers },
    recordRoutes: new RecordRoutes(),
    passes,
  };
}

/** A final response of the proxy's own. */
export function ownResponse({ stack }: ProxyCore, request: SipRequest, status: number): SipResponse {
  return responseTo(request, status, undefined, { toTag: token(stack.host.random, 11) });
}
