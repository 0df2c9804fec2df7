import { parseUri, serverUri, type SipResponse } from '@ims-sim/sip';
import type { ServerCapabilities } from '@ims-sim/cx';
import type { ICscf, SCscfCandidate } from './i-cscf.js';

/**
 * TS 24.229 5.3.1.2, TS 23.228 5.1.2.3: the S-CSCF that has every mandatory capability and the most of the optional
 * ones, of several such any; one that the HSS names goes first. Those that did not answer lately come last. Undefined: none has
 * the mandatory ones, but for those that were tried.
 */
export function selectSCscf(
  capabilities: ServerCapabilities,
  icscf: Pick<ICscf, 'sCscfs' | 'silent' | 'random'>,
  tried: ReadonlySet<string> = NONE,
): string | undefined {
  const { silent } = icscf;
  const select = (isLeftOut: (key: string) => boolean): string | undefined =>
    capabilities.serverNames.find((name) => !isLeftOut(serverKey(name))) ??
    oneOf(
      best(
        capabilities,
        icscf.sCscfs.filter(({ name }) => !isLeftOut(serverKey(name))),
      ),
      icscf,
    );
  const answering = silent.size === 0 ? undefined : select((key) => tried.has(key) || silent.has(key));
  return answering ?? select((key) => tried.has(key));
}

const NONE: ReadonlySet<string> = new Set();

function best(
  { mandatory, optional }: ServerCapabilities,
  candidates: readonly SCscfCandidate[],
): readonly SCscfCandidate[] {
  let highest = 0;
  let equals: SCscfCandidate[] = [];
  for (const candidate of candidates) {
    const { capabilities } = candidate;
    if (!mandatory.every((capability) => capabilities.includes(capability))) {
      continue;
    }
    const score = optional.filter((capability) => capabilities.includes(capability)).length;
    if (score > highest) {
      highest = score;
      equals = [];
    }
    if (score === highest) {
      equals.push(candidate);
    }
  }
  return equals;
}

/** So that users spread over equals. */
function oneOf(equals: readonly SCscfCandidate[], { random }: Pick<ICscf, 'random'>): string | undefined {
  const at = equals.length > 1 ? random.uint32() % equals.length : 0;
  return equals[at]?.name;
}

/**
 * Whether a server that the HSS names need not be waited for: an S-CSCF of this network that did not answer lately, while another
 * may.
 */
export function isPassedOver(serverName: string, { sCscfs, silent }: ICscf): boolean {
  const key = serverKey(serverName);
  return (
    silent.has(key) &&
    sCscfs.some(({ name }) => serverKey(name) === key) &&
    sCscfs.some(({ name }) => !silent.has(serverKey(name)))
  );
}

/** What a request to a server has in it where that did not answer lately: an answer makes it one that does. */
export function heardAgain(
  serverName: string,
  { silent }: ICscf,
): { readonly onResponse?: (response: SipResponse) => SipResponse } {
  const key = serverKey(serverName);
  if (!silent.has(key)) {
    return {};
  }
  return {
    onResponse: (response) => {
      silent.delete(key);
      return response;
    },
  };
}

/** What two spellings of one server have in common: its host and port. */
export function serverKey(name: string): string {
  const uri = parseUri(serverUri(name));
  return uri?.kind === 'sip' ? `${uri.host}:${uri.port ?? ''}` : name;
}
