import type { Place } from './action.js';

/** The flow that a scenario expects: the table of a text, step by step. */
export interface Flow {
  readonly clause: string;
  readonly steps: readonly Step[];
  /** How the table writes the address of a UE, and whose it is: `[5555::aaa:bbb:ccc:ddd]` to `UE1`. */
  readonly addressSymbols: ReadonlyMap<string, string>;
  /** Texts of the tables that stand for one value on the wire each, beside branches, tags, Call-IDs and addresses. */
  readonly symbols: readonly string[];
  /** Further names of elements: `icscf2_s.home2.net` to `icscf2.home2.net`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Whether responses, too, have nothing that their table has not. */
  readonly strictResponses?: boolean | undefined;
  /** Messages that may come in between without a step of their own; `all`: any. Empty: none, each message has its step. */
  readonly othersAllowed: 'all' | readonly OtherMessage[];
  /** When the flow began, microseconds since the epoch: what came earlier is of what went before. Undefined: with its first message. */
  readonly beganAtUs?: number | undefined;
}

/** What is not given matches anything. */
export interface OtherMessage {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A method, a status, or a Cx command (`LIR`, `LIA`); an answer goes with its request. */
  readonly message?: string | undefined;
}

export type Step = MessageStep | DecisionStep | DiameterStep | DnsStep;

interface StepBase {
  readonly step: number;
  readonly title: string;
  /** Where it stands in the scenario file. */
  readonly at: Place;
  /** Of the step, where it is not the flow's. */
  readonly clause?: string | undefined;
  /** Steps of the same group come in any order among themselves, all after what the first of them follows. */
  readonly group?: string | undefined;
  /** The step need not happen; undefined: it must. */
  readonly optional?: boolean | undefined;
  /** The step whose message the empty headers refer to, and that must have come before. */
  readonly follows?: number | undefined;
  /** It comes after no other step, not even after the group before it. */
  readonly unbound?: boolean | undefined;
  readonly errata: readonly Erratum[];
}

export interface MessageStep extends StepBase {
  readonly kind: 'message';
  readonly from: string;
  readonly to: string;
  /** As the text prints it. */
  readonly table: string;
  /** Headers that the table leaves out and the wire has: the value, empty where it is as before, and the reason. */
  readonly alsoOnTheWire: ReadonlyMap<string, { readonly value: string; readonly why: string }>;
  /** What a header must be beside or in place of what the table says; by name as written. */
  readonly headers: ReadonlyMap<string, HeaderExpectation>;
  /** What the body must be in place of what the table prints. */
  readonly body?: BodyExpectation | undefined;
  /** How often it must go out, retransmissions counted; undefined: once, and retransmissions do not matter. */
  readonly sentAtLeast?: number | undefined;
  /** Line of each header in the scenario file (name in lower case), the start line under '': for failures. */
  readonly lines: ReadonlyMap<string, number>;
}

export type HeaderExpectation =
  | { readonly kind: 'absent' }
  /** The whole value, all lines of it joined with `, `. */
  | { readonly kind: 'matches'; readonly pattern: string }
  | { readonly kind: 'any' };

export type BodyExpectation =
  | { readonly kind: 'absent' }
  /** There must be one. */
  | { readonly kind: 'any' }
  /** Byte for byte that of the message that the step's empty headers refer to, which must have one. */
  | { readonly kind: 'unchanged' }
  /** The whole body, as text. */
  | { readonly kind: 'matches'; readonly pattern: string }
  | { readonly kind: 'is'; readonly text: string };

/** A question to the DNS and its answer. */
export interface DnsStep extends StepBase {
  readonly kind: 'dns';
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly type: string;
  /** `NOERROR` unless told. */
  readonly rcode: string;
  /** None may come; undefined: one must. */
  readonly answer?: 'none' | undefined;
  /** The answer section, in any order; undefined: whatever. */
  readonly records?: readonly DnsRecordExpectation[] | undefined;
}

export interface DnsRecordExpectation {
  /** Undefined: whosever. */
  readonly name?: string | undefined;
  readonly type: string;
  /** As zone files write it; undefined: any. */
  readonly data?: string | undefined;
}

export interface DecisionStep extends StepBase {
  readonly kind: 'decision';
  readonly on: string;
  readonly clause: string;
  /** Must stand in the decision's text. */
  readonly text: string;
}

export interface DiameterStep extends StepBase {
  readonly kind: 'diameter';
  readonly from: string;
  readonly to: string;
  readonly request: DiameterExpectation;
  /** `none`: none may come; undefined: whether one comes is not looked at, nor what it says. */
  readonly answer?: DiameterExpectation | 'none' | undefined;
}

export interface DiameterExpectation {
  /** `UAR`, `UAA`, …: a Cx command of TS 29.229 6.1. */
  readonly command: string;
  readonly privateIdentity?: string | undefined;
  readonly publicIdentity?: string | undefined;
  readonly serverName?: string | undefined;
  readonly visitedNetwork?: string | undefined;
  /** SIP-Authentication-Scheme. */
  readonly scheme?: string | undefined;
  /** Server-Assignment-Type, User-Authorization-Type, Reason-Code: their numbers. */
  readonly assignmentType?: number | undefined;
  readonly authorizationType?: number | undefined;
  readonly reasonCode?: number | undefined;
  readonly resultCode?: number | undefined;
  readonly experimentalResultCode?: number | undefined;
  /** Further AVPs, by name. */
  readonly avps?: ReadonlyMap<string, AvpExpectation> | undefined;
}

/** What the AVPs of a name must be, within a message or a grouped AVP. */
export type AvpExpectation =
  | { readonly kind: 'absent' }
  /** At least one. */
  | { readonly kind: 'any' }
  /** There is one, with this value: numbers in decimal, octets as UTF-8, a document as XML. */
  | { readonly kind: 'is'; readonly value: string }
  | { readonly kind: 'matches'; readonly pattern: string }
  /** There is one, and in it are these. */
  | { readonly kind: 'group'; readonly avps: ReadonlyMap<string, AvpExpectation> }
  /** So many, in their order. */
  | { readonly kind: 'all'; readonly values: readonly AvpExpectation[] };

/** A place where the text is wrong: what it prints, what is right, and why. */
export interface Erratum {
  readonly table: string;
  readonly right: string;
  readonly why: string;
}
