import type { Endpoint } from './net.js';
import type { Random } from './random.js';

/** What becomes of a datagram. `overtakable`: a later one may arrive before it. */
export type DatagramFate =
  | 'deliver'
  | 'drop'
  | 'duplicate'
  | { readonly delayMs: number; readonly duplicate?: boolean; readonly overtakable?: boolean };

/** Decides for each datagram by itself. */
export type DatagramFates = (datagram: Buffer, from: Endpoint, to: Endpoint) => DatagramFate;

/** Faults by chance; each a share of all datagrams from 0 to 1. */
export interface Faults {
  readonly loss?: number;
  readonly duplication?: number;
  /** Datagrams that are held back by another `reorderMs`, so that later ones overtake them. */
  readonly reorder?: number;
  /** 20 if not given. */
  readonly reorderMs?: number;
  /** How long the way takes, from and up to; order is kept. */
  readonly delayMs?: readonly [minimum: number, maximum: number];
}

/** Throws the dice that `faults` asks for, and only those: a fault that is off leaves the seed's numbers to the others. */
export function fateByChance(faults: Faults, random: Random): DatagramFate {
  const { loss = 0, duplication = 0, reorder = 0, reorderMs = 20, delayMs } = faults;
  if (happens(loss, random)) return 'drop';
  const duplicate = happens(duplication, random);
  const overtakable = happens(reorder, random);
  if (delayMs === undefined && !overtakable) return duplicate ? 'duplicate' : 'deliver';
  const [minimum, maximum] = delayMs ?? [0, 0];
  const wayMs =
    maximum > minimum ? minimum + (random.uint32() % (1 + Math.floor(maximum - minimum))) : minimum;
  return { delayMs: overtakable ? wayMs + reorderMs : wayMs, duplicate, overtakable };
}

function happens(share: number, random: Random): boolean {
  return share > 0 && random.uint32() < share * 2 ** 32;
}
