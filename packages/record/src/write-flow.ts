import { stringify } from 'yaml';
import type { RecordedFlow, RecordedStep } from './recorded.js';

/** The keys `symbols`, `others` and `flow` of a scenario file, as YAML. */
export function writeFlow({ steps, symbols, others }: RecordedFlow): string {
  const head = symbols.length === 0 ? '' : `${yaml({ symbols })}\n`;
  const beside = others.length === 0 ? '' : `${yaml({ others })}\n`;
  return `${head}${beside}${yaml({ flow: steps.map((step) => plain(step)) })}`;
}

/** YAML as scenario files have it: lines are not folded, several lines are a block. */
export function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, blockQuote: 'literal', singleQuote: true });
}

function plain({ step, title, from, to, follows, optional, ...rest }: RecordedStep): unknown {
  const common = {
    ...{ step, title, from, to },
    ...(follows !== undefined && { follows }),
    ...(optional && { optional }),
  };
  switch (rest.kind) {
    case 'diameter':
      return { ...common, diameter: { request: rest.request, answer: rest.answer } };
    case 'dns': {
      const { type, name, rcode, records } = rest;
      return { ...common, dns: { type, name, ...(rcode !== 'NOERROR' && { rcode }), records } };
    }
    case 'message': {
      const { table, headers } = rest;
      return { ...common, message: table, ...(Object.keys(headers).length > 0 && { headers }) };
    }
  }
}
