/**
 * What goes wrong on purpose, on the way from one element to another or in what an element writes. Plain data: a runner hands it
 * to the processes that it started.
 */
export interface FaultRule {
  readonly match: FaultMatch;
  readonly fault: Fault;
  /** How many matching messages are let through first; 0 unless told. */
  readonly after?: number | undefined;
  /** How many it then befalls; undefined: all. Retransmissions count. */
  readonly times?: number | undefined;
  /** For the report: `drops SUBSCRIBE from scscf1.home1.net to icscf2.home2.net`. */
  readonly text: string;
  /** What the trace calls it each time that it takes place: `fault 1 (loss-at-each-hop.yaml:37)`. Undefined: the trace says nothing. */
  readonly label?: string | undefined;
}

/** What is not given matches anything. */
export interface FaultMatch {
  /** Host name of the element (or the actor) that sends it. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Further names of the two: an element's aliases, the host name of an actor. */
  readonly alsoFrom?: readonly string[] | undefined;
  readonly alsoTo?: readonly string[] | undefined;
  readonly message:
    | {
        readonly protocol: 'sip';
        /** A method; of a response that of its CSeq. */
        readonly method?: string | undefined;
        /** A response of that status, or with `response` alone any; undefined and no `response`: requests. */
        readonly status?: number | undefined;
        readonly response?: boolean | undefined;
      }
    | { readonly protocol: 'diameter'; /** `LIR`, `LIA`, … */ readonly command?: string | undefined }
    | {
        readonly protocol: 'dns';
        readonly name?: string | undefined;
        readonly type?: string | undefined;
        /** Answers; else questions. */
        readonly response: boolean;
      };
}

export type Fault =
  /** On the way: the sender's trace has it, the receiver's has not. Over TCP a message is dropped whole. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'delay'; readonly byMs: number }
  /** Goes out after the next message to the same receiver, or after 1 s. */
  | { readonly kind: 'reorder' }
  /** So many bytes (chosen by the seed) become others; the length stays. */
  | { readonly kind: 'corrupt'; readonly bytes: number }
  /** The element itself writes something else; the trace has what went out. SIP: a header set, taken away (`value` undefined), or text replaced. */
  | { readonly kind: 'set-header'; readonly header: string; readonly value?: string | undefined }
  | { readonly kind: 'replace'; readonly text: string; readonly by: string }
  /** Diameter: AVPs taken out by name (`Server-Name`), at any depth. */
  | { readonly kind: 'without-avps'; readonly names: readonly string[] }
  /** Diameter: another result: 2xxx to 5xxx, or an Experimental-Result-Code of 3GPP. */
  | { readonly kind: 'result'; readonly code: number; readonly experimental: boolean }
  /** DNS: an answer with this code and without records: `NXDOMAIN`, `SERVFAIL`, `REFUSED`. */
  | { readonly kind: 'rcode'; readonly rcode: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'NOERROR' };
