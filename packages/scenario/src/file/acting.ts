import type { Expectation, Take } from '../action.js';
import type { Acted } from './action-schema.js';

/** What every action of an actor has, of the actor named so. */
export function done(given: Acted, actor: string) {
  return {
    actor,
    headers: headersOf(given.headers),
    expect: expectationOf(given.expect),
    take: takesOf(given.take),
  };
}

function headersOf(headers: Acted['headers']): readonly (readonly [string, string])[] | undefined {
  return (
    headers &&
    Object.entries(headers).flatMap(([name, values]) =>
      (Array.isArray(values) ? values : [values]).map((value) => [name, textOf(value)] as const),
    )
  );
}

/** '' takes the header away. */
function textOf(value: string | number | null): string {
  return value === null || value === 'absent' ? '' : String(value);
}

function expectationOf(expect: Acted['expect']): Expectation | undefined {
  if (expect === undefined || typeof expect === 'number') {
    return expect === undefined ? undefined : { kind: 'status', status: expect };
  }
  return expect === 'no answer'
    ? { kind: 'no-answer' }
    : { kind: 'class', hundreds: Number(expect[0]) as 2 | 3 | 4 | 5 | 6 };
}

function takesOf(take: Acted['take']): readonly Take[] | undefined {
  return (
    take &&
    Object.entries(take).map(([variable, its]) => ({
      variable,
      from: 'header' in its ? { header: its.header } : its.from,
      pattern: its.pattern,
    }))
  );
}
