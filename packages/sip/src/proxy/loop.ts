import { callId, cseq, from, tagOf, to, topVia, vias } from '../message/access.js';
import type { SipRequest } from '../message/message.js';
import type { Via } from '../message/fields.js';

/** Requests under way that are remembered, at most; beyond it Max-Forwards alone ends a loop. */
const MAX_PASSES = 100_000;

/**
 * The requests that this element has forwarded and not seen the end of: what tells a loop from a spiral.
 *
 * RFC 3261 16.6 step 8 puts a hash of the fields that decide a request's way into the branch, so as to compare it
 * when the request comes back. This element is stateful, so it still has the request itself, and compares the fields;
 * nothing is hashed for the many requests that never come back. Compared is what RFC 3261 16.6 step 8 and RFC 5393
 * 4.2 name, and of the topmost Via its sent-by, as a CSCF goes by the neighbour that a request comes from; the
 * branch, new with each round, would hide every loop.
 */
export class Passes {
  readonly #byBranch = new Map<string, SipRequest>();
  readonly #sentBys = new Set<string>();

  /** Notes a sent-by under which this element sends. */
  sendsAs(sentBy: string): void {
    this.#sentBys.add(sentBy.toLowerCase());
  }

  /** Remembers a request, as received, until `end`. */
  begin(request: SipRequest): void {
    const branch = topVia(request)?.branch;
    if (branch !== undefined && this.#byBranch.size < MAX_PASSES) {
      this.#byBranch.set(branch, request);
    }
  }

  end(request: SipRequest): void {
    const branch = topVia(request)?.branch;
    if (branch !== undefined && this.#byBranch.get(branch) === request) {
      this.#byBranch.delete(branch);
    }
  }

  get size(): number {
    return this.#byBranch.size;
  }

  /** RFC 3261 16.3 step 4: the request, as received, has been here before and nothing that decides its way is new. */
  isLoop(request: SipRequest): boolean {
    if (!this.#mayHaveBeenHere(request)) {
      return false;
    }
    const way = vias(request);
    for (let i = 0; i + 1 < way.length; i++) {
      const own = way[i];
      const before = way[i + 1];
      if (own === undefined || before?.branch === undefined || !this.#sentBys.has(sentByOf(own))) {
        continue;
      }
      // The Via below one's own is the one that was on top when the request was here.
      const earlier = this.#byBranch.get(before.branch);
      if (earlier !== undefined && goesTheSameWay(earlier, request)) {
        return true;
      }
    }
    return false;
  }

  /** A look at the text, which spares most requests the parse of all their Vias. */
  #mayHaveBeenHere(request: SipRequest): boolean {
    for (const h of request.headers) {
      if (h.key === 'via') {
        for (const sentBy of this.#sentBys) {
          if (h.value.includes(sentBy)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}

function goesTheSameWay(earlier: SipRequest, later: SipRequest): boolean {
  const a = topVia(earlier);
  const b = topVia(later);
  return (
    earlier.uri === later.uri &&
    earlier.method === later.method &&
    callId(earlier) === callId(later) &&
    cseq(earlier)?.number === cseq(later)?.number &&
    tag(from(earlier)) === tag(from(later)) &&
    tag(to(earlier)) === tag(to(later)) &&
    a !== undefined &&
    b !== undefined &&
    sentByOf(a) === sentByOf(b) &&
    DECIDING.every((key) => textOf(earlier, key) === textOf(later, key))
  );
}

const DECIDING = ['route', 'proxy-require', 'proxy-authorization'] as const;

function textOf(request: SipRequest, key: string): string {
  let text = '';
  for (const h of request.headers) {
    if (h.key === key) {
      text += h.value + '\n';
    }
  }
  return text;
}

function tag(address: ReturnType<typeof from>): string | undefined {
  return address === undefined ? undefined : tagOf(address);
}

function sentByOf(via: Via): string {
  return (via.port === undefined ? via.host : `${via.host}:${via.port}`).toLowerCase();
}
