import type { Ladder } from './ladder.js';
export function renderLadderSvg(_l: Ladder): string { return ''; }
