/** A flow as it was seen, in the words of a scenario file. */
export interface RecordedFlow {
  readonly steps: readonly RecordedStep[];
  /** Texts of the tables that stand for one value each: nonces, identifiers, ports. */
  readonly symbols: readonly string[];
  /** How the tables write the address of each actor. */
  readonly addressSymbols: ReadonlyMap<string, string>;
  /** Host names and actors in the order in which they first took part. */
  readonly participants: readonly string[];
}

export type RecordedStep = RecordedMessage | RecordedDiameter;

interface RecordedBase {
  readonly step: number;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** The step that it comes after, where that is not the message before it. */
  readonly follows?: number | undefined;
}

export interface RecordedMessage extends RecordedBase {
  readonly kind: 'message';
  /** The message with empty headers where they are as before; lines end with a line feed. */
  readonly table: string;
  /** Headers whose value says nothing: `Date`. */
  readonly any: readonly string[];
}

export interface RecordedDiameter extends RecordedBase {
  readonly kind: 'diameter';
  readonly request: DiameterFacts;
  readonly answer: DiameterFacts;
}

/** As `DiameterExpectation` of the scenario file: `command` and what the message has of the rest. */
export type DiameterFacts = Readonly<Record<string, string | number>> & { readonly command: string };
