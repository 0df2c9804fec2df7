import type { LadderArrow } from './ladder.js';

export const INK = '#1c2430';
export const WRONG_INK = '#b42318';

/** Protocols told apart at a glance; the label says which it is. */
export function arrowInk({ mark, protocol, response }: LadderArrow): string {
  if (mark === 'wrong') {
    return WRONG_INK;
  }
  switch (protocol) {
    case 'diameter':
      return '#6a3fa0';
    case 'dns':
      return '#0b6b74';
    case 'http':
      return '#8a4a12';
    default:
      return response === true ? '#44546a' : INK;
  }
}

/** The head of an arrow whose tip is at (x, y), in the picture's pixels; `direction` 1 points to the right. */
export function arrowHead(x: number, y: number, direction: 1 | -1, ink: string): string {
  return `<path d="M${x} ${y}l${-direction * 10} -4.6v9.2Z" fill="${ink}"/>`;
}
