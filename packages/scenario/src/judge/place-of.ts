import { headerKey } from '@ims-sim/sip';
import type { MessageStep, Step } from '../flow.js';

/**
 * Where the scenario says what a step's header (start line, body) must be: `scenarios/x.yaml:178`. What the table does not name is
 * at its start line; files beneath `folder` are written as from there.
 */
export function placeOf(step: Step, where: string, folder?: string, bodyRow = 0): string {
  const { file } = step.at;
  const beneath = folder === undefined || folder.endsWith('/') ? folder : `${folder}/`;
  const shown = beneath !== undefined && file.startsWith(beneath) ? file.slice(beneath.length) : file;
  return `${shown}:${lineOf(step, where, bodyRow)}`;
}

/** The line alone; of a body `bodyRow` lines beneath its first. */
export function lineOf(step: Step, where: string, bodyRow = 0): number {
  if (step.kind !== 'message') {
    return step.at.line;
  }
  const start = step.lines.get('') ?? step.at.line;
  return where === 'body'
    ? (step.lines.get('body') ?? bodyLine(step, start)) + bodyRow
    : (step.lines.get(headerKey(where)) ?? start);
}

function bodyLine({ table }: MessageStep, start: number): number {
  const lines = table.split('\n');
  const blank = lines.findIndex((line, index) => index > 0 && line.trim() === '');
  return blank < 0 ? start : start + blank + 1;
}
