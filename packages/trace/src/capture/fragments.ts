import type { Complaints } from './complaints.js';

export interface Fragment {
  readonly offset: number;
  readonly isLast: boolean;
  /** Of the first fragment's; those of the others say it too in IPv4 and may not in IPv6. */
  readonly protocol: number;
  readonly data: Buffer;
}

export interface Fragments {
  /** The datagram that this fragment makes whole. */
  add(key: string, fragment: Fragment): { readonly protocol: number; readonly data: Buffer } | undefined;
  end(): void;
}

/** Datagrams that wait for the rest of them; the oldest is given up when there are more. */
const MAX_WAITING = 256;
const MAX_FRAGMENTS = 128;
const MAX_DATAGRAM_BYTES = 65535;

/** Puts fragments together (RFC 791 3.2, RFC 8200 4.5). Fragments that overlap make no datagram (RFC 5722). */
export function fragments(complaints: Complaints): Fragments {
  const waiting = new Map<string, Fragment[]>();
  const giveUp = (key: string, why: string): void => {
    waiting.delete(key);
    complaints.add(`A fragmented datagram is not read: ${why}`);
  };
  return {
    add(key, fragment) {
      const parts = waiting.get(key) ?? [];
      if (parts.some(({ offset, data }) => offset === fragment.offset && data.equals(fragment.data))) {
        return undefined; // Came twice.
      }
      parts.push(fragment);
      if (parts.length > MAX_FRAGMENTS || fragment.offset + fragment.data.length > MAX_DATAGRAM_BYTES) {
        giveUp(key, 'too many fragments, or too long');
        return undefined;
      }
      waiting.set(key, parts);
      const [oldest] = waiting.keys();
      if (waiting.size > MAX_WAITING && oldest !== undefined) {
        giveUp(oldest, 'a fragment is missing');
      }
      parts.sort((a, b) => a.offset - b.offset);
      const whole = joined(parts);
      if (whole === 'overlap') {
        giveUp(key, 'its fragments overlap');
        return undefined;
      }
      if (whole !== undefined) {
        waiting.delete(key);
      }
      return whole;
    },
    end() {
      for (const key of [...waiting.keys()]) {
        giveUp(key, 'a fragment is missing');
      }
    },
  };
}

function joined(
  parts: readonly Fragment[],
): { readonly protocol: number; readonly data: Buffer } | 'overlap' | undefined {
  let next = 0;
  for (const { offset, data } of parts) {
    if (offset < next) {
      return 'overlap';
    }
    if (offset > next) {
      return undefined;
    }
    next += data.length;
  }
  const [first] = parts;
  return first !== undefined && parts.at(-1)?.isLast === true
    ? { protocol: first.protocol, data: Buffer.concat(parts.map(({ data }) => data)) }
    : undefined;
}
