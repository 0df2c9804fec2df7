import type { Log } from '@ims-sim/host';
import type { SipStack, TimerSettings } from '../stack.js';
import type { RecordRoutes } from './forward.js';
import type { Passes } from './loop.js';

/** What the parts of one proxy share. */
export interface ProxyCore {
  readonly stack: SipStack;
  readonly log: Log;
  readonly timers: TimerSettings;
  readonly recordRoutes: RecordRoutes;
  readonly passes: Passes;
}
