import { z } from 'zod';
import { acting, as, content, expiresS, of, withinS } from './action-schema.js';
import { done } from './acting.js';
import {
  type ActionKind,
  actor,
  DEFAULT_EXPIRES_S,
  DEFAULT_WITHIN_S,
  kind,
  SDP,
  uri,
} from './action-kind.js';

/** What only a UE does. */
export const ueActions: readonly ActionKind[] = [
  kind(
    ['invite'],
    'ue',
    {
      invite: actor,
      to: uri,
      reliable: z.boolean().default(false),
      until: z.enum(['ringing', 'answered', 'sent']).optional(),
      ...as,
      ...content,
      ...acting,
    },
    (its, read) => ({
      kind: 'invite',
      ...done(its, its.invite),
      to: its.to,
      reliable: its.reliable,
      // the steps that follow ring and answer: whoever waited here would wait for himself
      until: its.expect === undefined || its.until === 'ringing' ? (its.until ?? 'sent') : 'answered',
      as: its.as,
      ...read.content(its, SDP),
    }),
  ),
  kind(
    ['register'],
    'ue',
    { register: actor, expiresS: expiresS.min(1).default(600_000), ...acting },
    (its) => ({ kind: 'register', ...done(its, its.register), expiresS: its.expiresS, all: false }),
  ),
  kind(['deregister'], 'ue', { deregister: actor, all: z.boolean().default(false), ...acting }, (its) => ({
    kind: 'register',
    ...done(its, its.deregister),
    expiresS: 0,
    all: its.all,
  })),
  kind(['registrationState'], 'ue', { registrationState: actor, ...acting }, (its) => ({
    kind: 'registrationState',
    ...done(its, its.registrationState),
  })),
  kind(
    ['subscribe'],
    'ue',
    {
      subscribe: actor,
      to: uri,
      event: z.string().default('presence'),
      accept: z.string().optional(),
      expiresS: expiresS.default(DEFAULT_EXPIRES_S),
      cseq: z.int().min(0).max(0x7fffffff).optional(),
      ...as,
      ...acting,
    },
    (its) => ({
      kind: 'subscribe',
      ...done(its, its.subscribe),
      to: its.to,
      event: its.event,
      accept: its.accept,
      expiresS: its.expiresS,
      cseq: its.cseq,
      as: its.as,
    }),
  ),
  kind(
    ['refresh'],
    'ue',
    { refresh: actor, ...of, expiresS: expiresS.default(DEFAULT_EXPIRES_S), ...acting },
    (its) => ({ kind: 'refresh', ...done(its, its.refresh), of: its.of, expiresS: its.expiresS }),
  ),
  kind(['unsubscribe'], 'ue', { unsubscribe: actor, ...of, ...acting }, (its) => ({
    kind: 'unsubscribe',
    ...done(its, its.unsubscribe),
    of: its.of,
  })),
  kind(
    ['publish'],
    'ue',
    {
      publish: actor,
      event: z.string().default('presence'),
      expiresS: expiresS.default(DEFAULT_EXPIRES_S),
      ...as,
      ...content,
      ...acting,
    },
    (its, read) => ({
      kind: 'publish',
      ...done(its, its.publish),
      event: its.event,
      expiresS: its.expiresS,
      as: its.as,
      ...read.content(its, its.event === 'presence' ? read.presenceType : undefined),
    }),
  ),
  kind(['unpublish'], 'ue', { unpublish: actor, ...of, ...acting }, (its) => ({
    kind: 'unpublish',
    ...done(its, its.unpublish),
    of: its.of,
  })),
  kind(['options'], 'ue', { options: actor, to: uri, ...acting }, (its) => ({
    kind: 'options',
    ...done(its, its.options),
    to: its.to,
  })),
  kind(['cancel'], 'ue', { cancel: actor, ...of, ...acting }, (its) => ({
    kind: 'cancel',
    ...done(its, its.cancel),
    of: its.of,
  })),
  kind(['update'], 'ue', { update: actor, ...of, ...content, ...acting }, (its, read) => ({
    kind: 'update',
    ...done(its, its.update),
    of: its.of,
    ...read.content(its, SDP),
  })),
  kind(['reinvite'], 'ue', { reinvite: actor, ...of, ...content, ...acting }, (its, read) => ({
    kind: 'reinvite',
    ...done(its, its.reinvite),
    of: its.of,
    ...read.content(its, SDP),
  })),
  kind(['bye'], 'ue', { bye: actor, ...of, ...acting }, (its) => ({
    kind: 'bye',
    ...done(its, its.bye),
    of: its.of,
  })),
  kind(
    ['until'],
    'ue',
    { until: actor, registered: z.boolean(), withinS: withinS.default(DEFAULT_WITHIN_S) },
    (its) => ({ kind: 'until', actor: its.until, registered: its.registered, withinS: its.withinS }),
  ),
  kind(['message'], 'ue', { message: actor, to: uri, ...content, ...acting }, (its, read) => ({
    kind: 'message',
    ...done(its, its.message),
    to: its.to,
    ...read.content(its, 'text/plain'),
  })),
];
