import type { LadderMark } from './ladder.js';

export const MARK_MEANING: Readonly<Record<LadderMark, string>> = {
  right: 'as specified',
  wrong: 'not as specified',
  unjudged: 'not judged',
};

/** A row's mark, told apart by its shape as well as by its colour: a tick in a disc, a cross in a diamond, a small ring. */
export function svgMark(mark: LadderMark, x: number, y: number): string {
  const at = `transform="translate(${x} ${y})"`;
  switch (mark) {
    case 'right':
      return `<g ${at}><circle r="8" fill="#1a7f4b"/><path d="M-3.8 .2 L-1.2 3 L3.8 -2.8" fill="none" stroke="#fff" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/></g>`;
    case 'wrong':
      return `<g ${at}><path d="M0 -11 L11 0 L0 11 L-11 0 Z" fill="#b42318"/><path d="M-3.4 -3.4 L3.4 3.4 M3.4 -3.4 L-3.4 3.4" stroke="#fff" stroke-width="2" stroke-linecap="round"/></g>`;
    case 'unjudged':
      return `<circle cx="${x}" cy="${y}" r="3.2" fill="none" stroke="#8a94a3" stroke-width="1.4"/>`;
  }
}
