import type { Header } from '../message/header.js';
import { without } from '../message/headers.js';
import type { SipResponse } from '../message/message.js';

/** RFC 3261 16.7 step 6: those of class 4 that tell the caller how to try again. */
const TELLING = [401, 407, 415, 420, 484];

/**
 * RFC 3261 16.7 step 6: which of the branches' final responses (none a 2xx, in the order in which they came) goes
 * back: a 6xx, else one of the lowest class. Its index; -1 where there is none.
 */
export function bestResponse(responses: readonly (SipResponse | undefined)[]): number {
  let best = -1;
  let bestRank = Infinity;
  responses.forEach((response, index) => {
    if (response !== undefined && rank(response) < bestRank) {
      best = index;
      bestRank = rank(response);
    }
  });
  return best;
}

/** RFC 3261 16.7 steps 6 and 7: the best response as it goes back, given all of them. */
export function asSentBack(best: SipResponse, all: readonly (SipResponse | undefined)[]): SipResponse {
  if (best.status === 503) {
    return unavailableHere(best);
  }
  return best.status === 401 || best.status === 407 ? withChallenges(best, all) : best;
}

function rank({ status }: SipResponse): number {
  if (status >= 600) {
    return 0;
  }
  const telling = TELLING.includes(status) ? 0 : 1;
  // Least is told by a time-out, often this proxy's own, and by an overload.
  const silent = status === 503 || status === 408 ? 2 : 0;
  return Math.floor(status / 100) * 10 + telling + silent;
}

/** 16.7 step 6: a 503 upstream would say that this proxy can serve nobody; only that one way is closed. */
function unavailableHere(response: SipResponse): SipResponse {
  return {
    ...response,
    status: 500,
    reason: 'Server Internal Error',
    headers: without(response.headers, 'retry-after'),
  };
}

/** 16.7 step 7: the challenges of all branches, so that the caller can answer them at once. */
function withChallenges(best: SipResponse, all: readonly (SipResponse | undefined)[]): SipResponse {
  const others: Header[] = [];
  for (const response of all) {
    if (response !== undefined && response !== best && (response.status === 401 || response.status === 407)) {
      others.push(
        ...response.headers.filter(({ key }) => key === 'www-authenticate' || key === 'proxy-authenticate'),
      );
    }
  }
  return others.length === 0 ? best : { ...best, headers: [...best.headers, ...others] };
}
