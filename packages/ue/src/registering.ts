import { token, type Random } from '@ims-sim/host';
import type { SipResponse, Source } from '@ims-sim/sip';
import { Authentication, unprovenAuthorization, type ChallengeAnswer } from './authentication.js';
import { registrationAfter } from './contacts.js';
import type { Exchanges } from './exchange.js';
import { newCallId, registerRequest, registrarUri, type Self } from './requests.js';
import {
  agreedWith,
  newOffer,
  registerSecurity,
  type ProtectedPorts,
  type SecurityAssociation,
  type SecurityOffer,
} from './security-agreement.js';
import type { Outcome, RegisterOptions, Registration, UeCredentials, UeIdentity } from './ue.js';

/** TS 24.229 5.1.1.5.3: challenges that one registration answers, valid or not. */
const MAX_ANSWERS = 2;

/** What registering has of its UE. */
export interface RegisteringContext {
  readonly exchanges: Exchanges;
  readonly identity: UeIdentity;
  readonly random: Random;
  readonly credentials: UeCredentials | undefined;
  /** With a security agreement. */
  readonly ports: ProtectedPorts | undefined;
  /** The UE as it speaks under this association. */
  self(association: SecurityAssociation | undefined): Self;
  warn(text: string): void;
}

/** One call of `register`: its REGISTERs have one From tag. */
interface Round {
  readonly options: RegisterOptions;
  readonly tag: string;
  offer: SecurityOffer | undefined;
  answers: number;
  resynchronisations: number;
  /** The last answer was a response to a Digest challenge. */
  hasGivenPassword: boolean;
}

/** What a REGISTER is sent with. */
interface Attempt {
  readonly authorization: string | undefined;
  readonly association: SecurityAssociation | undefined;
}

/** The UE's registration: TS 24.229 5.1.1.2 (initial), 5.1.1.4 (again), 5.1.1.5 (authentication), 5.1.1.6 (off). */
export class Registering {
  registration: Registration | undefined;
  /** With which the UE was registered last. */
  lastOptions: RegisterOptions = {};
  readonly #context: RegisteringContext;
  readonly #authentication: Authentication | undefined;
  /** RFC 3261 10.2: one Call-ID for all registrations of one UE. */
  readonly #callId: string;
  readonly #uri: string;
  #cseq = 0;

  constructor(context: RegisteringContext) {
    const { identity, random, credentials } = context;
    this.#context = context;
    this.#authentication = credentials && new Authentication(identity, credentials, random);
    this.#callId = newCallId(random);
    this.#uri = registrarUri(identity);
  }

  /** Sends the first REGISTER in this turn. `onFinal` is called in the turn in which the outcome is known, as the registration is then. */
  register(options: RegisterOptions, onFinal: (outcome: Outcome) => void): void {
    const { exchanges, ports, random, identity } = this.#context;
    const round: Round = {
      options,
      tag: token(random, 11),
      offer: ports && newOffer(random, ports, exchanges.association),
      answers: 0,
      resynchronisations: 0,
      hasGivenPassword: false,
    };
    if (this.registration === undefined) {
      this.#authentication?.forget(); // 5.1.1.2: an initial registration
    }
    const stored = this.#authentication?.again('REGISTER', this.#uri);
    const authorization =
      stored === undefined ? unprovenAuthorization(identity, this.#uri) : authorized(options, stored);
    this.#send(round, { authorization, association: exchanges.association }, onFinal);
  }

  /** TS 24.229 5.1.1.7: the network has ended the registration; what was agreed on goes with it. */
  end(): void {
    this.registration = undefined;
    this.#context.exchanges.association = undefined;
    this.#authentication?.forget();
  }

  #send(round: Round, attempt: Attempt, onFinal: (outcome: Outcome) => void): void {
    const { authorization, association } = attempt;
    this.#cseq++;
    const request = registerRequest(
      this.#context.self(association),
      {
        callId: this.#callId,
        cseq: this.#cseq,
        tag: round.tag,
        authorization,
        security: round.offer === undefined ? [] : registerSecurity(round.offer, association),
      },
      round.options,
    );
    void this.#context.exchanges.sendUnder(association, request, {}, (outcome, source) => {
      const next = this.#next(round, attempt, outcome, source);
      if (next === undefined) {
        onFinal(outcome);
      } else {
        this.#send(round, next, onFinal);
      }
    });
  }

  /** The next REGISTER of this round; undefined where the outcome is the last. */
  #next(round: Round, attempt: Attempt, outcome: Outcome, source: Source | undefined): Attempt | undefined {
    const { association } = this.#context.exchanges;
    if (association !== undefined && association === attempt.association && isAgreementLost(outcome)) {
      return this.#startAgain(round.options);
    }
    if (outcome.kind === 'failure') {
      return undefined;
    }
    const { response } = outcome;
    if (response.status === 401 && source !== undefined) {
      return this.#challenged(round, attempt, response, source);
    }
    if (response.status < 300) {
      this.#registered(round.options, attempt, response);
    }
    return undefined;
  }

  /** An initial registration, to the port that the P-CSCF always has; there is then no agreement to lose once more. */
  #startAgain({ all, expiresS }: RegisterOptions): Attempt | undefined {
    this.end();
    const isOff = all === true || expiresS === 0;
    const authorization = unprovenAuthorization(this.#context.identity, this.#uri);
    return isOff ? undefined : { authorization, association: undefined };
  }

  /** TS 24.229 5.1.1.5.1, 5.1.1.5.3, 5.1.1.5.4. */
  #challenged(
    round: Round,
    { association }: Attempt,
    response: SipResponse,
    source: Source,
  ): Attempt | undefined {
    const { ports, random, exchanges } = this.#context;
    if (this.#authentication === undefined || round.answers === MAX_ANSWERS) {
      return undefined;
    }
    const agreed = round.offer && agreedWith(response, source, round.offer);
    if (round.offer !== undefined && agreed === undefined) {
      return undefined; // 5.1.1.5.1: no agreement, no authentication; the USIM's sequence number is not used up
    }
    const answer = this.#authentication.answer(response, 'REGISTER', this.#uri);
    if (answer.kind === 'none' || !mayAnswer(answer, round)) {
      return undefined;
    }
    round.answers++;
    round.hasGivenPassword = answer.kind === 'response' && !answer.isAka;
    const authorization = authorized(round.options, answer);
    if (answer.kind === 'response') {
      return { authorization, association: agreed };
    }
    // 5.1.1.5.3: over the association there was, with a new Security-Client; none is made with this challenge.
    round.resynchronisations += answer.kind === 'sync-failure' ? 1 : 0;
    round.offer = ports && newOffer(random, ports, exchanges.association);
    return { authorization, association };
  }

  #registered(options: RegisterOptions, { association }: Attempt, response: SipResponse): void {
    const { exchanges } = this.#context;
    if (this.#authentication?.confirmedBy(response, this.#uri) === false) {
      this.#context.warn('The 200 to a REGISTER does not know the password: not registered');
      return; // RFC 7616 3.5
    }
    const { contact } = this.#context.self(association);
    this.registration = registrationAfter(response, options, contact, this.registration);
    exchanges.association = association;
    if (this.registration === undefined) {
      this.end(); // 5.1.1.6.2
    } else if (options.expiresS !== 0) {
      this.lastOptions = options;
    }
  }
}

/**
 * The P-CSCF knows the association no more, having started again, say: nobody answers at its protected port (TS 24.229 5.1.1.4.1,
 * timer F), or with 494 (RFC 3329 2.3.1).
 */
function isAgreementLost(outcome: Outcome): boolean {
  return outcome.kind === 'failure' ? outcome.failure !== 'closed' : outcome.response.status === 494;
}

/** A resynchronisation is tried once; a password that was refused is not given again, unless only its nonce was stale. */
function mayAnswer(answer: Exclude<ChallengeAnswer, { kind: 'none' }>, round: Round): boolean {
  if (answer.kind === 'sync-failure') {
    return round.resynchronisations === 0;
  }
  return answer.isAka || answer.stale || !round.hasGivenPassword;
}

function authorized(
  { authorize }: RegisterOptions,
  { challenge, authorization }: { readonly challenge: string; readonly authorization: string },
): string | undefined {
  const value = authorize === undefined ? authorization : authorize(challenge, authorization);
  return value === '' ? undefined : value;
}
