/** A flow as it was seen, in the words of a scenario file. */
export interface RecordedFlow {
  readonly steps: readonly RecordedStep[];
  /** Texts of the tables that stand for one value each: nonces, identifiers, ports. */
  readonly symbols: readonly string[];
  /** How the tables write the address of each actor. */
  readonly addressSymbols: ReadonlyMap<string, string>;
  /** Host names and actors in the order in which they first took part. */
  readonly participants: readonly string[];
  /** What may come without a step. */
  readonly others: readonly OtherMessage[];
}

export interface OtherMessage {
  readonly from: string;
  readonly to: string;
  /** A status, or a Diameter command. */
  readonly message: string;
}

export type RecordedStep = RecordedMessage | RecordedDiameter | RecordedDns;

interface RecordedBase {
  readonly step: number;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** The step that it comes after, where that is not the message before it; `none`: it may come before any other. */
  readonly follows?: number | 'none' | undefined;
  /** It hangs on how long something took, or on what somebody remembers. */
  readonly optional?: true;
}

export interface RecordedMessage extends RecordedBase {
  readonly kind: 'message';
  /** The message with empty headers where they are as before; lines end with a line feed. */
  readonly table: string;
  /** What is said of headers in place of a value: `Date` is any, a UE's CSeq any number. */
  readonly headers: Readonly<Record<string, HeaderRule>>;
}

export type HeaderRule = 'any' | { readonly matches: string };

export interface RecordedDiameter extends RecordedBase {
  readonly kind: 'diameter';
  readonly request: DiameterFacts;
  readonly answer: DiameterFacts;
}

/** As `DiameterExpectation` of the scenario file: `command` and what the message has of the rest. */
export interface DiameterFacts extends Readonly<Partial<Record<DiameterFact, string | number>>> {
  readonly command: string;
  /** Further AVPs by name, as the file has them. */
  readonly avps?: Readonly<Record<string, string | readonly string[]>>;
}

export type DiameterFact =
  | 'privateIdentity'
  | 'publicIdentity'
  | 'serverName'
  | 'visitedNetwork'
  | 'scheme'
  | 'assignmentType'
  | 'authorizationType'
  | 'reasonCode'
  | 'resultCode'
  | 'experimentalResultCode';

/** A question to the DNS and its answer. */
export interface RecordedDns extends RecordedBase {
  readonly kind: 'dns';
  readonly type: string;
  readonly name: string;
  readonly rcode: string;
  readonly records: readonly { readonly type: string; readonly name: string; readonly data?: string }[];
}

/** What the actors of a flow did. */
export interface RecordedPlay {
  readonly actors: readonly RecordedActor[];
  readonly before: readonly RecordedEntry[];
  readonly play: readonly RecordedEntry[];
  /** Sentences of what goes wrong on purpose. */
  readonly faults: readonly string[];
  /** The first record of the flow. */
  readonly firstId: number;
  /** Contents that actions name, by the names of their files. */
  readonly files: ReadonlyMap<string, string>;
  /** What was seen and cannot be said in a scenario. */
  readonly complaints: readonly string[];
}

/** A sentence, and what more there is to say. */
export interface RecordedEntry {
  readonly sentence: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** In its place: lists of actions that begin at once. */
  readonly parallel?: readonly (readonly RecordedEntry[])[];
}

export interface RecordedActor {
  readonly name: string;
  /** Of a server: its host name; a UE has none, and none of the rest is a server's. */
  readonly host?: string | undefined;
  readonly publicIdentity: string | undefined;
  readonly privateIdentity: string | undefined;
  /** Host name of its P-CSCF. */
  readonly proxy: string;
  readonly securityAgreement: boolean;
  readonly accessNetworkInfo: string | undefined;
  /** Methods that it does not answer as it would by itself. */
  readonly on: Map<
    string,
    number | 'silent' | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  >;
}
