import { z } from 'zod';
import type { Control, OperatorAction, ServerAction, UeAction } from '../action.js';
import { done } from './acting.js';
import {
  acting,
  as,
  content,
  expiresS,
  of,
  status,
  statusSetting,
  target,
  withinS,
} from './action-schema.js';
import type { ReadContent } from './content.js';

export type BareAction = UeAction | ServerAction | OperatorAction | Control;

/** One kind of action: by which keys its mapping is known, who does it, and what its mapping has. */
export interface ActionKind {
  /** All stand in its mapping; the last has who does it, or what is done. */
  readonly keys: readonly string[];
  readonly by: 'ue' | 'actor' | 'operator' | 'control';
  readonly schema: z.ZodObject;
  /** What the checked mapping says. */
  check(
    mapping: unknown,
    read: ReadContent,
  ): { readonly action: BareAction } | { readonly issues: readonly z.core.$ZodIssue[] };
}

function kind<Shape extends z.ZodRawShape>(
  keys: readonly string[],
  by: ActionKind['by'],
  shape: Shape,
  to: (checked: z.infer<z.ZodObject<Shape>>, read: ReadContent) => BareAction,
): ActionKind {
  const schema = z.strictObject(shape);
  return {
    keys,
    by,
    schema,
    check: (mapping, read) => {
      const checked = schema.safeParse(mapping);
      return checked.success
        ? { action: to(checked.data as z.infer<z.ZodObject<Shape>>, read) }
        : { issues: checked.error.issues };
    },
  };
}

const actor = z.string().describe('the actor');
const SDP = 'application/sdp';
const DEFAULT_EXPIRES_S = 3600;
const DEFAULT_WITHIN_S = 5;
const ues = { ...acting };
const impi = z.string().regex(/^\S+@\S+$|^\$\{/, 'expected a private identity');
const uri = z.string().regex(/^(sips?:|tel:|\$\{)\S+$/i, 'expected a sip: or tel: URI');
const method = z.string().regex(/^[A-Z]+$/, 'expected a method such as SUBSCRIBE');

/** In the order in which they are looked for: a key of one may be an option of another. */
export const actionKinds: readonly ActionKind[] = [
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
  kind(
    ['send'],
    'actor',
    { send: actor, message: z.string().min(1).max(65_535), to: target.optional(), ...acting },
    (its) => ({ kind: 'send', ...done(its, its.send), message: its.message, to: its.to }),
  ),
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
      ...ues,
    },
    (its, read) => ({
      kind: 'invite',
      ...done(its, its.invite),
      to: its.to,
      reliable: its.reliable,
      // the steps that follow ring and answer: whoever waited here would wait for himself
      until: its.until ?? (its.expect === undefined ? 'sent' : 'answered'),
      as: its.as,
      ...read.content(its, SDP),
    }),
  ),
  kind(
    ['respond'],
    'actor',
    {
      respond: actor,
      method,
      status: statusSetting(100, 699),
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
    ['register'],
    'ue',
    { register: actor, expiresS: expiresS.min(1).default(600_000), ...ues },
    (its) => ({ kind: 'register', ...done(its, its.register), expiresS: its.expiresS, all: false }),
  ),
  kind(['deregister'], 'ue', { deregister: actor, all: z.boolean().default(false), ...ues }, (its) => ({
    kind: 'register',
    ...done(its, its.deregister),
    expiresS: 0,
    all: its.all,
  })),
  kind(['registrationState'], 'ue', { registrationState: actor, ...ues }, (its) => ({
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
      ...ues,
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
    { refresh: actor, ...of, expiresS: expiresS.default(DEFAULT_EXPIRES_S), ...ues },
    (its) => ({ kind: 'refresh', ...done(its, its.refresh), of: its.of, expiresS: its.expiresS }),
  ),
  kind(['unsubscribe'], 'ue', { unsubscribe: actor, ...of, ...ues }, (its) => ({
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
      ...ues,
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
  kind(['unpublish'], 'ue', { unpublish: actor, ...of, ...ues }, (its) => ({
    kind: 'unpublish',
    ...done(its, its.unpublish),
    of: its.of,
  })),
  kind(['options'], 'ue', { options: actor, to: uri, ...ues }, (its) => ({
    kind: 'options',
    ...done(its, its.options),
    to: its.to,
  })),
  kind(['cancel'], 'ue', { cancel: actor, ...of, ...ues }, (its) => ({
    kind: 'cancel',
    ...done(its, its.cancel),
    of: its.of,
  })),
  kind(['update'], 'ue', { update: actor, ...of, ...content, ...ues }, (its, read) => ({
    kind: 'update',
    ...done(its, its.update),
    of: its.of,
    ...read.content(its, SDP),
  })),
  kind(['reinvite'], 'ue', { reinvite: actor, ...of, ...content, ...ues }, (its, read) => ({
    kind: 'reinvite',
    ...done(its, its.reinvite),
    of: its.of,
    ...read.content(its, SDP),
  })),
  kind(['bye'], 'ue', { bye: actor, ...of, ...ues }, (its) => ({
    kind: 'bye',
    ...done(its, its.bye),
    of: its.of,
  })),
  kind(
    ['ring'],
    'actor',
    {
      ring: actor,
      status: statusSetting(101, 199).default(180),
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
  kind(
    ['until'],
    'ue',
    { until: actor, registered: z.boolean(), withinS: withinS.default(DEFAULT_WITHIN_S) },
    (its) => ({ kind: 'until', actor: its.until, registered: its.registered, withinS: its.withinS }),
  ),
  kind(['message'], 'ue', { message: actor, to: uri, ...content, ...ues }, (its, read) => ({
    kind: 'message',
    ...done(its, its.message),
    to: its.to,
    ...read.content(its, 'text/plain'),
  })),
];
