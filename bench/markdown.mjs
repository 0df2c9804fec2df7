import { OTHER_CORES } from './measure.mjs';

/** The words and numbers of the reports; what was not measured is empty. */

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows @returns {string[]} lines */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

export function met(isMet) {
  return isMet ? 'met' : '**not met**';
}

export function ratio(a, b) {
  return `${(a / b).toFixed(2)} x`;
}

export function number(value) {
  return value.toFixed(0);
}

/** 100000 is 100,000. */
export function grouped(value) {
  return value.toLocaleString('en', { maximumFractionDigits: 0 });
}

/** Microseconds, as milliseconds. */
export function us(value) {
  return `${(value / 1000).toFixed(2)} ms`;
}

export function ms(value) {
  return value === undefined || value === null ? '' : `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

/** Milliseconds, also those that are a few microseconds. */
export function time(value) {
  if (value === undefined || value === null) {
    return '';
  }
  if (value >= 1) {
    return ms(value);
  }
  return `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} µs`;
}

export function seconds(value) {
  return `${value.toFixed(value < 10 ? 1 : 0)} s`;
}

export function mib(value) {
  return value === undefined ? '' : `${value.toFixed(value < 10 ? 1 : 0)} MiB`;
}

/** What else used the machine, marked where the figures beside it are not to be quoted. */
export function otherCores(cores) {
  return `${cores.toFixed(2)}${cores > OTHER_CORES ? ' (!)' : ''}`;
}
