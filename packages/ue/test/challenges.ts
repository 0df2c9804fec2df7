import type { Outcome, RegisterOptions, UeCredentials } from '../src/index.js';
import { network, type Network } from './network.js';
import { authorizationOf, type Answer, type Params } from './registrar.js';

/** Registers once against this registrar; `params` are those of each Authorization that came. */
export async function registering(
  answer: Answer,
  credentials: UeCredentials | undefined,
  options: RegisterOptions = {},
): Promise<Network & { outcome: Outcome; params: Params[] }> {
  const it = await network(answer, 'ts-24.141', { credentials });
  const outcome = await it.clock.until(it.ue.register(options));
  return { ...it, outcome, params: it.requests.map(authorizationOf) };
}
