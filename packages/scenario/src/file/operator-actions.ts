import { z } from 'zod';
import { expiresS } from './action-schema.js';
import { type ActionKind, impi, kind, uri } from './action-kind.js';

/** What an operator does, and the passing of time. */
export const operatorActions: readonly ActionKind[] = [
  kind(
    ['hss', 'terminate'],
    'operator',
    {
      hss: z.string(),
      terminate: impi,
      reason: z
        .enum(['permanent-termination', 'new-server-assigned', 'server-change', 'remove-s-cscf'])
        .default('permanent-termination'),
    },
    ({ hss, terminate, reason }) => ({ kind: 'terminate', hss, privateIdentity: terminate, reason }),
  ),
  kind(
    ['hss', 'provision'],
    'operator',
    {
      hss: z.string(),
      provision: impi,
      from: z.string().optional(),
      subscriber: z.record(z.string(), z.unknown()).optional(),
    },
    ({ hss, provision, from, subscriber }, read) => ({
      kind: 'provision',
      hss,
      privateIdentity: provision,
      subscriber: read.subscriber(from, subscriber),
      from,
    }),
  ),
  kind(['hss', 'remove'], 'operator', { hss: z.string(), remove: impi }, ({ hss, remove }) => ({
    kind: 'provision',
    hss,
    privateIdentity: remove,
  })),
  kind(['sCscf', 'deregister'], 'operator', { sCscf: z.string(), deregister: uri }, (its) => ({
    kind: 'deregister',
    sCscf: its.sCscf,
    publicIdentity: its.deregister,
  })),
  kind(
    ['sCscf', 'reauthenticate'],
    'operator',
    { sCscf: z.string(), reauthenticate: uri, expiresS: expiresS.min(1) },
    (its) => ({
      kind: 'reauthenticate',
      sCscf: its.sCscf,
      publicIdentity: its.reauthenticate,
      expiresS: its.expiresS,
    }),
  ),
  kind(['kill'], 'operator', { kill: z.string() }, (its) => ({ kind: 'kill', element: its.kill })),
  kind(['restart'], 'operator', { restart: z.string() }, (its) => ({
    kind: 'restart',
    element: its.restart,
  })),
  kind(['wait'], 'control', { wait: z.number().min(0).max(86_400) }, (its) => ({
    kind: 'wait',
    forS: its.wait,
  })),
  kind(['advance'], 'control', { advance: z.number().min(0).max(0xffffffff) }, (its) => ({
    kind: 'advance',
    byS: its.advance,
  })),
];
