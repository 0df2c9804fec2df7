import { z } from 'zod';
import { acting, content, status, statusBetween, target, withinS } from './action-schema.js';
import { done } from './acting.js';
import { type ActionKind, actor, DEFAULT_WITHIN_S, kind, method, SDP } from './action-kind.js';

/** What UEs and servers both do. */
export const actorActions: readonly ActionKind[] = [
  kind(
    ['send'],
    'actor',
    { send: actor, message: z.string().min(1).max(65_535), to: target.optional(), ...acting },
    (its) => ({ kind: 'send', ...done(its, its.send), message: its.message, to: its.to }),
  ),
  kind(
    ['respond'],
    'actor',
    {
      respond: actor,
      method,
      status: statusBetween(100, 699),
      withinS: withinS.default(DEFAULT_WITHIN_S),
      ...content,
      ...acting,
    },
    (its, read) => ({
      kind: 'respond',
      ...done(its, its.respond),
      method: its.method,
      status: its.status,
      withinS: its.withinS,
      ...read.content(its),
    }),
  ),
  kind(
    ['ring'],
    'actor',
    {
      ring: actor,
      status: statusBetween(101, 199).default(180),
      reliable: z.boolean().default(false),
      ...content,
      ...acting,
    },
    (its, read) => ({
      kind: 'ring',
      ...done(its, its.ring),
      status: its.status,
      reliable: its.reliable,
      ...read.content(its, SDP),
    }),
  ),
  kind(['answer'], 'actor', { answer: actor, ...content, ...acting }, (its, read) => ({
    kind: 'answer',
    ...done(its, its.answer),
    ...read.content(its, SDP),
  })),
  kind(
    ['receive'],
    'actor',
    {
      receive: actor,
      what: z.union([method, status.transform(String)], { error: 'expected a method or a status' }),
      withinS: withinS.default(DEFAULT_WITHIN_S),
      ...acting,
    },
    (its) => ({ kind: 'receive', ...done(its, its.receive), what: its.what, withinS: its.withinS }),
  ),
  kind(
    ['notify'],
    'actor',
    { notify: actor, state: z.string().default('active'), ...content, ...acting },
    (its, read) => ({
      kind: 'notify',
      ...done(its, its.notify),
      state: its.state,
      ...read.content(its, read.presenceType),
    }),
  ),
];
